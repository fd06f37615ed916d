/** ms a frame may take where drawing is quick: 60 a second and some slack. */
const QUICK = 19
/** Where drawing is slower than that, steps may make a frame this much longer. */
const STRETCH = 1.7
/** Frames with one step each that tell what drawing alone costs. */
const PROBES = 6
const MOST_STEPS = 1000

/**
 * Picks the steps of a frame and the sharpness of the picture so that the page keeps its frame rate.
 *
 * Only the time from frame to frame is measured: browsers report the end of steps and of drawing together, and it is
 * the frame rate that people see. It is first taken with one step per frame; then steps are added while frames stay
 * short enough.
 */
export class Pace {
  /** Picture elements per CSS pixel. */
  ratio: number
  /** Picture elements per CSS pixel of a picture at rest, which may take its time. */
  readonly still: number
  private readonly finest: number
  private readonly coarsest: number
  /** ms a frame may take before sharpness is given up. */
  private readonly slow: number
  private base = 0
  private probes: number[] = []
  private interval = 0
  private count = 1

  constructor(devicePixelRatio: number, software: boolean) {
    // Coarse screens get more samples than pixels where a real GPU has time for it.
    this.still = Math.min(2, Math.max(1.5, devicePixelRatio))
    this.finest = software ? Math.min(1, devicePixelRatio) : this.still
    this.coarsest = software ? 0.5 : 0.75
    this.slow = software ? 90 : 24
    this.ratio = software ? 0.75 * this.finest : this.finest
  }

  /** Steps to submit with the next frame. */
  get steps(): number {
    return Math.max(1, Math.round(this.count))
  }

  /** Something changed what a step or a picture costs: measure anew. */
  restart(): void {
    this.base = 0
    this.probes = []
    this.count = 1
  }

  private get goal(): number {
    return Math.max(QUICK, STRETCH * this.base)
  }

  /** @param ms from the last frame to this one, both with steps in them */
  observe(ms: number): void {
    // A tab that was hidden, a window that was dragged.
    if (ms > 1500) return
    if (this.base === 0) {
      this.probes.push(ms)
      if (this.probes.length === PROBES) this.settle()
      return
    }
    this.interval += 0.2 * (ms - this.interval)
    if (this.interval > 1.1 * this.goal) this.count = Math.max(1, this.count * 0.9)
    else if (this.interval < 0.95 * this.goal) this.count = Math.min(MOST_STEPS, this.count * 1.08 + 0.1)
  }

  private settle(): void {
    // The first ones carry compilation; the median forgives the odd hiccup.
    const sorted = this.probes.slice(2).sort((a, b) => a - b)
    this.base = sorted[sorted.length >> 1]
    this.interval = this.base
    const finer = Math.min(this.finest, this.ratio * 1.25)
    if (this.base > this.slow && this.ratio > this.coarsest)
      this.sharpen(Math.max(this.coarsest, this.ratio * 0.8))
    else if (this.base < 0.4 * this.slow && this.ratio < finer) this.sharpen(finer)
  }

  private changes = 0
  private sharpen(ratio: number): void {
    // Not for ever to and fro.
    if (++this.changes > 6) return
    this.ratio = ratio
    this.restart()
  }
}
