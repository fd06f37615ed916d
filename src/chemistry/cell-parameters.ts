/** Cells as lengths and angles: as people and many files give them. */

import { InputError } from '../errors.ts'
import { cellVector, checkCell, cross, dot, toCartesian, type Vector } from './cell.ts'
import type { Cell } from './structure.ts'

/** a, b, c in Å; α (between b and c), β (a, c), γ (a, b) in degrees. */
export interface CellParameters {
  readonly lengths: readonly [number, number, number]
  readonly angles: readonly [number, number, number]
}

const DEGREE = Math.PI / 180

/** The cosine of an angle in degrees, of a right angle exactly 0. */
const cosine = (degrees: number): number => (degrees === 90 ? 0 : Math.cos(degrees * DEGREE))

/** Lengths and angles of a cell. */
export const parametersOf = (cell: Cell): CellParameters => {
  const [a, b, c] = [0, 1, 2].map((axis) => cellVector(cell, axis))
  const length = (v: readonly number[]) => Math.hypot(...v)
  const angle = (u: typeof a, v: typeof a) => {
    const cos = dot(u, v) / (length(u) * length(v))
    return cos === 0 ? 90 : Math.acos(Math.min(1, Math.max(-1, cos))) / DEGREE
  }
  return { lengths: [length(a), length(b), length(c)], angles: [angle(b, c), angle(a, c), angle(a, b)] }
}

/**
 * The cell of these lengths and angles in the conventional orientation; null, for no cell, if a length is 0.
 * @param where start of the message.
 * @throws InputError where no cell has these angles.
 */
export const cellOf = ({ lengths, angles }: CellParameters, where: string): Cell | null => {
  if (lengths.includes(0)) return null
  const [a, b, c] = lengths
  const [alpha, beta, gamma] = angles.map(cosine)
  const sinGamma = Math.sqrt(1 - gamma * gamma)
  const cy = (alpha - beta * gamma) / sinGamma
  const cell: Cell = [
    a,
    0,
    0,
    b * gamma,
    b * sinGamma,
    0,
    c * beta,
    c * cy,
    // Angles that close to no cell give the root of a negative number; the check finds the NaN.
    c * Math.sqrt(1 - beta * beta - cy * cy),
  ]
  checkCell(cell, where)
  return cell
}

/** Degrees that angles must be away from those of a cell without volume. */
const LEAST_ROOM = 1e-3

/**
 * The cell of lengths and angles that somebody has typed.
 * @param like a right-handed cell: a keeps its direction, and b stays in the plane of a and b; null for the conventional
 * orientation
 * @throws InputError that names what no cell can have
 */
export const cellWith = (parameters: CellParameters, like: Cell | null): Cell => {
  const { lengths, angles } = parameters
  lengths.forEach((length, axis) => {
    if (!(length > 0 && Number.isFinite(length)))
      throw new InputError(
        `The length ${'abc'[axis]} of a cell must be a number of Å above 0${instead(length)}.`,
      )
  })
  angles.forEach((angle, axis) => {
    if (!(angle > 0 && angle < 180))
      throw new InputError(
        `The angle ${'αβγ'[axis]} of a cell must lie between 0° and 180°${instead(angle)}.`,
      )
  })
  const sum = angles[0] + angles[1] + angles[2]
  if (360 - sum < LEAST_ROOM || angles.some((angle) => sum - 2 * angle < LEAST_ROOM))
    throw new InputError(
      `Angles of ${angles.map((angle) => `${Number(angle.toFixed(3))}°`).join(', ')} close to no cell: each must be less than the other two together, and all three less than 360°.`,
    )
  const conventional = cellOf(parameters, 'The cell')!
  if (!like) return conventional
  const unit = (v: Vector): Vector => {
    const length = Math.hypot(...v)
    return [v[0] / length, v[1] / length, v[2] / length]
  }
  const along = unit(cellVector(like, 0))
  const up = unit(cross(along, cellVector(like, 1)))
  const frame = [...along, ...cross(up, along), ...up] as unknown as Cell
  return [0, 1, 2].flatMap((axis) => toCartesian(frame, cellVector(conventional, axis))) as unknown as Cell
}

const instead = (value: number): string => (Number.isFinite(value) ? `, not ${value}` : '')
