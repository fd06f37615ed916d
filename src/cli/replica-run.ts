import { atomCount, type Structure } from '../chemistry/structure.ts'
import { Replicas, type ReplicasReport } from '../dynamics/replicas.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import { EnergyStatistics } from './energy-statistics.ts'
import { ownFile } from './files.ts'
import { lossOf, type Plan } from './md-run.ts'
import { minimize } from './minimization.ts'
import type { ReplicaSummary, RungSummary } from './replica-summary.ts'
import type { ReplicaPlan } from './replicas.ts'
import { units } from './run-summary.ts'
import { ProgressBar, remark } from './terminal.ts'
import { frameOf, TrajectoryFile } from './trajectory.ts'

const FEMTOSECONDS_PER_NANOSECOND = 1e6
const SECONDS_PER_DAY = 86_400

/** The files that the trajectories of a plan go to: `out-rung1.xyz` and so on. */
export const replicaFiles = (output: string, { options, outputOf }: ReplicaPlan): string[] =>
  Array.from({ length: options.replicas }, (_, k) => ownFile(output, `${outputOf}${k + 1}`))

/**
 * One run of many copies of a structure, with its files written as it goes.
 * @throws InputError for settings out of range, for places that cannot be written, for a device that is lost
 */
export async function simulateReplicas(
  gpu: Gpu,
  start: Structure,
  field: ForceField,
  plan: Plan,
  replicaPlan: ReplicaPlan,
): Promise<ReplicaSummary> {
  if (start.velocities) remark(`${start.name} brings velocities, but replicas draw their own.`)
  const run = new ReplicaRun(gpu, field, plan, replicaPlan)
  const interrupt = () => {
    run.interrupted = true
  }
  process.once('SIGINT', interrupt)
  try {
    return await run.go(start)
  } catch (error) {
    const loss = error instanceof InputError ? null : await lossOf(gpu)
    if (loss === null) throw error
    throw new InputError(
      `The graphics device was lost (${loss}), and a run of replicas does not go on from there: use fewer replicas, or update the graphics driver.`,
    )
  } finally {
    process.off('SIGINT', interrupt)
    await run.close()
  }
}

class ReplicaRun {
  interrupted = false
  private readonly progress: ProgressBar
  private readonly statistics = new EnergyStatistics()
  /** By rung, or by replica where there is no ladder. */
  private readonly temperatures: number[]
  private readonly potentials: number[]
  private samples = 0
  private trajectories: TrajectoryFile[] = []
  private frames = 0
  private last: ReplicasReport | null = null

  constructor(
    private readonly gpu: Gpu,
    private readonly field: ForceField,
    private readonly plan: Plan,
    private readonly replicaPlan: ReplicaPlan,
  ) {
    this.progress = new ProgressBar(plan.steps)
    const { replicas } = replicaPlan.options
    this.temperatures = new Array<number>(replicas).fill(0)
    this.potentials = new Array<number>(replicas).fill(0)
  }

  async go(start: Structure): Promise<ReplicaSummary> {
    const { gpu, field, plan } = this
    const relaxed = plan.minimization && (await minimize(gpu, start, field, plan.minimization))
    if (relaxed?.report.fault) throw new InputError(relaxed.report.fault)
    const replicas = await Replicas.create(gpu, relaxed?.structure ?? start, field, this.replicaPlan.options)
    try {
      if (plan.output !== undefined) {
        for (const path of replicaFiles(plan.output, this.replicaPlan))
          this.trajectories.push(await TrajectoryFile.create(path, replicas.structure))
      }
      await this.take(replicas, await replicas.observe())
      const started = performance.now()
      for await (const report of replicas.run({ steps: plan.steps, every: plan.every })) {
        // After a fault the files end with the last good frame.
        if (report.fault) this.last = report
        else await this.take(replicas, report)
        if (this.interrupted) break
      }
      const wallTime = (performance.now() - started) / 1000
      return this.summary(replicas, wallTime, relaxed?.report ?? null)
    } finally {
      replicas.destroy()
    }
  }

