/** Reads .pdb files of one model or many (wwPDB format 3.3). */

import { cellOf } from '../../chemistry/cell-parameters.ts'
import type { Cell, Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { StructureBuilder } from '../structures/builder.ts'
import { integerOf } from '../structures/text.ts'
import { otherAtoms } from './checks.ts'
import { titleInfo } from './gromacs-title.ts'
import { linesOf } from './lines.ts'
import { elementOfLine } from './pdb-element.ts'
import type { ByteSource, TrajectoryFrame } from './types.ts'

const COORDINATES = ['x', 'y', 'z'] as const

/** A number in columns `from` (from 0) to `to`, as Fortran writes it; null for anything else. */
const numberIn = (line: string, from: number, to: number): number | null => {
  const text = line.slice(from, to).trim()
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null
}

/** Null where there is no cell: one of edges 0, or the 1 × 1 × 1 of structures that are no crystals. */
const readCell = (line: string, where: string): Cell | null => {
  const numbers = [6, 15, 24].map((at) => numberIn(line, at, at + 9))
  numbers.push(...[33, 40, 47].map((at) => numberIn(line, at, at + 7)))
  if (numbers.includes(null)) {
    throw new InputError(
      `${where}: expected CRYST1 with three lengths in Å (columns 7 to 33) and three angles in degrees (34 to 54), found "${line.slice(0, 54)}".`,
    )
  }
  const [a, b, c, alpha, beta, gamma] = numbers as number[]
  if (a === 1 && b === 1 && c === 1) return null
  return cellOf({ lengths: [a, b, c], angles: [alpha, beta, gamma] }, where)
}

/** As the file counts; programs that run out of four digits go on with hexadecimals or in base 36, which count as 0. */
const residueNumberOf = (text: string): number => integerOf(text) ?? 0

/** One model while its lines come. */
class Model {
  private readonly builder = new StructureBuilder()
  /** The alternate location that counts, by residue. */
  private readonly alternates = new Map<string, string>()

  get atoms(): number {
    return this.builder.atoms
  }

  add(line: string, where: string): void {
    const alternate = line[16] ?? ' '
    if (alternate !== ' ') {
      const residue = line.slice(21, 27)
      const first = this.alternates.get(residue)
      if (first === undefined) this.alternates.set(residue, alternate)
      else if (first !== alternate) return
    }
    const species = elementOfLine(line)
    if (!species) {
      throw new InputError(
        `${where}: no element in columns 77 and 78 of atom "${line.slice(12, 16).trim()}", and its name does not say; add the element.`,
      )
    }
    const [x, y, z] = COORDINATES.map((coordinate, k) => {
      const from = 30 + 8 * k
      const value = numberIn(line, from, from + 8)
      if (value !== null) return value
      throw new InputError(
        `${where}: expected coordinate ${coordinate} in columns ${from + 1} to ${from + 8}, found "${line.slice(from, from + 8).trim()}".`,
      )
    })
    this.builder.add(species, x, y, z)
    this.builder.label({
      atom: line.slice(12, 16).trim(),
      residue: line.slice(17, 21).trim(),
      residueNumber: residueNumberOf(line.slice(22, 26)),
      chain: line.slice(21, 22).trim(),
    })
  }

  finish(name: string, cell: Cell | null, info: ReadonlyMap<string, string>): Structure {
    return this.builder.finish({ name, cell, info })
  }
}

/**
 * The models of a file one by one: atoms of ATOM and HETATM records, of alternate locations the first of each residue;
 * the cell of the last CRYST1 before; `step` and `time_fs` in the info where a TITLE gives them. Files that end each
 * frame with END, without MODEL, are read too.
 * @param atoms number of atoms that each model must have, or null.
 * @throws InputError naming file and line, for a model that does not end too; models before it were delivered.
 */
export async function* readPdbModels(
  source: ByteSource,
  name: string,
  atoms: number | null = null,
): AsyncGenerator<Structure, void, undefined> {
  let model = new Model()
  let cell: Cell | null = null
  let info = new Map<string, string>()
  let open: number | null = null
  let models = 0
  let lineNumber = 0
  const finish = (): Structure => {
    if (atoms !== null && model.atoms !== atoms) {
      throw otherAtoms(`${name}, line ${lineNumber}: model ${models + 1}`, model.atoms, atoms)
    }
    const structure = model.finish(name, cell, info)
    model = new Model()
    info = new Map()
    models++
    return structure
  }
  for await (const line of linesOf(source, name)) {
    lineNumber++
    const where = `${name}, line ${lineNumber}`
    const record = line.slice(0, 6).trimEnd()
    if (record === 'ATOM' || record === 'HETATM') model.add(line, where)
    else if (record === 'CRYST1') cell = readCell(line, where)
    else if (record === 'TITLE') info = new Map([...info, ...titleInfo(line)])
    else if (record === 'MODEL') open = lineNumber
    else if (record === 'ENDMDL' || record === 'END') {
      open = null
      if (model.atoms > 0) yield finish()
    }
  }
  if (open !== null) {
    throw new InputError(
      `${name} ends within model ${models + 1}, which begins at line ${open}: it has ${model.atoms} atoms and no ENDMDL; the file is cut short.`,
    )
  }
  if (model.atoms > 0) yield finish()
  if (models === 0) {
    throw new InputError(`${name} has no atoms: no line of it begins with ATOM or HETATM.`)
  }
}

/** The models of a file as frames. */
export async function* readPdb(
  source: ByteSource,
  name: string,
  atoms: number | null,
): AsyncGenerator<TrajectoryFrame, void, undefined> {
  let index = 0
  for await (const { positions, cell, info } of readPdbModels(source, name, atoms)) {
    const time = info?.get('time_fs')
    yield {
      step: Number(info?.get('step') ?? index),
      time: time === undefined ? null : Number(time),
      positions,
      cell,
    }
    index++
  }
}
