/** The shortest of all periodic images of a vector, exact for any cell, however skewed. */

import { cellVector, cross, dot, heights, inverse, toFractional, type Vector } from './cell.ts'
import type { Cell, Periodicity } from './structure.ts'

const subtract = (u: Vector, v: Vector, factor: number): Vector => [
  u[0] - factor * v[0],
  u[1] - factor * v[1],
  u[2] - factor * v[2],
]

/**
 * A cell of the same lattice whose periodic vectors are short and near to right angles (pairwise reduced), and
 * whose open vectors are normal to the periodic ones. Searches for images need few candidates in it.
 * Cell rows in Å. The handedness may change.
 */
export const reduceCell = (cell: Cell, periodic: Periodicity): Cell => {
  const rows = [0, 1, 2].map((axis) => cellVector(cell, axis))
  const repeated = [0, 1, 2].filter((axis) => periodic[axis])
  const open = [0, 1, 2].filter((axis) => !periodic[axis])
  let changed = true
  // Every change shortens a vector by a finite factor; the bound only guards against rounding in a circle.
  for (let round = 0; changed && round < 200; round++) {
    changed = false
    for (const i of repeated) {
      for (const j of repeated) {
        if (i === j) continue
        const before = dot(rows[i], rows[i])
        const shorter = subtract(rows[i], rows[j], Math.round(dot(rows[i], rows[j]) / dot(rows[j], rows[j])))
        if (dot(shorter, shorter) < before * (1 - 1e-12)) {
          rows[i] = shorter
          changed = true
        }
      }
    }
  }
  const others = (axis: number) => cross(rows[(axis + 1) % 3], rows[(axis + 2) % 3])
  if (open.length === 1) rows[open[0]] = others(open[0])
  if (open.length === 2) {
    const [p, q] = open
    const along = rows[repeated[0]]
    rows[p] = subtract(rows[p], along, dot(rows[p], along) / dot(along, along))
    rows[q] = others(q)
  }
  return rows.flat() as unknown as Cell
}

/** Writes the shortest image of (x, y, z) in Å to `out` and gives its length in Å. */
export type MinimumImage = (x: number, y: number, z: number, out: [number, number, number]) => number

/**
 * Prepares the search for one cell (null: an open system, where the vector itself comes back).
 * Of equally short images any one may be given.
 */
export const minimumImage = (cell: Cell | null, periodic: Periodicity): MinimumImage => {
  if (!cell || !periodic.includes(true)) {
    return (x, y, z, out) => {
      out[0] = x
      out[1] = y
      out[2] = z
      return Math.hypot(x, y, z)
    }
  }
  const reduced = reduceCell(cell, periodic)
  const inv = inverse(reduced)
  const height = heights(reduced)
  const safe = Math.min(...[0, 1, 2].filter((axis) => periodic[axis]).map((axis) => height[axis])) / 2
  return (x, y, z, out) => {
    const s = toFractional(inv, x, y, z)
    const near: [number, number, number] = [x, y, z]
    for (let axis = 0; axis < 3; axis++) {
      const n = periodic[axis] ? Math.round(s[axis]) : 0
      s[axis] -= n
      for (let k = 0; k < 3; k++) near[k] -= n * reduced[3 * axis + k]
    }
    let best = Math.hypot(...near)
    ;[out[0], out[1], out[2]] = near
    if (best <= safe) return best
    // An image shifted by n along an axis is at least |s + n| heights away: nothing beyond these bounds is shorter.
    const bound = (axis: number) => (periodic[axis] ? Math.floor(best / height[axis] + Math.abs(s[axis])) : 0)
    const [na, nb, nc] = [bound(0), bound(1), bound(2)]
    for (let i = -na; i <= na; i++) {
      for (let j = -nb; j <= nb; j++) {
        for (let k = -nc; k <= nc; k++) {
          const dx = near[0] + i * reduced[0] + j * reduced[3] + k * reduced[6]
          const dy = near[1] + i * reduced[1] + j * reduced[4] + k * reduced[7]
          const dz = near[2] + i * reduced[2] + j * reduced[5] + k * reduced[8]
          const length = Math.hypot(dx, dy, dz)
          if (length >= best) continue
          best = length
          out[0] = dx
          out[1] = dy
          out[2] = dz
        }
      }
    }
    return best
  }
}
