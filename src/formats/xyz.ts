/**
 * Reads .xyz and extended .xyz files.
 *
 * Extended: the libatoms grammar (github.com/libAtoms/extxyz) with ASE as the de-facto reader. Positions are in Å,
 * energy in eV, forces in eV/Å, velocities in Å/fs. ASE's `momenta` (in √(u eV)) become velocities.
 */

import { checkCell, completeCell } from '../chemistry/cell.ts'
import { elementOf, speciesOf } from '../chemistry/elements.ts'
import type { Cell, Periodicity, Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { type Column, parseProperties, plainColumns } from './xyz-columns.ts'
import { itemsOf, parseComment, parseLogical, parseNumber } from './xyz-comment.ts'

/** One fs in ASE's unit of time, Å √(u/eV) (ase.units.fs, CODATA 2014): p/m in ASE's units times this is Å/fs. */
const FEMTOSECOND = 0.09822694788464063

/** The lines of a file with what messages need. Lines count from one. */
interface Source {
  readonly name: string
  readonly lines: readonly string[]
}

/** Keys of a comment line that have a place of their own in a Structure. */
interface Header {
  readonly columns: readonly Column[]
  readonly cell: Cell | null
  readonly periodic: Periodicity
  readonly energy: number | undefined
  readonly info: ReadonlyMap<string, string> | undefined
}

const excerpt = (line: string | undefined): string => {
  const text = (line ?? '').trim()
  if (text === '') return 'an empty line'
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}

/**
 * All frames of a file; they may differ in their numbers of atoms.
 * A comment line without key=value entries becomes `info.get('comment')`. Columns of text other than the elements
 * are left out, as are unnamed extra fields. Without `pbc`, a frame is periodic exactly if it has a Lattice.
 * @param name file name, for messages and as the structures' name.
 * @throws InputError naming file and line (from one) where the text is not what the format asks for.
 */
export const readXyz = (text: string, name: string): Structure[] => [...xyzFrames(text, name)]

/** As `readXyz`, each frame when it is asked for. */
export function* xyzFrames(text: string, name: string): Generator<Structure, void, undefined> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop()
  if (lines.length === 0)
    throw new InputError(`${name} is empty; an xyz file begins with the number of atoms.`)
  const source = { name, lines }
  let frames = 0
  let at = 0
  while (at < lines.length) {
    if (lines[at].trim() === '') {
      at++
      continue
    }
    const count = readCount(source, at, frames++)
    yield readFrame(source, at, count)
    at += count + 2
  }
}

const readCount = ({ name, lines }: Source, at: number, framesBefore: number): number => {
  const line = lines[at].trim()
  const count = /^\d{1,9}$/.test(line) ? Number(line) : 0
  if (count === 0) {
    const hint = framesBefore > 0 ? ' of the next frame (is the count of the frame before too small?)' : ''
    throw new InputError(
      `${name}, line ${at + 1}: expected the number of atoms${hint}, a whole number from 1, found ${excerpt(line)}.`,
    )
  }
  const there = Math.max(0, lines.length - at - 2)
  if (there < count) {
    throw new InputError(
      `${name} ends after ${there} of the ${count} atoms that line ${at + 1} announces; complete the file or correct the count.`,
    )
  }
  return count
}

const readHeader = ({ name, lines }: Source, at: number): Header => {
  const where = `${name}, line ${at + 1}`
  const line = lines[at]
  const entries = parseComment(line)
  if (!entries) {
    if (/\b(?:properties|lattice)\s*=/i.test(line)) {
      throw new InputError(
        `${where}: a quote in the comment line never closes; add the missing quotation mark.`,
      )
    }
    const comment = line.trim()
    const info = comment === '' ? undefined : new Map([['comment', comment]])
    return { columns: plainColumns, cell: null, periodic: [false, false, false], energy: undefined, info }
  }
  const take = (key: string): string | undefined => {
    const found = [...entries.keys()].find((candidate) => candidate.toLowerCase() === key)
    const value = found === undefined ? undefined : entries.get(found)
    if (found !== undefined) entries.delete(found)
    return value
  }
  const properties = take('properties')
  const lattice = parseLattice(take('lattice'), where)
  const pbc = take('pbc')
  const periodic =
    pbc === undefined ? ([!!lattice, !!lattice, !!lattice] as const) : parsePeriodic(pbc, where)
  if (!lattice && periodic.includes(true)) {
    throw new InputError(
      `${where}: pbc asks for periodic axes but there is no Lattice; add one, or set pbc="F F F".`,
    )
  }
  const cell = lattice && completeCell(lattice, periodic)
  if (cell) checkCell(cell, where)
  const energyKey = ['energy', 'free_energy'].find((key) =>
    Number.isFinite(parseNumber(entries.get(key) ?? '')),
  )
  const energy = energyKey === undefined ? undefined : parseNumber(entries.get(energyKey)!)!
  if (energyKey !== undefined) entries.delete(energyKey)
  return {
    columns: properties === undefined ? plainColumns : parseProperties(properties, where),
    cell,
    periodic,
    energy,
    info: entries.size > 0 ? entries : undefined,
  }
}

