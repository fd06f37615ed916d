/**
 * Writes .pdb files of many models (wwPDB format 3.3), each under its TITLE and CRYST1 as GROMACS writes them: the
 * title carries time and step, and a cell may change from model to model.
 */

import { parametersOf } from '../../chemistry/cell-parameters.ts'
import { symbolOf } from '../../chemistry/elements.ts'
import { atomCount, type Cell, type Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { checkFrame } from './checks.ts'
import { orient } from './orientation.ts'
import type { TrajectoryWriter } from './types.ts'

/** A whole number from 0 in base 36. */
const base36 = (n: number): string => n.toString(36).toUpperCase()

/**
 * A serial number in five columns: hybrid-36 (cci.lbl.gov/hybrid_36), decimal up to 99999 and then A0000, A0001 …
 * ZZZZZ, a0000 … zzzzz.
 */
export const serialOf = (n: number): string => {
  if (n < 100_000) return String(n).padStart(5)
  const letters = 26 * 36 ** 4
  const over = n - 100_000
  // The first of these in base 36 is A0000 itself.
  const text = base36((over % letters) + 10 * 36 ** 4)
  return over < letters ? text : text.toLowerCase()
}

/** Columns of an atom's name: the symbol ends in column 14, a number that still fits follows it. */
const nameOf = (symbol: string, ordinal: number): string => {
  const name = `${symbol.padStart(2)}${ordinal}`
  return (name.length <= 4 ? name : symbol.padStart(2)).padEnd(4)
}

/** Everything of the atoms' lines that is the same in each frame: columns 1 to 30, and 67 to 78. */
const labelsOf = (structure: Structure): { before: string[]; after: string[] } => {
  const seen = new Map<string, number>()
  const before: string[] = []
  const after: string[] = []
  for (let atom = 0; atom < atomCount(structure); atom++) {
    const symbol = symbolOf(structure.atomicNumbers[atom]).toUpperCase()
    const ordinal = (seen.get(symbol) ?? 0) + 1
    seen.set(symbol, ordinal)
    before.push(`HETATM${serialOf(atom + 1)} ${nameOf(symbol, ordinal)} UNL A   1    `)
    after.push(`  1.00  0.00          ${symbol.padStart(2)}`)
  }
  return { before, after }
}

/** @throws InputError for a coordinate that has no room in its eight columns. */
const coordinate = (x: number, atom: number, step: number): string => {
  const text = x.toFixed(3).padStart(8)
  if (text.length <= 8) return text
  throw new InputError(
    `Step ${step}: atom ${atom + 1} is at ${text} Å, for which .pdb has no room (-999.999 to 9999.999); write .xtc, .dcd or .xyz.`,
  )
}

const crystOf = (cell: Cell): string => {
  const { lengths, angles } = parametersOf(cell)
  const columns = [
    ...lengths.map((x) => x.toFixed(3).padStart(9)),
    ...angles.map((x) => x.toFixed(2).padStart(7)),
  ]
  return `CRYST1${columns.join('')} P 1           1`
}

/** Atoms are HETATM of one residue UNL (unknown ligand); bonds are left to the reader. */
export const createPdbWriter = (structure: Structure): TrajectoryWriter => {
  const encoder = new TextEncoder()
  const atoms = atomCount(structure)
  const { before, after } = labelsOf(structure)
  // The format knows ASCII only, and 70 columns of a title, some of which time and step need.
  const title = structure.name.replace(/[^ -~]/g, '?').slice(0, 24)
  let model = 0
  return {
    begin: () => new Uint8Array(0),
    frame: (frame) => {
      checkFrame(frame, atoms)
      const { positions, cell } = orient(frame.positions, frame.cell)
      model++
      const time = frame.time === null ? '' : ` t= ${frame.time / 1000}`
      const lines = [`TITLE     ${title}${time} step= ${frame.step}`]
      if (cell) lines.push(crystOf(cell))
      lines.push(`MODEL ${String(model).padStart(8)}`)
      for (let atom = 0; atom < atoms; atom++) {
        const [x, y, z] = [0, 1, 2].map((k) => coordinate(positions[3 * atom + k], atom, frame.step))
        lines.push(`${before[atom]}${x}${y}${z}${after[atom]}`)
      }
      lines.push('ENDMDL', '')
      return encoder.encode(lines.join('\n'))
    },
    end: () => ({ bytes: encoder.encode('END\n'), patches: [] }),
  }
}
