/** From this step on, `timestep` fs each; `time` fs had passed before. */
export interface TimestepChange {
  readonly step: number
  readonly time: number
  readonly timestep: number
}

/** Simulated time of a run whose timestep may change on the way. */
export class RunClock {
  /** Where each timestep took over; the first one at step 0. */
  readonly changes: TimestepChange[]

  /**
   * @param timestep fs
   * @param changes of an earlier clock that this one goes on from
   */
  constructor(timestep: number, changes: readonly TimestepChange[] = [{ step: 0, time: 0, timestep }]) {
    this.changes = [...changes]
  }

  /** All steps after `step` take `timestep` (fs). */
  change(step: number, timestep: number): void {
    const time = this.timeAt(step)
    while (this.changes.length > 0 && this.changes[this.changes.length - 1].step >= step) this.changes.pop()
    this.changes.push({ step, time, timestep })
  }

  /** fs from the start to the end of a step. */
  timeAt(step: number): number {
    const latest = this.changes.findLast((change) => change.step <= step) ?? this.changes[0]
    return latest.time + (step - latest.step) * latest.timestep
  }
}
