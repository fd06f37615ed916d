/** Writes .dcd files; dcd.ts says what they are. */

import { parametersOf } from '../../chemistry/cell-parameters.ts'
import { atomCount, type Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { concatenate, viewOf } from './bytes.ts'
import { checkFrame } from './checks.ts'
import { AKMA, HEADER, integers } from './dcd-layout.ts'
import { orient } from './orientation.ts'
import type { Patch, TrajectoryFrame, TrajectoryWriter } from './types.ts'

/** Characters of a title line, of which the header has one. */
const TITLE = 80

/** Where in the file the header's integer at a place stands, behind a record length and 'CORD'. */
const offsetOf = (place: number): number => 8 + 4 * place

/** A Fortran record of `length` bytes, and the view of its inside. */
const record = (length: number): { bytes: Uint8Array; inside: DataView } => {
  const bytes = new Uint8Array(length + 8)
  const view = viewOf(bytes)
  view.setInt32(0, length, true)
  view.setInt32(length + 4, length, true)
  return { bytes, inside: new DataView(bytes.buffer, 4, length) }
}

const headerOf = (structure: Structure): Uint8Array => {
  const first = record(HEADER)
  first.bytes.set(new TextEncoder().encode('CORD'), 4)
  const set = (place: number, value: number) => first.inside.setInt32(4 + 4 * place, value, true)
  set(integers.interval, 1)
  set(integers.hasCell, structure.cell ? 1 : 0)
  set(integers.version, 24)
  const titles = record(4 + TITLE)
  titles.inside.setInt32(0, 1, true)
  const title = `Tumble: ${structure.name.replace(/[^ -~]/g, '?')}`.slice(0, TITLE).padEnd(TITLE)
  titles.bytes.set(new TextEncoder().encode(title), 8)
  const count = record(4)
  count.inside.setInt32(0, atomCount(structure), true)
  return concatenate([first.bytes, titles.bytes, count.bytes])
}

/** Steps wrap as in a C program that counts beyond 2³¹. */
const int32 = (x: number): Uint8Array => new Uint8Array(new Int32Array([x]).buffer)

/** What the header could not say at the beginning. */
const patchesOf = (
  frames: number,
  first: TrajectoryFrame,
  second: TrajectoryFrame | null,
  last: TrajectoryFrame,
): Patch[] => {
  const interval = second ? second.step - first.step : 1
  const timestep =
    second && interval !== 0
      ? ((second.time ?? 0) - (first.time ?? 0)) / interval
      : (first.time ?? 0) / (first.step || 1)
  const single = new Uint8Array(4)
  viewOf(single).setFloat32(0, timestep / AKMA, true)
  return [
    { offset: offsetOf(integers.frames), bytes: int32(frames) },
    { offset: offsetOf(integers.firstStep), bytes: int32(first.step) },
    { offset: offsetOf(integers.interval), bytes: int32(interval) },
    { offset: offsetOf(integers.steps), bytes: int32(last.step) },
    { offset: offsetOf(integers.timestep), bytes: single },
  ]
}

/**
 * Number of frames, steps and time are patches of the end: until then the header says 0 frames, which readers take as
 * "count them". The spacing of the first two frames is the file's.
 */
export const createDcdWriter = (structure: Structure): TrajectoryWriter => {
  const atoms = atomCount(structure)
  /** The first two frames and the last, without their arrays. */
  const known: TrajectoryFrame[] = []
  let last: TrajectoryFrame | null = null
  let frames = 0
  return {
    begin: () => headerOf(structure),
    frame: (frame) => {
      checkFrame(frame, atoms)
      if ((frame.cell === null) !== (structure.cell === null)) {
        throw new InputError(
          `Step ${frame.step} has ${frame.cell ? 'a' : 'no'} cell but its .dcd file was begun ${frame.cell ? 'without' : 'with'} one; begin another file.`,
        )
      }
      const { positions, cell } = orient(frame.positions, frame.cell)
      const records: Uint8Array[] = []
      if (cell) {
        const { lengths, angles } = parametersOf(cell)
        const { bytes, inside } = record(48)
        const numbers = [lengths[0], angles[2], lengths[1], angles[1], angles[0], lengths[2]]
        for (const [i, x] of numbers.entries()) inside.setFloat64(8 * i, x, true)
        records.push(bytes)
      }
      for (let k = 0; k < 3; k++) {
        const { bytes, inside } = record(4 * atoms)
        for (let atom = 0; atom < atoms; atom++) inside.setFloat32(4 * atom, positions[3 * atom + k], true)
        records.push(bytes)
      }
      last = { step: frame.step, time: frame.time, positions: new Float64Array(0), cell: null }
      if (known.length < 2) known.push(last)
      frames++
      return concatenate(records)
    },
    end: () => ({
      bytes: new Uint8Array(0),
      patches: last ? patchesOf(frames, known[0], known[1] ?? null, last) : [],
    }),
  }
}
