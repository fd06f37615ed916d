/**
 * Cells as lengths and angles, as .pdb and .dcd keep them.
 *
 * Those say nothing of how a cell lies in space. Their convention (and that of GROMACS for .xtc): a along x, b in the
 * xy plane with positive y, c with positive z. A system that lies otherwise is turned, atoms and cell together.
 */

import { cellVector, checkCell, dot, inverse, toCartesian } from '../../chemistry/cell.ts'
import type { Cell } from '../../chemistry/structure.ts'

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

/**
 * Positions and cell, turned together so that the cell lies by the convention. A cell that does already is left
 * as it is, and the positions with it, to the last bit.
 * @param cell a right-handed cell
 * @returns new positions [atoms × 3] in Å, or those given; the cell is null if it was.
 */
export const orient = (
  positions: Float64Array,
  cell: Cell | null,
): { positions: Float64Array; cell: Cell | null } => {
  if (!cell) return { positions, cell }
  const [ax, ay, az, , by, bz, , , cz] = cell
  if (ay === 0 && az === 0 && bz === 0 && ax > 0 && by > 0 && cz > 0) return { positions, cell }
  const turned = cellOf(parametersOf(cell), 'The cell')!
  // r' = s H' = r H⁻¹ H': a rotation, its rows where the axes go.
  const inv = inverse(cell)
  const rotation = [0, 1, 2].flatMap((axis) =>
    toCartesian(turned, [inv[3 * axis], inv[3 * axis + 1], inv[3 * axis + 2]]),
  ) as unknown as Cell
  const moved = new Float64Array(positions.length)
  for (let i = 0; i < moved.length; i += 3) {
    moved.set(toCartesian(rotation, [positions[i], positions[i + 1], positions[i + 2]]), i)
  }
  return { positions: moved, cell: turned }
}
