/** Is a structure fit to be simulated? */

import { InputError } from '../errors.ts'
import { cellVector, checkCell, heights, inverse, toFractional, type Vector } from './cell.ts'
import { symbolOf } from './elements.ts'
import { minimumImage, reduceCell } from './minimum-image.ts'
import { atomCount, type Cell, type Periodicity, type Structure } from './structure.ts'

/** Å. No two nuclei come this near in any matter; such pairs are copies or a wrong unit. */
const SAME_SPOT = 0.1

/** Atom as people count them: from one, with its symbol. */
const label = (structure: Structure, atom: number): string =>
  `atom ${atom + 1} (${symbolOf(structure.atomicNumbers[atom])})`

/**
 * Refuses structures no force field can make sense of. Linear in the number of atoms.
 * @throws InputError for no atoms, an unusable cell, a coordinate that is not finite, and two atoms (or an atom and
 * its own periodic image) less than 0.1 Å apart; the sentence names the atoms, counted from one.
 */
export const checkStructure = (structure: Structure): void => {
  const { name, positions, cell, periodic } = structure
  const count = atomCount(structure)
  if (count === 0) throw new InputError(`${name} has no atoms; give at least one.`)
  if (positions.length !== 3 * count) {
    throw new InputError(
      `${name} has ${count} atoms but ${positions.length} coordinates; there must be three each.`,
    )
  }
  if (cell) checkCell(cell, name)
  else if (periodic.includes(true)) {
    throw new InputError(`${name} is periodic but has no cell; give it a Lattice, or make all axes open.`)
  }
  for (let i = 0; i < positions.length; i++) {
    if (Number.isFinite(positions[i])) continue
    const atom = Math.floor(i / 3)
    throw new InputError(
      `${name}: coordinate ${'xyz'[i % 3]} of ${label(structure, atom)} is ${positions[i]}; it must be a finite number of Å.`,
    )
  }
  checkDistances(structure)
}

/**
 * Hashes atoms into bins at least SAME_SPOT wide and compares each with earlier atoms of the 27 bins around it.
 * Bins of accepted atoms hold few of them, whatever the extent of the system, because crowded ones end the search.
 */
const checkDistances = (structure: Structure): void => {
  const { name, positions, periodic } = structure
  const cell = periodic.includes(true) ? structure.cell : null
  if (cell) checkRepeat(cell, structure)
  const count = atomCount(structure)
  const bins = binning(cell, periodic, count)
  const nearest = minimumImage(cell, periodic)
  const first = new Int32Array(bins.slots).fill(-1)
  const next = new Int32Array(count)
  const scratch: [number, number, number] = [0, 0, 0]
  for (let atom = 0; atom < count; atom++) {
    const [x, y, z] = [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]]
    const bin = bins.of(x, y, z)
    for (let shift = 0; shift < 27; shift++) {
      const slot = bins.slotOf(
        bin,
        (shift % 3) - 1,
        (Math.floor(shift / 3) % 3) - 1,
        Math.floor(shift / 9) - 1,
      )
      for (let other = first[slot]; other >= 0; other = next[other]) {
        const dx = x - positions[3 * other]
        const dy = y - positions[3 * other + 1]
        const dz = z - positions[3 * other + 2]
        const distance = nearest(dx, dy, dz, scratch)
        if (distance >= SAME_SPOT) continue
        const through = distance < Math.hypot(dx, dy, dz) - 1e-9 ? ' through the periodic cell' : ''
        throw new InputError(
          `${name}: ${label(structure, other)} and ${label(structure, atom)} are ${distance.toFixed(3)} Å apart${through}; remove one of them, or check that positions are in Å.`,
        )
      }
    }
    const slot = bins.slotOf(bin, 0, 0, 0)
    next[atom] = first[slot]
    first[slot] = atom
  }
}

/** Refuses cells so short that an atom lies on its own image. */
const checkRepeat = (cell: Cell, { name, periodic }: Structure): void => {
  const reduced = reduceCell(cell, periodic)
  const lengths = [0, 1, 2]
    .filter((axis) => periodic[axis])
    .map((axis) => Math.hypot(...cellVector(reduced, axis)))
  const shortest = Math.min(...lengths)
  if (shortest >= SAME_SPOT) return
  throw new InputError(
    `${name}: the cell repeats every ${shortest.toPrecision(3)} Å, so atoms lie on their own images; correct the Lattice (it is in Å).`,
  )
}

/** Bins along the reduced cell (x, y, z for an open system), and the slot of a hash table that each belongs to. */
const binning = (cell: Cell | null, periodic: Periodicity, count: number) => {
  const basis: Cell = cell ? reduceCell(cell, periodic) : [1, 0, 0, 0, 1, 0, 0, 0, 1]
  const inv = inverse(basis)
  // Whole bins per period, so that the bins of neighbouring images coincide.
  const perVector = heights(basis).map((height, axis) =>
    periodic[axis] ? Math.max(1, Math.floor(height / SAME_SPOT)) : height / SAME_SPOT,
  )
  const slots = 2 ** Math.ceil(Math.log2(2 * count + 1))
  const index = (bin: number, axis: number) =>
    periodic[axis] ? bin - perVector[axis] * Math.floor(bin / perVector[axis]) : bin
  return {
    slots,
    of: (x: number, y: number, z: number): Vector => {
      const [s, t, u] = toFractional(inv, x, y, z)
      return [Math.floor(s * perVector[0]), Math.floor(t * perVector[1]), Math.floor(u * perVector[2])]
    },
    /** Spatial hash of Teschner et al. (VMV 2003); a collision only costs a needless comparison. */
    slotOf: (bin: Vector, i: number, j: number, k: number): number =>
      (Math.imul(index(bin[0] + i, 0), 73856093) ^
        Math.imul(index(bin[1] + j, 1), 19349663) ^
        Math.imul(index(bin[2] + k, 2), 83492791)) &
      (slots - 1),
  }
}
