import { readPdb } from './pdb-read.ts'
import { createPdbWriter } from './pdb-write.ts'
import type { TrajectoryFormat } from './types.ts'

/** Models in a text file that every program reads; 0.001 Å. */
export const pdb: TrajectoryFormat = {
  id: 'pdb',
  title: 'PDB',
  endings: ['.pdb', '.ent'],
  elements: true,
  createWriter: createPdbWriter,
  read: readPdb,
}
