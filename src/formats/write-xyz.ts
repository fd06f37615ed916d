/** Writes extended .xyz, as ASE, OVITO and `readXyz` read it. */

import { symbolOf } from '../chemistry/elements.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { formatEntry } from './xyz-comment.ts'

/** Comment-line keys that are written from the structure's own fields, and so never from its info. */
const ownKeys = new Set(['properties', 'lattice', 'pbc'])

/** Shortest decimal that reads back to the same double; Python's words for what is not finite. */
const numberText = (x: number): string => {
  if (Object.is(x, -0)) return '-0'
  if (Number.isNaN(x)) return 'nan'
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf'
  return String(x)
}

interface WrittenColumn {
  readonly name: string
  readonly width: number
  readonly values: Float64Array
}

/** Columns after the elements. Colons and blanks would break the Properties list, so names lose them. */
const columnsOf = (structure: Structure): WrittenColumn[] => {
  const { positions, velocities, forces, masses, columns } = structure
  const written: WrittenColumn[] = [{ name: 'pos', width: 3, values: positions }]
  if (velocities) written.push({ name: 'velocities', width: 3, values: velocities })
  if (forces) written.push({ name: 'forces', width: 3, values: forces })
  if (masses) written.push({ name: 'masses', width: 1, values: masses })
  for (const [name, { width, values }] of columns ?? []) {
    written.push({ name: name.replace(/[\s:="'\\]/g, '_'), width, values })
  }
  return written
}

const commentOf = (structure: Structure, columns: readonly WrittenColumn[]): string => {
  const { cell, periodic, energy, info } = structure
  const properties = ['species:S:1', ...columns.map(({ name, width }) => `${name}:R:${width}`)]
  const entries: string[] = []
  if (cell) entries.push(`Lattice="${cell.map(numberText).join(' ')}"`)
  entries.push(`Properties=${properties.join(':')}`)
  if (energy !== undefined) entries.push(`energy=${numberText(energy)}`)
  entries.push(`pbc="${periodic.map((flag) => (flag ? 'T' : 'F')).join(' ')}"`)
  for (const [key, value] of info ?? []) {
    if (ownKeys.has(key.toLowerCase()) || (key === 'energy' && energy !== undefined)) continue
    entries.push(formatEntry(key, value))
  }
  return entries.join(' ')
}

/**
 * Extended xyz text of one or more frames: elements, positions (Å), and where a structure has them velocities (Å/fs),
 * forces (eV/Å), masses (u), other columns, energy (eV), Lattice (Å), pbc and info. Every number reads back to the
 * same double.
 */
export const writeXyz = (structures: readonly Structure[]): string => {
  const lines: string[] = []
  for (const structure of structures) {
    const columns = columnsOf(structure)
    lines.push(String(atomCount(structure)), commentOf(structure, columns))
    for (let atom = 0; atom < atomCount(structure); atom++) {
      const fields = [symbolOf(structure.atomicNumbers[atom])]
      for (const { width, values } of columns) {
        for (let k = 0; k < width; k++) fields.push(numberText(values[width * atom + k]))
      }
      lines.push(fields.join(' '))
    }
  }
  return `${lines.join('\n')}\n`
}
