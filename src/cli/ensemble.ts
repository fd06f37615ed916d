import type { Barostat, Ramp, SimulationOptions, Thermostat } from '../dynamics/types.ts'
import { InputError } from '../errors.ts'
import type { Arguments, OptionTable } from './arguments.ts'

const THERMOSTATS = ['none', 'langevin', 'bussi', 'nose-hoover'] as const
const BAROSTATS = ['isotropic', 'anisotropic'] as const

/** Under which conditions a run goes. */
export const ensembleOptions: OptionTable = {
  timestep: { type: 'string', value: 'FS', help: 'timestep in fs', default: '0.5' },
  temperature: {
    type: 'string',
    value: 'K',
    help: 'of the first velocities (unless the file has its own) and of the thermostat',
    default: '300',
  },
  'final-temperature': {
    type: 'string',
    value: 'K',
    help: 'the thermostat goes there linearly over the run',
  },
  thermostat: {
    type: 'string',
    value: THERMOSTATS.join('|'),
    help: 'none keeps the energy; bussi is stochastic velocity rescaling',
    default: 'none',
  },
  friction: { type: 'string', value: '1/PS', help: 'of the Langevin thermostat', default: '1' },
  relaxation: {
    type: 'string',
    value: 'FS',
    help: 'of the bussi and nose-hoover thermostats',
    default: '100',
  },
  pressure: { type: 'string', value: 'BAR', help: 'lets the cell change, by stochastic cell rescaling' },
  barostat: {
    type: 'string',
    value: BAROSTATS.join('|'),
    help: 'how the cell may change',
    default: 'isotropic',
  },
  'barostat-relaxation': { type: 'string', value: 'FS', help: 'of the barostat', default: '1000' },
  compressibility: {
    type: 'string',
    value: '1/BAR',
    help: 'guess for the barostat: sets how fast volumes change, not which',
    default: '4.5e-5',
  },
  'hydrogen-mass': { type: 'string', value: 'U', help: 'mass of hydrogens, taken from their heavy atoms' },
  fix: { type: 'string', value: 'LIST', help: 'atoms held fast, counted from 1: 1,2,7-9' },
  'keep-motion': { type: 'boolean', help: 'leave the whole the motion that drawn velocities give it' },
  seed: { type: 'string', value: 'N', help: 'the same seed gives the same run', default: '1' },
}

/**
 * @param steps that a temperature ramp takes
 * @throws InputError for options out of range or out of place
 */
export function ensembleOf(given: Arguments, steps: number): SimulationOptions {
  const temperature = given.number('temperature', { least: 0 })
  return {
    timestep: given.number('timestep', { above: 0 }),
    thermostat: thermostatOf(given, temperature, steps),
    barostat: barostatOf(given),
    temperature,
    keepMotion: given.flag('keep-motion'),
    seed: given.number('seed', { least: 0, whole: true }),
    ...(given.text('fix') !== undefined && { fixed: given.list('fix').map((atom) => atom - 1) }),
    ...(given.text('hydrogen-mass') !== undefined && {
      hydrogenMass: given.number('hydrogen-mass', { above: 0 }),
    }),
  }
}

function thermostatOf(given: Arguments, from: number, steps: number): Thermostat {
  const kind = given.choice('thermostat', THERMOSTATS)
  const friction = given.number('friction', { above: 0 })
  const relaxation = given.number('relaxation', { above: 0 })
  const ramped = given.text('final-temperature') !== undefined
  if (kind === 'none') {
    if (ramped)
      throw new InputError('--final-temperature needs a thermostat: add --thermostat langevin, for example.')
    return { kind }
  }
  const ramp: Ramp | null = ramped
    ? { from, to: given.number('final-temperature', { least: 0 }), steps }
    : null
  const temperature = ramp ?? from
  return kind === 'langevin' ? { kind, temperature, friction } : { kind, temperature, relaxation }
}

function barostatOf(given: Arguments): Barostat {
  const kind = given.choice('barostat', BAROSTATS)
  if (given.text('pressure') === undefined) return { kind: 'none' }
  return {
    kind,
    pressure: given.number('pressure'),
    relaxation: given.number('barostat-relaxation', { above: 0 }),
    compressibility: given.number('compressibility', { above: 0 }),
  }
}
