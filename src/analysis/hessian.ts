import { centerOfGeometry } from '../chemistry/center.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { evaluate } from '../models/evaluate.ts'
import type { ForceField } from '../models/force-field.ts'

/** Å: positions and displacements are multiples of this, which float32 holds exactly up to 32 Å from the middle. */
const GRID = 2 ** -18

/** Atoms of all displaced copies that are evaluated together, unless one copy alone has more. */
const ATOMS_PER_BATCH = 2048

export interface HessianOptions {
  /** Å */
  readonly displacement: number
  /** indices of the atoms that are displaced */
  readonly free: readonly number[]
  readonly onProgress?: (done: number, total: number) => void
}

export interface Hessian {
  /** eV/Å², [3 free][3 free], not symmetrised */
  readonly rows: readonly Float64Array[]
  /** eV/Å, the largest force on a free atom */
  readonly maxForce: number
  /** eV/Å²: the largest |H − Hᵀ|, what noise in the forces and the finite displacement leave */
  readonly asymmetry: number
}

/**
 * Second derivatives of the energy by central differences of forces, H_ab = −(F_b(x_a + h) − F_b(x_a − h))/2h. The error
 * is h²/6 times the fourth derivative, and the forces' rounding over √2 h.
 */
export async function hessianOf(
  gpu: Gpu,
  field: ForceField,
  structure: Structure,
  { displacement, free, onProgress }: HessianOptions,
): Promise<Hessian> {
  const h = Math.max(1, Math.round(displacement / GRID)) * GRID
  const base = { ...structure, positions: onGrid(structure) }
  const moved = (coordinate: number, by: number): Structure => {
    const positions = base.positions.slice()
    positions[3 * free[Math.floor(coordinate / 3)] + (coordinate % 3)] += by
    return { ...base, positions }
  }
  const freeForces = (forces: Float64Array) =>
    Float64Array.from({ length: 3 * free.length }, (_, k) => forces[3 * free[Math.floor(k / 3)] + (k % 3)])

  const [rest] = await evaluate(gpu, field, [base])
  const maxForce = free.reduce(
    (most, i) => Math.max(most, Math.hypot(...rest.forces.subarray(3 * i, 3 * i + 3))),
    0,
  )
  const size = 3 * free.length
  const batch = Math.max(1, Math.floor(ATOMS_PER_BATCH / (2 * atomCount(structure))))
  const rows: Float64Array[] = []
  for (let first = 0; first < size; first += batch) {
    const coordinates = Array.from({ length: Math.min(batch, size - first) }, (_, k) => first + k)
    const results = await evaluate(
      gpu,
      field,
      coordinates.flatMap((coordinate) => [moved(coordinate, h), moved(coordinate, -h)]),
    )
    for (let k = 0; k < coordinates.length; k++) {
      const ahead = freeForces(results[2 * k].forces)
      const behind = freeForces(results[2 * k + 1].forces)
      rows.push(ahead.map((force, b) => (behind[b] - force) / (2 * h)))
    }
    onProgress?.(rows.length, size)
  }
  let asymmetry = 0
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) asymmetry = Math.max(asymmetry, Math.abs(rows[a][b] - rows[b][a]))
  }
  return { rows, maxForce, asymmetry }
}

/** Positions that lose nothing on the way to the GPU, which takes them from the middle in float32. */
function onGrid(structure: Structure): Float64Array {
  const middle = centerOfGeometry(structure).map((x) => Math.round(x * 256) / 256)
  return structure.positions.map((x, k) => middle[k % 3] + Math.round((x - middle[k % 3]) / GRID) * GRID)
}
