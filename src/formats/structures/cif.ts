/** .cif files: macromolecules (mmCIF), chemical components, small molecules and minerals alike. */

import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { parseCif } from './cif-text.ts'
import { readComponent } from './component.ts'
import { readCrystal } from './crystal.ts'
import { isMacromolecule, readMacromolecule } from './mmcif.ts'
import { textOf } from './text.ts'
import type { StructureFormat } from './types.ts'

/**
 * The structures of a file's data blocks one by one; blocks without atoms are passed over.
 * @throws InputError naming block or line.
 */
export function* readCif(text: string, name: string): Generator<Structure, void, undefined> {
  let found = 0
  for (const block of parseCif(text, name)) {
    if (isMacromolecule(block)) {
      for (const structure of readMacromolecule(block, name)) {
        found++
        yield structure
      }
      continue
    }
    const structure = readCrystal(block, name) ?? readComponent(block, name)
    if (!structure) continue
    found++
    yield structure
  }
  if (found === 0) {
    throw new InputError(
      `${name} has no atoms: none of its data blocks lists _atom_site with coordinates; open a CIF of a structure.`,
    )
  }
}

export const cif: StructureFormat = {
  id: 'cif',
  title: 'CIF and mmCIF',
  endings: ['.cif', '.mmcif'],
  // Comments may go before the first block.
  begins: (start) => /^\uFEFF?(?:\s|#[^\r\n]*[\r\n])*data_\S/i.test(start),
  read: (bytes, name) => readCif(textOf(bytes, name), name),
}
