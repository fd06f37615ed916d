import type { Cell, Structure } from '../../../../src/chemistry/structure.ts'
import { everywhere, none } from './lists.ts'

/** Numbers in [0, 1) that are the same in every run (Lehmer's generator). */
export function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Atoms thrown into a cell, none closer than 0.8 Å: one in each box of a grid, jittered. */
export function liquid(side: number, spacing: number, cell: Cell | null, seed = 7): Structure {
  const uniform = uniforms(seed)
  const positions = Float64Array.from({ length: 3 * side ** 3 }, (_, k) => {
    const atom = Math.floor(k / 3)
    const place = [Math.floor(atom / side ** 2), Math.floor(atom / side) % side, atom % side][k % 3]
    return Math.round(256 * (place + 0.6 * uniform()) * spacing) / 256
  })
  return {
    name: 'liquid',
    atomicNumbers: new Uint8Array(side ** 3).fill(8),
    positions,
    cell,
    periodic: cell ? everywhere : none,
  }
}

export const cube = (length: number): Cell => [length, 0, 0, 0, length, 0, 0, 0, length]

/** The same atoms somewhere else. */
export const moved = (structure: Structure, positions: Float64Array): Structure => ({
  ...structure,
  positions,
})
