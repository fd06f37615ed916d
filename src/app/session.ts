import { effect } from '@preact/signals'
import type { Structure } from '../chemistry/structure.ts'
import { Simulation } from '../dynamics/simulation.ts'
import type { LiveSimulation, Report, Thermostat } from '../dynamics/types.ts'
import { InputError, messageOf } from '../errors.ts'
import { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import { type Insets, Viewer } from '../viewer/viewer.ts'
import { openBytes, openFiles } from './files.ts'
import { Speedometer } from './history.ts'
import { Pace, Sharpness } from './pace.ts'
import * as state from './state.ts'

/** Frames the GPU may still be busy with when the next one is submitted. */
const FRAMES_IN_FLIGHT = 2
const OBSERVE_EVERY_MS = 100

const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

const conditions = (): Thermostat =>
  state.thermostatOn.value
    ? { kind: 'langevin', temperature: state.temperature.value, friction: state.friction.value }
    : { kind: 'none' }

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
}

/** What runs: one device, one viewer, one simulation. Everything new is made whole before it takes the old one's place. */
export class Session {
  private readonly pace = new Pace()
  private readonly speedometer = new Speedometer()
  private readonly sharpness: Sharpness
  private readonly stops: (() => void)[] = []
  private simulation: LiveSimulation | null = null
  private structure: Structure | null = null
  private field: ForceField | null = null
  private inFlight = 0
  private lastDone = 0
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
    this.sharpness = new Sharpness(devicePixelRatio, gpu.isSoftware)
    viewer.setPixelRatio(this.sharpness.ratio)
    viewer.resize()
    const observer = new ResizeObserver(() => viewer.resize())
    observer.observe(viewer.canvas)
    this.stops.push(
      () => observer.disconnect(),
      effect(() => {
        const thermostat = conditions()
        this.simulation?.setThermostat(thermostat)
      }),
      effect(() => {
        const timestep = state.timestep.value
        this.simulation?.setTimestep(timestep)
      }),
      effect(() => viewer.setStyle(state.style.value)),
    )
    void gpu.lost.then(({ reason, message }) => {
      if (this.ended || reason === 'destroyed') return
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
    const loads = Promise.all(
      [urls.model, urls.structure].map(async (url) => openBytes(await fetchBytes(url), nameOf(url))),
    )
    loads.catch(() => {})
    const gpu = await Gpu.request()
    state.gpuName.value = gpu.adapterName
    state.software.value = gpu.isSoftware
    const viewer = await Viewer.create(gpu, canvas, calm)
    const session = new Session(gpu, viewer)
    try {
      let structure = resume?.structure ?? null
      let field = resume?.field ?? null
      if (!structure || !field) {
        for (const content of await loads) {
          if ('field' in content) field = content.field
          else structure = named(content.structures[0], 'Ethanol')
        }
      }
      if (!structure || !field) throw new InputError('The page came without its molecule or its force field.')
      await session.replace(structure, field)
    } catch (error) {
      session.end()
      throw error
    }
    state.busy.value = null
    requestAnimationFrame(session.frame)
    return session
  }

  /** What a new session needs to go on after this one. */
  get cast(): Cast | null {
    return this.structure && this.field ? { structure: this.structure, field: this.field } : null
  }

  private async replace(structure: Structure, field: ForceField): Promise<void> {
    const simulation = await Simulation.create(this.gpu, structure, field, {
      timestep: state.timestep.value,
      thermostat: conditions(),
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
    const old = this.simulation
    // What was set while the new one was being made.
    simulation.setThermostat(conditions())
    simulation.setTimestep(state.timestep.value)
    this.simulation = simulation
    this.structure = structure
    this.field = field
    this.pace.restart()
    this.speedometer.clear()
    this.viewer.show(prepared)
    state.history.clear()
    state.stepsPerSecond.value = null
    state.structure.value = structure
    state.card.value = field.card
    this.take(first)
    state.phase.value = state.playing.value ? 'running' : 'paused'
    if (old) void this.gpu.device.queue.onSubmittedWorkDone().then(() => old.destroy())
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
      const content = await openBytes(await fetchBytes(url), nameOf(url))
      if (!('structures' in content)) throw new InputError(`${url} is not a structure.`)
      await this.replace(named(content.structures[0], title), this.field!)
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
    this.simulation.reset()
    state.history.clear()
    state.historyVersion.value++
    this.speedometer.clear()
    this.lastObserved = 0
    this.single = 0
    this.redraw = true
  }

  private redraw = false

  resetView(): void {
    this.viewer.resetView()
  }

  setInsets(insets: Insets): void {
    this.viewer.setInsets(insets)
  }

  private readonly frame = (now: number): void => {
    if (this.ended) return
    requestAnimationFrame(this.frame)
    if (this.inFlight >= FRAMES_IN_FLIGHT || !this.simulation) return
    const seconds = Math.min(0.1, (now - this.lastFrame) / 1000)
    this.lastFrame = now
    const { queue } = this.gpu.device
    const { simulation } = this

    const steps = state.playing.value ? this.pace.steps : this.single
    this.single = 0
    const begun = performance.now()
    let stepped: Promise<number> | null = null
    if (steps > 0) {
      simulation.advance(steps)
      stepped = queue.onSubmittedWorkDone().then(() => performance.now())
    }
    const encoded = performance.now() - begun
    const drawn = this.viewer.render(seconds, steps > 0 || this.redraw)
    this.redraw = false
    if (drawn || steps > 0) {
      this.inFlight++
      void Promise.all([stepped, queue.onSubmittedWorkDone().then(() => performance.now())])
        .then(([stepsDone, allDone]) => {
          const from = Math.max(begun, this.lastDone)
          const stepMs = stepsDone === null ? 0 : Math.max(stepsDone - from, encoded)
          const drawMs = Math.max(0, allDone - (stepsDone ?? from))
          this.lastDone = allDone
          if (simulation === this.simulation) this.pace.observe(steps, stepMs, drawMs)
          if (this.sharpness.observe(this.pace.drawMilliseconds))
            this.viewer.setPixelRatio(this.sharpness.ratio)
        })
        .finally(() => {
          this.inFlight--
        })
    }
    if (!state.playing.value && steps > 0) this.lastObserved = 0
    if (now - this.lastObserved > OBSERVE_EVERY_MS && !this.observing) this.observe(now, simulation)
  }

  private observe(now: number, simulation: LiveSimulation): void {
    // A resting simulation has nothing new to say.
    if (!state.playing.value && this.lastObserved !== 0) return
    this.lastObserved = now
    this.observing = true
    simulation
      .observe()
      .then((report) => {
        if (simulation === this.simulation) this.take(report)
      })
      .catch((error) => {
        if (!this.ended && simulation === this.simulation) state.notify('error', messageOf(error))
      })
      .finally(() => {
        this.observing = false
      })
  }

  private take(report: Report): void {
    const before = state.report.value
    state.report.value = report
    state.history.push(report)
    state.historyVersion.value++
    if (state.playing.value) {
      this.speedometer.mark(performance.now() / 1000, report.step)
      state.stepsPerSecond.value = this.speedometer.stepsPerSecond
    }
    if (report.fault && report.fault !== before?.fault) {
      this.play(false)
      state.notify('error', report.fault, { label: 'Start again', run: () => this.restart() })
    }
  }

  private restart(): void {
    this.reset()
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

const named = (structure: Structure, name: string): Structure => ({ ...structure, name })
