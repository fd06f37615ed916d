/**
 * .gro files of GROMACS: lengths in nm, velocities in nm/ps, columns as wide as the coordinates have digits.
 *
 *   a frame   title, with t= (ps) and step= perhaps; number of atoms; atoms; box
 *   an atom   residue's number (5 columns) and name (5), atom's name (5) and number (5), x y z, perhaps vx vy vz
 *   the box   ax by cz, and for a triclinic one ay az bx bz cx cy
 */

import { checkCell } from '../../chemistry/cell.ts'
import type { Cell, Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { titleInfo } from '../trajectory/gromacs-title.ts'
import { elementOfName, isVirtualSite } from './atom-names.ts'
import { StructureBuilder } from './builder.ts'
import { excerpt, fieldsOf, integerOf, linesIn, numberOf, textOf } from './text.ts'
import type { StructureFormat } from './types.ts'

/** Å per nm */
const NANOMETRE = 10
/** Å/fs per nm/ps */
const SPEED = 0.01
/** Column where coordinates begin. */
const COORDINATES = 20

/** What lines of atoms begin with, up to x. */
const ATOM_LINE = /^[ \d-]{5}.{5}.{5}[ \d*]{5}\s*-?\d*\.\d+/

/** Columns from one decimal point to the next: each of a frame's numbers is so wide. */
const widthOf = (line: string): number => {
  const first = line.indexOf('.', COORDINATES)
  const second = line.indexOf('.', first + 1)
  return first < 0 || second < 0 ? 0 : second - first
}

const numbersOf = (line: string, width: number, from: number): (number | null)[] =>
  [0, 1, 2].map((k) => {
    const at = COORDINATES + width * (from + k)
    return numberOf(line.slice(at, at + width))
  })

/** Three numbers, or nine; null for a box of zeros, which is none. */
const readBox = (line: string | undefined, where: string): Cell | null => {
  // Large boxes fill their ten columns, five digits after the point, and touch.
  const fields = /\d\.\d{5}[\d-]/.test(line ?? '')
    ? (line!.match(/-?\d+\.\d{5}/g) ?? [])
    : fieldsOf(line ?? '')
  const numbers = fields.map(numberOf)
  if ((numbers.length !== 3 && numbers.length !== 9) || numbers.includes(null)) {
    throw new InputError(
      `${where}: expected the box after the last atom, three or nine numbers in nm, found ${excerpt(line)}; correct the number of atoms.`,
    )
  }
  const [ax, by, cz, ay, az, bx, bz, cx, cy] = [...(numbers as number[]), 0, 0, 0, 0, 0, 0].map(
    (x) => x * NANOMETRE,
  )
  const cell: Cell = [ax, ay, az, bx, by, bz, cx, cy, cz]
  if (cell.every((x) => x === 0)) return null
  checkCell(cell, where)
  return cell
}

const readFrame = (lines: readonly string[], at: number, count: number, name: string): Structure => {
  const builder = new StructureBuilder()
  const width = widthOf(lines[at + 2] ?? '')
  const leftOut = new Map<string, number>()
  let withVelocities: boolean | null = null
  for (let row = at + 2; row < at + 2 + count; row++) {
    const where = `${name}, line ${row + 1}`
    const line = lines[row]
    const [x, y, z] = width > 0 ? numbersOf(line, width, 0) : []
    if (typeof x !== 'number' || typeof y !== 'number' || typeof z !== 'number') {
      throw new InputError(
        `${where}: expected atom ${row - at - 1} of the ${count} that line ${at + 2} announces, with x, y, z in nm from column 21 on, found ${excerpt(line)}.`,
      )
    }
    const atom = line.slice(10, 15).trim()
    const residue = line.slice(5, 10).trim()
    if (isVirtualSite(atom, residue)) {
      leftOut.set(atom, (leftOut.get(atom) ?? 0) + 1)
      continue
    }
    const species = elementOfName(atom, residue)
    if (!species) {
      throw new InputError(
        `${where}: the name "${atom}" of an atom of residue ${residue} does not begin with an element; rename it, or convert the file to .pdb with elements.`,
      )
    }
    builder.add(species, x * NANOMETRE, y * NANOMETRE, z * NANOMETRE)
    builder.label({ atom, residue, residueNumber: integerOf(line.slice(0, 5)) ?? 0, chain: '' })
    const [u, v, w] = numbersOf(line, width, 3)
    const moves = u !== null && v !== null && w !== null
    withVelocities ??= moves
    if (withVelocities !== moves) {
      throw new InputError(
        `${where}: some atoms have velocities and some, like atom ${row - at - 1}, ${moves ? 'the first, ' : ''}have none; complete or remove them.`,
      )
    }
    if (moves) builder.velocity(u * SPEED, v * SPEED, w * SPEED)
  }
  return builder.finish({
    name,
    cell: readBox(lines[at + 2 + count], `${name}, line ${at + count + 3}`),
    info: titleInfo(lines[at]),
    remarks: [...leftOut].map(
      ([site, times]) =>
        `${name}: ${times} sites named ${site} are no atoms (virtual sites) and were left out.`,
    ),
  })
}

/**
 * The frames of a file one by one. Elements come from the names of atoms; virtual sites of water models (MW, LP1) are
 * left out, with a remark.
 * @throws InputError naming file and line.
 */
export function* readGro(text: string, name: string): Generator<Structure, void, undefined> {
  const lines = linesIn(text)
  if (lines.length === 0) throw new InputError(`${name} is empty; a .gro file begins with a title.`)
  for (let at = 0; at < lines.length; ) {
    const count = integerOf(lines[at + 1]) ?? 0
    if (count < 1) {
      throw new InputError(
        `${name}, line ${at + 2}: expected the number of atoms, a whole number from 1, found ${excerpt(lines[at + 1])}.`,
      )
    }
    if (lines.length < at + count + 3) {
      throw new InputError(
        `${name} ends after ${Math.max(0, lines.length - at - 2)} of the ${count} atoms and the box that line ${at + 2} announces; the file is cut short, or the count wrong.`,
      )
    }
    yield readFrame(lines, at, count, name)
    at += count + 3
  }
}

/** A title of any kind, a number alone, and a line of an atom. */
const begins = (start: string): boolean => {
  const [, count, atom] = start.split(/\r\n|\r|\n/, 3)
  return /^\s*\d+\s*$/.test(count ?? '') && ATOM_LINE.test(atom ?? '')
}

export const gro: StructureFormat = {
  id: 'gro',
  title: 'GROMACS GRO',
  endings: ['.gro'],
  begins,
  read: (bytes, name) => readGro(textOf(bytes, name), name),
}
