/**
 * Cells: three row vectors a, b, c in Å, float64.
 *
 * Vectors are rows: r = s H with fractional s, so s = r H⁻¹ (ASE's convention).
 */

import { mat3d, vec3d } from 'wgpu-matrix'
import { InputError } from '../errors.ts'
import type { Cell, Periodicity } from './structure.ts'

export type Vector = readonly [number, number, number]

const axisNames = ['a', 'b', 'c'] as const

/** One of the three row vectors, in Å. */
export const cellVector = (cell: Cell, axis: number): Vector => [
  cell[3 * axis],
  cell[3 * axis + 1],
  cell[3 * axis + 2],
]

export const cross = (u: Vector, v: Vector): Vector => vec3d.cross(u, v, [0, 0, 0])

export const dot = (u: Vector, v: Vector): number => vec3d.dot(u, v)

/** The library keeps columns, each padded to four numbers: our rows become its columns, and back. */
const matrixOf = (cell: Cell) => mat3d.create(...cell)
const cellOf = (m: ArrayLike<number>): Cell => [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]]

/** a · (b × c): the volume in Å³, negative for a left-handed cell. */
const determinant = (cell: Cell): number => mat3d.determinant(matrixOf(cell))

/** Volume in Å³. */
export const volume = (cell: Cell): number => Math.abs(determinant(cell))

/** H⁻¹ in 1/Å, row-major: fractional coordinates are s = r H⁻¹. The cell must not be singular. */
export const inverse = (cell: Cell): Cell => cellOf(mat3d.inverse(matrixOf(cell)))

/**
 * About how many periodic images of a point lie within a distance in Å: the volume, area or length of the ball over that
 * of the cell along the axes that repeat.
 */
export const imagesWithin = (cell: Cell, periodic: Periodicity, distance: number): number => {
  const rows = [0, 1, 2].filter((axis) => periodic[axis]).map((axis) => cellVector(cell, axis))
  if (rows.length === 0) return 1
  if (rows.length === 1) return (2 * distance) / Math.hypot(...rows[0])
  if (rows.length === 2) return (Math.PI * distance ** 2) / Math.hypot(...cross(rows[0], rows[1]))
  return (4 * Math.PI * distance ** 3) / 3 / volume(cell)
}

/** Distances in Å between the opposite faces that a, b and c connect. */
export const heights = (cell: Cell): Vector => {
  const inv = inverse(cell)
  const height = (axis: number) => 1 / Math.hypot(inv[axis], inv[3 + axis], inv[6 + axis])
  return [height(0), height(1), height(2)]
}

/** Fractional coordinates of a point in Å. */
export const toFractional = (inv: Cell, x: number, y: number, z: number): [number, number, number] => [
  x * inv[0] + y * inv[3] + z * inv[6],
  x * inv[1] + y * inv[4] + z * inv[7],
  x * inv[2] + y * inv[5] + z * inv[8],
]

/** Å coordinates of a fractional point. */
export const toCartesian = (cell: Cell, s: Vector): [number, number, number] => [
  s[0] * cell[0] + s[1] * cell[3] + s[2] * cell[6],
  s[0] * cell[1] + s[1] * cell[4] + s[2] * cell[7],
  s[0] * cell[2] + s[1] * cell[5] + s[2] * cell[8],
]

/**
 * Positions moved by whole cell vectors into the cell, along periodic axes only.
 * @param positions [atoms × 3] in Å, left as they are.
 * @returns [atoms × 3] in Å with fractional coordinates in [0, 1) up to rounding.
 */
export const wrap = (positions: Float64Array, cell: Cell, periodic: Periodicity): Float64Array => {
  const inv = inverse(cell)
  const wrapped = Float64Array.from(positions)
  for (let i = 0; i < wrapped.length; i += 3) {
    const s = toFractional(inv, wrapped[i], wrapped[i + 1], wrapped[i + 2])
    for (let axis = 0; axis < 3; axis++) {
      const shift = periodic[axis] ? Math.floor(s[axis]) : 0
      // Atoms already inside keep their very bits.
      if (shift === 0) continue
      for (let k = 0; k < 3; k++) wrapped[i + k] -= shift * cell[3 * axis + k]
    }
  }
  return wrapped
}

/**
 * The cell with zero vectors of open axes replaced by unit vectors normal to the others, right-handed:
 * wires and slabs are often written with a zero row (ASE: `complete_cell`).
 */
export const completeCell = (cell: Cell, periodic: Periodicity): Cell => {
  const rows = [0, 1, 2].map((axis) => cellVector(cell, axis))
  const missing = [0, 1, 2].filter((axis) => !periodic[axis] && dot(rows[axis], rows[axis]) === 0)
  if (missing.length === 0) return cell
  if (missing.length === 3) return [1, 0, 0, 0, 1, 0, 0, 0, 1]
  const unit = (v: Vector): Vector => {
    const length = Math.hypot(...v)
    return [v[0] / length, v[1] / length, v[2] / length]
  }
  const known = [0, 1, 2].find((axis) => !missing.includes(axis))!
  if (missing.length === 2) {
    const v = rows[known].map(Math.abs)
    const least = v.indexOf(Math.min(...v))
    const helper: Vector = [least === 0 ? 1 : 0, least === 1 ? 1 : 0, least === 2 ? 1 : 0]
    rows[(known + 1) % 3] = unit(cross(rows[known], helper))
  }
  const last = missing.length === 2 ? (known + 2) % 3 : missing[0]
  rows[last] = unit(cross(rows[(last + 1) % 3], rows[(last + 2) % 3]))
  return rows.flat() as unknown as Cell
}

/**
 * Refuses cells no simulation can use.
 * @param where start of the message, a file name and line for instance.
 * @throws InputError for non-finite numbers, for a cell without volume and for a left-handed cell.
 */
export const checkCell = (cell: Cell, where: string): void => {
  for (let i = 0; i < 9; i++) {
    if (Number.isFinite(cell[i])) continue
    const vector = axisNames[Math.floor(i / 3)]
    throw new InputError(
      `${where}: cell vector ${vector} holds ${cell[i]}; all nine numbers of a cell must be finite.`,
    )
  }
  const lengths = [0, 1, 2].map((axis) => Math.hypot(...cellVector(cell, axis)))
  const zero = lengths.indexOf(0)
  if (zero >= 0) {
    throw new InputError(
      `${where}: cell vector ${axisNames[zero]} has no length; give it one, or make that axis open in pbc.`,
    )
  }
  const signed = determinant(cell)
  // Relative to the brick of the same edges: below 1e-9 the vectors lie in one plane to the digits of any file.
  if (Math.abs(signed) < 1e-9 * lengths[0] * lengths[1] * lengths[2]) {
    throw new InputError(
      `${where}: the cell has no volume because its three vectors lie in one plane; correct the Lattice.`,
    )
  }
  if (signed < 0) {
    throw new InputError(
      `${where}: the cell is left-handed (negative volume); swap two of its vectors, and their pbc flags with them.`,
    )
  }
}
