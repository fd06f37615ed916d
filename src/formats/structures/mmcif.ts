/** Macromolecules in mmCIF: the category _atom_site with Cartesian coordinates. */

import { cellOf } from '../../chemistry/cell-parameters.ts'
import { speciesOf } from '../../chemistry/elements.ts'
import type { Cell, Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { elementOfName } from './atom-names.ts'
import { StructureBuilder } from './builder.ts'
import { type CifBlock, type CifValue, cifNumber, columnOf, firstValueOf } from './cif-text.ts'
import { integerOf } from './text.ts'

/** Does a block hold residues with Cartesian coordinates? */
export const isMacromolecule = (block: CifBlock): boolean =>
  columnOf(block, '_atom_site_cartn_x') !== null &&
  ['_atom_site_label_comp_id', '_atom_site_auth_comp_id', '_atom_site_group_pdb'].some(
    (tag) => columnOf(block, tag) !== null,
  )

const LENGTHS = ['_cell_length_a', '_cell_length_b', '_cell_length_c'] as const
const ANGLES = ['_cell_angle_alpha', '_cell_angle_beta', '_cell_angle_gamma'] as const

/**
 * The cell of a block; null where it has none.
 * @throws InputError where some of the six numbers are missing or make no cell.
 */
export const readCell = (block: CifBlock, where: string): Cell | null => {
  const lengths = LENGTHS.map((tag) => cifNumber(firstValueOf(block, tag)))
  if (lengths.every((x) => x === null)) return null
  // The dictionary's default of an angle is 90°.
  const angles = ANGLES.map((tag) => cifNumber(firstValueOf(block, tag) ?? '90'))
  const missing = [...LENGTHS, ...ANGLES].find((_, i) => [...lengths, ...angles][i] === null)
  if (missing) {
    throw new InputError(`${where}: the cell has no number for ${missing}; a cell needs all six.`)
  }
  const [a, b, c] = lengths as number[]
  const [alpha, beta, gamma] = angles as number[]
  return cellOf({ lengths: [a, b, c], angles: [alpha, beta, gamma] }, where)
}

/** The columns that are read; the author's names, as in .pdb files, go before the archive's. */
const columnsOf = (block: CifBlock) => {
  const first = (...tags: string[]): readonly CifValue[] | null => {
    for (const tag of tags) {
      const column = columnOf(block, `_atom_site_${tag}`)
      if (column) return column
    }
    return null
  }
  return {
    symbol: first('type_symbol'),
    atom: first('auth_atom_id', 'label_atom_id'),
    residue: first('auth_comp_id', 'label_comp_id'),
    number: first('auth_seq_id', 'label_seq_id'),
    insertion: first('pdbx_pdb_ins_code'),
    chain: first('auth_asym_id', 'label_asym_id'),
    alternate: first('label_alt_id'),
    model: first('pdbx_pdb_model_num'),
    places: ['cartn_x', 'cartn_y', 'cartn_z'].map((tag) => first(tag)),
  }
}

/**
 * The models of a block one by one; of alternate locations the first of each residue, as in .pdb files. The 1 × 1 × 1
 * cell of structures that are no crystals is none.
 * @throws InputError naming the atom by its row.
 */
export function* readMacromolecule(block: CifBlock, name: string): Generator<Structure, void, undefined> {
  const where = `${name}, data_${block.name}`
  const { symbol, atom, residue, number, insertion, chain, alternate, model, places } = columnsOf(block)
  const lengths = LENGTHS.map((tag) => cifNumber(firstValueOf(block, tag)))
  const cell = lengths.every((x) => x === 1) ? null : readCell(block, where)
  const group = firstValueOf(block, '_symmetry_space_group_name_h-m', '_space_group_name_h-m_alt')
  const remarks =
    cell && group && group.replace(/\s+/g, '') !== 'P1'
      ? [
          `${name}: the crystal is of space group ${group}; only the atoms in the file were taken, not their images.`,
        ]
      : []
  let builder = new StructureBuilder()
  let alternates = new Map<string, string>()
  const rows = places[0]!.length
  for (let row = 0; row < rows; row++) {
    if (row > 0 && model && model[row] !== model[row - 1]) {
      yield builder.finish({ name, cell, remarks })
      builder = new StructureBuilder()
      alternates = new Map()
    }
    const label = {
      atom: atom?.[row] ?? '',
      residue: residue?.[row] ?? '',
      residueNumber: integerOf(number?.[row] ?? '') ?? 0,
      chain: chain?.[row] ?? '',
    }
    const location = alternate?.[row] ?? null
    if (location !== null) {
      const key = `${label.chain} ${number?.[row] ?? ''} ${insertion?.[row] ?? ''}`
      const first = alternates.get(key)
      if (first === undefined) alternates.set(key, location)
      else if (first !== location) continue
    }
    const given = symbol?.[row]
    const species = given ? speciesOf(given) : elementOfName(label.atom, label.residue)
    if (!species) {
      throw new InputError(
        `${where}, atom ${row + 1}: "${given ?? label.atom}" is no element; correct its type_symbol.`,
      )
    }
    const [x, y, z] = places.map((column) => cifNumber(column?.[row]))
    if (x === null || y === null || z === null) {
      throw new InputError(
        `${where}, atom ${row + 1} (${label.atom} of ${label.residue} ${label.residueNumber}): expected three numbers Cartn_x, Cartn_y, Cartn_z; complete or remove the atom.`,
      )
    }
    builder.add(species, x, y, z)
    builder.label(label)
  }
  yield builder.finish({ name, cell, remarks })
}
