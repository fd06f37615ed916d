import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { atomCount, type Structure } from '../../chemistry/structure.ts'
import { Simulation } from '../../dynamics/simulation.ts'
import { readState, type SimulationState, writeState } from '../../dynamics/state.ts'
import type { Report, SimulationOptions } from '../../dynamics/types.ts'
import { InputError } from '../../errors.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { ForceField } from '../../models/force-field.ts'
import type { Arguments, Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { EnergyStatistics } from '../energy-statistics.ts'
import { ensembleOf, ensembleOptions } from '../ensemble.ts'
import { readBytes, readForceField, readStructures, writeBytes } from '../files.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { duration, ProgressBar, print, remark } from '../terminal.ts'
import { Trajectory } from '../trajectory.ts'

const FEMTOSECONDS_PER_NANOSECOND = 1e6
const SECONDS_PER_DAY = 86_400

export const run: Command = {
  name: 'run',
  summary: 'Molecular dynamics of a structure',
  operands: 'STRUCTURE',
  options: {
    ...modelOptions,
    steps: { type: 'string', value: 'N', help: 'steps to take', default: '1000' },
    ...ensembleOptions,
    every: { type: 'string', value: 'N', help: 'steps between samples, and frames written', default: '100' },
    frame: { type: 'string', value: 'N', help: 'frame of STRUCTURE to start from', default: '1' },
    output: { type: 'string', value: 'FILE', help: 'trajectory, as extended .xyz; replaced if it exists' },
    'save-state': {
      type: 'string',
      value: 'FILE',
      help: 'exact state after the last good report, to --restart from',
    },
    restart: {
      type: 'string',
      value: 'FILE',
      help: 'go on from a saved state, with its settings, instead of STRUCTURE',
    },
    json: jsonOption,
  },
  details:
    'Every frame of the trajectory holds positions in Å, velocities in Å/fs, forces in eV/Å and the potential energy\n' +
    'in eV. The summary gives speed, mean temperature, and the drift and fluctuation of the conserved energy\n' +
    '(the total, less heat and work received): slope of and deviation from its least-squares line.',
  async run(given) {
    const plan = planOf(given)
    const restart = given.text('restart')
    const start = restart === undefined ? await startOf(given) : await savedState(restart, given)
    const field = await readForceField(given.text('model'), given.text('energy-unit'))
    field.typesOf('contents' in start ? start.structure : start)
    for (const path of [plan.output, plan.saveState]) {
      if (path !== undefined) await checkOutput(path, restart ?? given.onlyOperand())
    }
    const summary = await withGpu((gpu) => simulate(gpu, start, field, plan))
    print(given.flag('json') ? JSON.stringify(summary, null, 2) : summaryText(summary))
    if (summary.fault) remark(summary.fault)
    if (summary.interrupted) return 130
    return summary.fault ? 1 : 0
  },
}

interface Plan {
  readonly steps: number
  readonly every: number
  readonly options: SimulationOptions
  readonly output: string | undefined
  readonly saveState: string | undefined
}

const planOf = (given: Arguments): Plan => ({
  steps: given.number('steps', { least: 1, whole: true }),
  every: given.number('every', { least: 1, whole: true }),
  options: ensembleOf(given, given.number('steps', { least: 1, whole: true })),
  output: given.text('output'),
  saveState: given.text('save-state'),
})

/** @throws InputError where a structure is given beside the state, or the file is no state */
async function savedState(path: string, given: Arguments): Promise<SimulationState> {
  if (given.operands.length > 0)
    throw new InputError(`--restart ${path} brings its own structure: leave ${given.operands[0]} out.`)
  return readState(await readBytes(path), path)
}

async function startOf(given: Arguments): Promise<Structure> {
  const path = given.onlyOperand()
  const frames = await readStructures(path)
  const frame = given.number('frame', { least: 1, whole: true })
  const structure = frames[frame - 1]
  if (!structure) throw new InputError(`${path} has no frame ${frame}; it ends with frame ${frames.length}.`)
  if (frames.length > 1) remark(`${path} has ${frames.length} frames: starting from frame ${frame}.`)
  return structure
}

/**
 * Looks at the place of the trajectory before any work is done; opening a file empties it, so that comes later.
 * @throws InputError for a folder that is not there, and for the file that the structure came from
 */
async function checkOutput(output: string, input: string): Promise<void> {
  const folder = dirname(output)
  if (!(await stat(folder).catch(() => null))?.isDirectory())
    throw new InputError(`${output}: there is no folder ${folder} to write to.`)
  const [to, from] = await Promise.all([realpath(output).catch(() => null), realpath(input)])
  if (to === from)
    throw new InputError(`${output} would overwrite what the run starts from; name another file.`)
}

/** What a run was and how it went; units are part of the names, the rest is under `units`. */
interface Summary {
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
  readonly fault: string | null
  readonly interrupted: boolean
  readonly units: Readonly<Record<string, string>>
}

const units = {
  timestep: 'fs',
  wallTime: 's',
  energyDrift: 'meV/atom/ps',
  energyFluctuation: 'meV/atom',
  meanTemperature: 'K',
  meanVolume: 'Å³',
  potentialEnergy: 'eV',
  totalEnergy: 'eV',
}

async function simulate(
  gpu: Gpu,
  start: Structure | SimulationState,
  field: ForceField,
  plan: Plan,
): Promise<Summary> {
  const resumed = 'contents' in start
  const structure = resumed ? start.structure : start
  const simulation = resumed
    ? await Simulation.resume(gpu, field, start)
    : await Simulation.create(gpu, start, field, plan.options)
  const trajectory = plan.output === undefined ? null : await Trajectory.create(plan.output, structure)
  const statistics = new EnergyStatistics()
  const progress = new ProgressBar(plan.steps)
  const volumes: number[] = []
  let frames = 0
  const take = async (report: Report) => {
    statistics.add(report.time, report.conservedEnergy, report.temperature)
    if (report.volume !== null) volumes.push(report.volume)
    progress.show(report.step)
    if (!trajectory) return
    await trajectory.append(report, await simulation.snapshot())
    frames++
  }
  let interrupted = false
  const interrupt = () => {
    interrupted = true
  }
  process.once('SIGINT', interrupt)
  try {
    let last = await simulation.observe()
    const first = last.step
    await take(last)
    const started = performance.now()
    for await (const report of simulation.run(plan)) {
      last = report
      // After a fault the state is not one to keep: the file ends with the last good frame.
      if (!report.fault) await take(report)
      if (interrupted) break
    }
    const wallTime = (performance.now() - started) / 1000
    const atoms = atomCount(structure)
    if (plan.saveState !== undefined && !last.fault)
      await writeBytes(plan.saveState, writeState(await simulation.state()))
    const steps = last.step - first
    const stepsPerSecond = steps / wallTime
    const perAtom = (value: number | null, factor: number) =>
      value === null ? null : (value * factor) / atoms
    return {
      model: field.card.title,
      adapter: gpu.adapterName,
      atoms,
      steps,
      timestep: simulation.timestep,
      thermostat: simulation.thermostat.kind,
      barostat: simulation.barostat.kind,
      seed: simulation.currentSeed,
      wallTime,
      stepsPerSecond,
      nsPerDay: (stepsPerSecond * simulation.timestep * SECONDS_PER_DAY) / FEMTOSECONDS_PER_NANOSECOND,
      // eV/fs → meV/ps
      energyDrift: perAtom(statistics.drift, 1e6),
      energyFluctuation: perAtom(statistics.fluctuation, 1e3),
      meanTemperature: statistics.meanTemperature,
      meanVolume: volumes.length > 0 ? volumes.reduce((sum, v) => sum + v, 0) / volumes.length : null,
      potentialEnergy: last.potentialEnergy,
      totalEnergy: last.totalEnergy,
      output: plan.output ?? null,
      frames,
      fault: last.fault,
      interrupted,
      units,
    }
  } finally {
    process.off('SIGINT', interrupt)
    progress.end()
    await trajectory?.close()
    simulation.destroy()
  }
}

function summaryText(summary: Summary): string {
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
  ]
  return entries.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n')
}
