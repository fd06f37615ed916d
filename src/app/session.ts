import { effect } from '@preact/signals'
import { centerOfGeometry } from '../chemistry/center.ts'
import type { Structure } from '../chemistry/structure.ts'
import { Minimizer } from '../dynamics/minimizer.ts'
import { Simulation } from '../dynamics/simulation.ts'
import type { SimulationState } from '../dynamics/state.ts'
import type { Report } from '../dynamics/types.ts'
import { InputError, messageOf } from '../errors.ts'
import { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import type { Grip } from '../viewer/hand.ts'
import { type Insets, Viewer } from '../viewer/viewer.ts'
import { barostatWanted, setEnsemble, thermostatWanted } from './ensemble.ts'
import { type Content, openBytes, openFiles } from './files.ts'
import { Speedometer } from './history.ts'
import { Pace } from './pace.ts'
import { Recorder } from './recorder.ts'
import { settings } from './settings.ts'
import * as state from './state.ts'
import { Tuner } from './tuner.ts'
import { plural, significant } from './words.ts'

/** Frames the GPU may still be busy with when the next one is submitted. */
const FRAMES_IN_FLIGHT = 2
/** After so many frames without a change the picture is drawn once more, sharply. */
const STILL_FRAMES = 10
const OBSERVE_EVERY_MS = 100
/** eV/Å² of the spring between the hand and an atom: 2 Å away it pulls about as hard as a bond resists 0.02 Å. */
const PULL_STIFFNESS = 0.5
/** eV/Å that relaxing leaves, and the steps it may take. */
const RELAXED = 0.01
const MOST_RELAXING = 2000
/** How much of a run may be lost with its device; a hidden page saves too. */
const SAVE_EVERY_MS = 5000

const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

const fetchBytes = async (url: string): Promise<Uint8Array> => {
  const response = await fetch(url)
  if (!response.ok)
    throw new InputError(`${url} could not be fetched: the server answered ${response.status}.`)
  return new Uint8Array(await response.arrayBuffer())
}

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

/** Who plays: the atoms and what drives them. */
export interface Cast {
  readonly structure: Structure
  readonly field: ForceField
  /** Where to go on; null begins anew. */
  readonly saved: SimulationState | null
}

/** What runs: one device, one viewer, one simulation. Everything new is made whole before it takes the old one's place. */
export class Session {
  private readonly speedometer = new Speedometer()
  private readonly pace: Pace
  private readonly tuner: Tuner
  private readonly stops: (() => void)[] = []
  private simulation: Simulation | null = null
  /** The run as it was some seconds ago, on the CPU: a device that is lost takes all else with it. */
  private saved: SimulationState | null = null
  private lastSaved = 0
  private structure: Structure | null = null
  private field: ForceField | null = null
  private inFlight = 0
  private wasMoving = false
  private lastFrame = 0
  private lastObserved = 0
  private observing = false
  private single = 0
  private ended = false
  /** Loads one after the other, in the order they were asked for. */
  private queue: Promise<void> = Promise.resolve()

  private constructor(
    private readonly gpu: Gpu,
    private readonly viewer: Viewer,
  ) {
    this.pace = new Pace(devicePixelRatio, gpu.isSoftware)
    this.tuner = new Tuner(gpu)
    this.stops.push(() => this.tuner.stop())
    viewer.setPixelRatio(this.pace.ratio)
    viewer.resize()
    const observer = new ResizeObserver(() => {
      viewer.resize()
      this.pace.restart()
    })
    observer.observe(viewer.canvas)
    this.stops.push(
      () => observer.disconnect(),
      effect(() => {
        // Read even where there is nothing to set yet, so that changes are heard of.
        thermostatWanted()
        barostatWanted()
        if (this.simulation && state.structure.value === this.structure) setEnsemble(this.simulation)
      }),
      effect(() => viewer.setPulling(state.pulling.value)),
      effect(() => {
        const timestep = state.timestep.value
        this.simulation?.setTimestep(timestep)
      }),
      effect(() => {
        viewer.setStyle(state.style.value)
        this.pace.restart()
      }),
    )
    const hide = () => {
      if (document.hidden) this.save()
    }
    document.addEventListener('visibilitychange', hide)
    this.stops.push(() => document.removeEventListener('visibilitychange', hide))
    void gpu.lost.then(({ reason, message }) => {
      if (this.ended || reason === 'destroyed') return
      // What has reached the file stays a whole file.
      void this.record(false)
      this.end()
      state.phaseDetail.value = message
      state.phase.value = 'lost'
    })
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
    const load = async (url: string) => openBytes(await fetchBytes(url), nameOf(url))
    const [model, atoms] = resume ? [] : [load(urls.model), load(urls.structure)]
    // Their failures are told when they are waited for.
    model?.catch(() => {})
    atoms?.catch(() => {})
    const gpu = await Gpu.request()
    state.gpuName.value = gpu.adapterName
    state.software.value = gpu.isSoftware
    const viewer = await Viewer.create(gpu, canvas, calm)
    const session = new Session(gpu, viewer)
    try {
      const structure = resume?.structure ?? named(structureOf(await atoms!, urls.structure), 'Ethanol')
      await session.still(structure)
      const field = resume?.field ?? fieldOf(await model!, urls.model)
      await session.replace(structure, field, resume?.saved)
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
    requestAnimationFrame(this.frame)
  }

  private rest: GPUBuffer | null = null

  /** What a new session needs to go on after this one. */
  get cast(): Cast | null {
    const { structure, field, saved } = this
    return structure && field ? { structure, field, saved } : null
  }

  private async replace(
    structure: Structure,
    field: ForceField,
    saved: SimulationState | null = null,
  ): Promise<void> {
    const simulation = saved
      ? await Simulation.resume(this.gpu, field, saved)
      : await Simulation.create(this.gpu, structure, field, {
          timestep: state.timestep.value,
          thermostat: thermostatWanted(),
          temperature: state.temperature.value,
        })
    let prepared: Awaited<ReturnType<Viewer['prepare']>>
    let first: Report
    try {
      prepared = await this.viewer.prepare(structure, simulation)
      first = await simulation.observe()
    } catch (error) {
      simulation.destroy()
      throw error
    }
    // From here on nothing can fail.
    void this.record(false)
    const old = this.simulation
    // What was set while the new one was being made.
    simulation.setTimestep(state.timestep.value)
    this.simulation = simulation
    this.structure = structure
    this.field = field
    this.saved = saved
    this.lastSaved = performance.now()
    this.pace.restart()
    this.tuner.watch(structure, field)
    this.speedometer.clear()
    this.viewer.show(prepared)
    this.viewer.setGrip(gripOf(simulation))
    state.history.clear()
    state.stepsPerSecond.value = null
    state.structure.value = structure
    setEnsemble(simulation)
    state.card.value = field.card
    this.take(first)
    state.phase.value = state.playing.value ? 'running' : 'paused'
    const { rest } = this
    this.rest = null
    void this.gpu.device.queue.onSubmittedWorkDone().then(() => {
      old?.destroy()
      rest?.destroy()
    })
  }

  /** Opens files of any kind and order; what cannot be used is said and changes nothing. */
  open(files: readonly File[]): Promise<void> {
    const names = files.map((file) => file.name).join(', ')
    return this.load(`Reading ${names}…`, async () => {
      const { structure, field, complaints, remarks } = await openFiles(files)
      for (const text of complaints) state.notify('error', text)
      if (!structure && !field) return
      await this.replace(structure ?? this.structure!, field ?? this.field!)
      const loaded = [structure?.name, field?.card.title].filter(Boolean).join(' and ')
      for (const text of [`Loaded ${loaded}.`, ...remarks]) state.notify('info', text)
    })
  }

  /** Simulates a structure of the gallery with the present force field. */
  openGallery(url: string, title: string): Promise<void> {
    return this.load(`Loading ${title}…`, async () => {
      const structure = structureOf(await openBytes(await fetchBytes(url), nameOf(url)), url)
      await this.replace(named(structure, title), this.field!)
    })
  }

  /** Begins to stream the run to a file, or completes it. */
  async record(on: boolean): Promise<void> {
    const { simulation, structure, recorder } = this
    try {
      if (on && simulation && structure && !recorder) {
        const begun = await Recorder.begin(structure, simulation)
        // Another molecule may have come while the user chose a file.
        if (begun && simulation !== this.simulation) await begun.end()
        else this.recorder = begun
        state.recording.value = this.recorder && 0
      } else if (!on && recorder) {
        this.recorder = null
        state.recording.value = null
        const name = await recorder.end()
        if (recorder.failure) throw new InputError(`${name} ends early: ${recorder.failure}`)
        state.notify('info', `${name}: ${plural(recorder.frames, 'frame')} written.`)
      }
    } catch (error) {
      state.notify('error', messageOf(error))
    }
  }

  private recorder: Recorder | null = null

  /** Relaxes the atoms from where they are, and goes on from there. */
  relax(): Promise<void> {
    const { simulation, structure, field } = this
    if (!simulation || !structure || !field) return Promise.resolve()
    const playing = state.playing.value
    if (playing) this.play(false)
    return this.load('Relaxing…', async () => {
      const { positions, cell } = await simulation.snapshot()
      const minimizer = await Minimizer.create(
        this.gpu,
        { ...structure, positions, cell, velocities: undefined },
        field,
        { fmax: RELAXED },
      )
      try {
        let last = await minimizer.observe()
        for await (const report of minimizer.run({ steps: MOST_RELAXING, every: 10 })) {
          last = report
          state.busy.value = `Relaxing: largest force ${significant(report.maxForce)} eV/Å…`
        }
        if (last.fault) throw new InputError(last.fault)
        await this.replace(await minimizer.structure(), field)
        const how = last.converged ? 'Relaxed' : 'Not relaxed yet, but further'
        state.notify('info', `${how}: the largest force is ${significant(last.maxForce)} eV/Å.`)
      } finally {
        minimizer.destroy()
        if (playing) this.play(true)
      }
    })
  }

  private load(words: string, work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(async () => {
      state.busy.value = words
      try {
        await work()
      } catch (error) {
        if (this.ended) return
        if (!(error instanceof InputError)) console.error(error)
        state.notify('error', messageOf(error))
      } finally {
        state.busy.value = null
      }
    })
    return this.queue
  }

  play(on: boolean): void {
    state.playing.value = on
    if (!this.simulation) return
    this.speedometer.clear()
    this.lastObserved = 0
    if (!on) state.stepsPerSecond.value = null
    state.phase.value = on ? 'running' : 'paused'
  }

  /** One step, paused. */
  step(): void {
    if (state.playing.value) this.play(false)
    this.single++
  }

  reset(): void {
    if (!this.simulation) return
    void this.record(false)
    this.simulation.reset()
    state.history.clear()
    state.historyVersion.value++
    this.speedometer.clear()
    this.lastObserved = 0
    this.single = 0
    this.redraw = true
  }

  private redraw = false
  /** Frames in a row in which nothing had to be drawn. */
  private restedFrames = 0

  resetView(): void {
    this.viewer.resetView()
  }

  setInsets(insets: Insets): void {
    this.viewer.setInsets(insets)
  }

  private readonly frame = (now: number): void => {
    if (this.ended) return
    requestAnimationFrame(this.frame)
    if (this.inFlight >= FRAMES_IN_FLIGHT) return
    const interval = now - this.lastFrame
    this.lastFrame = now
    const { simulation } = this
    const moving = simulation !== null && state.playing.value
    const wanted = moving ? this.pace.steps : this.single
    const steps = this.recorder?.limit(wanted) ?? wanted
    this.single = 0
    if (moving && this.wasMoving) this.pace.observe(interval)
    this.wasMoving = moving

    if (steps > 0) {
      simulation?.advance(steps)
      this.recorder?.take()
      if (this.recorder) state.recording.value = this.recorder.frames
      if (this.recorder?.failure) void this.record(false)
    }
    this.viewer.setPixelRatio(this.restedFrames < STILL_FRAMES ? this.pace.ratio : this.pace.still)
    const sharpening = this.restedFrames === STILL_FRAMES
    const drawn = this.viewer.render(Math.min(0.1, interval / 1000), steps > 0 || this.redraw)
    this.restedFrames = drawn && !sharpening ? 0 : this.restedFrames + 1
    this.redraw = false
    if (drawn || steps > 0) {
      this.inFlight++
      void this.gpu.device.queue.onSubmittedWorkDone().finally(() => {
        this.inFlight--
      })
    }
    if (!simulation) return
    if (!state.playing.value && steps > 0) this.lastObserved = 0
    if (now - this.lastObserved > OBSERVE_EVERY_MS && !this.observing) this.observe(now, simulation)
  }

  private observe(now: number, simulation: Simulation): void {
    // A resting simulation has nothing new to say.
    if (!state.playing.value && this.lastObserved !== 0) return
    this.lastObserved = now
    this.observing = true
    simulation
      .observe()
      .then((report) => {
        if (simulation !== this.simulation) return
        this.take(report)
        if (!report.fault && performance.now() - this.lastSaved > SAVE_EVERY_MS) this.save()
      })
      .catch((error) => {
        if (!this.ended && simulation === this.simulation) state.notify('error', messageOf(error))
      })
      .finally(() => {
        this.observing = false
      })
  }

  /** Reads the state back in the background. */
  private save(): void {
    const { simulation } = this
    if (!simulation || this.ended) return
    this.lastSaved = performance.now()
    simulation.state().then(
      (saved) => {
        if (simulation === this.simulation) this.saved = saved
      },
      // A run that has stopped keeps its last good state, and a device that is gone is told elsewhere.
      () => {},
    )
  }

  private take(report: Report): void {
    const before = state.report.value
    state.report.value = report
    state.history.push(report)
    state.historyVersion.value++
    // Whether or not a barostat is on now: a reset brings the first cell back.
    if (report.cell) this.viewer.setCell(report.cell)
    if (state.playing.value) {
      this.speedometer.mark(performance.now() / 1000, report.step)
      state.stepsPerSecond.value = this.speedometer.stepsPerSecond
    }
    if (report.fault && report.fault !== before?.fault) {
      this.play(false)
      const timestep = Math.max(settings.timestep.min, state.timestep.value / 2)
      state.notify('error', report.fault, {
        label: `Go back a little and on with ${timestep} fs`,
        run: () => void this.recover(timestep),
      })
    }
  }

  /** On from the last state before a fault, with another timestep in fs. */
  private async recover(timestep: number): Promise<void> {
    const { simulation } = this
    if (!simulation) return
    await simulation.recover(timestep)
    state.timestep.value = timestep
    this.play(true)
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    for (const stop of this.stops) stop()
    this.viewer.destroy()
    this.gpu.destroy()
  }
}

/** How the viewer's hand takes hold of atoms. */
const gripOf = (simulation: Simulation): Grip => ({
  // Where all atoms are, only when a hand asks: drawing never reads back.
  positions: async () => (await simulation.snapshot()).positions,
  pull: (atom, anchor) => simulation.setPull({ atom, anchor, stiffness: PULL_STIFFNESS }),
  release: () => simulation.setPull(null),
})

const named = (structure: Structure, name: string): Structure => ({ ...structure, name })

const structureOf = (content: Content, url: string): Structure => {
  if (!('structures' in content)) throw new InputError(`${url} is not a structure.`)
  return content.structures[0]
}

const fieldOf = (content: Content, url: string): ForceField => {
  if (!('field' in content)) throw new InputError(`${url} is not a force field.`)
  return content.field
}
