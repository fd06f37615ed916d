import { massesOf } from '../chemistry/center.ts'
import { symbolOf } from '../chemistry/elements.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import { type ForceField, type ForceProgram, inDefaultCell } from '../models/force-field.ts'
import { AtomBuffers } from '../neighbors/atom-buffers.ts'
import { NeighborList, STATUS_FIELDS } from '../neighbors/neighbor-list.ts'
import { Integrator } from './integrator.ts'
import { readObservables } from './observables.ts'
import { RunClock } from './run-clock.ts'
import { checkSettings } from './run-settings.ts'
import type { LiveSimulation, Report, SimulationOptions, Snapshot, Thermostat } from './types.ts'
import { BOLTZMANN } from './units.ts'
import { degreesOfFreedom, drawVelocities } from './velocities.ts'

const OPEN: Thermostat = { kind: 'none' }

/** One submission of {@link Simulation.run} is sized to take about this long. */
const BATCH_MILLISECONDS = 100

/**
 * Molecular dynamics of one structure under one force field, all of it on the GPU: a step is *advance → neighbour list
 * → forces → settle*, and many steps make one submission. Only observables come back.
 */
export class Simulation implements LiveSimulation {
  readonly atoms: number
  /** Steps asked for since the last reset; the GPU may not have got there yet. */
  private requested = 0
  private clock = new RunClock(0)
  /** Set while the neighbour list grows; steps asked for meanwhile wait for it. */
  private growing: Promise<void> | null = null
  private destroyed = false

  private constructor(
    readonly gpu: Gpu,
    readonly structure: Structure,
    readonly field: ForceField,
    private readonly types: Uint32Array,
    private readonly buffers: AtomBuffers,
    private neighbors: NeighborList,
    private program: ForceProgram,
    private readonly integrator: Integrator,
    private readonly initialTemperature: number,
    private seed: number,
  ) {
    this.atoms = atomCount(structure)
  }

  /**
   * Uploads everything, compiles what is missing and evaluates the first forces.
   * @throws InputError for structures that cannot be simulated with this force field, and for settings out of range
   */
  static async create(
    gpu: Gpu,
    given: Structure,
    field: ForceField,
    options: SimulationOptions = {},
  ): Promise<Simulation> {
    const structure = inDefaultCell(given, field)
    checkStructure(structure)
    if (field.card.output !== 'energy')
      throw new InputError(
        `${field.card.title} returns a ${field.card.output}, not an energy: it has no forces to move atoms with.`,
      )
    const thermostat = options.thermostat ?? OPEN
    const timestep = options.timestep ?? 0.5
    checkSettings(timestep, thermostat)
    const temperature = options.temperature ?? (thermostat.kind === 'langevin' ? thermostat.temperature : 300)
    if (!(temperature >= 0 && Number.isFinite(temperature)))
      throw new InputError(`The temperature must be 0 K or more, not ${temperature}.`)
    const seed = options.seed ?? 1
    const types = field.typesOf(structure)
    const made: { destroy(): void }[] = []
    const keep = <T extends { destroy(): void }>(thing: T): T => {
      made.push(thing)
      return thing
    }
    try {
      const buffers = keep(new AtomBuffers(gpu, [structure], types))
      const neighbors = keep(await NeighborList.create(gpu, buffers, field.range))
      const integrator = keep(await Integrator.create(gpu, buffers, { timestep, thermostat, seed }))
      const program = await field.compile(gpu, buffers, neighbors)
      integrator.bind(neighbors.status)
      const simulation = new Simulation(
        gpu,
        structure,
        field,
        types,
        buffers,
        neighbors,
        program,
        integrator,
        temperature,
        seed,
      )
      simulation.start()
      return simulation
    } catch (error) {
      for (const thing of made) thing.destroy()
      throw error
    }
  }

  get positionBuffer(): GPUBuffer {
    return this.buffers.positions
  }
  get velocityBuffer(): GPUBuffer {
    return this.integrator.velocities
  }
  get forceBuffer(): GPUBuffer {
    return this.buffers.outputs
  }
  get origin(): readonly [number, number, number] {
    return this.buffers.origins[0]
  }
  get timestep(): number {
    return this.integrator.settings.timestep
  }
  get thermostat(): Thermostat {
    return this.integrator.settings.thermostat
  }
  /** What one step is made of, in order. */
  get stepDispatches(): readonly Dispatch[] {
    const { advance, settle } = this.integrator
    return [advance, ...this.forces, settle]
  }

  setTimestep(timestep: number): void {
    this.integrator.configure({ ...this.integrator.settings, timestep })
    this.clock.change(this.requested, timestep)
  }

  setThermostat(thermostat: Thermostat): void {
    this.integrator.configure({ ...this.integrator.settings, thermostat })
  }

  advance(count: number): void {
    this.requested += count
    if (!this.growing) this.gpu.submit('steps', Array(count).fill(this.stepDispatches).flat())
  }

