import { partnersOf } from '../chemistry/bonds.ts'
import { moleculesOf } from '../chemistry/molecules.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'

/** [atoms] the molecule each atom belongs to. */
export const ownersIn = (structure: Structure): Uint32Array =>
  moleculesOf(partnersOf(structure), atomCount(structure)).of
