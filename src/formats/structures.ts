/** Structures in the bytes of a file, whatever its kind of text. */

import type { Structure } from '../chemistry/structure.ts'
import { PDB_RECORD } from './sniff.ts'
import { readPdbModels } from './trajectory/pdb-read.ts'
import { readXyz } from './xyz.ts'

/** Bytes that tell one text from another. */
const GLANCE = 512

/**
 * All frames of an .xyz, extended .xyz or .pdb file, told apart by content first.
 * @throws InputError naming file and line where the text is not what its format asks for.
 */
export async function* structuresIn(
  bytes: Uint8Array,
  name: string,
): AsyncGenerator<Structure, void, undefined> {
  const start = new TextDecoder().decode(bytes.subarray(0, GLANCE))
  if (PDB_RECORD.test(start) || /\.(pdb|ent)$/i.test(name)) yield* readPdbModels(whole(bytes), name)
  else yield* readXyz(new TextDecoder().decode(bytes), name)
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
