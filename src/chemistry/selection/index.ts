/**
 * Selections of atoms in words that users of VMD, MDAnalysis and PyMOL know.
 *
 *   selection  = term { or term }
 *   term       = factor { and factor }
 *   factor     = not factor | within DISTANCE of factor | bonded to factor
 *              | same (molecule | residue | chain | element | name) as factor
 *              | ( selection ) | test
 *   test       = all | none | hydrogen | water | protein | backbone
 *              | element SYMBOL… | name NAME… | resname NAME… | chain NAME…       residue: resname
 *              | index RANGE… | serial RANGE… | resid RANGE… | molecule RANGE…    fragment: molecule
 *              | VALUE (< | <= | > | >= | = | !=) NUMBER
 *   RANGE      = 3 | 3-8 | 3:8 | 3 to 8
 *   VALUE      = x | y | z | mass | charge | index | serial | resid | molecule | numbonds | a column of the file
 *
 * `not`, `within`, `bonded to` and `same` take the one factor that follows, then comes `and`, then `or`. `index` and
 * `molecule` count from 0, `serial` from 1 as files and messages do. In names * and ? stand for other letters; a name that is a
 * keyword goes in quotation marks. A symbol alone is refused: CA may be calcium or a carbon.
 */

import type { Structure } from '../structure.ts'
import { evaluate, type Subject, subjectOf } from './evaluate.ts'
import { parseSelection } from './parse.ts'

export { compactSelection, indicesOf, maskOf } from './compact.ts'
export { type Subject, subjectOf } from './evaluate.ts'
export type { Expression } from './expression.ts'
export { parseSelection } from './parse.ts'

/**
 * The atoms that a selection means.
 * @param of a structure, or `subjectOf` it, which finds bonds once for many selections
 * @returns [atoms] 1 where an atom is meant, 0 elsewhere
 * @throws InputError with one sentence that names the column
 */
export const select = (of: Structure | Subject, text: string): Uint8Array =>
  evaluate(parseSelection(text), 'structure' in of ? of : subjectOf(of))

/** The language by examples, for a help page: a selection and what it means. */
export const selectionExamples: readonly (readonly [selection: string, meaning: string])[] = [
  ['element C O', 'atoms by element'],
  ['index 3 5 10-20', 'atoms by number, counted from 0'],
  ['serial 1-10', 'atoms by number, counted from 1'],
  ['molecule 0', 'a molecule, counted from 0'],
  ['same molecule as (index 7)', 'the whole molecule of an atom; also same residue, chain, element, name as'],
  ['within 4 of (element O)', 'no farther than 4 Å, through the cell too'],
  ['bonded to (element O)', 'bonded to one of these'],
  ['name CA CB', 'atom names of a PDB file; H* for all that begin with H'],
  ['resname ALA and resid 3-8', 'residues by name and by number'],
  ['chain A or chain B', 'chains'],
  ['protein and not backbone', 'kinds: all, none, hydrogen, water, protein, backbone'],
  ['z > 1 and mass < 2', 'values: x, y, z (Å), mass (u), charge, numbonds, columns of the file'],
]
