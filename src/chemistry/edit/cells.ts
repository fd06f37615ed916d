/** Cells given, taken away and multiplied. */

import { InputError } from '../../errors.ts'
import { partnersOf } from '../bonds.ts'
import { cellVector, checkCell, inverse, toCartesian, toFractional } from '../cell.ts'
import { wholeMolecules } from '../molecules.ts'
import { atomCount, type Cell, type Periodicity, type Structure } from '../structure.ts'
import { takeAtoms } from './per-atom.ts'

/** More than any engine of this page takes; saves the tab from a slip of the hand. */
const MOST_ATOMS = 1_000_000

/** Energy and forces are those of the cell before. */
const withoutResults = ({ energy: _, forces: __, ...rest }: Structure): Structure => rest

/**
 * Another cell.
 * @param cell rows in Å
 * @param scale whether atoms keep their fractional coordinates, not their places; along axes that were open they keep both,
 * as the length of such an axis says nothing of the atoms
 * @throws InputError for a cell that no simulation can use
 */
export const setCell = (
  structure: Structure,
  cell: Cell,
  periodic: Periodicity = [true, true, true],
  scale = false,
): Structure => {
  checkCell(cell, structure.name)
  const { positions, cell: before } = structure
  const scaled = positions.slice()
  if (scale && before) {
    const inv = inverse(before)
    const basis = stretched(before, cell, structure.periodic)
    for (let i = 0; i < positions.length; i += 3)
      scaled.set(toCartesian(basis, toFractional(inv, positions[i], positions[i + 1], positions[i + 2])), i)
  }
  return { ...withoutResults(structure), cell, periodic, positions: scaled }
}

/** The rows of a cell, those of axes that were open as long as they were before. */
const stretched = (before: Cell, after: Cell, periodic: Periodicity): Cell => {
  const length = (cell: Cell, axis: number) => Math.hypot(...cellVector(cell, axis))
  const factors = periodic.map((repeats, axis) => (repeats ? 1 : length(before, axis) / length(after, axis)))
  return after.map((x, i) => x * factors[Math.floor(i / 3)]) as unknown as Cell
}

/** An open system; molecules that the cell cut are made whole. */
export const removeCell = (structure: Structure): Structure => ({
  ...withoutResults(structure),
  positions: wholeMolecules(structure, partnersOf(structure)).positions,
  cell: null,
  periodic: [false, false, false],
})

/**
 * A cell of na × nb × nc copies, one after the other, c running fastest. Forces stay right and the energy is that many times
 * as much. Velocities go: copies that share them would move as one for ever, so that each is to draw its own.
 * @throws InputError without a cell, for counts that are no whole numbers from 1, along an open axis, and for too many atoms
 */
export const supercell = (structure: Structure, counts: readonly [number, number, number]): Structure => {
  const { name, cell, periodic, energy, forces, labels } = structure
  if (!cell) throw new InputError(`${name} has no cell to repeat; set one first.`)
  const atoms = atomCount(structure)
  counts.forEach((count, axis) => {
    if (!Number.isInteger(count) || count < 1)
      throw new InputError(`A supercell needs whole numbers from 1, not ${count} along ${'abc'[axis]}.`)
    if (count > 1 && !periodic[axis])
      throw new InputError(
        `${name} is open along ${'abc'[axis]}; make that axis periodic, or repeat it once.`,
      )
  })
  const [na, nb, nc] = counts
  const copies = na * nb * nc
  if (copies * atoms > MOST_ATOMS)
    throw new InputError(
      `${copies} copies of ${atoms} atoms are more than ${MOST_ATOMS.toLocaleString('en')} atoms; repeat the cell fewer times.`,
    )
  const every = Uint32Array.from({ length: copies * atoms }, (_, i) => i % atoms)
  const { velocities, ...repeated } = takeAtoms(structure, every)
  const span = labels ? residueSpan(labels.residueNumber) : 0
  for (let copy = 0; copy < copies; copy++) {
    const place: [number, number, number] = [
      Math.floor(copy / (nb * nc)),
      Math.floor(copy / nc) % nb,
      copy % nc,
    ]
    const shift = toCartesian(cell, place)
    for (let i = 0; i < 3 * atoms; i++) repeated.positions[3 * copy * atoms + i] += shift[i % 3]
    const numbers = repeated.labels?.residueNumber
    if (numbers) for (let i = 0; i < atoms; i++) numbers[copy * atoms + i] += copy * span
  }
  return {
    ...repeated,
    ...(copies === 1 && velocities && { velocities }),
    cell: cell.map((x, i) => x * counts[Math.floor(i / 3)]) as unknown as Cell,
    ...(energy !== undefined && { energy: energy * copies }),
    ...(forces && {
      forces: Float64Array.from({ length: 3 * copies * atoms }, (_, i) => forces[i % forces.length]),
    }),
  }
}

/** What residue numbers must grow by from copy to copy so that none is there twice. */
const residueSpan = (numbers: Int32Array): number => {
  const most = numbers.reduce((a, b) => Math.max(a, b))
  return most - numbers.reduce((a, b) => Math.min(a, b)) + 1
}

/**
 * Every molecule in one piece, moved by cell vectors so that its middle lies in the cell, along periodic axes only.
 * @throws InputError without a cell
 */
export const wrapMolecules = (structure: Structure): Structure => {
  const { name, cell, periodic } = structure
  if (!cell) throw new InputError(`${name} has no cell to wrap molecules into; set one first.`)
  const { positions, molecules } = wholeMolecules(structure, partnersOf(structure))
  const middle = new Float64Array(3 * molecules.count)
  const sizes = new Uint32Array(molecules.count)
  molecules.of.forEach((molecule, atom) => {
    sizes[molecule]++
    for (let k = 0; k < 3; k++) middle[3 * molecule + k] += positions[3 * atom + k]
  })
  const inv = inverse(cell)
  const shifts = Array.from(sizes, (size, m) => {
    const s = toFractional(inv, middle[3 * m] / size, middle[3 * m + 1] / size, middle[3 * m + 2] / size)
    const whole = s.map((value, axis) => (periodic[axis] ? Math.floor(value) : 0))
    return toCartesian(cell, [whole[0], whole[1], whole[2]])
  })
  molecules.of.forEach((molecule, atom) => {
    for (let k = 0; k < 3; k++) positions[3 * atom + k] -= shifts[molecule][k]
  })
  return { ...structure, positions }
}
