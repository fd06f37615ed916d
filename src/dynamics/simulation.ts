import { symbolOf } from '../chemistry/elements.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import { type ForceField, inDefaultCell } from '../models/force-field.ts'
import { STATUS_FIELDS } from '../neighbors/status.ts'
import { Batches } from './batches.ts'
import { ForceSystem } from './force-system.ts'
import { Integrator } from './integrator.ts'
import { massesWithout, movingMasses } from './masses.ts'
import { type Observables, readObservables, repeatingRows, stateOfCell } from './observables.ts'
import { cellRowsOf, xyzOf } from './readback.ts'
import { RunClock } from './run-clock.ts'
import { checkMovingCell, checkTemperature, type RunSettings, rampOf, temperatureOf } from './run-settings.ts'
import { Slot } from './slot.ts'
import type { SimulationState } from './state.ts'
import type {
  Barostat,
  LiveSimulation,
  Report,
  Restraint,
  SimulationOptions,
  Snapshot,
  Thermostat,
} from './types.ts'
import { degreesOfFreedom, drawVelocities } from './velocities.ts'
import { type Observer, Watchers } from './watchers.ts'

const NONE = { kind: 'none' } as const

/** A temperature is a runaway above so many times the largest of the start's, the thermostat's, and 1000 K. */
const RUNAWAY = 10

/** Word of `status` that holds each field. */
const word = (name: (typeof STATUS_FIELDS)[number]): number => STATUS_FIELDS.indexOf(name)

/**
 * Molecular dynamics of one structure under one force field, all of it on the GPU: a step is *advance → neighbour list
 * → forces → settle (→ regulate)*, and many steps make one submission. Only observables come back.
 */
export class Simulation implements LiveSimulation {
  readonly atoms: number
  /** Steps asked for since the last reset; the GPU may not have got there yet. */
  private requested = 0
  private clock = new RunClock(0)
  /** Step at which the current temperature ramp began. */
  private rampStart = 0
  /** Set while the neighbour list grows; steps asked for meanwhile wait for it. */
  private growing: Promise<void> | null = null
  private destroyed = false
  /** The last state that was observed without a fault, and the place for the next one. */
  private good: Slot
  private spare: Slot
  private saving = false
  private readonly watchers = new Watchers()
  private readonly batches: Batches

  private constructor(
    readonly gpu: Gpu,
    readonly structure: Structure,
    readonly field: ForceField,
    /** The structure with the masses it moves with; Infinity for atoms held fast. */
    private readonly moving: Structure,
    private readonly options: SimulationOptions,
    private readonly system: ForceSystem,
    private readonly integrator: Integrator,
    private seed: number,
  ) {
    this.atoms = atomCount(structure)
    this.batches = new Batches(gpu)
    this.good = new Slot(gpu, this.stateBuffers)
    this.spare = new Slot(gpu, this.stateBuffers)
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
    const simulation = await Simulation.prepare(gpu, given, field, options)
    simulation.start()
    return simulation
  }

  /**
   * Goes on from a saved state, on this or another device: bit for bit as without the interruption on the same kind of
   * device.
   * @throws InputError as {@link create}
   */
  static async resume(gpu: Gpu, field: ForceField, state: SimulationState): Promise<Simulation> {
    const simulation = await Simulation.prepare(gpu, state.structure, field, state.options)
    simulation.restore(state)
    return simulation
  }

  private static async prepare(
    gpu: Gpu,
    given: Structure,
    field: ForceField,
    options: SimulationOptions,
  ): Promise<Simulation> {
    const structure = inDefaultCell(given, field)
    checkStructure(structure)
    if (field.card.output !== 'energy')
      throw new InputError(
        `${field.card.title} returns a ${field.card.output}, not an energy: it has no forces to move atoms with.`,
      )
    const { timestep = 0.5, thermostat = NONE, barostat = NONE, seed = 1 } = options
    if (options.temperature !== undefined) checkTemperature(options.temperature)
    const moving = { ...structure, masses: movingMasses(structure, options) }
    if (barostat.kind !== 'none') checkMovingCell('A barostat', structure, options)
    const system = await ForceSystem.create(gpu, structure, field, options)
    try {
      const settings: RunSettings = { timestep, thermostat, barostat, seed }
      const integrator = await Integrator.create(gpu, system.atoms, moving.masses, settings)
      integrator.bind(system.status)
      return new Simulation(gpu, structure, field, moving, options, system, integrator, seed)
    } catch (error) {
      system.destroy()
      throw error
    }
  }

