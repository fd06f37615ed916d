import type { Simulation } from '../dynamics/simulation.ts'
import type { Report } from '../dynamics/types.ts'
import { messageOf } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Viewer } from '../viewer/viewer.ts'
import { Speedometer } from './history.ts'
import { Pace } from './pace.ts'
import { FrameClock } from './playing/pacing.ts'
import type { Player } from './playing/player.ts'
import * as state from './state.ts'
import { Timeline } from './timeline.ts'

/** Frames the GPU may still be busy with when the next one is submitted. */
const FRAMES_IN_FLIGHT = 2
/** After so many frames without a change the picture is drawn once more, sharply. */
const STILL_FRAMES = 10
const OBSERVE_EVERY_MS = 100

/** Who has a say in how many steps a frame takes, and looks at what came of them. */
export interface Companion {
  limit(steps: number): number
  take(): void
}

/** Frame after frame: steps or a file's frames, the picture, now and then the observables. */
export class Loop {
  private readonly pace: Pace
  private readonly speedometer = new Speedometer()
  private readonly clock = new FrameClock()
  simulation: Simulation | null = null
  timeline: Timeline | null = null
  /** What is shown in place of a simulation. */
  player: Player | null = null
  /** A recorder, while there is one. */
  companion: Companion | null = null
  /** Called in the task that has drawn a picture, with the time of the page's clock in ms. */
  watcher: ((now: number) => void) | null = null
  /** Whether somebody else takes the steps and draws the pictures. */
  held = false
  private inFlight = 0
  private wasMoving = false
  private lastFrame = 0
  private lastObserved = 0
  private observing = false
  private single = 0
  private ended = false
  private redraw = false
  private seen = false
  /** Frames in a row in which nothing had to be drawn. */
  private restedFrames = 0

  /** @param told of every report */
  constructor(
    private readonly gpu: Gpu,
    private readonly viewer: Viewer,
    private readonly told: (report: Report) => void,
  ) {
    this.pace = new Pace(devicePixelRatio, gpu.isSoftware)
    viewer.setPixelRatio(this.pace.ratio)
    viewer.resize()
  }

  begin(): void {
    requestAnimationFrame(this.frame)
  }

  /** Something else runs from now on. */
  take(simulation: Simulation, first: Report): void {
    this.simulation = simulation
    this.player = null
    this.forget()
    this.timeline = new Timeline(simulation, (report) => this.shown(report))
    this.settle(first)
  }

  /** A trajectory is shown from now on. */
  project(player: Player): void {
    this.simulation = null
    this.player = player
    this.forget()
    this.timeline = null
    this.single = 0
    state.timeline.value = { length: 0, at: null }
    state.report.value = null
    state.historyVersion.value++
  }

  /** What was before is past. */
  private forget(): void {
    this.timeline?.destroy()
    this.measureAnew()
    this.speedometer.clear()
    state.history.clear()
    state.stepsPerSecond.value = null
  }

  /** Steps or pictures cost something else now. */
  measureAnew(): void {
    this.pace.restart()
  }

  /** Where the past is shown, the run goes on from there. */
  private async branch(): Promise<void> {
    if (!this.timeline || state.timeline.value.at === null) return
    const from = await this.timeline.branch()
    if (from !== null) state.history.cutAfter(from)
    state.historyVersion.value++
  }

  async play(on: boolean): Promise<void> {
    if (on) await this.branch()
    state.playing.value = on
    if (on) this.player?.begin()
    if (!this.simulation && !this.player) return
    this.speedometer.clear()
    this.lastObserved = 0
    if (!on) state.stepsPerSecond.value = null
    state.phase.value = on ? 'running' : 'paused'
  }

  /** One step, or another frame of a trajectory, paused. */
  async step(frames = 1): Promise<void> {
    if (state.playing.value) await this.play(false)
    if (this.player) {
      this.player.show(this.player.at + frames)
      return
    }
    await this.branch()
    this.single++
  }

  /** Shows a moment of the past, or a frame of a trajectory. */
  async seek(index: number): Promise<void> {
    if (state.playing.value) await this.play(false)
    this.player?.show(index)
    await this.timeline?.seek(index)
  }

  reset(): void {
    this.player?.show(0)
    if (!this.simulation) return
    this.simulation.reset()
    this.timeline?.clear()
    state.history.clear()
    state.historyVersion.value++
    this.speedometer.clear()
    this.look()
    this.single = 0
    this.viewer.beginAnew()
  }

