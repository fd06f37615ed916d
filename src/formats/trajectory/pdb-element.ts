/** Which element a line of a .pdb file means. */

import { type Species, speciesOf } from '../../chemistry/elements.ts'

/** Elements that names in ATOM records begin with, which are polymers and what is solved around them. */
const BIOLOGICAL = /^[HCNOPS]/

const symbol = (text: string): Species | null => (/^[A-Za-z]{1,2}$/.test(text) ? speciesOf(text) : null)

/**
 * The element that an atom's name implies. Its symbol should end in column 14, so that " CA " is a carbon and "CA  "
 * calcium; four characters beginning with H in column 13 are a hydrogen ("HG11"), and of three letters or more only the
 * first is the symbol ("CAB "). Programs that write names from
 * column 13 on are common, so in ATOM records two letters are one symbol only where the residue, an ion, is called the
 * same, or the first is of no element of biology.
 */
const fromName = (name: string, residue: string, polymer: boolean): Species | null => {
  const bare = name.trim().replace(/^\d+/, '')
  const letters = /^[A-Za-z]*/.exec(bare)![0]
  const one = symbol(letters.slice(0, 1))
  if (!/^[A-Za-z]{2}/.test(name)) return one ?? symbol(letters.slice(0, 2))
  const two = symbol(letters.slice(0, 2))
  if (!two) return one
  if (letters.length > 2 || (name.trim().length === 4 && /^H/i.test(name))) return one ?? two
  const ion = letters.toUpperCase() === residue.replace(/[^A-Za-z]/g, '').toUpperCase()
  return polymer && !ion && BIOLOGICAL.test(letters.toUpperCase()) ? one : two
}

/** The element of an ATOM or HETATM line: from columns 77 and 78, or from the atom's name; null if from neither. */
export const elementOfLine = (line: string): Species | null =>
  symbol(line.slice(76, 78).trim()) ??
  fromName(line.slice(12, 16), line.slice(17, 21).trim(), line.startsWith('ATOM'))
