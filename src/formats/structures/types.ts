/** What a kind of structure file is. */

import type { Structure } from '../../chemistry/structure.ts'

/** A kind of file that names its elements. */
export interface StructureFormat {
  readonly id: 'xyz' | 'pdb' | 'mol' | 'mol2' | 'gro' | 'cif'
  /** What people call it. */
  readonly title: string
  /** File endings, with their dots, the usual one first. */
  readonly endings: readonly string[]
  /** Does a text that begins so look like a file of this kind? */
  readonly begins: (start: string) => boolean
  /**
   * The structures of a file one by one.
   * @param bytes the whole file, unpacked.
   * @param name file name, for messages and for structures that have no name of their own.
   * @throws InputError naming file and line (from 1) at the first thing that is wrong; structures before it were
   * delivered.
   */
  readonly read: (bytes: Uint8Array, name: string) => AsyncIterable<Structure> | Iterable<Structure>
}
