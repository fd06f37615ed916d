/**
 * .dcd files, as CHARMM, NAMD and OpenMM write them: Fortran records, each between two copies of its length.
 *
 *   header   'CORD', 20 integers (where they stand: `integers`); titles; number of atoms
 *   a frame  with a cell A, γ, B, β, α, C (6 float64); x, y, z of all atoms (a record of float32 each)
 *
 * Lengths in Å, angles in degrees as CHARMM's first versions and VMD have them. A step's time is the header's, so frames
 * are evenly spaced. Layout: CHARMM's dynio.src and VMD's dcdplugin.
 */

import { readDcd } from './dcd-read.ts'
import { createDcdWriter } from './dcd-write.ts'
import type { TrajectoryFormat } from './types.ts'

/** Single precision, small, read by nearly every program. */
export const dcd: TrajectoryFormat = {
  id: 'dcd',
  title: 'DCD',
  endings: ['.dcd'],
  elements: false,
  createWriter: createDcdWriter,
  read: readDcd,
}
