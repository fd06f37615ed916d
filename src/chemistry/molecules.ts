/** Molecules: what bonds hold together. */

import type { Partners } from './bonds.ts'
import { inverse, toFractional } from './cell.ts'
import { minimumImage } from './minimum-image.ts'
import type { Structure } from './structure.ts'

export interface Molecules {
  /** [atoms] which molecule, counted from 0 in the order of their first atoms. */
  readonly of: Uint32Array
  readonly count: number
}

/** From each molecule's first atom along bonds: `atom` is reached by way of `from`. */
const walk = (partners: Partners, atoms: number, step: (atom: number, from: number) => void): Molecules => {
  const of = new Uint32Array(atoms)
  const seen = new Uint8Array(atoms)
  const waiting: number[] = []
  let count = 0
  for (let first = 0; first < atoms; first++) {
    if (seen[first]) continue
    seen[first] = 1
    waiting.push(first)
    for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
      of[from] = count
      for (const atom of partners(from)) {
        if (seen[atom]) continue
        seen[atom] = 1
        step(atom, from)
        waiting.push(atom)
      }
    }
    count++
  }
  return { of, count }
}

/** Atoms in molecules. An atom without bonds is a molecule of its own. */
export const moleculesOf = (partners: Partners, atoms: number): Molecules => walk(partners, atoms, () => {})

/**
 * Positions with every molecule in one piece: each atom is moved by cell vectors next to an atom it is bonded to, beginning
 * at the molecule's first. What is bonded to its own image (a crystal, a polymer through the cell) stays cut somewhere.
 * @returns [atoms × 3] in Å
 */
export const wholeMolecules = (
  structure: Structure,
  partners: Partners,
): { readonly positions: Float64Array; readonly molecules: Molecules } => {
  const positions = structure.positions.slice()
  const molecules = walk(partners, positions.length / 3, bringer(structure, positions))
  return { positions, molecules }
}

/** Moves an atom, in positions that are changed, by cell vectors to where it is next to another one. */
const bringer = ({ cell, periodic }: Structure, whole: Float64Array) => {
  const nearest = minimumImage(cell, periodic)
  const d: [number, number, number] = [0, 0, 0]
  return (atom: number, from: number): void => {
    const [a, b] = [3 * atom, 3 * from]
    const [x, y, z] = [whole[a] - whole[b], whole[a + 1] - whole[b + 1], whole[a + 2] - whole[b + 2]]
    // An atom that is in place keeps its very bits.
    if (nearest(x, y, z, d) > Math.hypot(x, y, z) - 1e-9) return
    for (let k = 0; k < 3; k++) whole[a + k] = whole[b + k] + d[k]
  }
}

/** What a periodic picture moves by cell vectors as one: molecules, and single atoms of what is bonded to its own images. */
export interface Pieces {
  /** [pieces + 1] where each piece begins in `members`. */
  readonly starts: Uint32Array
  /** [atoms] piece after piece. */
  readonly members: Uint32Array
  /** [atoms × 3] whole cell vectors that bring an atom next to the others of its piece. */
  readonly shifts: Int32Array
}

/** Every atom on its own. */
export const loosePieces = (atoms: number): Pieces => ({
  starts: Uint32Array.from({ length: atoms + 1 }, (_, i) => i),
  members: Uint32Array.from({ length: atoms }, (_, i) => i),
  shifts: new Int32Array(3 * atoms),
})

/** The pieces of a structure that has a cell; its rows must not be zero along open axes (`completeCell`). */
export const piecesOf = (structure: Structure, partners: Partners): Pieces => {
  const { positions, cell, periodic } = structure
  const atoms = positions.length / 3
  if (!cell) throw new Error('no cell')
  const { positions: whole, molecules } = wholeMolecules(structure, partners)
  const endless = endlessIn(structure, whole, partners, molecules)
  const inv = inverse(cell)
  const shifts = new Int32Array(3 * atoms)
  const of = new Uint32Array(atoms)
  /** The piece of each molecule, counted from 1. */
  const pieceOf = new Uint32Array(molecules.count)
  let count = 0
  for (let atom = 0; atom < atoms; atom++) {
    const molecule = molecules.of[atom]
    if (endless[molecule]) {
      of[atom] = count++
      continue
    }
    if (pieceOf[molecule] === 0) pieceOf[molecule] = ++count
    of[atom] = pieceOf[molecule] - 1
    const i = 3 * atom
    const moved = [0, 1, 2].map((k) => whole[i + k] - positions[i + k])
    toFractional(inv, moved[0], moved[1], moved[2]).forEach((s, axis) => {
      shifts[i + axis] = periodic[axis] ? Math.round(s) : 0
    })
  }
  return { ...rowsOf(of, count), shifts }
}

/** Bonds that lead to every atom of every piece from its first: to `atoms[n]` by way of `from[n]`, one after the other. */
export interface Paths {
  readonly atoms: Uint32Array
  readonly from: Uint32Array
}

/** The paths through a structure's pieces, which stay while its atoms move and its bonds do not change. */
export const pathsOf = (structure: Structure, partners: Partners): Paths => {
  const { positions: whole, molecules } = wholeMolecules(structure, partners)
  const endless = endlessIn(structure, whole, partners, molecules)
  const [atoms, from]: [number[], number[]] = [[], []]
  walk(partners, molecules.of.length, (atom, before) => {
    if (endless[molecules.of[atom]]) return
    atoms.push(atom)
    from.push(before)
  })
  return { atoms: Uint32Array.from(atoms), from: Uint32Array.from(from) }
}

/**
 * Positions with every piece in one: as `wholeMolecules`, but what is bonded to its own images stays where it is.
 * @returns [atoms × 3] in Å
 */
export const wholePieces = (structure: Structure, { atoms, from }: Paths): Float64Array => {
  const whole = structure.positions.slice()
  const bring = bringer(structure, whole)
  atoms.forEach((atom, n) => {
    bring(atom, from[n])
  })
  return whole
}

/** [molecules] 1 for what is bonded to its own images: there is a bond that is longer than its nearest image. */
const endlessIn = (
  { cell, periodic }: Structure,
  whole: Float64Array,
  partners: Partners,
  { of, count }: Molecules,
): Uint8Array => {
  const endless = new Uint8Array(count)
  const nearest = minimumImage(cell, periodic)
  const d: [number, number, number] = [0, 0, 0]
  for (let atom = 0; atom < of.length; atom++)
    for (const other of partners(atom)) {
      if (other <= atom || endless[of[atom]]) continue
      const [x, y, z] = [0, 1, 2].map((k) => whole[3 * other + k] - whole[3 * atom + k])
      if (nearest(x, y, z, d) < Math.hypot(x, y, z) - 1e-6) endless[of[atom]] = 1
    }
  return endless
}

/** Atoms by the row they belong to, in their order. */
const rowsOf = (of: Uint32Array, count: number): Pick<Pieces, 'starts' | 'members'> => {
  const starts = new Uint32Array(count + 1)
  for (const row of of) starts[row + 1]++
  for (let row = 0; row < count; row++) starts[row + 1] += starts[row]
  const filled = starts.slice()
  const members = new Uint32Array(of.length)
  of.forEach((row, atom) => {
    members[filled[row]++] = atom
  })
  return { starts, members }
}
