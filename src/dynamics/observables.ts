import { volume } from '../chemistry/cell.ts'
import type { Cell, Structure } from '../chemistry/structure.ts'
import { BAR } from '../chemistry/units.ts'
import { fieldsOf, sizeOf } from './readback.ts'
import type { Report } from './types.ts'

/** Fields of Observables in shaders/dynamics/observe.wgsl, in order, and how many numbers of 4 bytes each holds. */
export const OBSERVABLES = [
  ['potential', 1],
  ['kinetic', 1],
  ['heat', 1],
  ['work', 1],
  ['momentum', 3],
  ['motion', 6],
  ['virial', 6],
  ['cell', 9],
  ['hottest', 1],
  ['edges', 1],
  ['overflow', 1],
  ['fault', 1],
  ['step', 1],
] as const

export const OBSERVABLES_BYTES = sizeOf(OBSERVABLES)

const WHOLE = ['hottest', 'edges', 'overflow', 'fault', 'step']

export type Observables = Record<(typeof OBSERVABLES)[number][0], readonly number[]>

export const readObservables = (bytes: ArrayBuffer): Observables => fieldsOf(OBSERVABLES, bytes, WHOLE)

/** Rows in Å of a cell that may have changed; an axis that does not repeat keeps its own, which is not on the GPU. */
export const repeatingRows = (rows: readonly number[], { cell, periodic }: Structure): Cell | null =>
  cell && (cell.map((x, i) => (periodic[Math.floor(i / 3)] ? rows[i] : x)) as unknown as Cell)

/** Cell, volume, stress and pressure out of the sums; null where a system does not repeat. */
export function stateOfCell(
  { cell, motion, virial }: Pick<Observables, 'cell' | 'motion' | 'virial'>,
  structure: Structure,
): Pick<Report, 'cell' | 'volume' | 'stress' | 'pressure'> {
  const rows = repeatingRows(cell, structure)
  if (!rows || !structure.periodic.every(Boolean))
    return { cell: rows, volume: null, stress: null, pressure: null }
  const space = volume(rows)
  const stress = virial.map((w, k) => (w - motion[k]) / space)
  return { cell: rows, volume: space, stress, pressure: -(stress[0] + stress[1] + stress[2]) / 3 / BAR }
}
