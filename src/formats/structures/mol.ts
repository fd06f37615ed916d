/**
 * .mol and .sdf files: MDL's connection tables, V2000 and V3000 (BIOVIA, CTfile Formats 2020). Bonds are left out.
 *
 * Formal charges become the column `formal_charges`. Isotopes are given by mass number, whose mass is taken to be that number of
 * u (right to 10⁻³; hydrogen's heavy isotopes exactly).
 */

import { elementOf, type Species, speciesOf } from '../../chemistry/elements.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { StructureBuilder } from './builder.ts'
import { readV3000 } from './mol-v3000.ts'
import { excerpt, integerOf, linesIn, numberOf, textOf } from './text.ts'
import type { StructureFormat } from './types.ts'

/** Lines before the atoms: title, program, comment, counts. */
const HEAD = 4

/** One record of a file; lines count from 0 in the whole of it. */
export interface MolRecord {
  /** File name, for messages. */
  readonly file: string
  readonly lines: readonly string[]
  readonly from: number
  readonly to: number
}

/** An atom as both versions give it. Null where a file leaves the isotope to nature. */
export interface MolAtom {
  readonly symbol: string
  readonly x: number
  readonly y: number
  readonly z: number
  charge: number
  massNumber: number | null
}

/** The charges that V2000's codes in the atom's own line stand for; 4 is a radical without charge. */
const CHARGE_CODES = [0, 3, 2, 1, 0, -1, -2, -3] as const

const placeOf = ({ file }: MolRecord, line: number): string => `${file}, line ${line + 1}`

/**
 * The element of an atom, and its isotope.
 * @throws InputError for what stands for several elements or none: A, Q, R#, *, LP.
 */
const speciesOfAtom = ({ symbol, massNumber }: MolAtom, where: string): Species => {
  const species = /^[A-Za-z]{1,2}$/.test(symbol) ? speciesOf(symbol) : null
  if (!species) {
    throw new InputError(
      `${where}: expected an element symbol, found ${excerpt(symbol)}; a structure cannot have groups or any-atoms.`,
    )
  }
  if (massNumber === null) return species
  if (species.atomicNumber === 1 && massNumber <= 3) return speciesOf(['H', 'D', 'T'][massNumber - 1])!
  return { ...species, mass: massNumber }
}

const readAtomLine = (record: MolRecord, at: number, until: number): MolAtom => {
  const line = record.lines[at] ?? ''
  const [x, y, z] = [0, 10, 20].map((from) => numberOf(line.slice(from, from + 10)))
  // Hand-made files are often out of their columns.
  const fields = line.trim().split(/\s+/)
  const free = fields.slice(0, 3).map(numberOf)
  const fixed = x !== null && y !== null && z !== null && /^\s[A-Za-z*]/.test(line.slice(30, 32))
  const [u, v, w] = fixed ? [x, y, z] : free
  const symbol = fixed ? line.slice(31, 34).trim() : (fields[3] ?? '')
  if (at >= until || u === null || v === null || w === null || u === undefined || symbol === '') {
    throw new InputError(
      `${placeOf(record, at)}: expected three coordinates and an element for atom ${at - record.from - HEAD + 1}, found ${excerpt(record.lines[at])}.`,
    )
  }
  const difference = integerOf(fixed ? line.slice(34, 36) : fields[4]) ?? 0
  const code = integerOf(fixed ? line.slice(36, 39) : fields[5]) ?? 0
  const species = speciesOf(symbol)
  return {
    ...{ symbol, x: u, y: v, z: w, charge: CHARGE_CODES[code] ?? 0 },
    massNumber:
      difference !== 0 && species ? Math.round(elementOf(species.atomicNumber).mass) + difference : null,
  }
}

