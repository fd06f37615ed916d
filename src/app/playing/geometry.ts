import { measured, nameOfMeasure, unitOf } from '../measuring.ts'
import type { Monitor } from '../monitors.ts'
import * as state from '../state.ts'
import { frame, trajectory } from './signals.ts'
import type { Trajectory } from './trajectory.ts'

/** Where plots place a frame: ps where the file tells times, its number counted from 1 where it does not. */
export const placeOf = ({ frames }: Trajectory, index: number): number =>
  frames.times ? frames.times[index] / 1000 : index + 1

/** [frames] where plots place them. */
export const placesOf = (shown: Trajectory): number[] =>
  Array.from({ length: shown.frames.length }, (_, index) => placeOf(shown, index))

/** Distance in Å, angle or dihedral in degrees of two to four atoms, counted from 0, in a frame. */
export function measuredAt(
  { structure, frames }: Trajectory,
  index: number,
  atoms: readonly number[],
): number {
  const row = frames.positions.at(index)
  const points = Float64Array.from(
    { length: 3 * atoms.length },
    (_, i) => row[3 * atoms[Math.floor(i / 3)] + (i % 3)],
  )
  return measured(points, frames.cellAt(index) ?? structure.cell, structure.periodic)
}

/** What atoms measure in all frames: there is no need to wait until they have been seen. */
export const seriesOf = (shown: Trajectory, atoms: readonly number[]): Pick<Monitor, 'times' | 'values'> => ({
  times: placesOf(shown),
  values: Array.from({ length: shown.frames.length }, (_, index) => measuredAt(shown, index, atoms)),
})

/** What the selected two to four atoms measure in the frame that is shown. */
export function measureSelection(): void {
  const { value: shown } = trajectory
  const { value: chosen } = state.selection
  if (!shown) return
  state.measure.value =
    chosen.length < 2 || chosen.length > 4
      ? null
      : {
          name: nameOfMeasure(shown.structure, chosen),
          value: measuredAt(shown, frame.value, chosen),
          unit: unitOf(chosen.length),
          step: frame.value,
        }
}
