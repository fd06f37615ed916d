/** Repeats what is timed: the quickest counts, because other programs only ever add; the median tells how much they do. */

export interface Times {
  /** s */
  readonly quickest: number
  /** s */
  readonly median: number
  readonly samples: number
}

export interface SampleOptions {
  /** s that may be spent, warm-up included; a sample that has begun is finished */
  readonly seconds: number
  /** samples that are taken whatever they cost; 2 if left out */
  readonly least?: number
  /** samples after which it is enough; 9 if left out */
  readonly most?: number
}

/** Warms up by one call, then repeats. @param work returns the seconds it took, by its own account and unit */
export async function sample(work: () => Promise<number>, options: SampleOptions): Promise<Times> {
  const [times] = await interleaved([work], options)
  return summaryOf(times)
}

export interface Paired {
  /** of each variant, in the order given */
  readonly times: readonly Times[]
  /**
   * By variant: its time in units of the first's, the median of the ratios of neighbours in time. What slows the machine
   * for a while slows both.
   */
  readonly ratios: readonly number[]
}

/** Times variants in turns, A B C A B C …, after one turn that is not counted. */
export async function paired(
  variants: readonly (() => Promise<number>)[],
  options: SampleOptions,
): Promise<Paired> {
  const times = await interleaved(variants, options)
  return {
    times: times.map(summaryOf),
    ratios: times.map((own) => median(own.map((time, turn) => time / times[0][turn]))),
  }
}

async function interleaved(
  variants: readonly (() => Promise<number>)[],
  { seconds, least = 2, most = 9 }: SampleOptions,
): Promise<number[][]> {
  const end = performance.now() + 1000 * seconds
  const times: number[][] = variants.map(() => [])
  for (const work of variants) await work()
  for (let turn = 0; turn < most && (turn < least || performance.now() < end); turn++)
    for (const [k, work] of variants.entries()) times[k].push(await work())
  return times
}

export const summaryOf = (times: readonly number[]): Times => ({
  quickest: Math.min(...times),
  median: median(times),
  samples: times.length,
})

/** Not a number where there is nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Seconds until everything that `work` submits is done. */
export const secondsOf = (device: GPUDevice, work: () => void): Promise<number> =>
  secondsOfMany(device, work, 1)

/**
 * Seconds until everything is done that so many calls of `work` submit, two under way at most: the CPU records one while
 * the GPU is busy with the one before, as in a run.
 */
export async function secondsOfMany(device: GPUDevice, work: () => void, calls: number): Promise<number> {
  await device.queue.onSubmittedWorkDone()
  const began = performance.now()
  let before: Promise<unknown> = Promise.resolve()
  for (let call = 0; call < calls; call++) {
    work()
    await before
    before = device.queue.onSubmittedWorkDone()
  }
  await before
  return (performance.now() - began) / 1000
}