  get positionBuffer(): GPUBuffer {
    return this.system.atoms.positions
  }
  get velocityBuffer(): GPUBuffer {
    return this.integrator.velocities
  }
  get forceBuffer(): GPUBuffer {
    return this.system.atoms.outputs
  }
  /** Shaders' `Cell`: rows and inverse, which a barostat moves. */
  get cellBuffer(): GPUBuffer {
    return this.system.atoms.cells
  }
  get origin(): readonly [number, number, number] {
    return this.system.atoms.origins[0]
  }
  get timestep(): number {
    return this.integrator.settings.timestep
  }
  get thermostat(): Thermostat {
    return this.integrator.settings.thermostat
  }
  /** Steps submitted since the start; the GPU may not have got there yet. */
  get stepsAsked(): number {
    return this.requested
  }
  /** What the random numbers of the present run are drawn from. */
  get currentSeed(): number {
    return this.seed
  }
  get barostat(): Barostat {
    return this.integrator.settings.barostat
  }
  /** Atoms, counted from 0, that are held where they are. */
  get fixed(): readonly number[] {
    return this.options.fixed ?? []
  }
  /** What one step is made of, in order. */
  get stepDispatches(): readonly Dispatch[] {
    const { advance } = this.integrator
    return [advance, ...this.system.dispatches, ...this.integrator.after()]
  }

  /** fs after so many steps; timesteps may have changed on the way. */
  timeOf(step: number): number {
    return this.clock.timeAt(step)
  }

  setTimestep(timestep: number): void {
    this.configure({ timestep })
    this.clock.change(this.requested, timestep)
  }

  setThermostat(thermostat: Thermostat): void {
    this.configure({ thermostat }, this.requested)
  }

  setBarostat(barostat: Barostat): void {
    if (barostat.kind !== 'none') checkMovingCell('A barostat', this.structure, this.options)
    this.configure({ barostat })
  }

  setPull(pull: Required<Restraint> | null): void {
    this.system.external.setPull(pull)
  }

  /** What src/analysis looks at. */
  get source() {
    const { system, integrator, moving, structure } = this
    return {
      atoms: system.atoms,
      velocities: integrator.velocities,
      masses: massesWithout(moving.masses as Float64Array, structure),
      status: system.status,
    }
  }

  /**
   * Lets an observer take a frame after every step whose number is a multiple of `every`, until the function returned is
   * called. A reset makes it forget its frames; a recovery does not.
   * @throws InputError for an interval that is no positive whole number
   */
  watch(observer: Observer, every: number): () => void {
    this.watchers.add(observer, every)
    return () => this.watchers.remove(observer)
  }

  advance(count: number): void {
    if (!this.growing) this.submit('steps', this.requested, count)
    this.requested += count
  }

  /** Observables after the last step asked for. */
  async observe(): Promise<Report> {
    for (;;) {
      if (this.growing) await this.growing
      const requested = this.requested
      this.gpu.submit('observe', [this.integrator.observe])
      const save = !this.saving
      if (save) {
        this.saving = true
        this.spare.store(this.stateBuffers)
      }
      const sums = await this.gpu.read(this.integrator.observables).finally(() => {
        if (save) this.saving = false
      })
      const observables = readObservables(sums)
      const [step, overflow, fault] = [observables.step[0], observables.overflow[0], observables.fault[0]]
      if (overflow > 0 && !this.destroyed) {
        this.growing ??= this.grow().finally(() => {
          this.growing = null
        })
        continue
      }
      // Steps that were asked for while the list was full have not been taken yet.
      if (step < requested && fault === 0 && requested === this.requested) {
        this.submit('steps that waited', step, requested - step)
        continue
      }
      const report = this.report(observables)
      if (save && !report.fault) [this.good, this.spare] = [this.spare, this.good]
      return report
    }
  }

