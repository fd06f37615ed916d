/**
 * Real spherical harmonics and their derivatives, by recursion. Equiformer SPEC section 3; e3nn, arXiv:2207.09453.
 *
 * | SPEC                                  | here                                                       |
 * |---------------------------------------|------------------------------------------------------------|
 * | e, d = |e|, u = e/d                   | `vectors` [E × 3] (Å)                                      |
 * | q_l, homogeneous polynomials          | `solidHarmonics`, value and gradient                       |
 * | Y_l,m(u), Σ_m Y² = 2l + 1             | `sphericalHarmonics` [E × (L + 1)²], column l² + l + m     |
 * | dY/de = (1/d)(I − u uᵀ) ∇q_l(u)       | `sphericalHarmonicsAdjoint`                                |
 *
 * With y as polar axis, q_l,±m = N_lm Π_lm(y, r²) {Re, Im}(z + i x)^m, where Π_lm = r^(l−m) d^m P_l/dc^m at c = y/r:
 *
 *   Π_mm = (2m − 1)!!,   (l − m) Π_lm = (2l − 1) y Π_(l−1)m − (l + m − 1) r² Π_(l−2)m
 *
 * and N_lm = √(2l + 1) for m = 0, otherwise √(2 (2l + 1)(l − m)!/(l + m)!).
 */

/**
 * What the squares of a degree's harmonics sum to: 2l + 1 (component), 1 (norm), or (2l + 1)/4π, which integrates to 1
 * for each (integral). Equiformer uses the first.
 */
export type HarmonicsNormalization = 'component' | 'norm' | 'integral'

const normalizationFactor = (normalization: HarmonicsNormalization, degree: number): number => {
  if (normalization === 'norm') return 1 / Math.sqrt(2 * degree + 1)
  return normalization === 'integral' ? 1 / Math.sqrt(4 * Math.PI) : 1
}

/** Harmonics of degrees 0 … L. */
export const harmonicsCount = (maxDegree: number): number => (maxDegree + 1) ** 2

/** N_lm */
function polynomialFactor(l: number, m: number): number {
  let factor = m === 0 ? 2 * l + 1 : 2 * (2 * l + 1)
  for (let n = l - m + 1; n <= l + m; n++) factor /= n
  return Math.sqrt(factor)
}

/** A number with its gradient in space. */
type Dual = readonly [value: number, x: number, y: number, z: number]

const product = (a: Dual, b: Dual): Dual => [
  a[0] * b[0],
  a[1] * b[0] + a[0] * b[1],
  a[2] * b[0] + a[0] * b[2],
  a[3] * b[0] + a[0] * b[3],
]

const combination = (s: number, a: Dual, t: number, b: Dual): Dual => [
  s * a[0] + t * b[0],
  s * a[1] + t * b[1],
  s * a[2] + t * b[2],
  s * a[3] + t * b[3],
]

/** Π_lm for l = m … L, entry l − m. */
function polarPolynomials(maxDegree: number, m: number, y: Dual, squared: Dual): Dual[] {
  let doubleFactorial = 1
  for (let n = 3; n < 2 * m; n += 2) doubleFactorial *= n
  const list: Dual[] = [[doubleFactorial, 0, 0, 0]]
  for (let l = m + 1; l <= maxDegree; l++) {
    const last = product(y, list[l - m - 1])
    const before: Dual = l - m > 1 ? product(squared, list[l - m - 2]) : [0, 0, 0, 0]
    list.push(combination((2 * l - 1) / (l - m), last, -(l + m - 1) / (l - m), before))
  }
  return list
}

/**
 * q_l,m at (x, y, z), any vector, in component normalisation.
 * @returns `values` [(L + 1)²] and `gradients` [(L + 1)² × 3].
 */
export function solidHarmonics(
  maxDegree: number,
  [x, y, z]: readonly number[],
): { values: Float64Array; gradients: Float64Array } {
  const values = new Float64Array(harmonicsCount(maxDegree))
  const gradients = new Float64Array(3 * values.length)
  const polar: Dual = [y, 0, 1, 0]
  const squared: Dual = [x * x + y * y + z * z, 2 * x, 2 * y, 2 * z]
  // (z + i x)^m
  let re: Dual = [1, 0, 0, 0]
  let im: Dual = [0, 0, 0, 0]
  for (let m = 0; m <= maxDegree; m++) {
    polarPolynomials(maxDegree, m, polar, squared).forEach((polynomial, n) => {
      const l = m + n
      const factor = polynomialFactor(l, m)
      const write = (order: number, azimuthal: Dual) => {
        const [value, ...gradient] = product(polynomial, azimuthal)
        const column = l * l + l + order
        values[column] = factor * value
        gradients.set(
          gradient.map((g) => factor * g),
          3 * column,
        )
      }
      write(m, re)
      if (m > 0) write(-m, im)
    })
    const [zed, ex]: [Dual, Dual] = [
      [z, 0, 0, 1],
      [x, 1, 0, 0],
    ]
    const next = combination(1, product(re, zed), -1, product(im, ex))
    im = combination(1, product(re, ex), 1, product(im, zed))
    re = next
  }
  return { values, gradients }
}

/** u and d of one edge. A vector of length zero has no direction: its harmonics are no numbers. */
function direction(vectors: Float64Array, edge: number): { unit: number[]; length: number } {
  const vector = Array.from(vectors.subarray(3 * edge, 3 * edge + 3))
  const length = Math.hypot(...vector)
  return { unit: vector.map((x) => x / length), length }
}

/** Y [E × (L + 1)²] of the directions of vectors [E × 3], none of them zero. */
export function sphericalHarmonics(
  maxDegree: number,
  vectors: Float64Array,
  normalization: HarmonicsNormalization = 'component',
): Float64Array {
  const count = harmonicsCount(maxDegree)
  const y = new Float64Array((vectors.length / 3) * count)
  for (let edge = 0; edge < vectors.length / 3; edge++) {
    const { values } = solidHarmonics(maxDegree, direction(vectors, edge).unit)
    values.forEach((value, column) => {
      const degree = Math.floor(Math.sqrt(column))
      y[edge * count + column] = normalizationFactor(normalization, degree) * value
    })
  }
  return y
}

/** Gradient with respect to the vectors, [E × 3], from the gradient gy [E × (L + 1)²]. */
export function sphericalHarmonicsAdjoint(
  maxDegree: number,
  vectors: Float64Array,
  gy: Float64Array,
  normalization: HarmonicsNormalization = 'component',
): Float64Array {
  const count = harmonicsCount(maxDegree)
  const gVectors = new Float64Array(vectors.length)
  for (let edge = 0; edge < vectors.length / 3; edge++) {
    const { unit, length } = direction(vectors, edge)
    const { gradients } = solidHarmonics(maxDegree, unit)
    const gUnit = [0, 0, 0]
    for (let column = 0; column < count; column++) {
      const degree = Math.floor(Math.sqrt(column))
      const g = gy[edge * count + column] * normalizationFactor(normalization, degree)
      for (let c = 0; c < 3; c++) gUnit[c] += g * gradients[3 * column + c]
    }
    const radial = gUnit[0] * unit[0] + gUnit[1] * unit[1] + gUnit[2] * unit[2]
    for (let c = 0; c < 3; c++) gVectors[3 * edge + c] = (gUnit[c] - radial * unit[c]) / length
  }
  return gVectors
}
