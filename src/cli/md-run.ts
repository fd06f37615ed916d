import { atomCount, type Structure } from '../chemistry/structure.ts'
import { Simulation } from '../dynamics/simulation.ts'
import { type SimulationState, writeState } from '../dynamics/state.ts'
import type { Report, SimulationOptions } from '../dynamics/types.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import { type AnalysisPlan, RunAnalysis, type SavedAnalysis } from './analysis.ts'
import type { Device } from './device.ts'
import { EnergyStatistics } from './energy-statistics.ts'
import { writeBytes } from './files.ts'
import { type MinimizationPlan, minimize } from './minimization.ts'
import { type Summary, units } from './run-summary.ts'
import { ProgressBar, remark } from './terminal.ts'
import { frameOf, TrajectoryFile } from './trajectory.ts'

const FEMTOSECONDS_PER_NANOSECOND = 1e6
const SECONDS_PER_DAY = 86_400

/** A run gives up when its device is lost so many times with nothing saved in between. */
const MOST_LOSSES = 3
/** ms in which a device that has failed says whether it is lost. */
const LOSS_IS_KNOWN_AFTER = 2000
/** What keeping the state may cost, as a share of the run's time. */
const SAVING_SHARE = 0.05

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
 * One run, from its start or from a saved state, with its files written as it goes. When the device is lost the run goes
 * on from what it kept last, on another device: files and figures are those of a run without the interruption.
 * @throws InputError for settings out of range, for places that cannot be written, for devices that are lost again and again
 */
export async function simulate(
  device: Device,
  start: Structure | SimulationState,
  field: ForceField,
  plan: Plan,
): Promise<Summary> {
  const run = new Run(start, field, plan)
  const interrupt = () => {
    run.interrupted = true
  }
  process.once('SIGINT', interrupt)
  try {
    let losses = 0
    let step: number | null = null
    for (;;) {
      try {
        return await run.go(device.gpu)
      } catch (error) {
        const loss = await lossOf(device.gpu)
        if (loss === null) throw error
        losses = run.keptStep === step ? losses + 1 : 1
        step = run.keptStep
        if (losses >= MOST_LOSSES)
          throw new InputError(
            `The graphics device was lost ${losses} times at ${step === null ? 'the start' : `step ${step}`} (${loss}): use fewer atoms, or update the graphics driver.`,
          )
        remark(
          `The graphics device was lost (${loss}): ${step === null ? 'beginning again' : `going on from step ${step}`}.`,
        )
        await device.reopen()
      }
    }
  } finally {
    process.off('SIGINT', interrupt)
    await run.close()
  }
}

/** Why the device is gone; null where it is not. */
export const lossOf = (gpu: Gpu): Promise<string | null> =>
  Promise.race([
    gpu.lost.then(({ reason, message }) => message.trim() || reason),
    new Promise<null>((resolve) => setTimeout(resolve, LOSS_IS_KNOWN_AFTER, null)),
  ])

/** What a run needs to go on after its device. */
interface Kept {
  readonly state: SimulationState
  readonly analysis: SavedAnalysis | null
}

/** All of a run that outlives its device. */
class Run {
  interrupted = false
  private kept: Kept | null = null
  private keptAt = Number.NEGATIVE_INFINITY
  /** ms that keeping took the last time */
  private keeping = 0
  private readonly statistics = new EnergyStatistics()
  private readonly progress: ProgressBar
  private readonly volumes: number[] = []
  private trajectory: TrajectoryFile | null = null
  private relaxed: Awaited<ReturnType<typeof minimize>> | null = null
  private first: Report | null = null
  private last: Report | null = null
  private started = 0
  private frames = 0

  constructor(
    private readonly start: Structure | SimulationState,
    private readonly field: ForceField,
    private readonly plan: Plan,
  ) {
    this.progress = new ProgressBar(plan.steps)
  }

  /** Step to go on from; null before there is one. */
  get keptStep(): number | null {
    return this.kept?.state.step ?? null
  }

  /** From the beginning, or from what was kept, to the end. */
  async go(gpu: Gpu): Promise<Summary> {
    const { plan } = this
    const simulation = await this.begin(gpu)
    let analysis: RunAnalysis | null = null
    try {
      if (plan.output !== undefined)
        this.trajectory ??= await TrajectoryFile.create(plan.output, simulation.structure)
      analysis =
        plan.analysis && (await RunAnalysis.create(gpu, simulation, plan.analysis, this.kept?.analysis))
      const report = await simulation.observe()
      await this.take(simulation, report)
      this.first ??= report
      this.started ||= performance.now()
      const steps = plan.steps - (report.step - this.first.step)
      for await (const report of simulation.run({ steps, every: plan.every })) {
        if (report.fault) this.last = report
        // After a fault the state is not one to keep: the file ends with the last good frame.
        else {
          await this.take(simulation, report)
          await this.keep(simulation, analysis)
        }
        if (this.interrupted) break
      }
      const wallTime = (performance.now() - this.started) / 1000
      if (plan.saveState !== undefined && !this.last?.fault)
        await writeBytes(plan.saveState, writeState(await simulation.state()))
      await analysis?.write()
      return this.summary(gpu, simulation, wallTime)
    } finally {
      analysis?.destroy()
      simulation.destroy()
    }
  }

  async close(): Promise<void> {
    this.progress.end()
    await this.trajectory?.close()
  }

  private async begin(gpu: Gpu): Promise<Simulation> {
    const { start, field, plan } = this
    if (this.kept) return Simulation.resume(gpu, field, this.kept.state)
    if ('contents' in start) return Simulation.resume(gpu, field, start)
    if (plan.minimization) this.relaxed ??= await minimize(gpu, start, field, plan.minimization)
    if (this.relaxed?.report.fault) throw new InputError(this.relaxed.report.fault)
    return Simulation.create(gpu, this.relaxed?.structure ?? start, field, plan.options)
  }

  private async take(simulation: Simulation, report: Report): Promise<void> {
    // Steps that were lost with a device and taken again have had their turn.
    if (this.last && report.step <= this.last.step) return
    const { trajectory } = this
    if (trajectory) {
      const { velocities, ...still } = await simulation.snapshot()
      // Velocities drawn for a run that is not taken would be those of the next one that starts from this file.
      await trajectory.append(frameOf(report, this.plan.steps > 0 ? { ...still, velocities } : still))
      this.frames++
    }
    this.statistics.add(report.time, report.conservedEnergy, report.temperature)
    if (report.volume !== null) this.volumes.push(report.volume)
    this.progress.show(report.step)
    this.last = report
  }

  /** Reads the state back, as often as it costs next to nothing. */
  private async keep(simulation: Simulation, analysis: RunAnalysis | null): Promise<void> {
    const now = performance.now()
    if (now - this.keptAt < this.keeping / SAVING_SHARE) return
    this.kept = { state: await simulation.state(), analysis: analysis && (await analysis.save()) }
    this.keptAt = performance.now()
    this.keeping = this.keptAt - now
  }

  private summary(gpu: Gpu, simulation: Simulation, wallTime: number): Summary {
    const { plan, relaxed, volumes, statistics } = this
    const [first, last] = [this.first!, this.last!]
    const atoms = atomCount(simulation.structure)
    const steps = last.step - first.step
    const stepsPerSecond = steps > 0 ? steps / wallTime : 0
    const perAtom = (value: number | null, factor: number) =>
      value === null ? null : (value * factor) / atoms
    return {
      model: this.field.card.title,
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
      frames: this.frames,
      observables: plan.analysis?.file ?? null,
      fault: last.fault,
      interrupted: this.interrupted,
      units,
    }
  }
}