/** Nine numbers (rows a, b, c) or three (edges of a brick); a cell of zeros, ASE's for a molecule, is none. */
const parseLattice = (text: string | undefined, where: string): Cell | null => {
  if (text === undefined) return null
  const numbers = itemsOf(text).map(parseNumber)
  if ((numbers.length !== 9 && numbers.length !== 3) || numbers.includes(null)) {
    throw new InputError(
      `${where}: expected Lattice as nine numbers, the vectors a, b, c in Å, found ${excerpt(text)}.`,
    )
  }
  const [a, b, c] = numbers as number[]
  const cell = (numbers.length === 9 ? numbers : [a, 0, 0, 0, b, 0, 0, 0, c]) as unknown as Cell
  return cell.every((x) => x === 0) ? null : cell
}

const parsePeriodic = (text: string, where: string): Periodicity => {
  const flags = itemsOf(text).map(parseLogical)
  if (flags.length === 1) flags.push(flags[0], flags[0])
  if (flags.length !== 3 || flags.includes(null)) {
    throw new InputError(`${where}: expected pbc as three of T or F, found ${excerpt(text)}.`)
  }
  return flags as unknown as Periodicity
}

/** A frame's columns while its lines are read, [atoms × width] each. */
type Values = Map<Column, Float64Array>

const readFrame = (source: Source, at: number, count: number): Structure => {
  const header = readHeader(source, at + 1)
  const { columns } = header
  const needed = columns[columns.length - 1].start + columns[columns.length - 1].width
  const atomicNumbers = new Uint8Array(count)
  const isotopes = new Map<number, number>()
  const values: Values = new Map()
  for (const column of columns) {
    if (column.type !== 'S') values.set(column, new Float64Array(count * column.width))
  }
  const elementColumn =
    columns.find(({ role }) => role === 'species') ?? columns.find(({ role }) => role === 'numbers')!
  for (let atom = 0; atom < count; atom++) {
    const row = at + 2 + atom
    const where = `${source.name}, line ${row + 1}`
    const line = source.lines[row]
    const fields = line.trim().split(/\s+/)
    if (fields.length < needed) {
      const expected =
        columns === plainColumns
          ? 'an element and three coordinates'
          : `${needed} fields, as Properties declares,`
      throw new InputError(
        `${where}: expected ${expected} for atom ${atom + 1} of the ${count} that line ${at + 1} announces, found ${excerpt(line)}.`,
      )
    }
    const species = speciesOf(fields[elementColumn.start])
    if (!species) {
      throw new InputError(
        `${where}: expected an element symbol, found ${excerpt(fields[elementColumn.start])}.`,
      )
    }
    atomicNumbers[atom] = species.atomicNumber
    if (species.mass !== null) isotopes.set(atom, species.mass)
    readFields(fields, atom, values, where)
  }
  return assemble(source.name, header, atomicNumbers, isotopes, values)
}

/** Puts one atom's numbers into their columns. */
const readFields = (fields: readonly string[], atom: number, values: Values, where: string): void => {
  for (const [column, numbers] of values) {
    for (let k = 0; k < column.width; k++) {
      const field = fields[column.start + k]
      const logical = column.type === 'L' ? parseLogical(field) : null
      const value = logical === null ? parseNumber(field) : Number(logical)
      if (value === null) {
        throw new InputError(`${where}: expected a number in column ${column.name}, found ${excerpt(field)}.`)
      }
      if (column.role === 'positions' && !Number.isFinite(value)) {
        throw new InputError(`${where}: coordinate ${'xyz'[k]} is ${field}; it must be a finite number of Å.`)
      }
      if (column.role === 'masses' && !(value > 0 && Number.isFinite(value))) {
        throw new InputError(`${where}: the mass is ${field}; it must be a positive number of u.`)
      }
      numbers[column.width * atom + k] = value
    }
  }
}

const assemble = (
  name: string,
  { cell, periodic, energy, info }: Header,
  atomicNumbers: Uint8Array,
  isotopes: ReadonlyMap<number, number>,
  values: Values,
): Structure => {
  const named = new Map([...values].map(([column, numbers]) => [column.role, numbers]))
  let masses = named.get('masses')
  if (!masses && isotopes.size > 0) {
    masses = Float64Array.from(atomicNumbers, (z, atom) => isotopes.get(atom) ?? elementOf(z).mass)
  }
  let velocities = named.get('velocities')
  const momenta = named.get('momenta')
  if (!velocities && momenta) {
    const massOf = (atom: number) => masses?.[atom] ?? elementOf(atomicNumbers[atom]).mass
    velocities = momenta.map((p, i) => (p / massOf(Math.floor(i / 3))) * FEMTOSECOND)
  }
  const forces = named.get('forces')
  const others = [...values].filter(([{ role }]) => role === 'other')
  const columns = new Map(others.map(([{ name: key, width }, numbers]) => [key, { width, values: numbers }]))
  return {
    name,
    atomicNumbers,
    positions: named.get('positions')!,
    cell,
    periodic,
    ...(masses && { masses }),
    ...(velocities && { velocities }),
    ...(energy !== undefined && { energy }),
    ...(forces && { forces }),
    ...(columns.size > 0 && { columns }),
    ...(info && { info }),
  }
}
