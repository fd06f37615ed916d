import type { EquiformerDataset } from './parameters.ts'

/** QM9's elements in the order of upstream's embedding. */
export const qm9Elements: readonly number[] = [1, 6, 7, 8, 9]

/**
 * Row of the atom embedding of an element. SPEC section 12: QM9 has rows for H, C, N, O, F, the others for atomic numbers.
 * @returns null for an element without a row.
 */
export function equiformerTypeOf(
  dataset: EquiformerDataset,
  types: number,
  atomicNumber: number,
): number | null {
  if (dataset !== 'QM9') return atomicNumber < types ? atomicNumber : null
  const row = qm9Elements.indexOf(atomicNumber)
  return row < 0 ? null : row
}
