/**
 * A path of a tensor product with spherical harmonics, seen in a frame whose y axis is their direction.
 *
 * There Y_m = √(2 l2 + 1) δ_m0, and a path is one multiplication per component:
 *
 *   √(2 l3 + 1) Σ C[i, j, k] x[i] Y[j] = factor[m] x[±m],   + if l1 + l2 + l3 is even, − if it is odd
 *
 * (eSCN, Passaro and Zitnick, arXiv:2302.03655, whose SO(2) convolutions this is a case of.)
 */
import { type Degrees, type SignConvention, wigner3j } from './wigner-3j.ts'

export interface AlignedPath {
  /** [2 l3 + 1] component of x, counted from 0, that each component of the result is made of; −1 if it is zero. */
  readonly source: Int8Array
  /** [2 l3 + 1] */
  readonly factor: Float64Array
}

/**
 * @param degrees l1 of the features, l2 of the harmonics, l3 of the result.
 * @throws RangeError if the degrees do not add up.
 */
export function alignedPath(degrees: Degrees, convention: SignConvention): AlignedPath {
  const [, l2, l3] = degrees
  const source = new Int8Array(2 * l3 + 1).fill(-1)
  const factor = new Float64Array(2 * l3 + 1)
  const { i, j, k, value } = wigner3j(degrees, convention)
  for (let n = 0; n < value.length; n++) {
    if (j[n] !== l2) continue
    source[k[n]] = i[n]
    factor[k[n]] = Math.sqrt((2 * l2 + 1) * (2 * l3 + 1)) * value[n]
  }
  return { source, factor }
}
