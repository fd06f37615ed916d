/** Milliseconds of a frame left for steps where drawing is quick (60 frames a second less some slack). */
const FRAME = 13
/** Longest share of steps in a frame where drawing is slow, ms. */
const LONGEST = 120
const MOST_STEPS = 1000

/** Picks the steps of a frame from what the last ones cost, so that the page keeps its frame rate. */
export class Pace {
  private perStep = 0
  private draw = 0
  private count = 1

  /** Steps to submit with the next frame. */
  get steps(): number {
    return Math.max(1, Math.round(this.count))
  }

  /** ms that drawing a frame takes. */
  get drawMilliseconds(): number {
    return this.draw
  }

  /** ms that a step takes, waiting included. */
  get stepMilliseconds(): number {
    return this.perStep
  }

  /** A new simulation: what it costs is unknown. */
  restart(): void {
    this.perStep = 0
    this.count = 1
  }

  /**
   * @param steps submitted with the frame
   * @param stepMs from submission to the end of the steps, on GPU or CPU, whichever was longer
   * @param drawMs from there to the end of drawing
   */
  observe(steps: number, stepMs: number, drawMs: number): void {
    this.draw = this.draw === 0 ? drawMs : this.draw + 0.2 * (drawMs - this.draw)
    if (steps === 0) return
    const perStep = stepMs / steps
    this.perStep = this.perStep === 0 ? perStep : this.perStep + 0.25 * (perStep - this.perStep)
    const goal = this.budget / Math.max(this.perStep, 1e-3)
    // Grows gently: a fixed cost of submission looks like cost per step while there are few.
    this.count = Math.min(MOST_STEPS, Math.max(1, Math.min(goal, 1.5 * this.count + 0.5)))
  }

  private get budget(): number {
    return this.draw < FRAME - 4 ? FRAME - this.draw : Math.min(LONGEST, Math.max(4, 1.2 * this.draw))
  }
}

/** Picks the picture's sharpness: as fine as the screen, or finer on coarse screens, while drawing stays quick. */
export class Sharpness {
  private since = 0
  private readonly finest: number
  ratio: number

  constructor(devicePixelRatio: number, software: boolean) {
    // Coarse screens get more samples than pixels where a real GPU has time for it.
    this.finest = software ? Math.min(1, devicePixelRatio) : Math.min(2, Math.max(1.5, devicePixelRatio))
    this.ratio = this.finest
    this.slow = software ? 160 : 14
    this.coarsest = software ? 0.5 : 0.75
  }

  private readonly slow: number
  private readonly coarsest: number

  /** @returns true if the ratio has changed */
  observe(drawMs: number): boolean {
    if (++this.since < 12) return false
    const before = this.ratio
    if (drawMs > this.slow) this.ratio = Math.max(this.coarsest, this.ratio * 0.8)
    else if (drawMs < 0.35 * this.slow) this.ratio = Math.min(this.finest, this.ratio * 1.15)
    if (Math.abs(this.ratio - before) < 0.02) return false
    this.since = 0
    return true
  }
}
