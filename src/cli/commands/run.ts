import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { atomCount, type Structure } from '../../chemistry/structure.ts'
import { Simulation } from '../../dynamics/simulation.ts'
import type { Report, SimulationOptions } from '../../dynamics/types.ts'
import { InputError } from '../../errors.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { ForceField } from '../../models/force-field.ts'
import type { Arguments, Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { EnergyStatistics } from '../energy-statistics.ts'
import { readForceField, readStructures } from '../files.ts'
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
    timestep: { type: 'string', value: 'FS', help: 'timestep in fs', default: '0.5' },
    temperature: {
      type: 'string',
      value: 'K',
      help: 'of the first velocities (unless the file has its own) and of the thermostat',
      default: '300',
    },
    thermostat: { type: 'string', value: 'none|langevin', help: 'none keeps the energy', default: 'none' },
    friction: { type: 'string', value: '1/PS', help: 'of the Langevin thermostat', default: '1' },
    seed: { type: 'string', value: 'N', help: 'the same seed gives the same run', default: '1' },
    every: { type: 'string', value: 'N', help: 'steps between samples, and frames written', default: '100' },
    frame: { type: 'string', value: 'N', help: 'frame of STRUCTURE to start from', default: '1' },
    output: { type: 'string', value: 'FILE', help: 'trajectory, as extended .xyz; replaced if it exists' },
    json: jsonOption,
  },
  details:
    'Every frame of the trajectory holds positions in Å, velocities in Å/fs, forces in eV/Å and the potential energy\n' +
    'in eV. The summary gives speed, mean temperature, and the drift and fluctuation of the total energy: slope of\n' +
    'and deviation from its least-squares line.',
  async run(given) {
    const plan = planOf(given)
    const structure = await startOf(given)
    const field = await readForceField(given.text('model'), given.text('energy-unit'))
    field.typesOf(structure)
    if (plan.output !== undefined) await checkOutput(plan.output, given.onlyOperand())
    const summary = await withGpu((gpu) => simulate(gpu, structure, field, plan))
    print(given.flag('json') ? JSON.stringify(summary, null, 2) : summaryText(summary))
    if (summary.fault) remark(summary.fault)
    if (summary.interrupted) return 130
    return summary.fault ? 1 : 0
  },
}

/** What to run and what to write. */
interface Plan {
  readonly steps: number
  readonly every: number
  readonly options: SimulationOptions & { readonly seed: number }
  readonly output: string | undefined
}

function planOf(given: Arguments): Plan {
  const temperature = given.number('temperature', { least: 0 })
  const kind = given.choice('thermostat', ['none', 'langevin'])
  const friction = given.number('friction', { above: 0 })
  return {
    steps: given.number('steps', { least: 1, whole: true }),
    every: given.number('every', { least: 1, whole: true }),
    options: {
      timestep: given.number('timestep', { above: 0 }),
      thermostat: kind === 'none' ? { kind } : { kind, temperature, friction },
      temperature,
      seed: given.number('seed', { least: 0, whole: true }),
    },
    output: given.text('output'),
  }
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
    throw new InputError(`--output ${output}: there is no folder ${folder} to write to.`)
  const [to, from] = await Promise.all([realpath(output).catch(() => null), realpath(input)])
  if (to === from)
    throw new InputError(`--output ${output} would overwrite the structure; name another file.`)
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
  potentialEnergy: 'eV',
  totalEnergy: 'eV',
}

async function simulate(gpu: Gpu, structure: Structure, field: ForceField, plan: Plan): Promise<Summary> {
  const simulation = await Simulation.create(gpu, structure, field, plan.options)
  const trajectory = plan.output === undefined ? null : await Trajectory.create(plan.output, structure)
  const statistics = new EnergyStatistics()
  const progress = new ProgressBar(plan.steps)
  let frames = 0
  const take = async (report: Report) => {
    statistics.add(report.time, report.totalEnergy, report.temperature)
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
    const stepsPerSecond = last.step / wallTime
    const perAtom = (value: number | null, factor: number) =>
      value === null ? null : (value * factor) / atoms
    return {
      model: field.card.title,
      adapter: gpu.adapterName,
      atoms,
      steps: last.step,
      timestep: simulation.timestep,
      thermostat: simulation.thermostat.kind,
      seed: plan.options.seed,
      wallTime,
      stepsPerSecond,
      nsPerDay: (stepsPerSecond * simulation.timestep * SECONDS_PER_DAY) / FEMTOSECONDS_PER_NANOSECOND,
      // eV/fs → meV/ps
      energyDrift: perAtom(statistics.drift, 1e6),
      energyFluctuation: perAtom(statistics.fluctuation, 1e3),
      meanTemperature: statistics.meanTemperature,
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
  const exchange = thermostat === 'none' ? '' : ' (the thermostat exchanges energy: not a measure of error)'
  const entries = [
    [
      'run',
      `${steps} steps of ${timestep} fs = ${((steps * timestep) / 1000).toPrecision(4)} ps, ${summary.atoms} atoms, ${thermostat === 'none' ? 'no thermostat' : `${thermostat} thermostat`}`,
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
    ...(summary.output ? [['trajectory', `${summary.output}, ${summary.frames} frames`]] : []),
  ]
  return entries.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n')
}
