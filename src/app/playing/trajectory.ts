import { centerOfGeometry } from '../../chemistry/center.ts'
import { atomCount, type Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { type LooseTrajectory, structuresIn, timeOf } from '../../formats/index.ts'
import { type Frame, Frames } from './frames.ts'

/** Bytes of frames that a page holds; what a longer file has beyond is left out, and said. */
const MOST_BYTES = 2 ** 30
/** ms of reading after which the page gets a turn. */
const TURN = 50

/** Frames of a file and the atoms they are of. */
export interface Trajectory {
  /** The file's. */
  readonly name: string
  /** The atoms as they are in the first frame. */
  readonly structure: Structure
  readonly frames: Frames
}

/** What there is to say of reading. */
export interface Telling {
  /** Frames so far. */
  progress?(frames: number): void
  /** Something that a user may want to know. */
  remark?(text: string): void
}

/** What a file of structures holds. */
export interface Gathered {
  /** The first one. */
  readonly structure: Structure
  /** How many there are. */
  readonly count: number
  /** All of them, where they are the same atoms at several moments; null where they are molecules each of its own. */
  readonly trajectory: Trajectory | null
  /** What ended the file early, where frames before it can be played; null for a file that is whole. */
  readonly failure: unknown
}

/** The same elements in the same order. */
export const sameAtoms = (a: Structure, b: Structure): boolean =>
  atomCount(a) === atomCount(b) && a.atomicNumbers.every((z, atom) => z === b.atomicNumbers[atom])

/**
 * Reads a file of structures: one, several molecules, or a trajectory.
 * @throws InputError as `structuresIn`, unless there are frames to be played before what is wrong
 */
export async function gathered(bytes: Uint8Array, name: string, telling: Telling = {}): Promise<Gathered> {
  const reader = new Reader(name, telling)
  let first: Structure | null = null
  let count = 0
  let failure: unknown = null
  let list = false
  try {
    for await (const structure of structuresIn(bytes, name)) {
      count++
      first ??= structure
      list ||= !sameAtoms(first, structure)
      if (!list && (await reader.take(first, frameOf(structure)))) break
    }
  } catch (error) {
    if (list || count < 2) throw error
    failure = error
  }
  return { structure: first!, count, trajectory: list || count < 2 ? null : reader.trajectory, failure }
}

/**
 * Reads a file without elements onto the structure of its atoms.
 * @returns its frames, and what ended them early; null for a file that is whole
 * @throws InputError where not even the first frame can be had: other atoms, above all
 */
export async function bound(
  loose: LooseTrajectory,
  structure: Structure,
  telling: Telling = {},
): Promise<{ trajectory: Trajectory; failure: unknown }> {
  const reader = new Reader(loose.name, telling)
  let failure: unknown = null
  try {
    for await (const frame of loose.frames(structure)) {
      if (await reader.take(structure, frame)) break
    }
  } catch (error) {
    if (!reader.trajectory) throw error
    failure = error
  }
  if (!reader.trajectory)
    throw new InputError(`${loose.name} has no frames; was the run that wrote it ended early?`)
  return { trajectory: reader.trajectory, failure }
}

const frameOf = ({ positions, velocities, forces, cell, energy, info }: Structure): Frame => ({
  ...{ positions, velocities, forces, cell, energy, time: timeOf(info) },
})

/** Collects frames and lets the page have its turns meanwhile. */
class Reader {
  trajectory: Trajectory | null = null
  private last = performance.now()

  constructor(
    private readonly name: string,
    private readonly telling: Telling,
  ) {}

  /** @returns whether there is no room for more */
  async take(structure: Structure, frame: Frame): Promise<boolean> {
    const { name, telling } = this
    this.trajectory ??= begun(name, structure, frame)
    const { frames } = this.trajectory
    frames.push(frame)
    if (performance.now() - this.last > TURN) {
      telling.progress?.(frames.length)
      await new Promise((resolve) => setTimeout(resolve))
      this.last = performance.now()
    }
    const full = frames.bytes > MOST_BYTES
    if (full)
      telling.remark?.(`${name} has more frames than the page has room for: the first ${frames.length} play.`)
    return full
  }
}

/** A cell that comes with the frames repeats along all axes where the structure that they are read onto knows of none. */
const begun = (name: string, given: Structure, { positions, cell }: Frame): Trajectory => {
  const { atomicNumbers, masses, columns, labels } = given
  const structure: Structure = {
    ...{ name: given.name, atomicNumbers, masses, columns, labels, positions },
    cell: cell ?? given.cell,
    periodic: cell && !given.cell ? [true, true, true] : given.periodic,
  }
  return { name, structure, frames: new Frames(atomCount(given), centerOfGeometry(structure)) }
}

/** A structure as a trajectory of one frame: what is to be looked at and cannot be simulated. */
export function still(structure: Structure): Trajectory {
  const frame = frameOf(structure)
  const trajectory = begun(structure.name, structure, frame)
  trajectory.frames.push(frame)
  return trajectory
}

/** The atoms as a frame has them: what a simulation begins from. */
export function structureAt({ structure, frames }: Trajectory, index: number): Structure {
  const velocities = frames.velocities?.at(index)
  return {
    ...structure,
    positions: Float64Array.from(frames.positions.at(index), (x, i) => x + frames.origin[i % 3]),
    cell: frames.cellAt(index) ?? structure.cell,
    ...(velocities && { velocities: Float64Array.from(velocities) }),
  }
}
