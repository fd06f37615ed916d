/** Reads a text file of any length line by line. */

import { InputError } from '../../errors.ts'
import { ByteReader } from './bytes.ts'
import type { ByteSource } from './types.ts'

/** Characters of the longest line that is taken for text; a comment line that carries a whole structure is shorter. */
const LONGEST = 1 << 22

/**
 * The lines of a file without their ends, which may be LF, CR LF or CR. A byte-order mark is left out.
 * @throws InputError for a line that no text file has.
 */
export async function* linesOf(source: ByteSource, name: string): AsyncGenerator<string, void, undefined> {
  const reader = new ByteReader(source)
  const decoder = new TextDecoder()
  let rest = ''
  let line = 0
  try {
    while (true) {
      const chunk = await reader.chunk()
      rest += chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
      // A CR at the end of a chunk may be half of a CR LF.
      const held = chunk && rest.endsWith('\r') ? '\r' : ''
      const lines = rest.slice(0, rest.length - held.length).split(/\r\n|\r|\n/)
      rest = lines.pop()! + held
      for (const text of lines) {
        line++
        yield text
      }
      if (rest.length > LONGEST) {
        throw new InputError(
          `${name}, line ${line + 1} is longer than ${LONGEST} characters: this is not a text file of atoms.`,
        )
      }
      if (!chunk) break
    }
    if (rest !== '') yield rest
  } finally {
    await reader.close()
  }
}
