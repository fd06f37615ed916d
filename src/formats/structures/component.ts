/** Chemical components: the dictionary's entries of ligands and monomers, which the PDB hands out as .cif files (ATP.cif). */

import { speciesOf } from '../../chemistry/elements.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { StructureBuilder } from './builder.ts'
import { type CifBlock, cifNumber, columnOf } from './cif-text.ts'

const TAG = '_chem_comp_atom_'

/** Ideal coordinates first, then those of an experiment, then those of monomer libraries. */
const PLACES = [
  ['pdbx_model_cartn_x_ideal', 'pdbx_model_cartn_y_ideal', 'pdbx_model_cartn_z_ideal'],
  ['model_cartn_x', 'model_cartn_y', 'model_cartn_z'],
  ['x', 'y', 'z'],
] as const

/**
 * The molecule of a block, with formal charges in the column `formal_charges`; null where the block has no component, or one
 * without a complete set of coordinates.
 * @throws InputError for an atom that is no element.
 */
export const readComponent = (block: CifBlock, name: string): Structure | null => {
  const column = (tag: string) => columnOf(block, TAG + tag)
  const sets = PLACES.map((tags) => tags.map((tag) => column(tag)?.map(cifNumber) ?? [null]))
  const places = sets.find((axes) => axes.every((values) => !values.includes(null)))
  const symbols = column('type_symbol')
  if (!places || !symbols) return null
  const [atoms, components, charges] = ['atom_id', 'comp_id', 'charge'].map(column)
  const builder = new StructureBuilder()
  for (const [row, symbol] of symbols.entries()) {
    const species = speciesOf(symbol ?? '')
    if (!species) {
      throw new InputError(
        `${name}, data_${block.name}: "${symbol ?? '?'}" of atom ${atoms?.[row] ?? row + 1} is no element; correct its type_symbol.`,
      )
    }
    const [x, y, z] = places.map((values) => values[row]!)
    builder.add(species, x, y, z)
    const label = { atom: atoms?.[row] ?? '', residue: components?.[row] ?? '', residueNumber: 1, chain: '' }
    builder.label(label)
    builder.charge(cifNumber(charges?.[row]) ?? 0, 'formal_charges')
  }
  return builder.finish({ name, cell: null })
}
