/** How quickly frames follow each other: what is chosen from, ×1 in the middle. Frames per second. */
export const RATES = [0.25, 0.5, 1, 2, 4].map((factor) => ({ factor, rate: 30 * factor }))

/** Seconds from one picture to the next that count: after a pause of the browser nothing is caught up with. */
const LONGEST = 0.25

/** Where playing has come to. */
export interface Place {
  /** Counted from 0. */
  readonly frame: number
  /** The end has been reached, and nothing follows. */
  readonly ended: boolean
}

/** The frame so many frames after another, in a trajectory of `length`. */
export function placeAfter(from: number, count: number, length: number, looping: boolean): Place {
  const frame = from + count
  if (frame < length) return { frame, ended: false }
  return looping ? { frame: frame % length, ended: false } : { frame: length - 1, ended: true }
}

/** Turns time that passes into whole frames; what is left over counts next time. */
export class FrameClock {
  private due = 0

  /** @returns frames to move on by */
  pass(seconds: number, rate: number): number {
    this.due += Math.min(seconds, LONGEST) * rate
    const whole = Math.floor(this.due)
    this.due -= whole
    return whole
  }

  /** Another frame was chosen: it is seen for as long as any. */
  restart(): void {
    this.due = 0
  }
}
