/** The cell that somebody asks for by lengths and angles, and the one that suits atoms that have none. */

import { InputError } from '../../errors.ts'
import { partnersOf } from '../bonds.ts'
import { cellVector, inverse, toCartesian, toFractional } from '../cell.ts'
import { type CellParameters, cellWith, parametersOf } from '../cell-parameters.ts'
import { wholeMolecules } from '../molecules.ts'
import type { Cell, Periodicity, Structure } from '../structure.ts'
import { setCell } from './cells.ts'

export interface Enclosure extends CellParameters {
  /** Which axes repeat. */
  readonly periodic: Periodicity
  /** Whether atoms move along with the cell; without a cell before there is nothing that they could move along with. */
  readonly scale: boolean
}

/**
 * A structure in another cell, or in its first one: then its atoms are put into the middle of it. Atoms that do not move
 * along with the cell keep their places, but for molecules that the old cell had cut: they would be torn apart.
 * @throws InputError for what is no cell, and for one that repeats along no axis
 */
export const enclose = (structure: Structure, { periodic, scale, ...parameters }: Enclosure): Structure => {
  const { cell: before } = structure
  const cell = cellWith(parameters, before)
  if (!periodic.includes(true))
    throw new InputError('A cell must repeat along one axis at least; remove it for an open system.')
  if (scale && before) return setCell(structure, cell, periodic, true)
  const positions = before
    ? wholeMolecules(structure, partnersOf(structure)).positions
    : centred(structure.positions, cell)
  return setCell({ ...structure, positions }, cell, periodic)
}

/** Positions [atoms × 3] in Å whose extent has its middle in that of a cell. */
const centred = (positions: Float64Array, cell: Cell): Float64Array => {
  const { least, most } = extentOf(positions, [1, 0, 0, 0, 1, 0, 0, 0, 1])
  const middle = toCartesian(cell, [0.5, 0.5, 0.5])
  return positions.map((x, i) => x + middle[i % 3] - 0.5 * (least[i % 3] + most[i % 3]))
}

/** From where to where positions reach, in the basis of a cell. */
const extentOf = (positions: Float64Array, basis: Cell) => {
  const inv = inverse(basis)
  const least = [0, 0, 0].fill(Number.POSITIVE_INFINITY)
  const most = [0, 0, 0].fill(Number.NEGATIVE_INFINITY)
  for (let i = 0; i < positions.length; i += 3)
    toFractional(inv, positions[i], positions[i + 1], positions[i + 2]).forEach((s, axis) => {
      least[axis] = Math.min(least[axis], s)
      most[axis] = Math.max(most[axis], s)
    })
  return { least, most }
}

/**
 * A cell to begin with: that of the structure, or a box around its atoms. Axes that do not repeat and are shorter than the
 * atoms reach (files give open ones any length) are made so long that the atoms do not feel their images.
 * @param room in Å that is left between an atom and the nearest image of another
 */
export const suggestedCell = ({ positions, cell, periodic }: Structure, room: number): CellParameters => {
  const basis: Cell = cell ?? [1, 0, 0, 0, 1, 0, 0, 0, 1]
  const { least, most } = extentOf(positions, basis)
  const { lengths, angles } = parametersOf(basis)
  const suggested = lengths.map((length, axis) => {
    const reach = (most[axis] - least[axis]) * Math.hypot(...cellVector(basis, axis))
    if (cell && (periodic[axis] || length > reach)) return length
    return Math.ceil(2 * (reach + room)) / 2
  })
  return { lengths: [suggested[0], suggested[1], suggested[2]], angles }
}
