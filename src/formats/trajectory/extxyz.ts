/** Extended .xyz, frame by frame, by the writer and the reader of whole files. */

import { atomCount, type Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { timeOf } from '../frame-time.ts'
import { writeXyz } from '../write-xyz.ts'
import { readXyz } from '../xyz.ts'
import { checkFrame, otherAtoms } from './checks.ts'
import { linesOf } from './lines.ts'
import type { ByteSource, TrajectoryFormat, TrajectoryFrame, TrajectoryWriter } from './types.ts'

const empty = new Uint8Array(0)

/** Writes all of a frame: velocities, forces and energy too, and in the comment step, time_fs and the frame's info. */
const createWriter = (structure: Structure): TrajectoryWriter => {
  const { name, atomicNumbers, periodic, masses, columns, info } = structure
  const encoder = new TextEncoder()
  return {
    begin: () => empty,
    frame: (frame) => {
      checkFrame(frame, atomCount(structure))
      const { step, time, positions, cell, velocities, forces, energy } = frame
      const entries: [string, string][] = [['step', String(step)]]
      if (time !== null) entries.push(['time_fs', String(time)])
      return encoder.encode(
        writeXyz([
          {
            name,
            atomicNumbers,
            periodic: cell ? periodic : [false, false, false],
            ...(masses && { masses }),
            ...(columns && { columns }),
            positions,
            cell,
            ...(velocities && { velocities }),
            ...(forces && { forces }),
            ...(energy !== undefined && { energy }),
            info: new Map([...(info ?? []), ...entries, ...(frame.info ?? [])]),
          },
        ]),
      )
    },
    end: () => ({ bytes: empty, patches: [] }),
  }
}

/**
 * Frames of an .xyz file one by one, as `readXyz` reads them all at once. Their numbers of atoms may differ.
 * @param atoms number of atoms that each must have, or null.
 * @throws InputError as `readXyz`; lines are counted from the frame's own, which the message gives.
 */
export async function* readXyzFrames(
  source: ByteSource,
  name: string,
  atoms: number | null = null,
): AsyncGenerator<Structure, void, undefined> {
  let frames = 0
  let lineNumber = 0
  let first = 0
  let held: string[] = []
  let wanted = 0
  const read = (): Structure => {
    const [structure] = readXyz(held.join('\n'), `${name}, frame ${frames + 1} (from line ${first})`)
    frames++
    held = []
    return { ...structure, name }
  }
  for await (const line of linesOf(source, name)) {
    lineNumber++
    if (held.length === 0) {
      if (line.trim() === '') continue
      first = lineNumber
      // Anything but a count is left for readXyz to explain.
      const count = /^\s*\d{1,9}\s*$/.test(line) ? Number(line) : 0
      if (count > 0 && atoms !== null && count !== atoms) {
        throw otherAtoms(`${name}, line ${first}: frame ${frames + 1}`, count, atoms)
      }
      wanted = count > 0 ? count + 2 : 1
    }
    held.push(line)
    if (held.length === wanted) yield read()
  }
  if (held.length > 0) yield read()
  if (frames === 0) {
    throw new InputError(`${name} is empty; an xyz file begins with the number of atoms.`)
  }
}

/** A number of a comment line by its key, or null. */
const numberOf = (info: Structure['info'], key: string): number | null => {
  const value = Number(info?.get(key) ?? 'none')
  return Number.isFinite(value) ? value : null
}

async function* read(
  source: ByteSource,
  name: string,
  atoms: number | null,
): AsyncGenerator<TrajectoryFrame, void, undefined> {
  let index = 0
  for await (const { positions, cell, velocities, forces, energy, info } of readXyzFrames(
    source,
    name,
    atoms,
  )) {
    yield {
      step: numberOf(info, 'step') ?? index,
      time: timeOf(info),
      positions,
      cell,
      ...(velocities && { velocities }),
      ...(forces && { forces }),
      ...(energy !== undefined && { energy }),
      ...(info && { info }),
    }
    index++
  }
}

/** Every number of a run as it was, as text. */
export const extxyz: TrajectoryFormat = {
  id: 'extxyz',
  title: 'extended xyz',
  endings: ['.xyz', '.extxyz'],
  elements: true,
  createWriter,
  read,
}
