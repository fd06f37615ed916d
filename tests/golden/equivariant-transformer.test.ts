import { beforeAll, describe, expect, test } from 'vitest'
import { judge } from '../../src/cli/golden/judge.ts'
import { runGoldenCase } from '../../src/cli/golden/run.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { equivariantTransformerCases } from './cases.ts'

const cases = await equivariantTransformerCases()

describe('TorchMD-NET Equivariant Transformer on the GPU', () => {
  let gpu: Gpu
  beforeAll(async () => {
    gpu = await requestNodeGpu()
  })

  test('all fourteen cases are here', () => {
    expect(cases.map(({ name }) => name.slice(0, 3))).toEqual(
      Array.from({ length: 14 }, (_, i) => `s${String(i + 1).padStart(2, '0')}`),
    )
  })

  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const verdict = judge(golden, await runGoldenCase(gpu, golden))
    expect(verdict).toMatchObject({ passed: true })
  })
})
