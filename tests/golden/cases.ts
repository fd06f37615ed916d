/** The golden cases that the repository carries. */
import { fileURLToPath } from 'node:url'
import { type GoldenCase, loadGoldenCases } from '../../src/cli/golden/case.ts'

/** Cases of TorchMD-NET's Equivariant Transformer, s01 … s14. */
export const equivariantTransformerCases = (): Promise<GoldenCase[]> =>
  loadGoldenCases([fileURLToPath(new URL('./tmdnet', import.meta.url))])

/** Whole networks of Equiformer's. */
export const equiformerCases = (): Promise<GoldenCase[]> =>
  loadGoldenCases([fileURLToPath(new URL('./equiformer', import.meta.url))])
