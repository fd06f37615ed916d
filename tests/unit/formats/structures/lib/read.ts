import { symbolOf } from '../../../../../src/chemistry/elements.ts'
import type { Structure } from '../../../../../src/chemistry/structure.ts'
import { readStructures } from '../../../../../src/formats/index.ts'
import { structuresIn } from '../../../../../src/formats/read-structures.ts'
import { drain } from '../../trajectory/lib/frames.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** All structures of a text under a name that says nothing, so that its content must. */
export const read = (text: string, name = 'file'): Promise<Structure[]> => readStructures(bytesOf(text), name)

/** The sentence that a text is refused with, after so many structures. */
export const refusal = async (text: string, name = 'file'): Promise<string> => {
  const { complaint } = await drain(structuresIn(bytesOf(text), name))
  if (complaint === null) throw new Error('expected an InputError, but it succeeded')
  return complaint
}

export const symbols = ({ atomicNumbers }: Structure): string => [...atomicNumbers].map(symbolOf).join(' ')
