/** Which atoms look bonded, by the rule the picture draws them by (shaders/viewer/bonds.wgsl). */

import { elementOf } from './elements.ts'
import { makeGrid } from './grid.ts'
import { atomCount, type Structure } from './structure.ts'

/** Two atoms are bonded below so many times the sum of their covalent radii. */
const FORM = 1.15
/** Å. Two hydrogens are bonded below this only, as H2: in molecules they often come near each other. */
const FORM_H2 = 0.9

/** The distance in Å below which two elements form a bond. */
export const bondingDistance = (first: number, second: number): number =>
  first === 1 && second === 1
    ? FORM_H2
    : FORM * (elementOf(first).covalentRadius + elementOf(second).covalentRadius)

/**
 * Pairs of bonded atoms, by the nearest image in cells. Linear in the number of atoms.
 * @returns [bonds × 2] atoms counted from 0, the smaller first, sorted
 * @throws InputError for an atomic number that is no element's
 */
export const bondsOf = (structure: Pick<Structure, 'atomicNumbers' | 'positions' | 'cell' | 'periodic'>) => {
  const { atomicNumbers, positions, cell, periodic } = structure
  const count = atomicNumbers.length
  if (count === 0) return new Uint32Array(0)
  const radii = Float64Array.from(atomicNumbers, (z) => elementOf(z).covalentRadius)
  const cutoff = 2 * FORM * radii.reduce((most, radius) => Math.max(most, radius), FORM_H2 / 2 / FORM)
  const grid = makeGrid(cell, periodic, cutoff, count)
  /** first × atoms + second, which sorts as the pairs do. */
  const pairs: number[] = []
  for (let atom = 0; atom < count; atom++) {
    const [x, y, z] = [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]]
    const hydrogen = atomicNumbers[atom] === 1
    grid.near(x, y, z, (other, distance) => {
      const limit = hydrogen && atomicNumbers[other] === 1 ? FORM_H2 : FORM * (radii[atom] + radii[other])
      if (distance < limit) pairs.push(other * count + atom)
      return false
    })
    grid.add(atom, x, y, z)
  }
  const bonds = new Uint32Array(2 * pairs.length)
  Float64Array.from(pairs)
    .sort()
    .forEach((pair, i) => {
      bonds[2 * i] = Math.floor(pair / count)
      bonds[2 * i + 1] = pair % count
    })
  return bonds
}

/** Atoms that an atom is bonded to, in ascending order. */
export type Partners = (atom: number) => Uint32Array

/**
 * Looks up bonds by atom.
 * @param bonds [bonds × 2], sorted as `bondsOf` has them
 */
export const partnersIn = (bonds: Uint32Array, atoms: number): Partners => {
  const starts = new Uint32Array(atoms + 1)
  for (const atom of bonds) starts[atom + 1]++
  for (let atom = 0; atom < atoms; atom++) starts[atom + 1] += starts[atom]
  const filled = starts.slice()
  const partners = new Uint32Array(bonds.length)
  for (let i = 0; i < bonds.length; i += 2) {
    partners[filled[bonds[i]]++] = bonds[i + 1]
    partners[filled[bonds[i + 1]]++] = bonds[i]
  }
  return (atom) => partners.subarray(starts[atom], starts[atom + 1])
}

/** Partners of every atom of a structure. */
export const partnersOf = (structure: Structure): Partners =>
  partnersIn(bondsOf(structure), atomCount(structure))
