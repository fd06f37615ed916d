/**
 * Cells as lengths and angles, as .pdb and .dcd keep them.
 *
 * Those say nothing of how a cell lies in space. Their convention (and that of GROMACS for .xtc): a along x, b in the
 * xy plane with positive y, c with positive z. A system that lies otherwise is turned, atoms and cell together.
 */

import { inverse, toCartesian } from '../../chemistry/cell.ts'
import { cellOf, parametersOf } from '../../chemistry/cell-parameters.ts'
import type { Cell } from '../../chemistry/structure.ts'

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
