/** Atoms as every part of Tumble passes them around. Plain data, double precision, no GPU. */

/** Rows a, b, c of a cell in Å: nine numbers, row-major. */
export type Cell = readonly [number, number, number, number, number, number, number, number, number]

/** Which of the cell vectors repeat. */
export type Periodicity = readonly [boolean, boolean, boolean]

/** What files of molecules with residues say of each atom; every list has one entry per atom. */
export interface AtomLabels {
  /** CA, OW, H1; unique within a residue. */
  readonly atom: readonly string[]
  /** ALA, SOL, LIG. */
  readonly residue: readonly string[]
  /** As the file counts; with the chain it names a residue. */
  readonly residueNumber: Int32Array
  /** Empty where a file knows no chains. */
  readonly chain: readonly string[]
}

/** One frame of atoms. */
export interface Structure {
  /** What to call it: a file name, a gallery title. */
  readonly name: string
  /** [atoms] atomic numbers, 1 … 118. */
  readonly atomicNumbers: Uint8Array
  /** [atoms × 3] positions in Å, row-major. */
  readonly positions: Float64Array
  /** Cell rows in Å, or null for an open system. */
  readonly cell: Cell | null
  readonly periodic: Periodicity
  /** [atoms] masses in u where they differ from the standard ones (isotopes D and T, say). */
  readonly masses?: Float64Array
  /** [atoms × 3] velocities in Å/fs. */
  readonly velocities?: Float64Array
  /** Total energy in eV as the file gives it. */
  readonly energy?: number
  /** [atoms × 3] forces in eV/Å as the file gives them. */
  readonly forces?: Float64Array
  /** Other per-atom columns by name (charges, for example): [atoms × width]. */
  readonly columns?: ReadonlyMap<string, { readonly width: number; readonly values: Float64Array }>
  /** Names of atoms, residues and chains, where the file has them. */
  readonly labels?: AtomLabels
  /** Other key=value entries of an extended-xyz comment line, as text. */
  readonly info?: ReadonlyMap<string, string>
  /** What a reader decided that its user may want to know: one sentence each. */
  readonly remarks?: readonly string[]
}

/** Number of atoms. */
export const atomCount = (structure: Structure): number => structure.atomicNumbers.length
