import { massesOf } from '../chemistry/center.ts'
import { symbolOf } from '../chemistry/elements.ts'
import { minimumImage } from '../chemistry/minimum-image.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { SimulationOptions } from './types.ts'

/** Å: a hydrogen further than this from every heavy atom is bound to none. */
const LONGEST_BOND = 1.6

/**
 * Masses with every hydrogen at `hydrogenMass` u, taken from the nearest heavy atom, so that a longer timestep serves
 * and thermodynamics stays (Feenstra, Hess, Berendsen 1999, doi:10.1002/(SICI)1096-987X(199906)20:8<786::AID-JCC5>3.0.CO;2-B).
 * @returns [atoms] u
 * @throws InputError where a heavy atom would be left lighter than its hydrogens
 */
export function repartitionHydrogenMass(structure: Structure, hydrogenMass: number): Float64Array {
  const masses = massesOf(structure).slice()
  const { atomicNumbers, positions, cell, periodic } = structure
  const heavy = Array.from({ length: atomCount(structure) }, (_, i) => i).filter(
    (i) => atomicNumbers[i] !== 1,
  )
  const image = minimumImage(cell, periodic)
  const out: [number, number, number] = [0, 0, 0]
  for (let i = 0; i < masses.length; i++) {
    if (atomicNumbers[i] !== 1) continue
    let [nearest, least] = [-1, LONGEST_BOND]
    for (const j of heavy) {
      const [x, y, z] = [0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k])
      const distance = image(x, y, z, out)
      if (distance < least) [nearest, least] = [j, distance]
    }
    if (nearest < 0) continue
    masses[nearest] -= hydrogenMass - masses[i]
    masses[i] = hydrogenMass
  }
  const lightest = heavy.find((j) => masses[j] < hydrogenMass)
  if (lightest !== undefined || !(hydrogenMass > 0))
    throw new InputError(
      lightest === undefined
        ? `The mass of hydrogen must be positive, not ${hydrogenMass} u.`
        : `Hydrogens of ${hydrogenMass} u would leave ${symbolOf(atomicNumbers[lightest])}${lightest + 1} with ${masses[lightest].toPrecision(3)} u: choose a smaller mass, 3 u say.`,
    )
  return masses
}

/** [atoms] u, hydrogens repartitioned as asked; Infinity for atoms held fast. */
export function movingMasses(
  structure: Structure,
  { fixed = [], hydrogenMass }: SimulationOptions,
): Float64Array {
  const masses =
    hydrogenMass === undefined
      ? massesOf(structure).slice()
      : repartitionHydrogenMass(structure, hydrogenMass)
  checkHeld(fixed, masses.length)
  for (const atom of fixed) masses[atom] = Number.POSITIVE_INFINITY
  return masses
}

/** Masses with the standard ones where atoms are held fast: a draw of velocities needs numbers. */
export const massesWithout = (masses: Float64Array, structure: Structure): Float64Array => {
  const standard = massesOf(structure)
  return masses.map((mass, i) => (Number.isFinite(mass) ? mass : standard[i]))
}

/** @throws InputError for an atom that is not there */
export function checkHeld(fixed: readonly number[], atoms: number): void {
  const wrong = fixed.find((atom) => !(Number.isInteger(atom) && atom >= 0 && atom < atoms))
  if (wrong !== undefined)
    throw new InputError(`There is no atom ${wrong + 1} to hold: the structure ends with atom ${atoms}.`)
}
