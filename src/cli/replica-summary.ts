import type { Summary } from './run-summary.ts'
import { duration, table } from './terminal.ts'

/** What was sampled on one rung of the ladder, or of one replica where there is none. */
export interface RungSummary {
  /** K, of the ladder; null where there is none */
  readonly temperature: number | null
  /** K, mean over the samples */
  readonly meanTemperature: number
  /** eV, mean over the samples */
  readonly meanPotentialEnergy: number
  /** who is there at the end, counted from 1 */
  readonly replica: number
  /** exchanges with the next rung; null at the top, and where there is no ladder */
  readonly exchanges: { readonly tried: number; readonly made: number; readonly rate: number | null } | null
  /** how often the replica that is there has been from the lowest rung to the highest and back */
  readonly roundTrips: number | null
}

/** What a run of replicas was and how it went; units are part of the names, the rest is under `units`. */
export interface ReplicaSummary
  extends Pick<
    Summary,
    | 'model'
    | 'adapter'
    | 'atoms'
    | 'minimization'
    | 'steps'
    | 'timestep'
    | 'thermostat'
    | 'seed'
    | 'wallTime'
    | 'stepsPerSecond'
    | 'energyDrift'
    | 'fault'
    | 'interrupted'
    | 'units'
  > {
  readonly replicas: number
  /** steps between exchanges; null where there is no ladder */
  readonly exchangeEvery: number | null
  /** of all replicas together */
  readonly replicaStepsPerSecond: number
  readonly nsPerDay: number
  readonly rungs: readonly RungSummary[]
  readonly outputs: readonly string[]
  /** in each of them */
  readonly frames: number
}

/** For people. */
export function replicaSummaryText(summary: ReplicaSummary): string {
  const { replicas, steps, timestep, atoms, thermostat, exchangeEvery, outputs, energyDrift } = summary
  const time = ((steps * timestep) / 1000).toPrecision(4)
  const ensemble = thermostat === 'none' ? 'no thermostat' : `${thermostat} thermostat`
  const speed = [
    `${summary.stepsPerSecond.toPrecision(3)} steps/s of ${replicas} replicas`,
    `${summary.replicaStepsPerSecond.toPrecision(3)} in all`,
    `${summary.nsPerDay.toPrecision(3)} ns/day in all`,
  ]
  const lines = [
    [
      'run',
      `${replicas} replicas, ${steps} steps of ${timestep} fs = ${time} ps, ${atoms} atoms, ${ensemble}`,
    ],
    ['model', summary.model],
    ['adapter', summary.adapter],
    ['time', duration(summary.wallTime)],
    ['speed', speed.join(', ')],
    [
      'energy drift',
      energyDrift === null
        ? 'needs three samples; lower --every'
        : `${energyDrift.toPrecision(3)} meV/atom/ps${thermostat === 'none' ? '' : ' (of the total energy less heat received)'}`,
    ],
    ...(exchangeEvery === null ? [] : [['exchanges', `every ${exchangeEvery} steps, with the next rung up`]]),
    ...(outputs.length > 0
      ? [['trajectories', `${outputs[0]} … ${outputs.at(-1)}, ${summary.frames} frames each`]]
      : []),
  ]
  return [...lines.map(([name, value]) => `${name.padEnd(20)}${value}`), '', ...rungTable(summary)].join('\n')
}

function rungTable({ rungs, exchangeEvery }: ReplicaSummary): string[] {
  const climbing = exchangeEvery !== null
  const right = (title: string) => ({ title, align: 'right' }) as const
  const columns = [
    ...(climbing ? [right('rung'), right('ladder, K')] : [right('replica')]),
    ...[right('mean T, K'), right('mean potential energy, eV')],
    ...(climbing ? [right('exchanges'), right('rate'), right('replica'), right('round trips')] : []),
  ]
  const rows = rungs.map((rung, k) => [
    String(k + 1),
    ...(climbing ? [(rung.temperature as number).toFixed(1)] : []),
    ...[rung.meanTemperature.toFixed(1), rung.meanPotentialEnergy.toFixed(4)],
    ...(climbing
      ? [
          rung.exchanges ? `${rung.exchanges.made}/${rung.exchanges.tried}` : '-',
          rung.exchanges?.rate?.toFixed(3) ?? '-',
          String(rung.replica),
          String(rung.roundTrips),
        ]
      : []),
  ])
  return table(columns, rows)
}
