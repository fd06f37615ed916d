import { heights } from '../../src/chemistry/cell.ts'
import { atomCount, type Structure } from '../../src/chemistry/structure.ts'

/** Atoms whose neighbours are counted; the rest is taken to be like them. */
const SAMPLED = 64

/**
 * Directed pairs within the cutoff, each atom's with itself included, estimated from a sample of the atoms where there
 * are many: the forecast needs it before a neighbour list has been made.
 * @param cutoff Å
 */
export function estimatePairs(structure: Structure, cutoff: number): number {
  const atoms = atomCount(structure)
  const { positions } = structure
  const shifts = shiftsWithin(structure, cutoff)
  const every = Math.max(1, Math.floor(atoms / SAMPLED))
  let sampled = 0
  let pairs = 0
  for (let i = 0; i < atoms; i += every, sampled++)
    for (const [x, y, z] of shifts)
      for (let j = 0; j < atoms; j++) {
        const dx = positions[3 * j] + x - positions[3 * i]
        const dy = positions[3 * j + 1] + y - positions[3 * i + 1]
        const dz = positions[3 * j + 2] + z - positions[3 * i + 2]
        if (dx * dx + dy * dy + dz * dz < cutoff * cutoff) pairs++
      }
  return Math.round((pairs * atoms) / sampled)
}

/** Shifts in Å of all images that may hold a neighbour; one cell more than the cutoff asks for, as atoms need not lie inside. */
function shiftsWithin({ cell, periodic }: Structure, cutoff: number): [number, number, number][] {
  if (!cell) return [[0, 0, 0]]
  const [a, b, c] = heights(cell).map((height, axis) => (periodic[axis] ? Math.ceil(cutoff / height) + 1 : 0))
  const shifts: [number, number, number][] = []
  for (let i = -a; i <= a; i++)
    for (let j = -b; j <= b; j++)
      for (let k = -c; k <= c; k++)
        shifts.push([
          i * cell[0] + j * cell[3] + k * cell[6],
          i * cell[1] + j * cell[4] + k * cell[7],
          i * cell[2] + j * cell[5] + k * cell[8],
        ])
  return shifts
}
