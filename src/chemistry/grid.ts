/** Which points lie near a place, through periodic cells too, without comparing all of them. */

import { heights, inverse, toFractional } from './cell.ts'
import { minimumImage, reduceCell } from './minimum-image.ts'
import type { Cell, Periodicity } from './structure.ts'

/** A point of the grid and the distance in Å of its nearest image; true ends the search. */
export type Visit = (point: number, distance: number) => boolean | undefined

export interface Grid {
  /** Adds a point: a number below the capacity, each once, and its place in Å. */
  add(point: number, x: number, y: number, z: number): void
  /** Visits every point no farther than the cutoff from a place in Å, once each, however small the cell. Not to be called by a visit. */
  near(x: number, y: number, z: number, visit: Visit): void
}

/**
 * Points hashed into bins no narrower than a cutoff, along the reduced cell (x, y, z for an open system).
 * @param cutoff Å, above 0
 * @param capacity most points
 */
export const makeGrid = (
  cell: Cell | null,
  periodic: Periodicity,
  cutoff: number,
  capacity: number,
): Grid => {
  const repeats = cell !== null && periodic.includes(true)
  const basis: Cell = repeats ? reduceCell(cell, periodic) : [1, 0, 0, 0, 1, 0, 0, 0, 1]
  const inv = inverse(basis)
  // A little wider than the cutoff, so that rounding never puts a pair at the cutoff two bins apart.
  const width = cutoff * (1 + 1e-9)
  const around = (axis: number) => repeats && periodic[axis]
  // Whole bins per period, so that the bins of neighbouring images coincide.
  const bins = heights(basis).map((height, axis) =>
    around(axis) ? Math.max(1, Math.floor(height / width)) : height / width,
  )
  // Of one or two bins around a period each is met once, and then it takes a search to find the nearest image.
  const offsets = [0, 1, 2].map((axis) =>
    !around(axis) || bins[axis] > 2 ? [-1, 0, 1] : bins[axis] === 2 ? [0, 1] : [0],
  )
  const nearest = offsets.some((list) => list.length < 3) ? minimumImage(basis, periodic) : null
  const slots = 2 ** Math.ceil(Math.log2(2 * capacity + 1))
  const first = new Int32Array(slots).fill(-1)
  const next = new Int32Array(capacity)
  /** [points × 3] Å, moved into the cell */
  const places = new Float64Array(3 * capacity)
  /** [points × 3] which bin; doubles, because points may be far flung. */
  const binOf = new Float64Array(3 * capacity)
  const place = new Float64Array(3)
  const bin = new Float64Array(3)
  const scratch: [number, number, number] = [0, 0, 0]

  const locate = (x: number, y: number, z: number) => {
    const s = toFractional(inv, x, y, z)
    place[0] = x
    place[1] = y
    place[2] = z
    for (let axis = 0; axis < 3; axis++) {
      if (!around(axis)) {
        bin[axis] = Math.floor(s[axis] * bins[axis])
        continue
      }
      const whole = Math.floor(s[axis])
      for (let k = 0; k < 3; k++) place[k] -= whole * basis[3 * axis + k]
      bin[axis] = Math.min(bins[axis] - 1, Math.floor((s[axis] - whole) * bins[axis]))
    }
  }
  /** Spatial hash of Teschner et al. (VMV 2003). */
  const slotOf = (i: number, j: number, k: number) =>
    (Math.imul(i, 73856093) ^ Math.imul(j, 19349663) ^ Math.imul(k, 83492791)) & (slots - 1)
  /** Periods that a bin number is beyond the cell: -1, 0 or 1. */
  const beyond = (number: number, axis: number) =>
    !around(axis) ? 0 : number < 0 ? -1 : number >= bins[axis] ? 1 : 0

  return {
    add(point, x, y, z) {
      locate(x, y, z)
      places.set(place, 3 * point)
      binOf.set(bin, 3 * point)
      const slot = slotOf(bin[0], bin[1], bin[2])
      next[point] = first[slot]
      first[slot] = point
    },
    near(x, y, z, visit) {
      locate(x, y, z)
      for (const i of offsets[0]) {
        const pa = beyond(bin[0] + i, 0)
        const a = bin[0] + i - pa * bins[0]
        for (const j of offsets[1]) {
          const pb = beyond(bin[1] + j, 1)
          const b = bin[1] + j - pb * bins[1]
          for (const k of offsets[2]) {
            const pc = beyond(bin[2] + k, 2)
            const c = bin[2] + k - pc * bins[2]
            const ox = place[0] - pa * basis[0] - pb * basis[3] - pc * basis[6]
            const oy = place[1] - pa * basis[1] - pb * basis[4] - pc * basis[7]
            const oz = place[2] - pa * basis[2] - pb * basis[5] - pc * basis[8]
            for (let point = first[slotOf(a, b, c)]; point >= 0; point = next[point]) {
              // Bins that share a slot are told apart here: each point is visited once.
              if (binOf[3 * point] !== a || binOf[3 * point + 1] !== b || binOf[3 * point + 2] !== c) continue
              const dx = places[3 * point] - ox
              const dy = places[3 * point + 1] - oy
              const dz = places[3 * point + 2] - oz
              const distance = nearest ? nearest(dx, dy, dz, scratch) : Math.sqrt(dx * dx + dy * dy + dz * dz)
              if (distance <= cutoff && visit(point, distance)) return
            }
          }
        }
      }
    },
  }
}
