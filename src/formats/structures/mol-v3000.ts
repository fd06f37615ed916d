/** The atoms of V3000 connection tables: lines that begin with `M  V30`. */

import { InputError } from '../../errors.ts'
import type { MolAtom, MolRecord } from './mol.ts'
import { excerpt, integerOf, numberOf } from './text.ts'

const PREFIX = 'M  V30 '

/** A line after its prefix, with the lines it goes on in, and where the next one begins. */
const statementAt = ({ lines, to }: MolRecord, at: number): { text: string; next: number } => {
  let text = lines[at].slice(PREFIX.length).trimEnd()
  let next = at + 1
  while (text.endsWith('-') && next < to && lines[next].startsWith(PREFIX)) {
    text = text.slice(0, -1) + lines[next].slice(PREFIX.length).trimEnd()
    next++
  }
  return { text: text.trim(), next }
}

/** `index type x y z mapping KEY=value …` */
const readAtom = (text: string, where: string): MolAtom => {
  const fields = text.split(/\s+/)
  const [x, y, z] = fields.slice(2, 5).map(numberOf)
  if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') {
    throw new InputError(
      `${where}: expected an atom's number, its element and three coordinates, found ${excerpt(text)}.`,
    )
  }
  const value = (key: string): number | null => {
    const field = fields.slice(6).find((item) => item.toUpperCase().startsWith(`${key}=`))
    return field === undefined ? null : integerOf(field.slice(key.length + 1))
  }
  return { symbol: fields[1], x, y, z, charge: value('CHG') ?? 0, massNumber: value('MASS') }
}

/** @throws InputError naming file and line, for a block of atoms that is not there or does not end too. */
export const readV3000 = (record: MolRecord): MolAtom[] => {
  const { file, lines, from, to } = record
  const atoms: MolAtom[] = []
  let open: number | null = null
  for (let at = from + 4; at < to; ) {
    if (!lines[at].startsWith(PREFIX)) {
      if (lines[at].startsWith('M  END')) break
      at++
      continue
    }
    const { text, next } = statementAt(record, at)
    if (/^END\s+ATOM/i.test(text)) return atoms
    if (open !== null) atoms.push(readAtom(text, `${file}, line ${at + 1}`))
    else if (/^BEGIN\s+ATOM/i.test(text)) open = at
    at = next
  }
  throw new InputError(
    open === null
      ? `${file}, line ${from + 1}: the V3000 record that begins here has no block of atoms (M  V30 BEGIN ATOM).`
      : `${file}, line ${open + 1}: the block of atoms that begins here has no M  V30 END ATOM; the file is cut short.`,
  )
}
