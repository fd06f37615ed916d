/**
 * .mol2 files of Tripos: sections that begin with `@<TRIPOS>`. Read are MOLECULE (the name), ATOM and CRYSIN (the cell);
 * bonds are left out.
 */

import { cellOf } from '../../chemistry/cell-parameters.ts'
import { type Species, speciesOf } from '../../chemistry/elements.ts'
import type { Cell, Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { elementOfName } from './atom-names.ts'
import { StructureBuilder } from './builder.ts'
import { excerpt, fieldsOf, integerOf, linesIn, numberOf, textOf } from './text.ts'
import type { StructureFormat } from './types.ts'

const SECTION = /^@<TRIPOS>(\w+)/

/**
 * The element of an atom type. SYBYL's begin with the symbol (C.ar, Cl); antechamber writes AMBER's instead: lower case
 * is GAFF's, whose first letter is the element but for cl and br, and upper case (CT, HC) needs the atom's name.
 */
const speciesOfType = (type: string, name: string, residue: string): Species | null => {
  const [base] = type.split('.')
  const symbol = /^[A-Z][a-z]?$/.test(base) ? speciesOf(base) : null
  if (symbol) return symbol
  if (/^[a-z]/.test(base)) {
    const halogen = /^(cl|br)/.exec(base)
    return speciesOf(halogen ? halogen[0] : base[0])
  }
  if (/^(CL|BR)$/.test(base) || (type.includes('.') && /^[A-Z]{1,2}$/.test(base))) return speciesOf(base)
  return /^(DU|LP|ANY|HAL|HET|HEV)$/i.test(base) ? null : elementOfName(name, residue)
}

/** Space groups other than P 1 would need their symmetry, which the file only names. */
const readCell = (line: string, where: string): { cell: Cell | null; remark: string | null } => {
  const numbers = fieldsOf(line).map(numberOf)
  const six = numbers.slice(0, 6)
  if (six.length < 6 || six.includes(null)) {
    throw new InputError(
      `${where}: expected three lengths in Å and three angles in degrees after CRYSIN, found ${excerpt(line)}.`,
    )
  }
  const [a, b, c, alpha, beta, gamma] = six as number[]
  const group = numbers[6] ?? 1
  if (group > 1) {
    const remark = `${where}: the crystal is of space group ${group}, whose symmetry a .mol2 file does not hold: its cell was left out.`
    return { cell: null, remark }
  }
  return { cell: cellOf({ lengths: [a, b, c], angles: [alpha, beta, gamma] }, where), remark: null }
}

/** One molecule while its lines come. */
class Molecule {
  readonly builder = new StructureBuilder()
  cell: Cell | null = null
  readonly remarks: string[] = []
  title = ''
  announced: number | null = null

  constructor(
    private readonly file: string,
    readonly line: number,
  ) {}

  add(line: string, where: string): void {
    const fields = fieldsOf(line)
    const [x, y, z] = fields.slice(2, 5).map(numberOf)
    if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number' || fields.length < 6) {
      throw new InputError(
        `${where}: expected an atom's number, its name, three coordinates and its type, found ${excerpt(line)}.`,
      )
    }
    const [, name, , , , type, number, residue = '', charge] = fields
    // Residues are often called ALA12: the name, and the number anew.
    const bare = residue.replace(/-?\d+$/, '')
    const species = speciesOfType(type, name, bare)
    if (!species) {
      throw new InputError(
        `${where}: the type ${excerpt(type)} of atom ${excerpt(name)} is of no element; remove the atom, or give it a type such as C.3.`,
      )
    }
    this.builder.add(species, x, y, z)
    const inside = /-?\d+$/.exec(residue)
    this.builder.label({
      ...{ atom: name, chain: '' },
      residue: bare === '' ? residue : bare,
      residueNumber: integerOf(inside && bare !== '' ? inside[0] : number) ?? 0,
    })
    const q = numberOf(charge ?? '0')
    if (q === null)
      throw new InputError(`${where}: expected a charge in the ninth field, found ${excerpt(charge)}.`)
    this.builder.charge(q)
  }

  finish(): Structure {
    const { file, line, builder, title, announced, cell, remarks } = this
    if (builder.atoms === 0 || (announced !== null && builder.atoms !== announced)) {
      throw new InputError(
        `${file}, line ${line}: the molecule that begins here has ${builder.atoms} atoms where ${announced || 'at least one'} should be; the file is cut short, or the count wrong.`,
      )
    }
    return builder.finish({ name: title === '' || title === '*****' ? file : title, cell, remarks })
  }
}

/**
 * The molecules of a file one by one; charges become the column `charge`.
 * @throws InputError naming file and line; a type that is no element (Du, LP, Any) is one such mistake.
 */
export function* readMol2(text: string, name: string): Generator<Structure, void, undefined> {
  const lines = linesIn(text)
  let molecule: Molecule | null = null
  let section = ''
  /** Lines since the section began. */
  let row = 0
  for (const [at, line] of lines.entries()) {
    const where = `${name}, line ${at + 1}`
    const begun = SECTION.exec(line)
    if (begun) {
      section = begun[1]
      row = 0
      if (section !== 'MOLECULE') continue
      if (molecule) yield molecule.finish()
      molecule = new Molecule(name, at + 1)
      continue
    }
    row++
    if (!molecule) continue
    if (section === 'MOLECULE' && row === 1) molecule.title = line.trim()
    else if (line.startsWith('#') || line.trim() === '') continue
    else if (section === 'MOLECULE' && row === 2) molecule.announced = integerOf(fieldsOf(line)[0])
    else if (section === 'ATOM') molecule.add(line, where)
    else if (section === 'CRYSIN') {
      const { cell, remark } = readCell(line, where)
      molecule.cell = cell
      if (remark) molecule.remarks.push(remark)
    }
  }
  if (!molecule) throw new InputError(`${name} has no molecule: no line of it is @<TRIPOS>MOLECULE.`)
  yield molecule.finish()
}

export const mol2: StructureFormat = {
  id: 'mol2',
  title: 'Tripos MOL2',
  endings: ['.mol2'],
  begins: (start) => /^@<TRIPOS>/m.test(start),
  read: (bytes, name) => readMol2(textOf(bytes, name), name),
}
