import { type Condition, type ConditionName, conditions, thermostats } from '../dynamics/conditions.ts'
import type { Barostat, Ramp, SimulationOptions, Thermostat } from '../dynamics/types.ts'
import { InputError } from '../errors.ts'
import type { Arguments, Option, OptionTable } from './arguments.ts'

const THERMOSTATS = ['none', ...thermostats.map(({ kind }) => kind)] as const
const BAROSTATS = ['isotropic', 'anisotropic'] as const

/** A condition as an option: sentences of help become what follows its name. */
const optionOf = (name: ConditionName): Option => {
  const { unit, help, standard } = conditions[name]
  const words = help.replace(/\.$/, '')
  return {
    ...{ type: 'string', value: unit.toUpperCase(), default: String(standard) },
    help: words[0].toLowerCase() + words.slice(1),
  }
}

/** @throws InputError for text that is no number, and for numbers that the condition cannot be */
const conditionOf = (given: Arguments, name: ConditionName): number => {
  const { least, above }: Condition = conditions[name]
  return given.number(name, { ...(least !== undefined && { least }), ...(above !== undefined && { above }) })
}

/** Under which conditions a run goes. */
export const ensembleOptions: OptionTable = {
  timestep: optionOf('timestep'),
  temperature: optionOf('temperature'),
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
  friction: optionOf('friction'),
  relaxation: optionOf('relaxation'),
  // Without it there is no barostat.
  pressure: {
    ...optionOf('pressure'),
    help: `lets the cell change, by stochastic cell rescaling: ${optionOf('pressure').help}`,
    default: undefined,
  },
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
  const temperature = conditionOf(given, 'temperature')
  return {
    timestep: conditionOf(given, 'timestep'),
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
  const friction = conditionOf(given, 'friction')
  const relaxation = conditionOf(given, 'relaxation')
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
    pressure: conditionOf(given, 'pressure'),
    relaxation: given.number('barostat-relaxation', { above: 0 }),
    compressibility: given.number('compressibility', { above: 0 }),
  }
}
