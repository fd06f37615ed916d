/** What all trajectory files ask of a frame. */

import { checkCell } from '../../chemistry/cell.ts'
import { InputError } from '../../errors.ts'
import type { TrajectoryFrame } from './types.ts'

/**
 * Refuses frames that cannot be written.
 * @throws InputError naming the step, and the atom (from 1).
 */
export const checkFrame = ({ step, positions, cell }: TrajectoryFrame, atoms: number): void => {
  if (positions.length !== 3 * atoms) {
    throw new InputError(
      `The frame of step ${step} has ${positions.length / 3} atoms but its trajectory file was begun for ${atoms}; begin another file.`,
    )
  }
  const bad = positions.findIndex((x) => !Number.isFinite(x))
  if (bad >= 0) {
    throw new InputError(
      `Step ${step}: coordinate ${'xyz'[bad % 3]} of atom ${Math.floor(bad / 3) + 1} is ${positions[bad]}, which a trajectory file cannot hold; try a shorter timestep.`,
    )
  }
  if (cell) checkCell(cell, `Step ${step}`)
}

/** The sentence for a file of other atoms than those it is read onto. */
export const otherAtoms = (where: string, found: number, atoms: number): InputError =>
  new InputError(
    `${where} has ${found} atoms but the structure it is read onto has ${atoms}; open the structure this trajectory was made with.`,
  )

/** The sentence for a file without elements and nothing to read it onto. */
export const needsStructure = (name: string): InputError =>
  new InputError(`${name} holds positions but no elements; open the structure of its atoms first.`)
