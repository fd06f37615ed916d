/** Clebsch–Gordan coefficients of SU(2) for whole degrees. */
import { MAX_DEGREE } from './irrep.ts'

/** As far as products of MAX_DEGREE need them: (l1 + l2 + l3 + 1)!, all of them exact. */
const factorials: readonly number[] = Array.from({ length: 3 * MAX_DEGREE + 2 }, (_, n) => {
  let product = 1
  for (let k = 2; k <= n; k++) product *= k
  return product
})

const binomial = (n: number, k: number): number =>
  k < 0 || k > n ? 0 : factorials[n] / (factorials[k] * factorials[n - k])

/**
 * ⟨l1 m1, l2 m2 | l3 m3⟩ with Condon and Shortley's phases, for degrees up to MAX_DEGREE; 0 where the selection rules forbid
 * it.
 *
 * Racah's formula with its sum over factorials written as one over binomials, which are whole numbers: whatever
 * cancels, cancels exactly.
 */
export function clebschGordan(
  l1: number,
  m1: number,
  l2: number,
  m2: number,
  l3: number,
  m3: number,
): number {
  if (m1 + m2 !== m3) return 0
  const a = l1 + l2 - l3
  const b = l1 + l3 - l2
  const c = l2 + l3 - l1
  if (a < 0 || b < 0 || c < 0) return 0
  let sum = 0
  for (let k = 0; k <= a; k++) {
    sum += (-1) ** k * binomial(a, k) * binomial(b, l1 - m1 - k) * binomial(c, l2 + m2 - k)
  }
  const projections = [l1 + m1, l1 - m1, l2 + m2, l2 - m2, l3 + m3, l3 - m3]
  const above = projections.reduce((product, n) => product * factorials[n], 2 * l3 + 1)
  const below = factorials[a] * factorials[b] * factorials[c] * factorials[l1 + l2 + l3 + 1]
  return Math.sqrt(above / below) * sum
}
