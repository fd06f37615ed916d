import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import type { Vector } from '../chemistry/cell.ts'
import { centerOfMass, massesOf } from '../chemistry/center.ts'
import type { Structure } from '../chemistry/structure.ts'
import { ACCELERATION, EV_PER_WAVENUMBER, SPEED_OF_LIGHT } from '../chemistry/units.ts'

/** One harmonic vibration. */
export interface NormalMode {
  /** cm⁻¹; negative for an imaginary frequency, along which the energy falls */
  readonly wavenumber: number
  /** [atoms × 3] Cartesian displacements, Σ d² = 1; 0 for atoms held fast */
  readonly displacements: Float64Array
  /** u: 1 / Σ l² of the displacements l = q/√m for a mass-weighted eigenvector q of length 1 */
  readonly reducedMass: number
  /** eV/Å² along the displacements */
  readonly forceConstant: number
}

export interface Vibrations {
  /** by ascending wavenumber */
  readonly modes: readonly NormalMode[]
  /** translations and rotations of the whole that were taken out */
  readonly removed: number
  /** eV: ½ Σ hcν̃ over the real ones */
  readonly zeroPointEnergy: number
}

/**
 * Harmonic vibrations of a Hessian. Translations, in open systems rotations too, are projected out in mass-weighted
 * coordinates (C. Eckart, Phys. Rev. 47, 552 (1935); W. H. Miller, N. C. Handy, J. E. Adams, J. Chem. Phys. 72, 99 (1980)).
 * With atoms held fast the whole is not free to move, and nothing is projected.
 * @param hessian rows of d²E/dx² in eV/Å² for the free atoms, [3 free × 3 free]; symmetrised here
 * @param free indices of the atoms that move
 */
export function vibrationsOf(
  structure: Structure,
  hessian: readonly ArrayLike<number>[],
  free: readonly number[] = Array.from(structure.atomicNumbers, (_, i) => i),
): Vibrations {
  const size = 3 * free.length
  const all = massesOf(structure)
  const root = Float64Array.from({ length: size }, (_, k) => Math.sqrt(all[free[Math.floor(k / 3)]]))
  const whole = free.length === all.length ? motionsOfTheWhole(structure, all) : []
  const weighted = new Matrix(size, size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++)
      weighted.set(a, b, (hessian[a][b] + hessian[b][a]) / (2 * root[a] * root[b]))
  }
  const projected = withoutMotions(weighted, whole)
  // Eigenvalues of the motions of the whole are put where nothing else is, and left out.
  const beyond = 2 * projected.norm('frobenius') + 1
  for (const t of whole) {
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) projected.set(a, b, projected.get(a, b) + beyond * t[a] * t[b])
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(projected, {
    assumeSymmetric: true,
  })
  const modes = realEigenvalues
    .map((curvature, column) => ({ curvature, column }))
    .sort((p, q) => p.curvature - q.curvature)
    .slice(0, size - whole.length)
    .map(({ curvature, column }): NormalMode => {
      const steps = root.map((r, k) => eigenvectorMatrix.get(k, column) / r)
      const square = dot(steps, steps)
      const displacements = new Float64Array(3 * all.length)
      steps.forEach((step, k) => {
        displacements[3 * free[Math.floor(k / 3)] + (k % 3)] = step / Math.sqrt(square)
      })
      return {
        wavenumber: wavenumberOf(curvature),
        displacements,
        reducedMass: 1 / square,
        forceConstant: curvature / square,
      }
    })
  const zeroPointEnergy = modes.reduce(
    (sum, { wavenumber }) => sum + (Math.max(0, wavenumber) * EV_PER_WAVENUMBER) / 2,
    0,
  )
  return { modes, removed: whole.length, zeroPointEnergy }
}

/**
 * Wavenumber in cm⁻¹ of a harmonic motion ω = √(k/μ).
 * @param curvature k/μ in eV/Å²/u; a negative one, of a motion that runs away, gives a negative wavenumber
 */
const wavenumberOf = (curvature: number): number =>
  (Math.sign(curvature) * Math.sqrt(Math.abs(curvature) * ACCELERATION)) / (2 * Math.PI * SPEED_OF_LIGHT)

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
  return sum
}

/** Orthonormal mass-weighted vectors of the translations and, in open space, of the two or three rotations. */
function motionsOfTheWhole(structure: Structure, masses: Float64Array): Float64Array[] {
  const { positions, periodic } = structure
  const centre = centerOfMass(structure)
  const vector = (motion: (r: Vector) => Vector): Float64Array => {
    const out = new Float64Array(positions.length)
    masses.forEach((mass, i) => {
      const r: Vector = [0, 1, 2].map((k) => positions[3 * i + k] - centre[k]) as unknown as Vector
      motion(r).forEach((x, k) => {
        out[3 * i + k] = Math.sqrt(mass) * x
      })
    })
    return out
  }
  const candidates = [vector(() => [1, 0, 0]), vector(() => [0, 1, 0]), vector(() => [0, 0, 1])]
  if (!periodic.some(Boolean)) {
    // About the principal axes, so that the one a line of atoms has no inertia about is seen as such.
    const axes = principalAxes(positions, masses, centre)
    candidates.push(
      ...axes.map(([x, y, z]) =>
        vector((r) => [y * r[2] - z * r[1], z * r[0] - x * r[2], x * r[1] - y * r[0]]),
      ),
    )
  }
  const basis: Float64Array[] = []
  const longest = Math.max(...candidates.map((v) => Math.sqrt(dot(v, v))))
  for (const candidate of candidates) {
    for (const b of basis) {
      const overlap = dot(b, candidate)
      candidate.forEach((x, k) => {
        candidate[k] = x - overlap * b[k]
      })
    }
    const length = Math.sqrt(dot(candidate, candidate))
    if (length > LINEAR * longest) basis.push(candidate.map((x) => x / length))
  }
  return basis
}

/** Below this part of the longest motion a rotation moves nothing: 10⁻³ Å off a line of 1 Å, what a relaxation leaves. */
const LINEAR = 1e-3

/** Eigenvectors of Σ m r ⊗ r, which are those of inertia. */
function principalAxes(positions: Float64Array, masses: Float64Array, centre: Vector): Vector[] {
  const tensor = new Matrix(3, 3)
  masses.forEach((mass, i) => {
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const product = (positions[3 * i + a] - centre[a]) * (positions[3 * i + b] - centre[b])
        tensor.set(a, b, tensor.get(a, b) + mass * product)
      }
    }
  })
  const { eigenvectorMatrix } = new EigenvalueDecomposition(tensor, { assumeSymmetric: true })
  return [0, 1, 2].map((column) => eigenvectorMatrix.getColumn(column) as unknown as Vector)
}

/** P H P with P = 1 − Σ t tᵀ for orthonormal t. */
function withoutMotions(hessian: Matrix, motions: readonly Float64Array[]): Matrix {
  const size = hessian.rows
  const projector = Matrix.eye(size)
  for (const t of motions) {
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) projector.set(a, b, projector.get(a, b) - t[a] * t[b])
    }
  }
  return projector.mmul(hessian).mmul(projector)
}
