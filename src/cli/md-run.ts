import { atomCount, type Structure } from '../chemistry/structure.ts'
import { Simulation } from '../dynamics/simulation.ts'
import { type SimulationState, writeState } from '../dynamics/state.ts'
import type { Report, SimulationOptions } from '../dynamics/types.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import { type AnalysisPlan, RunAnalysis } from './analysis.ts'
import { EnergyStatistics } from './energy-statistics.ts'
import { writeBytes } from './files.ts'
import { type MinimizationPlan, minimize } from './minimization.ts'
import { type Summary, units } from './run-summary.ts'
import { ProgressBar } from './terminal.ts'
import { frameOf, TrajectoryFile } from './trajectory.ts'

const FEMTOSECONDS_PER_NANOSECOND = 1e6
const SECONDS_PER_DAY = 86_400

/** What a run is to do, and where its results go. */
export interface Plan {
  readonly steps: number
  readonly every: number
  readonly options: SimulationOptions
  readonly minimization: MinimizationPlan | null
  readonly output: string | undefined
  readonly saveState: string | undefined
  readonly analysis: AnalysisPlan | null
}

/**
 * One run, from its start or from a saved state, with its files written as it goes.
 * @throws InputError for settings out of range and for places that cannot be written
 */
export async function simulate(
  gpu: Gpu,
  start: Structure | SimulationState,
  field: ForceField,
  plan: Plan,
): Promise<Summary> {
  const { minimization } = plan
  const relaxed =
    minimization && !('contents' in start) ? await minimize(gpu, start, field, minimization) : null
  if (relaxed?.report.fault) throw new InputError(relaxed.report.fault)
  const simulation =
    'contents' in start
      ? await Simulation.resume(gpu, field, start)
      : await Simulation.create(gpu, relaxed?.structure ?? start, field, plan.options)
  const { structure } = simulation
  const trajectory = plan.output === undefined ? null : await TrajectoryFile.create(plan.output, structure)
  const analysis = plan.analysis && (await RunAnalysis.create(gpu, simulation, plan.analysis))
  const statistics = new EnergyStatistics()
  const progress = new ProgressBar(plan.steps)
  const volumes: number[] = []
  let frames = 0
  const take = async (report: Report) => {
    statistics.add(report.time, report.conservedEnergy, report.temperature)
    if (report.volume !== null) volumes.push(report.volume)
    progress.show(report.step)
    if (!trajectory) return
    const { velocities, ...still } = await simulation.snapshot()
    // Velocities drawn for a run that is not taken would be those of the next one that starts from this file.
    await trajectory.append(frameOf(report, plan.steps > 0 ? { ...still, velocities } : still))
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
    await analysis?.write()
    const steps = last.step - first
    const stepsPerSecond = steps > 0 ? steps / wallTime : 0
    const perAtom = (value: number | null, factor: number) =>
      value === null ? null : (value * factor) / atoms
    return {
      model: field.card.title,
      adapter: gpu.adapterName,
      atoms,
      minimization: relaxed && {
        steps: relaxed.report.step,
        energy: relaxed.report.energy,
        maxForce: relaxed.report.maxForce,
        converged: relaxed.report.converged,
      },
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
      observables: plan.analysis?.file ?? null,
      fault: last.fault,
      interrupted,
      units,
    }
  } finally {
    process.off('SIGINT', interrupt)
    progress.end()
    await trajectory?.close()
    analysis?.destroy()
    simulation.destroy()
  }
}