  async close(): Promise<void> {
    this.progress.end()
    for (const trajectory of this.trajectories) await trajectory.close()
  }

  private async take(replicas: Replicas, report: ReplicasReport): Promise<void> {
    const { climb, replicas: all } = report
    const replicaOn = climb?.replicaOn ?? all.map((_, replica) => replica)
    for (const [k, replica] of replicaOn.entries()) {
      this.temperatures[k] += all[replica].temperature
      this.potentials[k] += all[replica].potentialEnergy
    }
    this.samples++
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
    this.statistics.add(
      report.time,
      mean(all.map(({ conservedEnergy }) => conservedEnergy)),
      mean(all.map(({ temperature }) => temperature)),
    )
    if (this.trajectories.length > 0) await this.write(replicas, report, replicaOn)
    this.progress.show(report.step)
    this.last = report
  }

  private async write(
    replicas: Replicas,
    { climb, replicas: all }: ReplicasReport,
    replicaOn: readonly number[],
  ): Promise<void> {
    const snapshots = await replicas.snapshot()
    const byRung = this.replicaPlan.outputOf === 'rung'
    for (const [k, trajectory] of this.trajectories.entries()) {
      const replica = byRung ? replicaOn[k] : k
      const frame = frameOf(all[replica], snapshots[replica])
      const info = new Map(frame.info).set('replica', String(replica + 1))
      if (climb) {
        const rung = climb.rungOf[replica]
        info.set('rung', String(rung + 1)).set('ladder_K', String(climb.ladder[rung]))
      }
      await trajectory.append({ ...frame, info })
    }
    this.frames++
  }

  private summary(
    replicas: Replicas,
    wallTime: number,
    relaxed: { step: number; energy: number; maxForce: number; converged: boolean } | null,
  ): ReplicaSummary {
    const { plan, replicaPlan, statistics } = this
    const { ladder, exchangeEvery, thermostat, seed = 1 } = replicaPlan.options
    const last = this.last!
    const atoms = atomCount(replicas.structure)
    const stepsPerSecond = last.step > 0 ? last.step / wallTime : 0
    const replicaStepsPerSecond = stepsPerSecond * replicas.count
    return {
      model: this.field.card.title,
      adapter: this.gpu.adapterName,
      atoms,
      replicas: replicas.count,
      minimization: relaxed && {
        steps: relaxed.step,
        energy: relaxed.energy,
        maxForce: relaxed.maxForce,
        converged: relaxed.converged,
      },
      steps: last.step,
      timestep: replicas.timestep,
      thermostat: thermostat?.kind ?? 'none',
      seed,
      exchangeEvery: ladder && exchangeEvery !== undefined ? exchangeEvery : null,
      wallTime,
      stepsPerSecond,
      replicaStepsPerSecond,
      nsPerDay: (replicaStepsPerSecond * replicas.timestep * SECONDS_PER_DAY) / FEMTOSECONDS_PER_NANOSECOND,
      // eV/fs → meV/ps
      energyDrift: statistics.drift === null ? null : (statistics.drift * 1e6) / atoms,
      rungs: this.rungs(last, ladder ?? null),
      outputs: plan.output === undefined ? [] : replicaFiles(plan.output, replicaPlan),
      frames: this.frames,
      fault: last.fault,
      interrupted: this.interrupted,
      units: { ...units, temperature: 'K', meanPotentialEnergy: 'eV' },
    }
  }

  private rungs({ climb }: ReplicasReport, ladder: readonly number[] | null): RungSummary[] {
    return this.temperatures.map((temperature, k) => {
      const replica = climb?.replicaOn[k] ?? k
      const [tried, made] = [climb?.tried[k], climb?.made[k]]
      return {
        temperature: ladder?.[k] ?? null,
        meanTemperature: temperature / this.samples,
        meanPotentialEnergy: this.potentials[k] / this.samples,
        replica: replica + 1,
        exchanges:
          tried === undefined || made === undefined
            ? null
            : { tried, made, rate: tried > 0 ? made / tried : null },
        roundTrips: climb?.roundTrips[replica] ?? null,
      }
    })
  }
}
