/** Molecules: what bonds hold together. */

import type { Partners } from './bonds.ts'
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
  { positions, cell, periodic }: Structure,
  partners: Partners,
): { readonly positions: Float64Array; readonly molecules: Molecules } => {
  const whole = positions.slice()
  const nearest = minimumImage(cell, periodic)
  const d: [number, number, number] = [0, 0, 0]
  const molecules = walk(partners, positions.length / 3, (atom, from) => {
    const [a, b] = [3 * atom, 3 * from]
    const [x, y, z] = [whole[a] - whole[b], whole[a + 1] - whole[b + 1], whole[a + 2] - whole[b + 2]]
    // An atom that is in place keeps its very bits.
    if (nearest(x, y, z, d) > Math.hypot(x, y, z) - 1e-9) return
    for (let k = 0; k < 3; k++) whole[a + k] = whole[b + k] + d[k]
  })
  return { positions: whole, molecules }
}
