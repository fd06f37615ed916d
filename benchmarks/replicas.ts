/** What many copies of a small molecule in the same dispatches are worth: the latency of dispatches is shared. */
import type { Structure } from '../src/chemistry/structure.ts'
import { Replicas } from '../src/dynamics/replicas.ts'
import type { Gpu } from '../src/gpu/gpu.ts'
import { paired, secondsOfMany } from '../src/gpu/repeats.ts'
import type { ForceField } from '../src/models/force-field.ts'

/** s that one submission should last, so that what surrounds it does not count. */
const LONG_ENOUGH = 0.05
const SUBMISSIONS = 2
const LARGEST_BATCH = 256

export interface ReplicaRate {
  readonly replicas: number
  /** the quickest sample */
  readonly stepsPerSecond: number
  /** steps of single replicas */
  readonly replicaStepsPerSecond: number
  /** `replicaStepsPerSecond` in units of the first case's, the median of neighbours in time */
  readonly gain: number
}

/**
 * Steps per second of so many replicas each, timed in turns.
 * @param counts of replicas, one case each
 * @param seconds that all the timing may cost
 */
export async function measureReplicas(
  gpu: Gpu,
  field: ForceField,
  structure: Structure,
  { counts = [1, 8, 64], seconds = 20 }: { counts?: readonly number[]; seconds?: number } = {},
): Promise<ReplicaRate[]> {
  const cases: { readonly replicas: Replicas; readonly batch: number }[] = []
  try {
    for (const count of counts) {
      const replicas = await Replicas.create(gpu, structure, field, { replicas: count, temperature: 300 })
      cases.push({ replicas, batch: await batchOf(gpu, replicas) })
    }
    const perStep =
      ({ replicas, batch }: (typeof cases)[number]) =>
      async () =>
        (await secondsOfMany(gpu.device, () => replicas.advance(batch), SUBMISSIONS)) / (SUBMISSIONS * batch)
    const { times, ratios } = await paired(cases.map(perStep), { seconds })
    for (const { replicas } of cases) {
      const { fault } = await replicas.observe()
      if (fault) throw new Error(fault)
    }
    return counts.map((count, k) => ({
      replicas: count,
      stepsPerSecond: 1 / times[k].quickest,
      replicaStepsPerSecond: count / times[k].quickest,
      gain: count / counts[0] / ratios[k],
    }))
  } finally {
    for (const { replicas } of cases) replicas.destroy()
  }
}

/** Steps that make a submission long enough. */
async function batchOf(gpu: Gpu, replicas: Replicas): Promise<number> {
  for (let batch = 1; ; batch *= 2) {
    const seconds = await secondsOfMany(gpu.device, () => replicas.advance(batch), 1)
    if (seconds >= LONG_ENOUGH || batch >= LARGEST_BATCH) return batch
  }
}
