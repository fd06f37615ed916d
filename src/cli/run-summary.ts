import { duration } from './terminal.ts'

/** What a run was and how it went; units are part of the names, the rest is under `units`. */
export interface Summary {
  readonly model: string
  readonly adapter: string
  readonly atoms: number
  /** what --minimize came to: energy in eV, the largest force in eV/Å */
  readonly minimization: {
    readonly steps: number
    readonly energy: number
    readonly maxForce: number
    readonly converged: boolean
  } | null
  readonly steps: number
  /** fs */
  readonly timestep: number
  readonly thermostat: string
  readonly barostat: string
  readonly seed: number
  /** s, from the first forces on */
  readonly wallTime: number
  readonly stepsPerSecond: number
  readonly nsPerDay: number
  /** meV/atom/ps */
  readonly energyDrift: number | null
  /** meV/atom */
  readonly energyFluctuation: number | null
  /** K */
  readonly meanTemperature: number
  /** Å³, over the samples; null unless the cell repeats along all axes */
  readonly meanVolume: number | null
  /** eV, after the last step */
  readonly potentialEnergy: number
  readonly totalEnergy: number
  readonly output: string | null
  readonly frames: number
  /** file of what --observe asked for */
  readonly observables: string | null
  readonly fault: string | null
  readonly interrupted: boolean
  readonly units: Readonly<Record<string, string>>
}

export const units = {
  energy: 'eV',
  maxForce: 'eV/Å',
  timestep: 'fs',
  wallTime: 's',
  energyDrift: 'meV/atom/ps',
  energyFluctuation: 'meV/atom',
  meanTemperature: 'K',
  meanVolume: 'Å³',
  potentialEnergy: 'eV',
  totalEnergy: 'eV',
}

/** For people. */
export function summaryText(summary: Summary): string {
  const lines = [
    ...minimizationLines(summary),
    ...(summary.steps > 0 ? [['run', runText(summary)]] : []),
    ['model', summary.model],
    ['adapter', summary.adapter],
    ...(summary.steps > 0 ? measuredLines(summary) : []),
    ...(summary.output ? [['trajectory', `${summary.output}, ${summary.frames} frames`]] : []),
    ...(summary.observables ? [['observables', summary.observables]] : []),
  ]
  return lines.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n')
}

function runText({ steps, timestep, atoms, thermostat, barostat }: Summary): string {
  const time = ((steps * timestep) / 1000).toPrecision(4)
  const ensemble = [
    thermostat === 'none' ? 'no thermostat' : `${thermostat} thermostat`,
    ...(barostat === 'none' ? [] : [`${barostat} barostat`]),
  ]
  return `${steps} steps of ${timestep} fs = ${time} ps, ${atoms} atoms, ${ensemble.join(', ')}`
}

function measuredLines(summary: Summary): [string, string][] {
  const { thermostat, barostat, energyDrift, energyFluctuation, meanVolume } = summary
  const shown = (value: number | null, unit: string) =>
    value === null ? 'needs three samples; lower --every' : `${value.toPrecision(3)} ${unit}`
  const exchange = thermostat === 'none' ? '' : ' (of the total energy less heat and work received)'
  const about = energyFluctuation === null ? '' : ' (rms about the drift)'
  return [
    ['time', duration(summary.wallTime)],
    ['speed', `${summary.stepsPerSecond.toPrecision(3)} steps/s, ${summary.nsPerDay.toPrecision(3)} ns/day`],
    ['energy drift', shown(energyDrift, 'meV/atom/ps') + exchange],
    ['energy fluctuation', shown(energyFluctuation, 'meV/atom') + about],
    ['mean temperature', `${summary.meanTemperature.toFixed(1)} K`],
    ...(barostat !== 'none' && meanVolume !== null
      ? [['mean volume', `${meanVolume.toPrecision(5)} Å³`] satisfies [string, string]]
      : []),
  ]
}

function minimizationLines({ minimization }: Summary): [string, string][] {
  if (!minimization) return []
  const { steps, energy, maxForce, converged } = minimization
  const how = converged ? 'relaxed' : 'not relaxed yet'
  return [
    [
      'minimization',
      `${how} after ${steps} steps: ${energy.toFixed(4)} eV, largest force ${maxForce.toPrecision(2)} eV/Å`,
    ],
  ]
}
