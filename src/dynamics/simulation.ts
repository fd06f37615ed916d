import { atomCount, type Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import type { ForceField } from '../models/force-field.ts'
import { faultOf, nameOf } from './faults.ts'
import { CONTROL_PULL } from './integrator.ts'
import { movingMasses } from './masses.ts'
import { type Nudge, Nudger } from './nudge.ts'
import { type Observables, readObservables, repeatingRows, reportOf } from './observables.ts'
import { firstVelocities, type Prepared, prepare, sourceOf, stateBuffersOf } from './preparation.ts'
import { cellRowsOf, xyzOf } from './readback.ts'
import { RunClock } from './run-clock.ts'
import { checkMovingCell, type RunSettings, rampOf } from './run-settings.ts'
import { Slot } from './slot.ts'
import type { SimulationState } from './state.ts'
import { Stepper } from './stepper.ts'
import { Tape } from './tape.ts'
import type {
  Barostat,
  LiveSimulation,
  Report,
  Restraint,
  SimulationOptions,
  Snapshot,
  Thermostat,
} from './types.ts'
import { freedomOf } from './velocities.ts'
import type { Observer } from './watchers.ts'

/**
 * Molecular dynamics of one structure under one force field, all of it on the GPU: a step is *advance → neighbour list
 * → forces → settle (→ regulate)*, and many steps make one submission. Only observables come back.
 */
export class Simulation implements LiveSimulation {
  readonly atoms: number
  private clock = new RunClock(0)
  /** Step at which the current temperature ramp began. */
  private rampStart = 0
  /** The last state that was observed without a fault, and the place for the next one. */
  private good: Slot
  private spare: Slot
  private saving = false
  private readonly stepper: Stepper
  private destroyed = false

  private constructor(
    readonly gpu: Gpu,
    readonly field: ForceField,
    private options: SimulationOptions,
    private prepared: Prepared,
    private seed: number,
  ) {
    this.atoms = atomCount(this.structure)
    this.stepper = new Stepper(gpu, prepared.system, prepared.integrator)
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
    const prepared = await prepare(gpu, given, field, options)
    const simulation = new Simulation(gpu, field, options, prepared, options.seed ?? 1)
    simulation.start()
    return simulation
  }

  /**
   * Goes on from a saved state, on this or another device: bit for bit as without the interruption on the same kind of
   * device.
   * @throws InputError as {@link create}
   */
  static async resume(gpu: Gpu, field: ForceField, state: SimulationState): Promise<Simulation> {
    const prepared = await prepare(gpu, state.structure, field, state.options)
    const simulation = new Simulation(gpu, field, state.options, prepared, state.seed)
    simulation.restore(state)
    return simulation
  }

  get structure(): Structure {
    return this.prepared.structure
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
  get attention() {
    return this.system.attention
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
    return this.stepper.asked
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
    return this.stepper.dispatches
  }

  /** fs after so many steps; timesteps may have changed on the way. */
  timeOf(step: number): number {
    return this.clock.timeAt(step)
  }

  setTimestep(timestep: number): void {
    this.configure({ timestep })
    this.clock.change(this.stepper.asked, timestep)
  }

  setThermostat(thermostat: Thermostat): void {
    this.configure({ thermostat }, this.stepper.asked)
  }

  setBarostat(barostat: Barostat): void {
    if (barostat.kind !== 'none') checkMovingCell('A barostat', this.structure, this.options)
    this.configure({ barostat })
  }

  setPull(pull: Required<Restraint> | null): void {
    this.system.external.setPull(pull)
    if (pull) this.integrator.countHand()
  }

  /**
   * Changes the velocities of some atoms (counted from 0) after the last step submitted; what energy that brings is heat
   * in the account of the conserved energy. Atoms that are held fast stay so.
   */
  async nudge(nudge: Nudge, chosen: Iterable<number>): Promise<void> {
    this.nudger ??= Nudger.create(this.gpu, this.system.atoms)
    const nudger = await this.nudger
    if (this.destroyed) return
    const seed = this.seed ^ (++this.nudges << 8)
    const { masses } = this.prepared.moving
    nudger.nudge(nudge, chosen, masses, this.integrator, this.system.status, seed)
  }

  /**
   * Holds these atoms (counted from 0) fast where they are from now on, and no others; those that are let go start from
   * rest.
   * @throws InputError beside a barostat, and for atoms that are not there; nothing changes
   */
  async hold(fixed: readonly number[]): Promise<void> {
    const options = { ...this.options, fixed: [...new Set(fixed)] }
    if (this.barostat.kind !== 'none') checkMovingCell('A barostat', this.structure, options)
    const masses = movingMasses(this.structure, options)
    const before = new Set(this.fixed)
    const changed = options.fixed.filter((atom) => !before.delete(atom)).concat(...before)
    this.options = options
    this.prepared = { ...this.prepared, moving: { ...this.prepared.moving, masses } }
    this.integrator.masses = masses
    this.handled = true
    this.configure({})
    await this.nudge({}, changed)
  }

  /** Room on the GPU for moments of this run, in so many bytes; `offer` and `rewind` fill and use it. */
  tape<Note>(bytes: number): Tape<Note> {
    return new Tape(this.gpu, this.stateBuffers, bytes)
  }

  /** Offers the state after the last step submitted to a tape. */
  offer<Note>(tape: Tape<Note>, note: Note): boolean {
    return tape.offer(this.stateBuffers, note)
  }

  /** Back to a moment of a tape; the run goes on from there, bit for bit under the same settings. */
  async rewind<Note>(tape: Tape<Note>, index: number): Promise<void> {
    await this.goBack(() => tape.load(index, this.stateBuffers))
    // Atoms may have been taken hold of since.
    if (this.handled) await this.nudge({}, this.prepared.moving.masses.keys())
  }

  private nudger: Promise<Nudger> | null = null
  private nudges = 0
  /** Whether other atoms have been held fast than those of the beginning. */
  private handled = false

  /** What src/analysis looks at. */
  get source() {
    return sourceOf(this.prepared)
  }

  /**
   * Lets an observer take a frame after every step whose number is a multiple of `every`, until the function returned is
   * called. A reset makes it forget its frames; a recovery does not.
   * @throws InputError for an interval that is no positive whole number
   */
  watch(observer: Observer, every: number): () => void {
    const { watchers } = this.stepper
    watchers.add(observer, every)
    return () => watchers.remove(observer)
  }

  advance(count: number): void {
    this.stepper.advance(count)
  }

  /** Observables after the last step asked for. */
  async observe(): Promise<Report> {
    const save = !this.saving
    if (save) this.saving = true
    try {
      const [bytes] = await this.stepper.observe([], () => {
        if (save) this.spare.store(this.stateBuffers)
      })
      const report = this.report(readObservables(bytes))
      if (save && !report.fault) [this.good, this.spare] = [this.spare, this.good]
      return report
    } finally {
      if (save) this.saving = false
    }
  }

  /**
   * Runs `steps` steps and reports every `every`; stops early after a report with a fault. Submissions are sized by the
   * time they take, two are in flight at most.
   */
  run(plan: { steps: number; every: number }): AsyncGenerator<Report, void, void> {
    return this.stepper.run(plan, () => this.observe())
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
      step: this.stepper.stepOf(new Uint32Array(status)),
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
      step: this.stepper.stepOf(contents.status),
      clock: this.clock.changes,
      rampStart,
      seed,
      contents,
    }
  }

  recover(timestep = this.timestep): Promise<void> {
    return this.goBack(() => this.good.load(this.stateBuffers), timestep)
  }

  /** @param load gives the state buffers their former contents */
  private async goBack(load: () => void, timestep = this.timestep): Promise<void> {
    const step = await this.stepper.goBack(() => {
      this.configure({ timestep })
      load()
    })
    this.clock.change(step, timestep)
  }

  /** Back to the structure it was made from, with fresh velocities. */
  reset(): void {
    this.seed += 1
    this.integrator.configure({ ...this.integrator.settings, seed: this.seed }, 0, this.freedom)
    const { atoms } = this.system
    atoms.uploadPositions([this.structure])
    atoms.uploadCells([this.structure])
    this.start()
    this.stepper.watchers.reset()
  }

  destroy(): void {
    this.destroyed = true
    this.stepper.destroy()
    this.system.destroy()
    this.integrator.destroy()
    this.good.destroy()
    this.spare.destroy()
    void this.nudger?.then((nudger) => nudger.destroy())
  }

  private get system() {
    return this.prepared.system
  }
  private get integrator() {
    return this.prepared.integrator
  }

  private get stateBuffers() {
    return stateBuffersOf(this.prepared)
  }

  /** Degrees of freedom that share the kinetic energy under the present thermostat. */
  private get freedom(): number {
    return freedomOf(this.structure, this.options, this.thermostat, this.system.external.holds)
  }

  private start(): void {
    const temperature = this.options.temperature ?? rampOf(this.thermostat)?.from ?? 300
    this.integrator.start(
      this.structure.velocities ?? firstVelocities(this.prepared, this.options, temperature, this.seed),
    )
    this.clock = new RunClock(this.timestep)
    this.configure({ seed: this.seed }, 0)
    this.stepper.begin(0)
    this.good.store(this.stateBuffers)
  }

  private restore(state: SimulationState): void {
    this.seed = state.seed
    this.clock = new RunClock(0, state.clock)
    this.configure({ seed: state.seed }, state.rampStart)
    const { control } = state.contents
    // Whoever pulled then does so no more.
    if (control[CONTROL_PULL + 3] > 0) this.integrator.countHand()
    this.good.write(state.contents)
    this.good.load(this.stateBuffers)
    this.stepper.begin(state.step)
  }

  private configure(change: Partial<RunSettings>, rampStart = this.rampStart): void {
    const former = this.integrator.settings
    const settings = { ...former, ...change }
    this.integrator.configure(settings, rampStart, 0)
    this.integrator.configure(settings, rampStart, this.freedom)
    this.rampStart = rampStart
  }

  private report(observables: Observables): Report {
    const { structure, freedom } = this
    const { constantEnergy } = this.system
    const timeAt = (step: number) => this.timeOf(step)
    const report = reportOf(observables, { structure, constantEnergy, freedom, timeAt })
    return { ...report, fault: this.faultIn(observables, report.temperature) }
  }

  private faultIn(observables: Observables, temperature: number): string | null {
    const { structure, options, timestep, stepper } = this
    const ramp = rampOf(this.thermostat)
    const expected = [options.temperature ?? 0, ramp?.from ?? 0, ramp?.to ?? 0]
    // Velocities that were given may be of any temperature.
    if (structure.velocities) expected.push(Number.POSITIVE_INFINITY)
    return faultOf(observables, temperature, {
      ...{ timestep, expected, name: (atom) => nameOf(structure, atom) },
      stop: (fault) => stepper.stop(fault),
    })
  }
}
