/** All trajectory formats. */

import { InputError } from '../../errors.ts'
import { dcd } from './dcd.ts'
import { extxyz } from './extxyz.ts'
import { pdb } from './pdb.ts'
import type { ByteSource, TrajectoryFormat, TrajectoryFrame } from './types.ts'
import { xtc } from './xtc.ts'

/** A new format is a file with its TrajectoryFormat and an entry here. */
export const trajectoryFormats: readonly TrajectoryFormat[] = [extxyz, pdb, dcd, xtc]

/** The format that a file's ending asks for, in any case; null for other endings. */
export const findTrajectoryFormat = (name: string): TrajectoryFormat | null => {
  const lower = name.toLowerCase()
  return trajectoryFormats.find(({ endings }) => endings.some((ending) => lower.endsWith(ending))) ?? null
}

/**
 * The format that a file's ending asks for.
 * @throws InputError listing the endings there are.
 */
export const trajectoryFormatOf = (name: string): TrajectoryFormat => {
  const format = findTrajectoryFormat(name)
  if (format) return format
  const endings = trajectoryFormats.flatMap((known) => known.endings)
  throw new InputError(
    `${name}: the ending says what a trajectory file is, and it must be one of ${endings.join(', ')}.`,
  )
}

/**
 * Frames of a trajectory file one by one, in the format of its ending.
 * @param atoms number of atoms of the structure that it is read onto; null for files that name their elements.
 * @throws InputError as `TrajectoryFormat.read`, and for unknown endings.
 */
export const readTrajectory = (
  source: ByteSource,
  name: string,
  atoms: number | null = null,
): AsyncGenerator<TrajectoryFrame, void, undefined> => trajectoryFormatOf(name).read(source, name, atoms)
