import { volume } from '../chemistry/cell.ts'
import type { Cell, Structure } from '../chemistry/structure.ts'
import { BAR } from '../chemistry/units.ts'
import { fieldsOf, sizeOf } from './readback.ts'
import { temperatureOf } from './run-settings.ts'
import type { Report } from './types.ts'

/** Fields of Observables in shaders/dynamics/observe.wgsl, in order, and how many numbers of 4 bytes each holds. */
export const OBSERVABLES = [
  ['potential', 1],
  ['kinetic', 1],
  ['heat', 1],
  ['work', 1],
  ['hand', 1],
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

/** @param replica whose observables they are, counted from 0 */
export const readObservables = (bytes: ArrayBuffer, replica = 0): Observables =>
  fieldsOf(OBSERVABLES, bytes.slice(replica * OBSERVABLES_BYTES, (replica + 1) * OBSERVABLES_BYTES), WHOLE)

/** What a run is, for its reports. */
export interface Reported {
  readonly structure: Structure
  /** eV that does not depend on positions */
  readonly constantEnergy: number
  /** fs at a step */
  readonly timeAt: (step: number) => number
  /** degrees of freedom that share the kinetic energy */
  readonly freedom: number
}

/** Observables as people read them. */
export function reportOf(
  observables: Observables,
  { structure, constantEnergy, timeAt, freedom }: Reported,
): Omit<Report, 'fault'> {
  const [kineticEnergy] = observables.kinetic
  const [step] = observables.step
  const potentialEnergy = observables.potential[0] + constantEnergy
  const totalEnergy = potentialEnergy + kineticEnergy
  const [handWork] = observables.hand
  return {
    step,
    time: timeAt(step),
    potentialEnergy,
    kineticEnergy,
    totalEnergy,
    conservedEnergy: totalEnergy - observables.heat[0] - observables.work[0] - handWork,
    handWork,
    temperature: temperatureOf(kineticEnergy, freedom),
    momentum: observables.momentum as readonly number[] as Report['momentum'],
    ...stateOfCell(observables, structure),
    pairs: observables.edges[0],
  }
}

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
