/** Everything a structure says of each atom, taken for some atoms and put together again. */

import { massesOf } from '../center.ts'
import { symbolOf } from '../elements.ts'
import { type AtomLabels, atomCount, type Structure } from '../structure.ts'

type Rows = Float64Array | Int32Array | Uint8Array

const rowsOf = <T extends Rows>(values: T, indices: ArrayLike<number>, width: number): T => {
  const taken = new (values.constructor as new (length: number) => T)(indices.length * width)
  for (let i = 0; i < indices.length; i++)
    for (let k = 0; k < width; k++) taken[i * width + k] = values[indices[i] * width + k]
  return taken
}

/**
 * Some atoms of a structure, in the order given, with all that is said of each; an atom may be taken several times. Energy,
 * forces and the entries of the comment line go, because they are those of all atoms together.
 */
export const takeAtoms = (structure: Structure, indices: ArrayLike<number>): Structure => {
  const { name, atomicNumbers, positions, cell, periodic, masses, velocities, columns, labels } = structure
  const each = Array.from(indices)
  return {
    name,
    atomicNumbers: rowsOf(atomicNumbers, indices, 1),
    positions: rowsOf(positions, indices, 3),
    cell,
    periodic,
    ...(masses && { masses: rowsOf(masses, indices, 1) }),
    ...(velocities && { velocities: rowsOf(velocities, indices, 3) }),
    ...(columns && {
      columns: new Map(
        [...columns].map(([key, { width, values }]) => [
          key,
          { width, values: rowsOf(values, indices, width) },
        ]),
      ),
    }),
    ...(labels && {
      labels: {
        atom: each.map((i) => labels.atom[i]),
        residue: each.map((i) => labels.residue[i]),
        residueNumber: rowsOf(labels.residueNumber, indices, 1),
        chain: each.map((i) => labels.chain[i]),
      },
    }),
  }
}

const joined = (a: Float64Array, b: Float64Array): Float64Array => {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** Names for atoms that have none: their symbols, in one residue UNK. */
const plainLabels = ({ atomicNumbers }: Structure): AtomLabels => ({
  atom: Array.from(atomicNumbers, symbolOf),
  residue: Array.from(atomicNumbers, () => 'UNK'),
  residueNumber: new Int32Array(atomicNumbers.length).fill(1),
  chain: Array.from(atomicNumbers, () => ''),
})

/** Residues of the second are numbered on after the last of the first: a residue stays one residue. */
const joinedLabels = (a: AtomLabels, b: AtomLabels): AtomLabels => {
  const last = a.residueNumber.reduce((most, n) => Math.max(most, n), 0)
  const begin = b.residueNumber.reduce((least, n) => Math.min(least, n), Number.POSITIVE_INFINITY)
  return {
    atom: [...a.atom, ...b.atom],
    residue: [...a.residue, ...b.residue],
    residueNumber: Int32Array.from([...a.residueNumber, ...b.residueNumber.map((n) => n - begin + last + 1)]),
    chain: [...a.chain, ...b.chain],
  }
}

/**
 * Two structures as one, atoms of the second after those of the first, which gives name and cell. Velocities and columns
 * stay where both have them: a number nobody gave would be made up. Energy, forces and the comment line's entries go.
 */
export const mergeStructures = (first: Structure, second: Structure): Structure => {
  if (atomCount(second) === 0) return first
  const columns = [...(first.columns ?? [])].flatMap(([key, { width, values }]) => {
    const other = second.columns?.get(key)
    return other?.width === width ? [[key, { width, values: joined(values, other.values) }] as const] : []
  })
  return {
    name: first.name,
    atomicNumbers: Uint8Array.from([...first.atomicNumbers, ...second.atomicNumbers]),
    positions: joined(first.positions, second.positions),
    cell: first.cell,
    periodic: first.periodic,
    ...((first.masses || second.masses) && { masses: joined(massesOf(first), massesOf(second)) }),
    ...(first.velocities && second.velocities && { velocities: joined(first.velocities, second.velocities) }),
    ...(columns.length > 0 && { columns: new Map(columns) }),
    ...((first.labels || second.labels) && {
      labels: joinedLabels(first.labels ?? plainLabels(first), second.labels ?? plainLabels(second)),
    }),
  }
}
