/** Masses and centres of a structure. */

import { elementOf } from './elements.ts'
import type { Structure } from './structure.ts'

/**
 * [atoms] masses in u: the structure's own, or the standard ones.
 * @throws InputError for an atomic number that is no element's.
 */
export const massesOf = (structure: Structure): Float64Array =>
  structure.masses ?? Float64Array.from(structure.atomicNumbers, (z) => elementOf(z).mass)

const weightedMean = (
  positions: Float64Array,
  weightOf: (atom: number) => number,
): [number, number, number] => {
  const sum: [number, number, number] = [0, 0, 0]
  let total = 0
  for (let atom = 0; atom < positions.length / 3; atom++) {
    const weight = weightOf(atom)
    total += weight
    for (let k = 0; k < 3; k++) sum[k] += weight * positions[3 * atom + k]
  }
  return [sum[0] / total, sum[1] / total, sum[2] / total]
}

/** Centre of mass in Å. Images are not considered: a molecule cut by a cell face must be made whole first. */
export const centerOfMass = (structure: Structure): [number, number, number] => {
  const masses = massesOf(structure)
  return weightedMean(structure.positions, (atom) => masses[atom])
}

/** Mean position in Å. */
export const centerOfGeometry = (structure: Structure): [number, number, number] =>
  weightedMean(structure.positions, () => 1)

/** The same structure with every atom moved by a vector in Å. */
export const translated = (structure: Structure, by: readonly [number, number, number]): Structure => ({
  ...structure,
  positions: structure.positions.map((x, i) => x + by[i % 3]),
})
