/** What every kind of run begins with. */
import type { Structure } from '../chemistry/structure.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type ForceField, inDefaultCell } from '../models/force-field.ts'
import { ForceSystem } from './force-system.ts'
import { Integrator } from './integrator.ts'
import { massesWithout, movingMasses } from './masses.ts'
import { checkMovingCell, checkTemperature } from './run-settings.ts'
import type { SimulationOptions } from './types.ts'
import { drawVelocities } from './velocities.ts'

const NONE = { kind: 'none' } as const

export interface Prepared {
  readonly structure: Structure
  /** The structure with the masses it moves with; Infinity for atoms held fast. */
  readonly moving: Structure & { readonly masses: Float64Array }
  readonly system: ForceSystem
  readonly integrator: Integrator
}

/**
 * Atoms and everything that moves them, on the GPU.
 * @param copies of the structure that do not feel each other
 * @throws InputError for structures that cannot be simulated with this force field, and for settings out of range
 */
export async function prepare(
  gpu: Gpu,
  given: Structure,
  field: ForceField,
  options: SimulationOptions,
  copies = 1,
): Promise<Prepared> {
  const structure = inDefaultCell(given, field)
  checkStructure(structure)
  if (field.card.output !== 'energy')
    throw new InputError(
      `${field.card.title} returns a ${field.card.output}, not an energy: it has no forces to move atoms with.`,
    )
  const { timestep = 0.5, thermostat = NONE, barostat = NONE, seed = 1 } = options
  if (options.temperature !== undefined) checkTemperature(options.temperature)
  const moving = { ...structure, masses: movingMasses(structure, options) }
  if (barostat.kind !== 'none') checkMovingCell('A barostat', structure, options)
  const system = await ForceSystem.create(gpu, structure, field, options, copies)
  try {
    const settings = { timestep, thermostat, barostat, seed }
    const integrator = await Integrator.create(gpu, system, moving.masses, settings)
    return { structure, moving, system, integrator }
  } catch (error) {
    system.destroy()
    throw error
  }
}

/**
 * Velocities to start with, at a temperature in K: {@link drawVelocities} for the masses that move.
 * @returns [atoms × 3] in Å/fs
 */
export function firstVelocities(
  { structure, moving }: Pick<Prepared, 'structure' | 'moving'>,
  { fixed, keepMotion }: SimulationOptions,
  temperature: number,
  seed: number,
): Float64Array {
  const drawn = { ...moving, masses: massesWithout(moving.masses, structure) }
  return drawVelocities(drawn, temperature, seed, new Set(fixed), keepMotion)
}

/** The buffers that the state of a run consists of, by name. */
export function stateBuffersOf({ system, integrator }: Pick<Prepared, 'system' | 'integrator'>) {
  const { positions, cells } = system.atoms
  const { velocities, remainder, control } = integrator
  return { positions, velocities, remainder, control, cells, status: system.status }
}

/** What src/analysis looks at of a run. */
export function sourceOf({ system, integrator, moving, structure }: Prepared) {
  return {
    atoms: system.atoms,
    velocities: integrator.velocities,
    masses: massesWithout(moving.masses, structure),
    status: system.status,
  }
}
