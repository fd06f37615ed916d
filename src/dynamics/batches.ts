import type { Gpu } from '../gpu/gpu.ts'

/** One submission is sized to take about this long. */
const BATCH_MILLISECONDS = 100
const LARGEST_BATCH = 512

/** Submissions without a picture to draw in between: sized by the time they take, two in flight at most. */
export class Batches {
  private batch = 4

  constructor(private readonly gpu: Gpu) {}

  /** Has `advance` submit so many steps altogether; resolves when the last ones are under way. */
  async take(steps: number, advance: (count: number) => void): Promise<void> {
    let before = Promise.resolve<unknown>(undefined)
    let started = performance.now()
    for (let done = 0; done < steps; ) {
      const count = Math.min(this.batch, steps - done)
      advance(count)
      done += count
      await before
      before = this.gpu.device.queue.onSubmittedWorkDone()
      const now = performance.now()
      const perStep = (now - started) / count
      started = now
      if (perStep > 0)
        this.batch = Math.max(
          1,
          Math.min(LARGEST_BATCH, Math.round(BATCH_MILLISECONDS / perStep), 2 * this.batch),
        )
    }
  }
}
