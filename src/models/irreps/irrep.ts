/** A single irreducible representation of O(3): its degree l and its parity under inversion. */

/** 1: even (`e`), unchanged by inversion; −1: odd (`o`). */
export type Parity = 1 | -1

export interface Irrep {
  /** l ≥ 0; the representation has 2l + 1 components. */
  readonly degree: number
  readonly parity: Parity
}

/**
 * The highest degree that is supported: spherical harmonics, Wigner 3j symbols and their sign conventions are held
 * against golden values up to here.
 */
export const MAX_DEGREE = 4

export const sameIrrep = (a: Irrep, b: Irrep): boolean => a.degree === b.degree && a.parity === b.parity

/** Invariant under rotation and inversion: 0e. A pseudoscalar, 0o, changes its sign and is none. */
export const isScalar = ({ degree, parity }: Irrep): boolean => degree === 0 && parity === 1

/** e3nn's notation: `0e`, `1o`. */
export const formatIrrep = ({ degree, parity }: Irrep): string => `${degree}${parity === 1 ? 'e' : 'o'}`
