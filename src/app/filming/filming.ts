import { InputError, messageOf } from '../../errors.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { Viewer } from '../../viewer/viewer.ts'
import type { Loop } from '../loop.ts'
import { placeFor } from '../place.ts'
import { fileNameFor } from '../save-file.ts'
import * as state from '../state.ts'
import { plural } from '../words.ts'
import { Backdrop } from './backdrop.ts'
import type { Film } from './film.ts'
import { filmSize } from './size.ts'

/** A turn of the turntable, and its frames in a second of the film. */
const TURN_SECONDS = 8
const FRAMES_PER_SECOND = 30
/** Steps between two frames of it, where the run is on. */
const STEPS_PER_FRAME = 4

/** What a film is written with. */
interface Reel {
  readonly film: Film
  readonly name: string
  readonly context: OffscreenCanvasRenderingContext2D
  readonly backdrop: Backdrop
  /** Picture elements per CSS pixel. */
  readonly scale: number
}

/** Films of what is on screen: as it happens, or one turn of the turntable, each frame of which takes its time. */
export class Filming {
  private reel: Reel | null = null
  private loading = false
  /** A turn that is to be given up, or to end early. */
  private turning: AbortController | null = null
  /** ms of the page's clock at the first frame. */
  private began: number | null = null

  constructor(
    private readonly viewer: Viewer,
    private readonly loop: Loop,
    private readonly gpu: Gpu,
  ) {}

  /** Films what is on screen, until {@link finish} or {@link cancel}. */
  async live(title: string): Promise<void> {
    const reel = await this.load(`${fileNameFor(title)}.`)
    const { loop } = this
    if (!reel) return
    this.began = null
    state.filming.value = { kind: 'live', seconds: 0, share: null }
    loop.watcher = (now) => this.take(reel, now)
    // A resting picture is drawn once more, to be filmed.
    loop.look()
  }

  /** Takes the frame that has just been drawn, unless the encoder is behind: time stamps leave it out cleanly. */
  private take(reel: Reel, now: number): void {
    const { film, context, backdrop } = reel
    if (film.failure !== null) {
      void this.finish()
      return
    }
    if (film.busy) return
    this.began ??= now
    const seconds = (now - this.began) / 1000
    backdrop.compose(context, this.viewer.canvas)
    void film.add(seconds)
    state.filming.value = { kind: 'live', seconds, share: null }
  }

  /** Films one turn, frame by frame: it is the same on every machine, however long that takes. */
  async turntable(title: string): Promise<void> {
    const reel = await this.load(`${fileNameFor(title)}-turntable.`)
    if (!reel) return
    const { loop, viewer, gpu } = this
    const { film, context, backdrop, scale } = reel
    const turning = new AbortController()
    this.turning = turning
    const turn = viewer.turns()
    const frames = TURN_SECONDS * FRAMES_PER_SECOND
    loop.held = true
    try {
      for (let frame = 0; frame < frames && !turning.signal.aborted && film.failure === null; frame++) {
        state.filming.value = {
          kind: 'turntable',
          seconds: frame / FRAMES_PER_SECOND,
          share: frame / frames,
        }
        const moving = state.playing.value
        if (moving && frame > 0) await this.step()
        viewer.setPixelRatio(scale)
        turn(frame / frames, moving)
        backdrop.compose(context, viewer.canvas)
        await film.add(frame / FRAMES_PER_SECOND, 1 / FRAMES_PER_SECOND)
        await gpu.device.queue.onSubmittedWorkDone()
      }
      turn(0, false)
    } finally {
      loop.held = false
      this.turning = null
    }
    if (turning.signal.reason !== 'cancel') await this.complete()
  }

  /**
   * The steps between two frames, which a trajectory that is recorded meanwhile may make wait; the time between them of a
   * trajectory that plays.
   */
  private async step(): Promise<void> {
    if (this.loop.player) this.loop.player.pass(1 / FRAMES_PER_SECOND)
    if (!this.loop.simulation) return
    for (let left = STEPS_PER_FRAME; left > 0; ) {
      const taken = this.loop.steps(left)
      left -= taken
      if (taken === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** The film is whole as it is. */
  async finish(): Promise<void> {
    const { reel, turning } = this
    if (turning) turning.abort('finish')
    else if (reel) {
      // What was seen last lasts until now.
      if (this.began !== null) void reel.film.add((performance.now() - this.began) / 1000)
      await this.complete()
    }
  }

  private async complete(): Promise<void> {
    const reel = this.unload()
    if (!reel) return
    const { film, name } = reel
    try {
      await film.end()
      if (film.failure !== null) throw film.failure
      state.notify('info', `${name}: ${plural(film.frames, 'frame')} filmed.`)
    } catch (error) {
      state.notify('error', `${name} could not be completed: ${messageOf(error)}`)
      await film.cancel().catch(() => {})
    }
  }

  /** Gives the film up. */
  async cancel(): Promise<void> {
    this.turning?.abort('cancel')
    await this.unload()?.film.cancel()
  }

  private unload(): Reel | null {
    const { reel } = this
    this.reel = null
    this.loop.watcher = null
    state.filming.value = null
    return reel
  }

  /**
   * Finds a format and a place; null where there is none, which is told, where the user would rather not, and where a
   * film is being made already.
   */
  private async load(beginning: string): Promise<Reel | null> {
    if (this.reel || this.loading) return null
    this.loading = true
    try {
      this.reel = await this.prepare(beginning)
      return this.reel
    } catch (error) {
      state.notify('error', messageOf(error))
      return null
    } finally {
      this.loading = false
    }
  }

  private async prepare(beginning: string): Promise<Reel | null> {
    const { clientWidth, clientHeight } = this.viewer.canvas
    const { width, height, scale } = filmSize(clientWidth, clientHeight, devicePixelRatio)
    if (!('VideoEncoder' in globalThis)) throw new InputError(NO_ENCODER)
    const { Film, formatFor } = await import('./film.ts')
    const format = await formatFor(width, height)
    if (!format) throw new InputError(NO_ENCODER)
    const place = await placeFor(beginning + format.endings[0].slice(1), [format])
    if (!place) return null
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d', { alpha: false })!
    const film = await Film.begin(place, canvas, format)
    return { film, name: place.name, context, backdrop: new Backdrop(), scale }
  }
}

const NO_ENCODER =
  'This browser encodes no video: use a current Chrome, Edge, Safari or Firefox, or save a picture instead.'
