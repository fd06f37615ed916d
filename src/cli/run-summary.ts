import { duration } from './terminal.ts'

/** What a run was and how it went; units are part of the names, the rest is under `units`. */
export interface Summary {
  readonly model: string
  readonly adapter: string
  readonly atoms: number
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
  const { steps, timestep, thermostat, energyDrift, energyFluctuation } = summary
  const shown = (value: number | null, unit: string) =>
    value === null ? 'needs three samples; lower --every' : `${value.toPrecision(3)} ${unit}`
  const exchange = thermostat === 'none' ? '' : ' (of the total energy less heat and work received)'
  const entries = [
    [
      'run',
      `${steps} steps of ${timestep} fs = ${((steps * timestep) / 1000).toPrecision(4)} ps, ${summary.atoms} atoms, ${thermostat === 'none' ? 'no thermostat' : `${thermostat} thermostat`}${summary.barostat === 'none' ? '' : `, ${summary.barostat} barostat`}`,
    ],
    ['model', summary.model],
    ['adapter', summary.adapter],
    ['time', duration(summary.wallTime)],
    ['speed', `${summary.stepsPerSecond.toPrecision(3)} steps/s, ${summary.nsPerDay.toPrecision(3)} ns/day`],
    ['energy drift', shown(energyDrift, 'meV/atom/ps') + exchange],
    [
      'energy fluctuation',
      `${shown(energyFluctuation, 'meV/atom')}${energyFluctuation === null ? '' : ' (rms about the drift)'}`,
    ],
    ['mean temperature', `${summary.meanTemperature.toFixed(1)} K`],
    ...(summary.barostat !== 'none' && summary.meanVolume !== null
      ? [['mean volume', `${summary.meanVolume.toPrecision(5)} Å³`]]
      : []),
    ...(summary.output ? [['trajectory', `${summary.output}, ${summary.frames} frames`]] : []),
    ...(summary.observables ? [['observables', summary.observables]] : []),
  ]
  return entries.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n')
}
