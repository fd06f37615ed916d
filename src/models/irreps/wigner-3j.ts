/**
 * Wigner 3j symbols in e3nn's real basis: the one tensor C[i, j, k], up to a factor, that is invariant when its three
 * indices are rotated together. Its Frobenius norm is 1.
 *
 * Clebsch–Gordan coefficients of SU(2) (Racah's formula, Varshalovich et al., Quantum Theory of Angular Momentum,
 * 8.2.1 eq. (5)), each index changed to the real basis:
 *
 *   C[j, l, m] = Re Σ Q1[i, j] Q2[k, l] conj(Q3[n, m]) ⟨l1 i, l2 k | l3 n⟩ / √(2 l3 + 1)
 *
 * The sign is a convention, and checkpoints depend on which one their program used:
 *
 * | convention  | who                     | sign                                                               |
 * |-------------|-------------------------|--------------------------------------------------------------------|
 * | `e3nn 0.5`  | e3nn from 0.5.0 on      | the formula above                                                  |
 * | `e3nn 0.4`  | e3nn 0.4, Equiformer v1 | for l1 ≤ l2 ≤ l3 the centre (m = 0, 0, 0), or if it vanishes the   |
 * |             |                         | first non-zero element in row-major order, is positive; other      |
 * |             |                         | orders by permutation, odd ones with (−1)^(l1 + l2 + l3)           |
 *
 * Up to degree 4 they differ in the orderings of (1, 2, 2), (1, 3, 3) and (1, 4, 4).
 */
import { clebschGordan } from './clebsch-gordan.ts'
import { MAX_DEGREE } from './irrep.ts'

export type SignConvention = 'e3nn 0.4' | 'e3nn 0.5'

export type Degrees = readonly [l1: number, l2: number, l3: number]

/** The non-zero elements: C[i[n], j[n], k[n]] = value[n], in row-major order. */
export interface Wigner3j {
  readonly degrees: Degrees
  readonly i: Uint8Array
  readonly j: Uint8Array
  readonly k: Uint8Array
  readonly value: Float64Array
}

/** The smallest non-zero element up to degree 4 is above 10⁻²; what rounding leaves of a zero is below 10⁻¹⁵. */
const ZERO = 1e-9

/** Do three angular momenta add up: |l1 − l2| ≤ l3 ≤ l1 + l2? */
export const isTriangle = ([l1, l2, l3]: Degrees): boolean => Math.abs(l1 - l2) <= l3 && l3 <= l1 + l2

/**
 * The complex components m that make up a real one, each times `size` and a power of the imaginary unit:
 * column `real` of Q_l = (−i)^l q.
 */
function complexParts(l: number, real: number): { m: number; size: number; power: number }[] {
  const turn = 3 * l
  if (real === 0) return [{ m: 0, size: 1, power: turn }]
  const m = Math.abs(real)
  // (−1)^m = i^(2m). For real < 0: −i and i (−1)^m.
  const [below, above] = real > 0 ? [0, 2 * m] : [3, 1 + 2 * m]
  return [
    { m: -m, size: Math.SQRT1_2, power: turn + below },
    { m, size: Math.SQRT1_2, power: turn + above },
  ]
}

/** Re i^n */
const realPart = (n: number): number => [1, 0, -1, 0][((n % 4) + 4) % 4]

/** C[i, j, k] by the formula at the head, all of it, row-major. */
function denseByFormula([l1, l2, l3]: Degrees): Float64Array {
  const dense = new Float64Array((2 * l1 + 1) * (2 * l2 + 1) * (2 * l3 + 1))
  const norm = Math.sqrt(2 * l3 + 1)
  let at = 0
  for (let a = -l1; a <= l1; a++) {
    for (let b = -l2; b <= l2; b++) {
      for (let c = -l3; c <= l3; c++) {
        let sum = 0
        for (const p of complexParts(l1, a)) {
          for (const q of complexParts(l2, b)) {
            for (const r of complexParts(l3, c)) {
              const coefficient = clebschGordan(l1, p.m, l2, q.m, l3, r.m)
              sum += realPart(p.power + q.power - r.power) * p.size * q.size * r.size * coefficient
            }
          }
        }
        dense[at++] = Math.abs(sum) < ZERO ? 0 : sum / norm
      }
    }
  }
  return dense
}

/** 1 or −1: what the formula's tensor, all of it, is multiplied by to have the sign of e3nn 0.4. */
function tableSign(degrees: Degrees, dense: Float64Array): number {
  // Stable: equal degrees stay in order, which leaves the fewest exchanges; others give the same sign.
  const order = [0, 1, 2].sort((p, q) => degrees[p] - degrees[q])
  const [l1, l2, l3] = order.map((p) => degrees[p])
  const exchanges = Number(order[0] > order[1]) + Number(order[0] > order[2]) + Number(order[1] > order[2])
  const element = (...sortedIndex: readonly number[]) => {
    const index = [0, 0, 0]
    order.forEach((p, n) => {
      index[p] = sortedIndex[n]
    })
    return dense[(index[0] * (2 * degrees[1] + 1) + index[1]) * (2 * degrees[2] + 1) + index[2]]
  }
  let decisive = element(l1, l2, l3)
  for (let n = 0; decisive === 0; n++) {
    const [j, k] = [Math.floor(n / (2 * l3 + 1)) % (2 * l2 + 1), n % (2 * l3 + 1)]
    decisive = element(Math.floor(n / ((2 * l2 + 1) * (2 * l3 + 1))), j, k)
  }
  return Math.sign(decisive) * (-1) ** (exchanges * (l1 + l2 + l3))
}

function sparse(degrees: Degrees, dense: Float64Array): Wigner3j {
  const [, l2, l3] = degrees
  const places = Array.from(dense.keys()).filter((at) => dense[at] !== 0)
  return {
    degrees,
    i: Uint8Array.from(places, (at) => Math.floor(at / ((2 * l2 + 1) * (2 * l3 + 1)))),
    j: Uint8Array.from(places, (at) => Math.floor(at / (2 * l3 + 1)) % (2 * l2 + 1)),
    k: Uint8Array.from(places, (at) => at % (2 * l3 + 1)),
    value: Float64Array.from(places, (at) => dense[at]),
  }
}

const known = new Map<string, Wigner3j>()

/**
 * C^{l1 l2 l3} with the given signs. Computed once and shared: do not write to it.
 * @throws RangeError if the degrees do not add up (`isTriangle`), when there is no such tensor, or are above MAX_DEGREE.
 */
export function wigner3j(degrees: Degrees, convention: SignConvention): Wigner3j {
  const key = `${degrees.join(' ')} ${convention}`
  const before = known.get(key)
  if (before) return before
  if (!isTriangle(degrees)) throw new RangeError(`There is no Wigner 3j symbol of degrees ${degrees}.`)
  if (Math.max(...degrees) > MAX_DEGREE) {
    throw new RangeError(`Degrees ${degrees} are above ${MAX_DEGREE}, the highest whose signs are certain.`)
  }
  const dense = denseByFormula(degrees)
  const sign = convention === 'e3nn 0.4' ? tableSign(degrees, dense) : 1
  const symbol = sparse(
    degrees,
    dense.map((value) => sign * value),
  )
  known.set(key, symbol)
  return symbol
}
