/** Small molecules and minerals in CIF: sites, symmetry and a cell make the atoms of one whole cell. */

import { inverse, toCartesian, toFractional, type Vector } from '../../chemistry/cell.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { StructureBuilder } from './builder.ts'
import { type CifBlock, columnOf, firstValueOf } from './cif-text.ts'
import { readSites } from './crystal-sites.ts'
import { readCell } from './mmcif.ts'
import { imagesOf, type Operation, parseOperation } from './symmetry.ts'

/** Atoms of a cell that no file means. */
const MOST_ATOMS = 10_000_000

const OPERATIONS = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'] as const
const GROUP_NAMES = [
  '_space_group_name_h-m_alt',
  '_symmetry_space_group_name_h-m',
  '_space_group_name_hall',
  '_symmetry_space_group_name_hall',
] as const
const GROUP_NUMBERS = ['_space_group_it_number', '_symmetry_int_tables_number'] as const

/**
 * The operations that a block lists; the identity where there are none and the group is P 1 or not said.
 * @throws InputError for another group without operations.
 */
const readOperations = (
  block: CifBlock,
  where: string,
): { operations: Operation[]; remark: string | null } => {
  for (const tag of OPERATIONS) {
    const texts = columnOf(block, tag)?.filter((text) => text !== null) ?? []
    if (texts.length > 0)
      return { operations: texts.map((text) => parseOperation(text, where)), remark: null }
  }
  const number = firstValueOf(block, ...GROUP_NUMBERS)
  const name = firstValueOf(block, ...GROUP_NAMES)
  const trivial = number !== null ? Number(number) === 1 : /^p ?1$/i.test((name ?? 'P 1').trim())
  if (!trivial) {
    throw new InputError(
      `${where}: the space group is ${name ?? `number ${number}`} but its symmetry operations are not in the file (_space_group_symop_operation_xyz); save it from a crystal editor that writes them.`,
    )
  }
  const remark =
    number === null && name === null ? `${where}: the file names no symmetry and was read as P 1.` : null
  return { operations: [parseOperation('x,y,z', where)], remark }
}

/**
 * The structure of a block: a periodic cell with all its atoms wrapped into it, or an open system where the block has no
 * cell and Cartesian coordinates; null for a block without atoms.
 * @throws InputError for partial occupancy, missing symmetry, missing cell.
 */
export const readCrystal = (block: CifBlock, name: string): Structure | null => {
  const where = `${name}, data_${block.name}`
  const read = readSites(block, where)
  if (!read || read.sites.length === 0) return null
  const { sites, fractional, remarks } = read
  const cell = readCell(block, where)
  const builder = new StructureBuilder()
  if (!cell) {
    if (fractional) {
      throw new InputError(
        `${where}: the coordinates are fractional but there is no cell (_cell_length_a …); add it.`,
      )
    }
    for (const { species, place } of sites) builder.add(species, ...place)
    return builder.finish({ name, cell, remarks })
  }
  const { operations, remark } = readOperations(block, where)
  if (sites.length * operations.length > MOST_ATOMS) {
    throw new InputError(
      `${where}: ${sites.length} sites under ${operations.length} operations are more than ${MOST_ATOMS} atoms; the file is damaged.`,
    )
  }
  const inv = inverse(cell)
  for (const { species, place } of sites) {
    const site: Vector = fractional ? place : toFractional(inv, ...place)
    for (const image of imagesOf(site, operations, cell)) builder.add(species, ...toCartesian(cell, image))
  }
  return builder.finish({ name, cell, remarks: remark ? [...remarks, remark] : remarks })
}
