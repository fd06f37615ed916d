import { massesOf } from '../chemistry/center.ts'
import { elementOf } from '../chemistry/elements.ts'
import type { Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'

/** What observables look at: one system on the GPU, and the run that moves it. */
export interface Source {
  readonly atoms: AtomBuffers
  /** [atoms] vec4f: xyz in Å/fs */
  readonly velocities: GPUBuffer
  /** [atoms] u, finite even for atoms that are held fast; the structure's own if left out */
  readonly masses?: ArrayLike<number>
  /** shaders/neighbors/status.wgsl of the run: while it stands still nothing is sampled */
  readonly status?: GPUBuffer
}

/** Which frames an observable takes, for those that need no velocities. */
export type StillSource = Omit<Source, 'velocities'>

/**
 * The structure observed.
 * @throws InputError where several molecules are evaluated together: their atoms never meet
 */
export function structureOf({ atoms }: StillSource): Structure {
  if (atoms.molecules !== 1)
    throw new InputError(
      `Analysis looks at one system, and ${atoms.molecules} are evaluated together here: make one of its own for each.`,
    )
  return atoms.structures[0]
}

/**
 * [atoms] u
 * @throws InputError for a mass that is no positive number
 */
export function observedMasses(source: StillSource): Float64Array {
  const masses = Float64Array.from(source.masses ?? massesOf(structureOf(source)))
  const wrong = masses.findIndex((mass) => !(mass > 0 && Number.isFinite(mass)))
  if (wrong >= 0 || masses.length !== source.atoms.atoms)
    throw new InputError(
      wrong >= 0
        ? `Atom ${wrong + 1} has a mass of ${masses[wrong]} u: analysis needs a positive number, for atoms that are held fast too.`
        : `There are ${masses.length} masses for ${source.atoms.atoms} atoms: give one for each.`,
    )
  return masses
}

/** The elements of a structure. */
export interface Species {
  /** atomic numbers, ascending */
  readonly numbers: readonly number[]
  readonly symbols: readonly string[]
  /** [atoms] index into `numbers` */
  readonly of: Uint32Array
}

export function speciesOf({ atomicNumbers }: Structure): Species {
  const numbers = [...new Set(atomicNumbers)].sort((a, b) => a - b)
  return {
    numbers,
    symbols: numbers.map((number) => elementOf(number).symbol),
    of: Uint32Array.from(atomicNumbers, (number) => numbers.indexOf(number)),
  }
}
