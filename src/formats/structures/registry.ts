import { cif } from './cif.ts'
import { gro } from './gro.ts'
import { mol } from './mol.ts'
import { mol2 } from './mol2.ts'
import { pdb } from './pdb.ts'
import type { StructureFormat } from './types.ts'
import { xyz } from './xyz.ts'

/** All structure formats. A new one is a file with its StructureFormat and an entry here. */
export const structureFormats: readonly StructureFormat[] = [xyz, pdb, cif, mol, mol2, gro]

/**
 * Those formats in the order in which a text's beginning is held against them: titles, which may be anything, come first
 * in .mol and .gro files, so that these go before what a single line tells.
 */
const bySpecificity: readonly StructureFormat[] = [mol, gro, cif, mol2, pdb, xyz]

/** The format that a text begins like, or null. */
export const structureFormatLike = (start: string): StructureFormat | null =>
  bySpecificity.find(({ begins }) => begins(start)) ?? null
