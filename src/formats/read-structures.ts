/** Structures in the bytes of a file, whatever its kind. */

import type { Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { endingsOf } from './file-formats.ts'
import { unpacked } from './gzip.ts'
import { describeContent, sniff } from './sniff.ts'
import { structureFormats } from './structures/registry.ts'
import { needsStructure } from './trajectory/checks.ts'

/**
 * The structures of a file one by one (frames, models, molecules, data blocks), gzipped or not; its format is told by
 * its content first.
 * @throws InputError saying what the file is instead, or naming the line where it is not what its format asks for;
 * structures before it were delivered.
 */
export async function* structuresIn(
  bytes: Uint8Array,
  name: string,
): AsyncGenerator<Structure, void, undefined> {
  const content = await unpacked(bytes, name)
  const format = sniff(content, name)
  if (format?.kind === 'trajectory') throw needsStructure(name)
  const reader = structureFormats.find(({ id }) => id === format?.id)
  if (!reader) {
    const is = format ? `is a checkpoint (${format.title})` : describeContent(content)
    throw new InputError(`${name} ${is}; expected a structure (${endingsOf('structure').join(', ')}).`)
  }
  yield* reader.read(content, name)
}

/**
 * All structures of a file, as `structuresIn` reads them one by one.
 * @param name file name, for messages, for the format where the content does not tell it, and for structures that have
 * no name of their own.
 */
export const readStructures = async (bytes: Uint8Array, name: string): Promise<Structure[]> => {
  const structures: Structure[] = []
  for await (const structure of structuresIn(bytes, name)) structures.push(structure)
  return structures
}