  /**
   * Runs `steps` steps and reports every `every`; stops early after a report with a fault. Submissions are sized by the
   * time they take, two are in flight at most.
   */
  async *run({ steps, every }: { steps: number; every: number }): AsyncGenerator<Report, void, void> {
    for (let done = 0; done < steps; ) {
      const count = Math.min(every, steps - done)
      await this.batches.take(count, (batch) => this.advance(batch))
      done += count
      const report = await this.observe()
      yield report
      if (report.fault) return
    }
  }

  async snapshot(): Promise<Snapshot> {
    const { positions, outputs, cells } = this.system.atoms
    const [x, v, f, rows, status] = await this.gpu.readAll([
      positions,
      this.integrator.velocities,
      outputs,
      cells,
      this.system.status,
    ])
    return {
      step: new Uint32Array(status)[word('step')],
      positions: xyzOf(x, this.origin),
      velocities: xyzOf(v),
      forces: xyzOf(f),
      cell: repeatingRows(cellRowsOf(rows), this.structure),
    }
  }

  /** Everything that decides how the run goes on, after the last step submitted. */
  async state(): Promise<SimulationState> {
    const report = await this.observe()
    if (report.fault) throw new InputError(`${report.fault} There is no state to save; recover first.`)
    if (this.destroyed) throw new InputError('The simulation has ended: there is no state to save.')
    const contents = await this.good.read()
    const { options, structure, seed, rampStart } = this
    const { timestep, thermostat, barostat } = this.integrator.settings
    return {
      structure,
      options: { ...options, timestep, thermostat, barostat, seed },
      // Another observation may have been under way: what counts is the state that was kept.
      step: contents.status[word('step')],
      clock: this.clock.changes,
      rampStart,
      seed,
      contents,
    }
  }

  async recover(timestep = this.timestep): Promise<void> {
    if (this.growing) await this.growing
    this.configure({ timestep })
    this.good.load(this.stateBuffers)
    const status = new Uint32Array(await this.gpu.read(this.system.status))
    this.clear(status[word('step')])
    this.clock.change(this.requested, timestep)
    this.gpu.submit('forces again', this.system.dispatches)
  }

  /** Back to the structure it was made from, with fresh velocities. */
  reset(): void {
    this.seed += 1
    this.integrator.configure({ ...this.integrator.settings, seed: this.seed }, 0, this.freedom)
    const { atoms } = this.system
    atoms.uploadPositions([this.structure])
    atoms.uploadCells([this.structure])
    this.start()
    this.watchers.reset()
  }

  destroy(): void {
    this.destroyed = true
    this.system.destroy()
    this.integrator.destroy()
    this.good.destroy()
    this.spare.destroy()
  }

  /** The buffers that a state consists of, by name. */
  private get stateBuffers() {
    const { positions, cells } = this.system.atoms
    const { velocities, remainder, control } = this.integrator
    return { positions, velocities, remainder, control, cells, status: this.system.status }
  }

  /** Degrees of freedom that share the kinetic energy under the present thermostat. */
  private get freedom(): number {
    const moving = this.heldFast.size < this.atoms ? this.atoms - this.heldFast.size : 0
    const free = this.heldFast.size === 0 && !this.system.external.holds
    const conserved = free && this.thermostat.kind !== 'langevin' && !this.options.keepMotion
    return conserved ? degreesOfFreedom(this.structure, true) : 3 * moving
  }

  private get heldFast(): ReadonlySet<number> {
    return new Set(this.options.fixed)
  }

  private start(): void {
    const { structure, moving } = this
    const ramp = rampOf(this.thermostat)
    const temperature = this.options.temperature ?? ramp?.from ?? 300
    const drawn = { ...moving, masses: massesWithout(moving.masses as Float64Array, structure) }
    this.integrator.start(
      structure.velocities ??
        drawVelocities(drawn, temperature, this.seed, this.heldFast, this.options.keepMotion),
    )
    this.clock = new RunClock(this.timestep)
    this.configure({ seed: this.seed }, 0)
    this.clear(0)
    this.gpu.submit('first forces', this.system.dispatches)
    this.good.store(this.stateBuffers)
  }

