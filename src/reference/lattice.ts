/** Which periodic images of an atom can lie within a cutoff, for any cell and any periodic directions. */
import { completeCell, inverse, toFractional, volume } from '../chemistry/cell.ts'
import type { Cell, Periodicity } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'

/** A cell made ready for counting images. */
export interface Lattice {
  /** Rows a, b, c in Å. */
  readonly rows: Cell
  readonly periodic: Periodicity
  /** H⁻¹; its column k is the reciprocal vector g_k, and 1/|g_k| the distance between lattice planes. */
  readonly inverse: Cell
}

/** First and last of a range of integers. */
type Range = readonly [first: number, last: number]

/**
 * Prepares a cell; null if no direction repeats. A row that does not repeat says nothing about images: a unit
 * vector normal to the others takes its place, so that plane distances are those of the periodic sublattice.
 * @throws InputError if the periodic vectors are not linearly independent.
 */
export function latticeOf(rows: Cell, periodic: Periodicity): Lattice | null {
  if (!periodic.some(Boolean)) return null
  const open = rows.map((x, k) => (periodic[Math.floor(k / 3)] ? x : 0)) as unknown as Cell
  const complete = completeCell(open, periodic)
  const lengths = [0, 3, 6].map((k) => Math.hypot(complete[k], complete[k + 1], complete[k + 2]))
  if (!(volume(complete) > 1e-9 * lengths[0] * lengths[1] * lengths[2])) {
    throw new InputError('The periodic cell has no volume: its vectors are zero or lie in one plane.')
  }
  return { rows, periodic, inverse: inverse(complete) }
}

/**
 * For a separation d (Å), the ranges of integers n with possibly |d + n·rows| < cutoff: the fractional
 * coordinate s_k + n_k of such an image satisfies |s_k + n_k| < cutoff |g_k|.
 */
export function imageRanges(
  lattice: Lattice | null,
  d: readonly number[],
  cutoff: number,
): [Range, Range, Range] {
  const none: Range = [0, 0]
  if (lattice === null) return [none, none, none]
  const { inverse: inv, periodic } = lattice
  const s = toFractional(inv, d[0], d[1], d[2])
  const range = (k: number): Range => {
    if (!periodic[k]) return none
    // A hair wider, so that rounding cannot lose an image; the caller compares the true distance.
    const reach = cutoff * Math.hypot(inv[k], inv[3 + k], inv[6 + k]) + 1e-9
    return [Math.ceil(-s[k] - reach), Math.floor(-s[k] + reach)]
  }
  return [range(0), range(1), range(2)]
}
