/** Symmetry operations of crystals: x' = W x + w in fractional coordinates. */

import { toCartesian, type Vector } from '../../chemistry/cell.ts'
import type { Cell } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'

/** W row-major, and w. */
export interface Operation {
  readonly rotation: readonly number[]
  readonly translation: Vector
}

/** Å. Images of one site that come nearer are one atom on a special position; no two atoms do. */
const SAME_ATOM = 0.3

/** Parts of a component, of which `x+1/2` has two. */
const TERM = /([+-]?)(?:(\d+)\/(\d+)|(\d*\.\d+|\d+)|([xyz]))/y

/** Translations are twenty-fourths in every setting of every group: 0.333 is meant as 1/3. */
const exact = (shift: number): number => {
  const twentyFourths = Math.round(24 * shift)
  return Math.abs(24 * shift - twentyFourths) < 0.02 ? twentyFourths / 24 : shift
}

const parseComponent = (text: string): { row: number[]; shift: number } | null => {
  const row = [0, 0, 0]
  let shift = 0
  TERM.lastIndex = 0
  for (let at = 0; at < text.length; at = TERM.lastIndex) {
    const match = TERM.exec(text)
    if (!match || (at > 0 && match[1] === '')) return null
    const [, sign, numerator, denominator, decimal, axis] = match
    const factor = sign === '-' ? -1 : 1
    if (axis) row['xyz'.indexOf(axis)] += factor
    else shift += factor * (decimal ? Number(decimal) : Number(numerator) / Number(denominator))
  }
  return Number.isFinite(shift) ? { row, shift: exact(shift) } : null
}

/**
 * An operation such as `x+1/2, -y, z` or `1/2+X,-Y,Z`.
 * @param where start of the message.
 * @throws InputError for anything else, and for what is no symmetry of a lattice.
 */
export const parseOperation = (text: string, where: string): Operation => {
  const parts = text.toLowerCase().replace(/\s+/g, '').split(',')
  const components = parts.map(parseComponent)
  const rotation = components.flatMap((component) => component?.row ?? [])
  const [a, b, c, d, e, f, g, h, i] = rotation
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  if (components.length !== 3 || components.includes(null) || Math.abs(determinant) !== 1) {
    throw new InputError(
      `${where}: expected a symmetry operation such as "x+1/2,-y,z", found "${text.slice(0, 60)}".`,
    )
  }
  const [u, v, w] = components.map((component) => component!.shift)
  return { rotation, translation: [u, v, w] }
}

/** Fractional coordinates in [0, 1). */
const wrapped = (s: number): number => {
  const inside = s - Math.floor(s)
  // What is below 0 by less than its rounding comes out as 1; the face is at 0.
  return inside > 1 - 1e-9 ? 0 : inside
}

/** The different images of a site within the cell, fractional; those on a special position are merged. */
export const imagesOf = (site: Vector, operations: readonly Operation[], cell: Cell): Vector[] => {
  const images: Vector[] = []
  for (const { rotation: r, translation } of operations) {
    const [s, t, u] = [0, 3, 6].map((at) =>
      wrapped(r[at] * site[0] + r[at + 1] * site[1] + r[at + 2] * site[2] + translation[at / 3]),
    )
    const known = images.some((image) => {
      const difference = [s - image[0], t - image[1], u - image[2]].map((x) => x - Math.round(x))
      return Math.hypot(...toCartesian(cell, difference as unknown as Vector)) < SAME_ATOM
    })
    if (!known) images.push([s, t, u])
  }
  return images
}
