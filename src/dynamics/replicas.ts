import { atomCount, type Structure } from '../chemistry/structure.ts'
import { BOLTZMANN } from '../chemistry/units.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import type { ForceField } from '../models/force-field.ts'
import { type Climb, Exchange } from './exchange.ts'
import { faultOf, nameOf } from './faults.ts'
import { checkLadder } from './ladder.ts'
import { type Observables, readObservables, repeatingRows, reportOf } from './observables.ts'
import { firstVelocities, type Prepared, prepare } from './preparation.ts'
import { cellRowsOf, xyzOf } from './readback.ts'
import { RunClock } from './run-clock.ts'
import { rampOf } from './run-settings.ts'
import { Stepper } from './stepper.ts'
import type { Report, SimulationOptions, Snapshot } from './types.ts'
import { freedomOf } from './velocities.ts'

/** Steps between exchanges where nobody says. */
const EVERY = 100
/** A dispatch has a workgroup for each replica, and WebGPU guarantees so many. */
const MOST = 65_535
/** Between the seeds of the first velocities of two replicas: far enough that runs with neighbouring seeds share none. */
const SEED_STRIDE = 1_000_003
/** Bytes of one Cell in shaders/neighbors/edge.wgsl. */
const CELL_BYTES = 96

export interface ReplicaOptions extends SimulationOptions {
  /** How many copies of the structure. */
  readonly replicas: number
  /** K, rising, one for each replica, in the place of the thermostat's temperature; replicas exchange them. */
  readonly ladder?: readonly number[]
  /** Steps between exchanges; 100 if left out. */
  readonly exchangeEvery?: number
}

/** What all replicas are doing at one step. */
export interface ReplicasReport {
  readonly step: number
  /** fs */
  readonly time: number
  /** One for each replica; `pairs` are those of all together. */
  readonly replicas: readonly Report[]
  /** null where there is no ladder. */
  readonly climb: Climb | null
  /** Set when the run has stopped by itself: one sentence with the replica, the atom and the step. */
  readonly fault: string | null
}

/**
 * Many copies of one structure that advance in the same dispatches and do not feel each other: each with velocities and
 * random numbers of its own, at one temperature or on a ladder of temperatures, which they then exchange (Sugita & Okamoto
 * 1999). The first one, without a ladder, is the {@link Simulation} of the same options, bit for bit.
 */
export class Replicas {
  /** Atoms of one replica. */
  readonly atoms: number
  private readonly stepper: Stepper
  private readonly clock: RunClock

  private constructor(
    readonly gpu: Gpu,
    readonly field: ForceField,
    private readonly options: ReplicaOptions,
    private readonly prepared: Prepared,
    private readonly exchange: Exchange | null,
  ) {
    this.atoms = atomCount(prepared.structure)
    this.stepper = new Stepper(gpu, prepared.system, prepared.integrator, exchange ?? undefined)
    this.clock = new RunClock(prepared.integrator.settings.timestep)
  }

  /**
   * Uploads everything, compiles what is missing and evaluates the first forces. Velocities that the structure brings are
   * passed over: replicas draw their own.
   * @throws InputError for structures that cannot be simulated with this force field, and for settings out of range
   */
  static async create(
    gpu: Gpu,
    given: Structure,
    field: ForceField,
    options: ReplicaOptions,
  ): Promise<Replicas> {
    const { ladder, exchangeEvery = EVERY } = options
    checkReplicas(options)
    const prepared = await prepare(gpu, given, field, options, options.replicas)
    const { system, integrator } = prepared
    try {
      const exchange =
        ladder && ladder.length > 1
          ? await Exchange.create(gpu, system.atoms, integrator, ladder, exchangeEvery)
          : null
      const replicas = new Replicas(gpu, field, options, prepared, exchange)
      replicas.start()
      return replicas
    } catch (error) {
      integrator.destroy()
      system.destroy()
      throw error
    }
  }

  get count(): number {
    return this.options.replicas
  }
  /** Of each replica, in the cell that it is simulated in. */
  get structure(): Structure {
    return this.prepared.structure
  }
  get timestep(): number {
    return this.prepared.integrator.settings.timestep
  }
  /** What every step is made of, in order; those with an exchange have three more dispatches. */
  get stepDispatches(): readonly Dispatch[] {
    return this.stepper.dispatches
  }

  /** Submits `count` steps of all replicas to the GPU and returns at once. */
  advance(count: number): void {
    this.stepper.advance(count)
  }

  /** Observables after the last step asked for. */
  async observe(): Promise<ReplicasReport> {
    const [sums, ...rest] = await this.stepper.observe(this.exchange?.buffers)
    return this.report(sums, this.exchange?.read(rest) ?? null)
  }

  /** Runs `steps` steps and reports every `every`; stops early after a report with a fault. */
  run(plan: { steps: number; every: number }): AsyncGenerator<ReplicasReport, void, void> {
    return this.stepper.run(plan, () => this.observe())
  }

