/**
 * The compression of .xtc coordinates (xdrfile's `3dfcoord`): whole numbers, differences of neighbours in few bits.
 *
 * Coordinates are rounded to multiples of 1/precision nm. A frame is a row of groups of 1 + n atoms, n ≤ 8:
 *
 *   anchor    one atom, counted from the least coordinates, packed below the extent of the system (or, where that is
 *             2²⁴ or more along an axis, each coordinate in as many bits as it takes)
 *   flag      1 bit: 1 if 5 bits follow, 3 n + change + 1, else the group is as long as the one before
 *   n atoms   differences to the atom before them, plus half, packed below magic[index]³ in `index` bits
 *
 * `change`, −1, 0 or 1, is added to `index` after the group. In a group with n > 0 anchor and first difference are
 * the second and the first atom: of a water, H O H, both bonds are then differences to O.
 *
 * Layout: the xdrfile library (E. Lindahl, D. van der Spoel) of GROMACS. Where xdrfile lets `index` follow the
 * molecules along the frame, the writer here takes for each frame the one index that makes it shortest.
 */

import { BitReader, BitWriter, bitLength, bitsOfTriple, type Triple } from './xtc-bits.ts'

/** Sizes of differences by index, about 2^(index/3), so that three of them take `index` bits; 0 where there is none. */
const magic: readonly number[] = [
  ...new Array<number>(9).fill(0),
  ...[
    8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 101, 128, 161, 203, 256, 322, 406, 512, 645, 812, 1024, 1290,
  ],
  ...[1625, 2048, 2580, 3250, 4096, 5060, 6501, 8192, 10321, 13003, 16384, 20642, 26007, 32768, 41285, 52015],
  ...[65536, 82570, 104031, 131072, 165140, 208063, 262144, 330280, 416127, 524287, 660561, 832255, 1048576],
  ...[1321122, 1664510, 2097152, 2642245, 3329021, 4194304, 5284491, 6658042, 8388607, 10568983, 13316085],
  16777216,
]
const FIRST = 9
const LAST = magic.length - 1
const LONGEST_RUN = 8

/** Coordinates from which on an extent does not fit a packed triple. */
const WIDE = 2 ** 24

/** What stands before the bits of a frame. */
export interface Packed {
  /** Least and greatest coordinates, in 1/precision nm. */
  readonly least: Triple
  readonly greatest: Triple
  readonly index: number
  readonly bits: Uint8Array
}

const half = (index: number): number => magic[index] >> 1
const cube = (index: number): Triple => [magic[index], magic[index], magic[index]]

/** How anchors are packed: bits of the whole triple, or of each coordinate where the extent is too large for one. */
interface AnchorBits {
  readonly sizes: Triple
  readonly together: number | null
  readonly each: Triple
}

const anchorBits = (least: Triple, greatest: Triple): AnchorBits => {
  const sizes = least.map((low, k) => greatest[k] - low + 1) as Triple
  const together = sizes.some((size) => size >= WIDE) ? null : bitsOfTriple(sizes)
  return { sizes, together, each: sizes.map(bitLength) as Triple }
}

/**
 * [atoms × 3] coordinates in 1/precision nm, or null where the bits are no frame of so many atoms.
 * @param atoms must be believed: memory is taken for it.
 */
export const unpack = (
  { least, greatest, index: start, bits }: Packed,
  atoms: number,
): Float64Array | null => {
  const anchor = anchorBits(least, greatest)
  if (anchor.sizes.some((size) => size < 1 || size > 0xffffffff)) return null
  const reader = new BitReader(bits)
  const out = new Float64Array(3 * atoms)
  const here: Triple = [0, 0, 0]
  let index = start
  let run = 0
  for (let atom = 0; atom < atoms; ) {
    if (!magic[index]) return null
    if (anchor.together !== null) reader.triple(anchor.together, anchor.sizes, here)
    else for (let k = 0; k < 3; k++) here[k] = reader.number(anchor.each[k])
    for (let k = 0; k < 3; k++) here[k] += least[k]
    let change = 0
    if (reader.number(1) === 1) {
      const word = reader.number(5)
      run = Math.floor(word / 3)
      change = (word % 3) - 1
    }
    if (atom + 1 + run > atoms || reader.exhausted) return null
    // The anchor is the group's second atom if it has one.
    out.set(here, 3 * (run > 0 ? atom + 1 : atom))
    const sizes = cube(index)
    const difference: Triple = [0, 0, 0]
    for (let n = 0; n < run; n++) {
      reader.triple(index, sizes, difference)
      for (let k = 0; k < 3; k++) here[k] += difference[k] - half(index)
      out.set(here, 3 * (n === 0 ? atom : atom + 1 + n))
    }
    atom += 1 + run
    index += change
  }
  return reader.exhausted ? null : out
}

