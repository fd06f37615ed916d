/** Simulated time of a run whose timestep may change on the way. */
export class RunClock {
  /** Where each timestep took over; the first one at step 0. */
  private readonly changes: { step: number; time: number; timestep: number }[]

  /** @param timestep fs */
  constructor(timestep: number) {
    this.changes = [{ step: 0, time: 0, timestep }]
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
