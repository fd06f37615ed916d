import { InputError } from '../errors.ts'
import type { Dispatch } from '../gpu/kernel.ts'

/** Something that takes a frame of a running simulation now and then: what src/analysis offers. */
export interface Observer {
  /** Takes one frame; does nothing where the run stands still. */
  readonly dispatches: readonly Dispatch[]
  readonly frames: {
    /** Ties it to another status: that of a neighbour list that has grown. */
    bind(status: GPUBuffer): void
  }
  /** Forgets all frames. */
  reset(): void
}

/** Who takes frames of a run, and how often. */
export class Watchers {
  private readonly every = new Map<Observer, number>()

  /** @throws InputError for an interval that is no positive whole number */
  add(observer: Observer, every: number): void {
    if (!(Number.isInteger(every) && every > 0))
      throw new InputError(`Frames are taken every so many whole steps, not every ${every}.`)
    this.every.set(observer, every)
  }

  remove(observer: Observer): void {
    this.every.delete(observer)
  }

  /** What follows the step of that number. */
  after(step: number): readonly Dispatch[] {
    if (this.every.size === 0) return []
    return [...this.every].flatMap(([observer, every]) => (step % every === 0 ? observer.dispatches : []))
  }

  bind(status: GPUBuffer): void {
    for (const observer of this.every.keys()) observer.frames.bind(status)
  }

  reset(): void {
    for (const observer of this.every.keys()) observer.reset()
  }
}
