import { whole } from '../trajectory/bytes.ts'
import { pdb as trajectory } from '../trajectory/pdb.ts'
import { readPdbModels } from '../trajectory/pdb-read.ts'
import type { StructureFormat } from './types.ts'

/** What the first line of a .pdb file begins with. */
const RECORD = /^(HEADER|TITLE|COMPND|AUTHOR|REMARK|CRYST1|MODEL|ATOM|HETATM)(\s|$)/

export const pdb: StructureFormat = {
  id: 'pdb',
  title: trajectory.title,
  endings: trajectory.endings,
  begins: (start) => RECORD.test(start),
  read: (bytes, name) => readPdbModels(whole(bytes), name),
}
