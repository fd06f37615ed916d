import { geometricLadder } from '../dynamics/ladder.ts'
import { checkReplicas, type ReplicaOptions } from '../dynamics/replicas.ts'
import type { SimulationOptions } from '../dynamics/types.ts'
import { InputError } from '../errors.ts'
import type { Arguments, OptionTable } from './arguments.ts'

const OF = ['rung', 'replica'] as const
const EXCHANGE_EVERY = 100

/** Many copies of one structure, and the temperatures that they exchange. */
export const replicaOptions: OptionTable = {
  replicas: {
    type: 'string',
    value: 'N',
    help: 'run N copies of STRUCTURE in the same dispatches, with velocities and noise of their own',
  },
  ladder: {
    type: 'string',
    value: 'T:T|LIST',
    help: 'replica exchange: 300:600 for temperatures in K that rise by a factor over N replicas, or all of them, 300,350,410',
  },
  'exchange-every': {
    type: 'string',
    value: 'N',
    help: `steps between exchanges of neighbours on the ladder (default ${EXCHANGE_EVERY})`,
  },
  'output-of': {
    type: 'string',
    value: OF.join('|'),
    help: 'what each file of --output follows, -rung1 or -replica1 before its ending (default: rung with a ladder)',
  },
}

export interface ReplicaPlan {
  readonly options: ReplicaOptions
  /** What each trajectory follows. */
  readonly outputOf: (typeof OF)[number]
}

/**
 * What was asked of replicas; null where nothing was.
 * @throws InputError for options out of range, and for those that do not go together
 */
export function replicaPlanOf(given: Arguments, options: SimulationOptions): ReplicaPlan | null {
  const ladder = given.text('ladder')
  const asked = given.text('replicas') !== undefined || ladder !== undefined
  if (!asked) {
    const lonely = ['exchange-every', 'output-of'].find((name) => given.text(name) !== undefined)
    if (lonely) throw new InputError(`--${lonely} is for replicas: add --replicas and --ladder.`)
    return null
  }
  const single = ['restart', 'save-state', 'observe'].find((name) => given.text(name) !== undefined)
  if (single) throw new InputError(`--${single} is for one simulation: leave it out, or --replicas.`)
  if (given.text('pressure') !== undefined)
    throw new InputError('Replicas keep their cells: leave --pressure out, or --replicas.')
  const outputOf = given.text('output-of') === undefined ? null : given.choice('output-of', OF)
  if (ladder === undefined) {
    if (given.text('exchange-every') !== undefined)
      throw new InputError('--exchange-every needs a --ladder of temperatures to exchange.')
    if (outputOf === 'rung') throw new InputError('--output-of rung needs a --ladder.')
    const independent = { ...options, replicas: countOf(given) }
    checkReplicas(independent)
    return { options: independent, outputOf: 'replica' }
  }
  if (given.has('temperature') || given.has('final-temperature'))
    throw new InputError('--ladder brings the temperatures: leave --temperature and --final-temperature out.')
  if (options.thermostat?.kind === 'none')
    throw new InputError('--ladder needs a thermostat: add --thermostat langevin or bussi.')
  const temperatures = ladderOf(given, ladder)
  const exchangeEvery = given.has('exchange-every')
    ? given.number('exchange-every', { least: 1, whole: true })
    : EXCHANGE_EVERY
  const replicas = given.has('replicas') ? countOf(given) : temperatures.length
  const climbing = { ...options, replicas, ladder: temperatures, exchangeEvery }
  checkReplicas(climbing)
  return { options: climbing, outputOf: outputOf ?? 'rung' }
}

const countOf = (given: Arguments): number => given.number('replicas', { least: 1, whole: true })

function ladderOf(given: Arguments, text: string): number[] {
  const numbers = (separator: string) =>
    text.split(separator).map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const ends = numbers(':')
  const temperatures = ends.length === 2 ? ends : numbers(',')
  if (!temperatures.every(Number.isFinite))
    throw new InputError(
      `--ladder must be two temperatures in K, such as 300:600, or all of them, 300,350,410, not "${text}".`,
    )
  return ends.length === 2 ? geometricLadder(ends[0], ends[1], countOf(given)) : temperatures
}
