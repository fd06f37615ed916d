import type { Simulation } from '../dynamics/simulation.ts'
import type { Tape } from '../dynamics/tape.ts'
import type { Report } from '../dynamics/types.ts'
import * as state from './state.ts'

/** Bytes on the GPU for the past: 1,300 moments of a thousand atoms, a hundred of ten thousand. */
const BYTES = 64 * 2 ** 20

interface Moment {
  /** Null until the GPU has told. */
  report: Report | null
}

/** The past of the run that is on: it grows while the run goes on, and leads back to any moment of it. */
export class Timeline {
  private readonly tape: Tape<Moment>
  private wanted: number | null = null
  private seeking: Promise<void> | null = null

  /** @param show what is to be done when another moment is in the buffers */
  constructor(
    private readonly simulation: Simulation,
    private readonly show: (report: Report) => void,
  ) {
    this.tape = simulation.tape(BYTES)
    this.tell()
  }

  /** Takes the present in; null if its turn has not come. To be called with the observation that reports on it. */
  offer(): Moment | null {
    if (state.timeline.value.at !== null) return null
    const moment: Moment = { report: null }
    return this.simulation.offer(this.tape, moment) ? moment : null
  }

  /** What the GPU has said of a moment; one with a fault is none to go back to. */
  settle(moment: Moment | null, report: Report): void {
    if (!moment) return
    if (report.fault) this.tape.forget(moment)
    else moment.report = report
    state.timeline.value = { ...state.timeline.value, length: this.tape.length }
  }

  /** Shows a moment; the newest wish counts. The run must stand still. */
  seek(index: number): Promise<void> {
    this.wanted = Math.min(Math.max(0, Math.round(index)), this.tape.length - 1)
    state.timeline.value = { length: this.tape.length, at: this.wanted }
    this.seeking ??= this.follow().finally(() => {
      this.seeking = null
    })
    return this.seeking
  }

  private async follow(): Promise<void> {
    while (this.wanted !== null) {
      const index = this.wanted
      this.wanted = null
      if (index >= this.tape.length) return
      await this.simulation.rewind(this.tape, index)
      this.show(await this.simulation.observe())
    }
  }

  /**
   * The run goes on from the moment that is shown; what came after it is given up.
   * @returns fs of that moment, or null if it is the present
   */
  async branch(): Promise<number | null> {
    await this.seeking
    const { at } = state.timeline.value
    if (at === null) return null
    const time = this.tape.notes[at]?.report?.time ?? null
    this.tape.cutAfter(at)
    this.tell()
    return time
  }

  /** fs of a moment, where it is known. */
  timeOf(index: number): number | null {
    return this.tape.notes[index]?.report?.time ?? null
  }

  /** The newest moment of which this is known to be so; null if there is none. */
  lastWhere(holds: (report: Report) => boolean): number | null {
    const index = this.tape.notes.findLastIndex(({ report }) => report !== null && holds(report))
    return index < 0 ? null : index
  }

  clear(): void {
    this.tape.clear()
    this.tell()
  }

  destroy(): void {
    this.tape.destroy()
  }

  private tell(): void {
    state.timeline.value = { length: this.tape.length, at: null }
  }
}