  /** Everything per atom, of each replica. */
  async snapshot(): Promise<readonly Snapshot[]> {
    const { system, integrator, structure } = this.prepared
    const { positions, outputs, cells, origins } = system.atoms
    const [x, v, f, rows, status] = await this.gpu.readAll([
      positions,
      integrator.velocities,
      outputs,
      cells,
      system.status,
    ])
    const step = this.stepper.stepOf(new Uint32Array(status))
    const of = (bytes: ArrayBuffer, replica: number) =>
      bytes.slice(16 * this.atoms * replica, 16 * this.atoms * (replica + 1))
    return origins.map((origin, replica) => ({
      step,
      positions: xyzOf(of(x, replica), origin),
      velocities: xyzOf(of(v, replica)),
      forces: xyzOf(of(f, replica)),
      cell: repeatingRows(cellRowsOf(rows.slice(CELL_BYTES * replica)), structure),
    }))
  }

  destroy(): void {
    this.stepper.destroy()
    this.exchange?.destroy()
    this.prepared.system.destroy()
    this.prepared.integrator.destroy()
  }

  private get freedom(): number {
    const { structure, integrator, system } = this.prepared
    return freedomOf(structure, this.options, integrator.settings.thermostat, system.external.holds)
  }

  private start(): void {
    const { options, prepared } = this
    const { integrator } = prepared
    const { seed, thermostat } = integrator.settings
    const temperatures =
      options.ladder ??
      Array.from({ length: this.count }, () => options.temperature ?? rampOf(thermostat)?.from ?? 300)
    const velocities = temperatures.map((temperature, replica) =>
      firstVelocities(prepared, options, temperature, seed + SEED_STRIDE * replica),
    )
    const thermal = options.ladder?.map((temperature) => BOLTZMANN * temperature)
    const all = new Float64Array(3 * this.atoms * this.count)
    velocities.forEach((own, replica) => {
      all.set(own, 3 * this.atoms * replica)
    })
    integrator.start(all, thermal)
    integrator.configure(integrator.settings, 0, this.freedom)
    this.exchange?.start()
    this.stepper.begin(0)
  }

  private report(sums: ArrayBuffer, climb: Climb | null): ReplicasReport {
    const { structure, system } = this.prepared
    const { freedom, clock } = this
    const { constantEnergy } = system
    const timeAt = (step: number) => clock.timeAt(step)
    const replicas = Array.from({ length: this.count }, (_, replica) => {
      const observables = readObservables(sums, replica)
      const report = reportOf(observables, { structure, constantEnergy, freedom, timeAt })
      return { ...report, fault: this.faultIn(replica, observables, report.temperature) }
    })
    const [{ step, time }] = replicas
    const fault = replicas.find((report) => report.fault !== null)?.fault ?? null
    return { step, time, replicas, climb, fault }
  }

  /** @param replica counted from 0 */
  private faultIn(replica: number, observables: Observables, temperature: number): string | null {
    const { options, timestep, atoms, structure, stepper } = this
    const ramp = rampOf(this.prepared.integrator.settings.thermostat)
    return faultOf(observables, temperature, {
      timestep,
      expected: [options.temperature ?? 0, ramp?.from ?? 0, ramp?.to ?? 0, ...(options.ladder ?? [])],
      name: (atom) =>
        Math.floor(atom / atoms) === replica
          ? `${nameOf(structure, atom % atoms)} of replica ${replica + 1}`
          : null,
      stop: (fault) => stepper.stop(fault),
    })
  }
}

/** @throws InputError for numbers and combinations that no run of replicas can have */
export function checkReplicas({
  replicas,
  ladder,
  exchangeEvery,
  thermostat,
  barostat,
}: ReplicaOptions): void {
  if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= MOST))
    throw new InputError(`The number of replicas must be a whole number from 1 to ${MOST}, not ${replicas}.`)
  if (barostat && barostat.kind !== 'none')
    throw new InputError('Replicas keep their cells: leave the pressure out, or run one simulation.')
  if (!ladder) {
    if (exchangeEvery !== undefined)
      throw new InputError('Replicas at one temperature have nothing to exchange: give them a ladder.')
    return
  }
  checkLadder(ladder, replicas)
  if (exchangeEvery !== undefined && !(Number.isInteger(exchangeEvery) && exchangeEvery >= 1))
    throw new InputError(
      `Replicas exchange temperatures every so many whole steps, not every ${exchangeEvery}.`,
    )
  if (!thermostat || thermostat.kind === 'none')
    throw new InputError('A ladder of temperatures needs a thermostat: choose langevin or bussi.')
  if (thermostat.kind === 'nose-hoover')
    throw new InputError('Replicas on a ladder take langevin or bussi as their thermostat, not nose-hoover.')
  if (typeof thermostat.temperature !== 'number')
    throw new InputError('Replicas on a ladder keep its temperatures: leave the temperature ramp out.')
}
