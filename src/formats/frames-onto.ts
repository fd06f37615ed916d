/** Frames of a file for the atoms of a structure that is there already. */

import { atomCount, type Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { timeOf } from './frame-time.ts'
import { unpacked } from './gzip.ts'
import { structuresIn } from './read-structures.ts'
import { sniff } from './sniff.ts'
import { whole } from './trajectory/bytes.ts'
import { otherAtoms } from './trajectory/checks.ts'
import { trajectoryFormats } from './trajectory/registry.ts'
import type { TrajectoryFrame } from './trajectory/types.ts'

/** A file of positions without elements, waiting for the structure of its atoms. */
export interface LooseTrajectory {
  readonly name: string
  /** What people call its format. */
  readonly title: string
  /** As `framesOnto`. */
  readonly frames: (structure: Structure) => AsyncGenerator<TrajectoryFrame, void, undefined>
}

/**
 * The frames of a file, in any format of trajectories or structures, one by one.
 * @param structure whose atoms they are: frames of another number of atoms, or of other elements, are refused.
 * @throws InputError naming the frame.
 */
export async function* framesOnto(
  structure: Structure,
  bytes: Uint8Array,
  name: string,
): AsyncGenerator<TrajectoryFrame, void, undefined> {
  const content = await unpacked(bytes, name)
  const id = sniff(content, name)?.id
  const format = trajectoryFormats.find((known) => known.id === (id === 'xyz' ? 'extxyz' : id))
  if (format) yield* format.read(whole(content), name, atomCount(structure))
  else yield* framesOf(structure, content, name)
}

async function* framesOf(
  { atomicNumbers }: Structure,
  content: Uint8Array,
  name: string,
): AsyncGenerator<TrajectoryFrame, void, undefined> {
  let index = 0
  for await (const frame of structuresIn(content, name)) {
    const { positions, cell, velocities, info } = frame
    const where = `${name}, frame ${index + 1}`
    if (frame.atomicNumbers.length !== atomicNumbers.length)
      throw otherAtoms(`${where},`, frame.atomicNumbers.length, atomicNumbers.length)
    const other = atomicNumbers.findIndex((z, atom) => z !== frame.atomicNumbers[atom])
    if (other >= 0)
      throw new InputError(
        `${where} is of another molecule: atom ${other + 1} is of another element than in the structure it is read onto; open its molecules one by one.`,
      )
    yield {
      step: Number(info?.get('step') ?? index),
      time: timeOf(info),
      ...{ positions, cell },
      ...(velocities && { velocities }),
    }
    index++
  }
}
