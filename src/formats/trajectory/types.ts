/** Words shared by all trajectory files: what a frame is, what writes one, where bytes come from. */

import type { Cell, Structure } from '../../chemistry/structure.ts'

/** One instant of a run. A format keeps of it what it has room for, positions and cell at least. */
export interface TrajectoryFrame {
  /** Steps since the run began; the frame's index, from 0, where a file does not say. */
  readonly step: number
  /** fs, or null where a file does not say. */
  readonly time: number | null
  /** [atoms × 3] in Å. */
  readonly positions: Float64Array
  /** Rows a, b, c in Å, or null for an open system. */
  readonly cell: Cell | null
  /** [atoms × 3] in Å/fs. */
  readonly velocities?: Float64Array
  /** [atoms × 3] in eV/Å. */
  readonly forces?: Float64Array
  /** eV */
  readonly energy?: number
  /** What else a comment line should say: key=value. */
  readonly info?: ReadonlyMap<string, string>
}

/** Bytes that replace those at `offset` of a file already written. */
export interface Patch {
  readonly offset: number
  readonly bytes: Uint8Array
}

/**
 * Makes the bytes of one file piece by piece; whoever has the file appends each piece. Only the newest frame is in
 * memory. A file whose `end` never came is complete up to its last frame all the same.
 */
export interface TrajectoryWriter {
  /** The file's first bytes, before any frame; may be empty. */
  begin(): Uint8Array
  /**
   * @throws InputError for coordinates that are not finite or too large for the format, for another number of atoms
   * than the structure's, and for a left-handed or flat cell.
   */
  frame(frame: TrajectoryFrame): Uint8Array
  /** The last bytes, and what earlier ones must become now that all frames are known. */
  end(): { readonly bytes: Uint8Array; readonly patches: readonly Patch[] }
}

export interface WriterOptions {
  /** .xtc: the steps in 1 nm that coordinates are rounded to; 1000 if left out (0.01 Å). */
  readonly precision?: number
}

/** A file that can be read from anywhere: a Blob, or a file of Node. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number
  /** Up to `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A file to be read once from its beginning. Chunks, of any length, must stay as they are after they are handed over. */
export type ByteSource = AsyncIterable<Uint8Array> | RandomAccess

/** A kind of trajectory file. */
export interface TrajectoryFormat {
  readonly id: 'extxyz' | 'pdb' | 'dcd' | 'xtc'
  /** What people call it. */
  readonly title: string
  /** File endings, with their dots, the usual one first. */
  readonly endings: readonly string[]
  /** Whether a file names its elements; others are read onto a structure. */
  readonly elements: boolean
  /** @param structure the atoms whose frames will come: elements, masses, periodicity, name. */
  readonly createWriter: (structure: Structure, options?: WriterOptions) => TrajectoryWriter
  /**
   * Frames one by one, each read when it is asked for.
   * @param name file name, for messages.
   * @param atoms number of atoms that frames must have; null for any, which only files with elements can be read with.
   * @throws InputError naming frame, and byte or line, at the first thing that is wrong; frames before it were delivered.
   */
  readonly read: (
    source: ByteSource,
    name: string,
    atoms: number | null,
  ) => AsyncGenerator<TrajectoryFrame, void, undefined>
}