/** Whether atom j is near enough to atom i for a difference of this index. */
const near = (x: Float64Array, i: number, j: number, index: number): boolean => {
  const bound = half(index)
  return (
    Math.abs(x[3 * j] - x[3 * i]) < bound &&
    Math.abs(x[3 * j + 1] - x[3 * i + 1]) < bound &&
    Math.abs(x[3 * j + 2] - x[3 * i + 2]) < bound
  )
}

/** Atoms after the first of the group that begins at an atom. */
const runAt = (x: Float64Array, atom: number, atoms: number, index: number): number => {
  if (atom + 1 >= atoms || !near(x, atom, atom + 1, index)) return 0
  let run = 1
  // The third atom follows the first, the fourth the third.
  for (let before = atom; run < LONGEST_RUN && atom + run + 1 < atoms; run++) {
    const next = atom + run + 1
    if (!near(x, before, next, index)) break
    before = next
  }
  return run
}

/** Bits of a frame with this index throughout. */
const lengthWith = (x: Float64Array, atoms: number, index: number, bitsOfAnchor: number): number => {
  let bits = 0
  let before = -1
  for (let atom = 0; atom < atoms; ) {
    const run = runAt(x, atom, atoms, index)
    bits += bitsOfAnchor + (run === before ? 1 : 6) + run * index
    before = run
    atom += 1 + run
  }
  return bits
}

/** The index that makes a frame shortest, among every third and then the neighbours of the best of these. */
const bestIndex = (x: Float64Array, atoms: number, bitsOfAnchor: number): number => {
  let best = FIRST
  let least = Number.POSITIVE_INFINITY
  const consider = (index: number): void => {
    // A difference as long as an anchor saves nothing.
    if (index < FIRST || index > LAST || (index > FIRST && index >= bitsOfAnchor)) return
    const length = lengthWith(x, atoms, index, bitsOfAnchor)
    if (length < least) {
      least = length
      best = index
    }
  }
  for (let index = FIRST; index <= LAST; index += 3) consider(index)
  const middle = best
  for (const step of [-2, -1, 1, 2]) consider(middle + step)
  return best
}

/**
 * A frame in as few bits as one index allows.
 * @param x [atoms × 3] whole numbers; along each axis they must span less than 2³¹.
 */
export const pack = (x: Float64Array): Packed => {
  const atoms = x.length / 3
  const least: Triple = [x[0], x[1], x[2]]
  const greatest: Triple = [x[0], x[1], x[2]]
  for (let i = 0; i < x.length; i++) {
    least[i % 3] = Math.min(least[i % 3], x[i])
    greatest[i % 3] = Math.max(greatest[i % 3], x[i])
  }
  const anchor = anchorBits(least, greatest)
  const index = bestIndex(x, atoms, anchor.together ?? anchor.each.reduce((sum, bits) => sum + bits))
  const writer = new BitWriter(4 * atoms)
  const sizes = cube(index)
  let before = -1
  for (let atom = 0; atom < atoms; ) {
    const run = runAt(x, atom, atoms, index)
    const at = 3 * (run > 0 ? atom + 1 : atom)
    const [a, b, c] = [x[at] - least[0], x[at + 1] - least[1], x[at + 2] - least[2]]
    if (anchor.together !== null) writer.triple(anchor.together, anchor.sizes, a, b, c)
    else for (const [k, value] of [a, b, c].entries()) writer.number(anchor.each[k], value)
    if (run === before) writer.number(1, 0)
    else writer.number(6, 32 + 3 * run + 1)
    before = run
    let from = at
    for (let n = 0; n < run; n++) {
      const to = 3 * (n === 0 ? atom : atom + 1 + n)
      const [u, v, w] = [0, 1, 2].map((k) => x[to + k] - x[from + k] + half(index))
      writer.triple(index, sizes, u, v, w)
      from = to
    }
    atom += 1 + run
  }
  return { least, greatest, index, bits: writer.finish() }
}
