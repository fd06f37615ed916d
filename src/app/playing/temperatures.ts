import { massesOf } from '../../chemistry/center.ts'
import { BOLTZMANN } from '../../chemistry/units.ts'
import { kineticEnergy } from '../../dynamics/velocities.ts'
import type { Trajectory } from './trajectory.ts'

/**
 * [frames] K, or null where the file has no velocities: kinetic energy over ½ k for each of 3 × atoms directions, as
 * nobody knows which of them the run kept still.
 */
export function temperaturesOf({ structure, frames }: Trajectory): number[] | null {
  const { velocities, atoms, length } = frames
  if (!velocities) return null
  const masses = massesOf(structure)
  return Array.from(
    { length },
    (_, index) => (2 * kineticEnergy(velocities.at(index), masses)) / (3 * atoms * BOLTZMANN),
  )
}