/** Takes what an `M  CHG` or `M  ISO` line says: pairs of atom and value. */
const readProperty = (record: MolRecord, at: number, atoms: readonly MolAtom[]): [MolAtom, number][] => {
  const fields = record.lines[at].slice(6).trim().split(/\s+/)
  const pairs: [MolAtom, number][] = []
  for (let i = 1; i + 1 < fields.length; i += 2) {
    const [atom, value] = [integerOf(fields[i]), integerOf(fields[i + 1])]
    if (atom === null || value === null || !atoms[atom - 1]) {
      throw new InputError(
        `${placeOf(record, at)}: expected pairs of an atom's number, 1 to ${atoms.length}, and a value, found ${excerpt(record.lines[at])}.`,
      )
    }
    pairs.push([atoms[atom - 1], value])
  }
  return pairs
}

const readV2000 = (record: MolRecord): MolAtom[] => {
  const { lines, from, to } = record
  const counts = lines[from + 3]
  const [count, bonds] = [counts.slice(0, 3), counts.slice(3, 6)].map(integerOf)
  if (count === null || count < 0) {
    throw new InputError(
      `${placeOf(record, from + 3)}: expected the numbers of atoms and bonds, found ${excerpt(counts)}.`,
    )
  }
  const atoms = Array.from({ length: count }, (_, i) => readAtomLine(record, from + HEAD + i, to))
  let charged = false
  for (let at = from + HEAD + count + (bonds ?? 0); at < to; at++) {
    const key = lines[at].slice(0, 6)
    if (key === 'M  END') break
    if (key === 'M  CHG' || key === 'M  RAD') {
      // The first such line takes the place of all codes in the lines of atoms.
      if (!charged) for (const atom of atoms) atom.charge = 0
      charged = true
    }
    if (key === 'M  CHG') for (const [atom, charge] of readProperty(record, at, atoms)) atom.charge = charge
    if (key === 'M  ISO') for (const [atom, mass] of readProperty(record, at, atoms)) atom.massNumber = mass
  }
  return atoms
}

/** The structure of one record, which has as many lines as it needs at least. */
const readRecord = (record: MolRecord, number: number): Structure => {
  const { file, lines, from, to } = record
  if (to - from < HEAD) {
    throw new InputError(
      `${placeOf(record, to - 1)}: record ${number} ends before its line of counts, the fourth; the file is cut short.`,
    )
  }
  const atoms = /V3000\s*$/.test(lines[from + 3]) ? readV3000(record) : readV2000(record)
  const title = lines[from].trim()
  const called = `${file}, line ${from + 1}: record ${number}${title === '' ? '' : ` (${title})`}`
  if (atoms.length === 0) throw new InputError(`${called} has no atoms; leave it out.`)
  if (lines[from + 1].slice(20, 22) === '2D' && atoms.length > 1 && atoms.every(({ z }) => z === 0)) {
    throw new InputError(
      `${called} is a flat drawing (2D in its second line), no structure in space; give it coordinates in three dimensions first.`,
    )
  }
  const builder = new StructureBuilder()
  for (const atom of atoms) {
    builder.add(speciesOfAtom(atom, called), atom.x, atom.y, atom.z)
    builder.charge(atom.charge, 'formal_charges')
  }
  return builder.finish({ name: title === '' ? file : title, cell: null })
}

/**
 * The records of a file one by one, which `$$$$` ends; data items between `M  END` and there are left out.
 * @throws InputError naming file and line, for a flat drawing and for atoms that are no elements too.
 */
export function* readMol(text: string, name: string): Generator<Structure, void, undefined> {
  const lines = linesIn(text)
  let records = 0
  for (let from = 0; from < lines.length; ) {
    let to = from
    while (to < lines.length && !lines[to].startsWith('$$$$')) to++
    if (lines.slice(from, to).some((line) => line.trim() !== '')) {
      records++
      yield readRecord({ file: name, lines, from, to }, records)
    }
    from = to + 1
  }
  if (records === 0) throw new InputError(`${name} is empty; a .mol file begins with a title.`)
}

export const mol: StructureFormat = {
  id: 'mol',
  title: 'MOL and SDF',
  endings: ['.sdf', '.mol', '.sd'],
  begins: (start) => /^(?:.*(?:\r\n|\r|\n)){3}[ \d]{6}.*V[23]000[ \t]*(?:[\r\n]|$)/.test(start),
  read: (bytes, name) => readMol(textOf(bytes, name), name),
}