  /** Atoms have changed otherwise than by steps: draw them, and ask what is new. */
  look(): void {
    this.redraw = true
    this.lastObserved = 0
  }

  private shown(report: Report): void {
    this.redraw = true
    state.report.value = report
    if (report.cell) this.viewer.setCell(report.cell)
    if (this.simulation) this.told(report)
  }

  private readonly frame = (now: number): void => {
    if (this.ended) return
    requestAnimationFrame(this.frame)
    if (this.held) this.wasMoving = false
    if (this.held || this.inFlight >= FRAMES_IN_FLIGHT) return
    const interval = now - this.lastFrame
    this.lastFrame = now
    const steps = this.advance(interval)
    const moved = this.playOn(interval) || steps > 0
    this.viewer.setPixelRatio(this.restedFrames < STILL_FRAMES ? this.pace.ratio : this.pace.still)
    const sharpening = this.restedFrames === STILL_FRAMES
    const drawn = this.viewer.render(Math.min(0.1, interval / 1000), moved || this.redraw)
    this.restedFrames = drawn && !sharpening ? 0 : this.restedFrames + 1
    this.redraw = false
    if (drawn) this.watcher?.(now)
    if (drawn || steps > 0) {
      this.inFlight++
      void this.gpu.device.queue.onSubmittedWorkDone().finally(() => {
        this.inFlight--
        if (drawn) this.markFirst()
      })
    }
    if (!this.simulation) return
    if (!state.playing.value && steps > 0) this.lastObserved = 0
    if (now - this.lastObserved > OBSERVE_EVERY_MS && !this.observing) this.observe(now, this.simulation)
  }

  /** The steps of this frame. */
  private advance(interval: number): number {
    const moving = state.playing.value && (this.simulation ?? this.player) !== null
    const allowed = this.allowed(interval)
    const wanted = moving ? Math.min(this.pace.steps, allowed) : this.single
    this.single = 0
    // A frame with fewer steps than it could have says nothing of how many those are.
    if (moving && this.wasMoving && allowed >= this.pace.steps) this.pace.observe(interval)
    this.wasMoving = moving
    return this.steps(wanted)
  }

  /** Steps that the user wants to see at most in so many ms. */
  private allowed(interval: number): number {
    const { simulation, clock } = this
    if (state.speed.value === 'full' || !simulation) return Number.POSITIVE_INFINITY
    return clock.pass(interval / 1000, Number(state.speed.value) / simulation.timestep)
  }

  /**
   * Takes steps, as many as are wanted and a companion allows.
   * @returns how many
   */
  steps(wanted: number): number {
    const { simulation, companion } = this
    if (!simulation) return 0
    const steps = companion?.limit(wanted) ?? wanted
    if (steps > 0) {
      simulation.advance(steps)
      companion?.take()
    }
    return steps
  }

  /** A trajectory's time passes. @returns whether another frame is shown */
  private playOn(interval: number): boolean {
    const { player } = this
    if (!player) return false
    if (state.playing.value && player.pass(interval / 1000)) void this.play(false)
    return player.takeFresh()
  }

  /** When atoms were seen for the first time, for those who measure how soon that is. */
  private markFirst(): void {
    if (this.seen) return
    this.seen = true
    performance.mark('tumble:first-picture')
  }

  private observe(now: number, simulation: Simulation): void {
    // A resting simulation has nothing new to say.
    if (!state.playing.value && this.lastObserved !== 0) return
    this.lastObserved = now
    this.observing = true
    const moment = state.playing.value ? (this.timeline?.offer() ?? null) : null
    const { timeline } = this
    simulation
      .observe()
      .then((report) => {
        if (simulation !== this.simulation) return
        timeline?.settle(moment, report)
        this.settle(report)
      })
      .catch((error) => {
        if (!this.ended && simulation === this.simulation) state.notify('error', messageOf(error))
      })
      .finally(() => {
        this.observing = false
      })
  }

  private settle(report: Report): void {
    const { simulation } = this
    // What is said of the present while the past is shown is old news.
    if (!simulation || state.timeline.value.at !== null) return
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
    if (report.fault && report.fault === before?.fault) return
    this.told(report)
  }

  end(): void {
    this.ended = true
  }
}