  /** Observables after the last step asked for. */
  async observe(): Promise<Report> {
    for (;;) {
      if (this.growing) await this.growing
      const requested = this.requested
      this.gpu.submit('observe', [this.integrator.observe])
      const { potential, kinetic, edges, overflow, fault, step } = readObservables(
        await this.gpu.read(this.integrator.observables),
      )
      if (overflow > 0 && !this.destroyed) {
        this.growing ??= this.grow(overflow).finally(() => {
          this.growing = null
        })
        continue
      }
      // Steps that were asked for while the list was full have not been taken yet.
      if (step < requested && fault === 0 && requested === this.requested) {
        this.gpu.submit(
          'steps that waited',
          Array(requested - step)
            .fill(this.stepDispatches)
            .flat(),
        )
        continue
      }
      return this.report(potential, kinetic, edges, step, fault)
    }
  }

  /**
   * Runs `steps` steps and reports every `every`; stops early after a report with a fault. Submissions are sized by the
   * time they take, two are in flight at most.
   */
  async *run({ steps, every }: { steps: number; every: number }): AsyncGenerator<Report, void, void> {
    let batch = 4
    for (let done = 0; done < steps; ) {
      const stop = Math.min(steps, done + every)
      let before = Promise.resolve<unknown>(undefined)
      let started = performance.now()
      while (done < stop) {
        const count = Math.min(batch, stop - done)
        this.advance(count)
        done += count
        await before
        before = this.gpu.device.queue.onSubmittedWorkDone()
        const now = performance.now()
        const perStep = (now - started) / count
        started = now
        if (perStep > 0)
          batch = Math.max(1, Math.min(512, Math.round(BATCH_MILLISECONDS / perStep), 2 * batch))
      }
      const report = await this.observe()
      yield report
      if (report.fault) return
    }
  }

  async snapshot(): Promise<Snapshot> {
    const [positions, velocities, forces, status] = await this.gpu.readAll([
      this.buffers.positions,
      this.integrator.velocities,
      this.buffers.outputs,
      this.neighbors.status,
    ])
    return {
      step: new Uint32Array(status)[STATUS_FIELDS.indexOf('step')],
      positions: this.xyz(positions, this.origin),
      velocities: this.xyz(velocities),
      forces: this.xyz(forces),
    }
  }

  /** Back to the structure it was made from, with fresh velocities. */
  reset(): void {
    this.seed += 1
    this.buffers.uploadPositions([this.structure])
    this.integrator.configure({ ...this.integrator.settings, seed: this.seed })
    this.gpu.upload(this.neighbors.status, new Uint32Array(STATUS_FIELDS.length))
    this.start()
  }

  destroy(): void {
    this.destroyed = true
    this.program.destroy()
    this.neighbors.destroy()
    this.integrator.destroy()
    this.buffers.destroy()
  }

  private get forces(): Dispatch[] {
    return [...this.neighbors.dispatches, ...this.program.dispatches]
  }

  private start(): void {
    this.requested = 0
    this.clock = new RunClock(this.timestep)
    const { structure } = this
    const velocities = structure.velocities ?? drawVelocities(structure, this.initialTemperature, this.seed)
    this.integrator.uploadVelocities(velocities, massesOf(structure))
    this.gpu.submit('first forces', this.forces)
  }

  /** Makes room for more pairs and finishes the step that found too little. */
  private async grow(edges: number): Promise<void> {
    const neighbors = await this.neighbors.grow(edges)
    const program = await this.field.compile(this.gpu, this.buffers, neighbors)
    this.program.destroy()
    this.neighbors = neighbors
    this.program = program
    this.integrator.bind(neighbors.status)
    // The list is first needed after `advance`, and the very first one before any step.
    const step = new Uint32Array(await this.gpu.read(neighbors.status))[STATUS_FIELDS.indexOf('step')]
    const midStep = step < this.requested
    this.gpu.submit('finish step', midStep ? [...this.forces, this.integrator.settle] : this.forces)
  }

  private report(potential: number, kinetic: number, pairs: number, step: number, fault: number): Report {
    const { thermostat } = this.integrator.settings
    const potentialEnergy = potential + this.field.constantEnergy(this.types)
    const freedom = degreesOfFreedom(this.structure, thermostat.kind === 'none')
    return {
      step,
      time: this.clock.timeAt(step),
      potentialEnergy,
      kineticEnergy: kinetic,
      totalEnergy: potentialEnergy + kinetic,
      temperature: freedom > 0 ? (2 * kinetic) / (freedom * BOLTZMANN) : 0,
      pairs,
      fault: fault === 0 ? null : this.describeFault(0xffffffff - fault, step),
    }
  }

  private describeFault(atom: number, step: number): string {
    const name = `${symbolOf(this.structure.atomicNumbers[atom])}${atom + 1}`
    return `The simulation stopped at step ${step}: atom ${name} felt a force that no timestep of ${this.timestep} fs can follow; use a smaller timestep or start from a relaxed structure.`
  }

  /** xyz of a buffer of vec4f, moved by an offset. */
  private xyz(bytes: ArrayBuffer, offset: readonly number[] = [0, 0, 0]): Float64Array {
    const data = new Float32Array(bytes)
    return Float64Array.from(
      { length: this.atoms * 3 },
      (_, i) => data[4 * Math.floor(i / 3) + (i % 3)] + offset[i % 3],
    )
  }
}