  private restore(state: SimulationState): void {
    this.seed = state.seed
    this.clock = new RunClock(0, state.clock)
    this.configure({ seed: state.seed }, state.rampStart)
    this.good.write(state.contents)
    this.good.load(this.stateBuffers)
    this.clear(state.step)
    this.gpu.submit('forces again', this.system.dispatches)
  }

  /** No fault, no overflow, the candidate list to be made anew, and so many steps done. */
  private clear(step: number): void {
    const status = new Uint32Array(STATUS_FIELDS.length)
    status[word('step')] = step
    status[word('stale')] = 1
    this.gpu.upload(this.system.status, status)
    this.requested = step
  }

  private configure(change: Partial<RunSettings>, rampStart = this.rampStart): void {
    const former = this.integrator.settings
    const settings = { ...former, ...change }
    this.integrator.configure(settings, rampStart, 0)
    this.integrator.configure(settings, rampStart, this.freedom)
    this.rampStart = rampStart
  }

  /** Steps number `done + 1` to `done + count`. */
  private submit(label: string, done: number, count: number): void {
    const step = this.stepDispatches
    const steps = Array.from({ length: count }, (_, k) => [...step, ...this.watchers.after(done + k + 1)])
    this.gpu.submit(label, steps.flat())
  }

  /** Makes room for more pairs and finishes the step that found too little. */
  private async grow(): Promise<void> {
    await this.system.grow()
    this.integrator.bind(this.system.status)
    this.watchers.bind(this.system.status)
    // The list is first needed after `advance`, and the very first one before any step.
    const step = new Uint32Array(await this.gpu.read(this.system.status))[word('step')]
    const midStep = step < this.requested
    const rest = midStep ? [...this.integrator.after(), ...this.watchers.after(step + 1)] : []
    this.gpu.submit('finish step', [...this.system.dispatches, ...rest])
  }

  private report(observables: Observables): Report {
    const [potential] = observables.potential
    const [kineticEnergy] = observables.kinetic
    const [step] = observables.step
    const potentialEnergy = potential + this.field.constantEnergy(this.system.atoms.typeIndices)
    const totalEnergy = potentialEnergy + kineticEnergy
    const temperature = temperatureOf(kineticEnergy, this.freedom)
    return {
      step,
      time: this.clock.timeAt(step),
      potentialEnergy,
      kineticEnergy,
      totalEnergy,
      conservedEnergy: totalEnergy - observables.heat[0] - observables.work[0],
      temperature,
      momentum: observables.momentum as readonly number[] as Report['momentum'],
      ...stateOfCell(observables, this.structure),
      pairs: observables.edges[0],
      fault: this.faultOf(observables, temperature),
    }
  }

  private faultOf({ fault: [fault], hottest: [hottest], step: [step] }: Observables, temperature: number) {
    const nameOf = (atom: number) => `${symbolOf(this.structure.atomicNumbers[atom])}${atom + 1}`
    const advice = 'use a smaller timestep or start from a relaxed structure'
    if (fault !== 0) {
      const atom = nameOf(0xffffffff - fault)
      return `The simulation stopped at step ${step}: atom ${atom} felt a force that no timestep of ${this.timestep} fs can follow; ${advice}.`
    }
    const ramp = rampOf(this.thermostat)
    const reasonable = Math.max(this.options.temperature ?? 0, ramp?.from ?? 0, ramp?.to ?? 0, 1000)
    if (temperature <= RUNAWAY * reasonable || this.structure.velocities) return null
    // What is still under way must stop too.
    this.gpu.upload(this.system.status, Uint32Array.of(0xffffffff - hottest), 4 * word('fault'))
    return `The simulation stopped at step ${step}: the temperature ran away to ${temperature.toFixed(0)} K, atom ${nameOf(hottest)} being the hottest; ${advice}.`
  }
}
