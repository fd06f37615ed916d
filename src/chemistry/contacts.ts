/** Which two atoms are nearest to each other, for their size. */

import { elementOf } from './elements.ts'
import { makeGrid } from './grid.ts'
import type { Structure } from './structure.ts'

export interface Contact {
  /** Counted from 0, the smaller first. */
  readonly atoms: readonly [first: number, second: number]
  /** Å, by the nearest image in cells */
  readonly distance: number
  /** Of the sum of their covalent radii. */
  readonly share: number
}

/**
 * The pair of atoms with the smallest distance relative to the sum of their covalent radii; null if all are at least
 * `below` of it apart. Linear in the number of atoms.
 * @throws InputError for an atomic number that is no element's
 */
export function closestContact(
  { atomicNumbers, positions, cell, periodic }: Structure,
  below: number,
): Contact | null {
  const radii = Float64Array.from(atomicNumbers, (z) => elementOf(z).covalentRadius)
  const largest = radii.reduce((most, radius) => Math.max(most, radius), 0)
  if (largest === 0) return null
  const grid = makeGrid(cell, periodic, 2 * below * largest, radii.length)
  let closest: Contact | null = null
  for (let atom = 0; atom < radii.length; atom++) {
    const [x, y, z] = [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]]
    grid.near(x, y, z, (other, distance) => {
      const share = distance / (radii[atom] + radii[other])
      if (share < (closest?.share ?? below)) closest = { atoms: [other, atom], distance, share }
      return false
    })
    grid.add(atom, x, y, z)
  }
  return closest
}
