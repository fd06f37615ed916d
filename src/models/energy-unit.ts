/** Units that files and users name energies in. */
import { InputError } from '../errors.ts'
import type { Checkpoint } from '../formats/checkpoint.ts'
import { isDictionary, parsed } from '../formats/plain.ts'
import type { EnergyUnit } from './force-field.ts'

const JOULES_PER_EV = 1.602176634e-19
const AVOGADRO = 6.02214076e23
const KJ_PER_MOL = 1000 / AVOGADRO / JOULES_PER_EV

/** Energy units by the spellings they are found under, in eV (exact SI constants; hartree: CODATA 2018). */
export const energyUnits: Readonly<Record<string, EnergyUnit>> = {
  ev: { name: 'eV', inEv: 1 },
  mev: { name: 'meV', inEv: 1e-3 },
  'kj/mol': { name: 'kJ/mol', inEv: KJ_PER_MOL },
  'kcal/mol': { name: 'kcal/mol', inEv: 4.184 * KJ_PER_MOL },
  hartree: { name: 'hartree', inEv: 27.211386245988 },
  ha: { name: 'hartree', inEv: 27.211386245988 },
}

/**
 * The unit that a file's metadata says (`units`, or `units.energy`); null where it says none.
 * @throws InputError for a unit that is named but not known
 */
export function statedEnergyUnit({ source, metadata, hyperparameters }: Checkpoint): EnergyUnit | null {
  const stated = parsed(metadata.units ?? hyperparameters?.units)
  const named = isDictionary(stated) ? stated.energy : stated
  if (typeof named !== 'string') return null
  const unit = energyUnits[named.trim().toLowerCase().replaceAll(' ', '')]
  if (unit) return unit
  const known = [...new Set(Object.values(energyUnits).map(({ name }) => name))].join(', ')
  throw new InputError(`${source}: the energy unit "${named}" is not known; known are ${known}.`)
}
