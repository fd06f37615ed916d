/** What an atom's name says of its element, in files that have no column for it. */

import { type Species, speciesOf } from '../../chemistry/elements.ts'

/** Sites of water and protein models that carry charge or constraints but are no atoms: TIP4P's MW, TIP5P's LP1, … */
const VIRTUAL = /^(MW\d?|LP[\dAB]?|EP[\dW]?|IW|M|VS\d?|DUM?\d*|MC[A-Z]?H[23]\d?|MCH3\d?|MNH3?\d?)$/

/** What force fields call ions, where it is not the symbol. */
const IONS: ReadonlyMap<string, string> = new Map([
  ['SOD', 'Na'],
  ['NIO', 'Na'],
  ['POT', 'K'],
  ['LIT', 'Li'],
  ['RUB', 'Rb'],
  ['CES', 'Cs'],
  ['CLA', 'Cl'],
  ['CIO', 'Cl'],
  ['IOD', 'I'],
  ['CAL', 'Ca'],
  ['BAR', 'Ba'],
  ['CAD', 'Cd'],
])

/**
 * Two letters that are one symbol although the first is an element of biology: no position in a residue is called so.
 * CA, CD, CO, HG, NA, NE, OS and others are, and count as C, H, N, O unless the residue has the same name.
 */
const SURE = new Set(['CL', 'BR', 'SI', 'SE', 'PT', 'CU', 'NI'])

const letters = (text: string): string => text.replace(/[^A-Za-z]/g, '').toUpperCase()

/** Is this the name of a site without mass? */
export const isVirtualSite = (name: string, residue: string): boolean =>
  VIRTUAL.test(name.toUpperCase()) && letters(name) !== letters(residue)

/**
 * The element of an atom by its name and its residue's: CA is carbon in ALA and calcium in CA; null if they do not say.
 * A name in mixed case (Zn1) is taken at its word.
 */
export const elementOfName = (name: string, residue: string): Species | null => {
  const bare = name.replace(/^[\d'*"]+/, '')
  const word = /^[A-Za-z]*/.exec(bare)![0]
  if (word === '') return null
  const upper = word.toUpperCase()
  const two = word.length >= 2 ? speciesOf(word.slice(0, 2)) : null
  if (/^[A-Z][a-z]/.test(word) && two) return two
  const home = letters(residue)
  if (home === upper || home === 'ION' || home === 'IONS') {
    const ion = IONS.get(upper)
    if (ion) return speciesOf(ion)
    if (two && word.length === 2) return two
  }
  if (word.length === 2 && SURE.has(upper)) return two
  // D is deuterium by itself only (DO is a Drude particle), and nobody names tritium so.
  const one = upper[0] === 'T' || (upper[0] === 'D' && word.length > 1) ? null : speciesOf(word[0])
  if (/^[HCNOPS]/.test(upper)) return one
  return (word.length === 2 ? two : null) ?? one ?? two
}
