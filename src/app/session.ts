import { effect } from '@preact/signals'
import { centerOfGeometry } from '../chemistry/center.ts'
import type { Structure } from '../chemistry/structure.ts'
import { Simulation } from '../dynamics/simulation.ts'
import type { SimulationState } from '../dynamics/state.ts'
import type { Report } from '../dynamics/types.ts'
import { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import { type Insets, type Prepared, Viewer } from '../viewer/viewer.ts'
import { Advising } from './advising.ts'
import { Editing } from './editing.ts'
import { barostatWanted, setEnsemble, thermostatWanted } from './ensemble.ts'
import { fetchContent, fieldOf, named, structureOf } from './files.ts'
import { Filming } from './filming/filming.ts'
import { gripOf } from './grip.ts'
import { Handling } from './handling.ts'
import { Loading } from './loading.ts'
import { Loop } from './loop.ts'
import { endShowing, followFrames } from './playing/following.ts'
import { Projector, type Showing } from './playing/projector.ts'
import { Recording } from './recording.ts'
import { checkKnown } from './refusal.ts'
import { relaxed } from './relaxing.ts'
import { Saving } from './saving.ts'
import { areSame, keepSelection, pointing } from './selecting.ts'
import * as state from './state.ts'
import { inkOf } from './theme.ts'
import { Tuner } from './tuner.ts'

const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Who plays: the atoms and what drives them. */
export interface Cast {
  readonly structure: Structure
  readonly field: ForceField
  /** Where to go on; null begins anew. */
  readonly saved: SimulationState | null
  /** What is shown in place of a simulation. */
  readonly showing?: Showing | null
}

/** What runs: one device, one viewer, one simulation. Everything new is made whole before it takes the old one's place. */
export class Session {
  readonly viewer: Viewer
  /** What can be done to the atoms while they move. */
  readonly handling: Handling
  readonly editing = new Editing({
    present: async () => {
      const { simulation, structure } = this
      if (!simulation || !structure) return null
      const { positions, velocities, cell } = await simulation.snapshot()
      return { ...structure, positions, velocities, cell: cell ?? structure.cell }
    },
    put: (words, make) =>
      this.loading.run(words, async () => {
        await this.replace(await make(), this.field!)
      }),
  })
  readonly loading: Loading
  readonly projector: Projector
  /** Films and pictures of what is on screen. */
  readonly filming: Filming
  private readonly loop: Loop
  private readonly advising: Advising
  private readonly recording: Recording
  private readonly saving = new Saving(() => this.simulation)
  private readonly tuner: Tuner
  private readonly stops: (() => void)[] = []
  private structure: Structure | null = null
  private field: ForceField | null = null
  /** Where atoms at rest are, until a simulation has them. */
  private rest: GPUBuffer | null = null
  private ended = false

  private constructor(
    private readonly gpu: Gpu,
    viewer: Viewer,
  ) {
    this.viewer = viewer
    this.loop = new Loop(gpu, viewer, (report) => this.hear(report))
    this.advising = new Advising(this.loop, {
      relax: () => this.relax(),
      cool: (temperature) => this.handling.cool(temperature),
    })
    this.handling = new Handling(() => this.simulation, this.loop, gpu)
    this.recording = new Recording(this.loop)
    this.filming = new Filming(viewer, this.loop, gpu)
    this.tuner = new Tuner(gpu)
    this.loading = new Loading({
      replace: async (structure, field) => {
        // A trajectory goes on; the force field is that of whatever is simulated from it.
        if (field && !structure && this.loop.player) this.use(field)
        else await this.replace(structure ?? this.structure!, field ?? this.field!)
      },
      project: (trajectory, field) => this.projector.open(trajectory, field ?? this.field!),
      field: () => this.field!,
      cleared: () => this.editing.clear(),
      isEnded: () => this.ended,
    })
    this.projector = new Projector({
      ...{ gpu, viewer, loop: this.loop, loading: this.loading },
      field: () => this.field!,
      put: (...scene) => this.stage(...scene),
      simulate: (structure) => this.replace(structure, this.field!),
    })
    const observer = new ResizeObserver(() => {
      viewer.resize()
      this.loop.measureAnew()
    })
    observer.observe(viewer.canvas)
    this.stops.push(
      () => this.tuner.stop(),
      () => observer.disconnect(),
      () => this.saving.end(),
      () => this.advising.end(),
      () => void this.filming.finish(),
      ...this.follow(),
    )
    void gpu.lost.then(({ reason, message }) => {
      if (this.ended || reason === 'destroyed') return
      // What has reached the file stays a whole file.
      void this.recording.end()
      this.end()
      state.phaseDetail.value = message
      state.phase.value = 'lost'
    })
  }

  /** What is set on the page reaches simulation and picture. */
  private follow(): (() => void)[] {
    const { viewer, loop } = this
    return [
      effect(() => {
        // Read even where there is nothing to set yet, so that changes are heard of.
        thermostatWanted()
        barostatWanted()
        if (this.simulation && state.structure.value === this.structure) setEnsemble(this.simulation)
      }),
      effect(() => viewer.setTool(state.tool.value)),
      effect(() => viewer.setBackdrop(inkOf('backdrop'))),
      effect(() => {
        const timestep = state.timestep.value
        this.simulation?.setTimestep(timestep)
      }),
      effect(() => {
        viewer.setLook(state.look.value)
        loop.measureAnew()
        void this.readWeights()
      }),
      effect(() => {
        // The atoms of a resting run are painted with the next frame.
        void state.coloring.value
        state.colorRange.value = null
        setTimeout(() => void this.readScale(), 200)
      }),
      effect(() => {
        // A resting run has no reports to measure at.
        void state.selection.value
        const report = state.report.peek()
        if (report) void this.handling.look(report)
      }),
      effect(() => viewer.mark(state.selection.value, state.hovered.value?.picked.atom ?? null)),
      followFrames(loop, viewer, () => this.readScale()),
    ]
  }

  /**
   * Opens the device and the first simulation.
   * @param resume what ran before a device was lost
   * @throws InputError in words for the user
   */
  static async start(
    canvas: HTMLCanvasElement,
    urls: { structure: string; model: string },
    resume: Cast | null = null,
  ): Promise<Session> {
    state.phase.value = 'starting'
    state.busy.value = 'Starting…'
    // All at once: the device, the weights, the atoms.
    const [model, atoms] = resume ? [] : [fetchContent(urls.model), fetchContent(urls.structure)]
    // Their failures are told when they are waited for.
    model?.catch(() => {})
    atoms?.catch(() => {})
    const gpu = await Gpu.request()
    state.gpuName.value = gpu.adapterName
    state.software.value = gpu.isSoftware
    const viewer = await Viewer.create(gpu, canvas, { calm, pointing })
    const session = new Session(gpu, viewer)
    try {
      const structure = resume?.structure ?? named(structureOf(await atoms!, urls.structure), 'Ethanol')
      await session.still(structure)
      const field = resume?.field ?? fieldOf(await model!, urls.model)
      if (resume?.showing) await session.projector.show(resume.showing, field)
      else await session.replace(structure, field, resume?.saved)
    } catch (error) {
      session.end()
      throw error
    }
    state.busy.value = null
    return session
  }

  /** Shows atoms at rest while their force field is on its way. */
  private async still(structure: Structure): Promise<void> {
    const middle = centerOfGeometry(structure)
    const atoms = structure.atomicNumbers.length
    const xyzw = new Float32Array(4 * atoms)
    for (let atom = 0; atom < atoms; atom++)
      for (let k = 0; k < 3; k++) xyzw[4 * atom + k] = structure.positions[3 * atom + k] - middle[k]
    const positionBuffer = this.gpu.bufferFrom('atoms at rest', xyzw)
    this.viewer.show(await this.viewer.prepare(structure, { atoms, positionBuffer, origin: middle }))
    this.rest = positionBuffer
    state.structure.value = structure
    this.loop.begin()
  }

  private get simulation(): Simulation | null {
    return this.loop.simulation
  }

  /** What a new session needs to go on after this one. */
  get cast(): Cast | null {
    const { structure, field, saving, projector } = this
    return structure && field ? { structure, field, saved: saving.state, showing: projector.showing } : null
  }

  /** Simulates something else, or with another force field. */
  private async replace(
    structure: Structure,
    field: ForceField,
    saved: SimulationState | null = null,
  ): Promise<void> {
    checkKnown(structure, field)
    const simulation = saved
      ? await Simulation.resume(this.gpu, field, saved)
      : await Simulation.create(this.gpu, structure, field, {
          timestep: state.timestep.value,
          thermostat: thermostatWanted(),
          temperature: state.temperature.value,
          // The same atoms stay pinned.
          fixed: areSame(this.structure, structure) ? [...state.held.value] : [],
        })
    let prepared: Prepared
    let first: Report
    try {
      prepared = await this.viewer.prepare(structure, simulation)
      first = await simulation.observe()
    } catch (error) {
      simulation.destroy()
      throw error
    }
    // What was set while the new one was being made.
    simulation.setTimestep(state.timestep.value)
    this.stage(structure, field, prepared, () => {
      this.viewer.setGrip(gripOf(simulation, this.advising.touched))
      this.handling.begin(simulation)
      this.advising.begin(simulation)
      this.loop.take(simulation, first)
      endShowing()
    })
    this.saving.begin(saved)
    this.tuner.watch(structure, field)
    setEnsemble(simulation)
  }

  /** Puts something else on the page, by now whole. Nothing here can fail. */
  private stage(structure: Structure, field: ForceField, prepared: Prepared, begin: () => void): void {
    void this.recording.end()
    const { structure: before, simulation, rest } = this
    const { player } = this.loop
    this.structure = structure
    this.rest = null
    this.saving.begin(null)
    this.tuner.stop()
    this.advising.rest()
    this.viewer.show(prepared, keepSelection(before, structure))
    // The same atoms under another force field stay selected.
    this.viewer.mark(state.selection.value, null)
    begin()
    state.structure.value = structure
    this.use(field)
    state.phase.value = state.playing.value ? 'running' : 'paused'
    void this.gpu.device.queue.onSubmittedWorkDone().then(() => {
      for (const old of [simulation, player, rest]) old?.destroy()
    })
  }

  /** What forces are taken from, by the next simulation at the latest. */
  private use(field: ForceField): void {
    this.field = field
    state.card.value = field.card
  }

  /** Begins to stream the run to a file, or completes it. */
  async record(on: boolean): Promise<void> {
    const { simulation, structure } = this
    if (!on) await this.recording.end()
    else if (simulation && structure) await this.recording.begin(structure, simulation)
  }

  /** Relaxes the atoms from where they are, and goes on from there. */
  relax(): Promise<boolean> {
    const { simulation, structure, field } = this
    if (!simulation || !structure || !field) return Promise.resolve(false)
    const playing = state.playing.value
    if (playing) void this.play(false)
    return this.loading.run('Relaxing…', async () => {
      try {
        await this.advising.steady()
        const { structure: found, words } = await relaxed(this.gpu, structure, field, simulation)
        await this.replace(found, field)
        state.notify('info', words)
      } finally {
        if (playing) void this.play(true)
      }
    })
  }

  async play(on: boolean): Promise<void> {
    if (!on || !this.advising.remind()) await this.loop.play(on)
  }

  /** One step, or so many frames of a trajectory, paused. */
  step(frames = 1): Promise<void> {
    return this.loop.step(frames)
  }

  /** Shows a moment of the past or a frame of a trajectory, counted from 0. */
  seek(moment: number): Promise<void> {
    return this.loop.seek(moment)
  }

  /** fs of a moment of the past, where it is known. */
  timeOf(moment: number): number | null {
    return this.loop.timeline?.timeOf(moment) ?? null
  }

  reset(): void {
    void this.recording.end()
    this.loop.reset()
  }

  resetView(): void {
    this.viewer.resetView()
  }

  setInsets(insets: Insets): void {
    this.viewer.setInsets(insets)
  }

  private hear(report: Report): void {
    this.recording.look()
    void this.handling.look(report)
    void this.readScale()
    void this.readWeights()
    // A moment of the past was saved and told of when it was the present.
    if (state.timeline.value.at !== null) return
    this.advising.hear(report)
    if (!report.fault) this.saving.now()
  }

  /** What the colours of the picture span. */
  private async readScale(): Promise<void> {
    const name = state.coloring.value
    const range = await this.viewer.colorRange().catch(() => null)
    if (name === state.coloring.value) state.colorRange.value = range
  }

  /** What an opaque line means. */
  private async readWeights(): Promise<void> {
    const head = state.attention.value
    const opaque = await this.viewer.opaqueWeight().catch(() => null)
    if (head === state.attention.value) state.opaqueWeight.value = opaque
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    for (const stop of this.stops) stop()
    this.loop.end()
    this.viewer.destroy()
    this.gpu.destroy()
  }
}
