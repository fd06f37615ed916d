/**
 * How features turn with the atoms: Wigner D matrices in e3nn's real basis, Y(R u) = D(R) Y(u).
 *
 * Degree by degree from degree 1, whose matrix is the rotation itself in the basis (x, y, z):
 *
 *   D_l[m, n] = (2l + 1) Σ C[i, j, m] D_{l−1}[i, i'] R[j, j'] C[i', j', n],   C = C^{l−1, 1, l}
 *
 * C occurs twice, so that its sign does not matter. No angle is needed, hence no pole is special.
 */
import type { Irrep } from './irrep.ts'
import type { Irreps } from './irreps.ts'
import { wigner3j } from './wigner-3j.ts'

/** A row-major 3 × 3 matrix. */
export type Matrix3 = ArrayLike<number>

/** R_y(α) R_x(β) R_y(γ), angles in radians: e3nn's Euler angles. It takes the y axis to (sin α sin β, cos β, cos α sin β). */
export function rotationFromAngles(alpha: number, beta: number, gamma: number): Float64Array {
  const [ca, sa] = [Math.cos(alpha), Math.sin(alpha)]
  const [cb, sb] = [Math.cos(beta), Math.sin(beta)]
  const [cg, sg] = [Math.cos(gamma), Math.sin(gamma)]
  return Float64Array.of(
    ...[ca * cg - sa * cb * sg, sa * sb, ca * sg + sa * cb * cg],
    ...[sb * sg, cb, -sb * cg],
    ...[-sa * cg - ca * cb * sg, ca * sb, -sa * sg + ca * cb * cg],
  )
}

/** D_l out of D_{l−1}. */
function nextDegree(l: number, previous: Float64Array, rotation: Matrix3): Float64Array {
  const { i, j, k, value } = wigner3j([l - 1, 1, l], 'e3nn 0.5')
  const width = 2 * l + 1
  const d = new Float64Array(width * width)
  for (let p = 0; p < value.length; p++) {
    for (let q = 0; q < value.length; q++) {
      d[k[p] * width + k[q]] +=
        width * value[p] * value[q] * previous[i[p] * (width - 2) + i[q]] * rotation[3 * j[p] + j[q]]
    }
  }
  return d
}

/**
 * D_0 … D_L of a proper rotation, each row-major [(2l + 1) × (2l + 1)].
 * @param rotation orthogonal with determinant 1; it is not checked.
 * @throws RangeError above MAX_DEGREE.
 */
export function wignerD(maxDegree: number, rotation: Matrix3): readonly Float64Array[] {
  const matrices: Float64Array[] = [Float64Array.of(1)]
  for (let l = 1; l <= maxDegree; l++) {
    matrices.push(l === 1 ? Float64Array.from(rotation) : nextDegree(l, matrices[l - 1], rotation))
  }
  return matrices
}

const determinant = (m: Matrix3): number =>
  m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6])

/**
 * The matrix of one irrep for any orthogonal transformation: an improper one is a rotation followed by inversion, which
 * multiplies by the parity.
 */
export function irrepMatrix({ degree, parity }: Irrep, orthogonal: Matrix3): Float64Array {
  if (determinant(orthogonal) > 0) return wignerD(degree, orthogonal)[degree]
  const rotation = Float64Array.from(orthogonal, (x) => -x)
  return wignerD(degree, rotation)[degree].map((x) => parity * x)
}

/**
 * Rows x [N × dimension] after an orthogonal transformation of space.
 * @param orthogonal row-major 3 × 3; determinant 1 or −1.
 */
export function transformFeatures(irreps: Irreps, orthogonal: Matrix3, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length)
  for (const block of irreps.blocks) {
    const width = 2 * block.degree + 1
    const d = irrepMatrix(block, orthogonal)
    for (let row = 0; row < x.length; row += irreps.dimension) {
      for (let u = 0; u < block.multiplicity; u++) {
        const at = row + block.offset + u * width
        for (let m = 0; m < width; m++) {
          for (let n = 0; n < width; n++) y[at + m] += d[m * width + n] * x[at + n]
        }
      }
    }
  }
  return y
}

/**
 * J_a [3 × (2l + 1) × (2l + 1)], a = x, y, z: the derivative of D_l at 0 with respect to the angle of a rotation about
 * axis a, so that D = exp(t J_a). J_a = −√(l (l + 1)(2l + 1)) C^{1 l l}[a].
 */
export function rotationGenerators(degree: number): Float64Array {
  const width = 2 * degree + 1
  const generators = new Float64Array(3 * width * width)
  // Scalars do not turn.
  if (degree === 0) return generators
  const { i, j, k, value } = wigner3j([1, degree, degree], 'e3nn 0.5')
  const scale = -Math.sqrt(degree * (degree + 1) * width)
  for (let n = 0; n < value.length; n++) generators[(i[n] * width + j[n]) * width + k[n]] = scale * value[n]
  return generators
}
