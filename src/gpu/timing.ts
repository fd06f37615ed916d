import type { Gpu } from './gpu.ts'
import { type Dispatch, encodeDispatches } from './kernel.ts'

/** How long dispatches take, and by which clock. */
export interface Timing {
  readonly milliseconds: number
  /** `gpu`: timestamps written by the device around the pass; `wall`: submission to completion seen from the CPU */
  readonly clock: 'gpu' | 'wall'
}

/**
 * Runs dispatches in one pass of their own and times them: by timestamp queries where the adapter has them (browsers
 * round these to 0.1 ms, so repeat short kernels), else by the wall clock.
 */
export async function timeDispatches(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<Timing> {
  const { device } = gpu
  if (!device.features.has('timestamp-query')) {
    await device.queue.onSubmittedWorkDone()
    const started = performance.now()
    gpu.submit('timed', dispatches)
    await device.queue.onSubmittedWorkDone()
    return { milliseconds: performance.now() - started, clock: 'wall' }
  }
  const querySet = device.createQuerySet({ label: 'timing', type: 'timestamp', count: 2 })
  const resolved = gpu.buffer('timestamps', 16, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC)
  try {
    const encoder = device.createCommandEncoder({ label: 'timed' })
    const pass = encoder.beginComputePass({
      label: 'timed',
      timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    })
    encodeDispatches(pass, dispatches)
    pass.end()
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0)
    device.queue.submit([encoder.finish()])
    const [begin, end] = new BigUint64Array(await gpu.read(resolved))
    return { milliseconds: Number(end - begin) / 1e6, clock: 'gpu' }
  } finally {
    querySet.destroy()
    resolved.destroy()
  }
}

/** Runs of a kernel in one timed pass: enough to rise above the resolution of the clock. */
const REPEATS = 20
/** The quickest of so many passes counts: other programs only ever add. */
const TRIES = 3

/** What one kernel takes of a list of dispatches. */
export interface KernelTime {
  readonly kernel: string
  readonly dispatches: number
  /** ms for all its dispatches together */
  readonly milliseconds: number
}

/**
 * Times each kernel of a list of dispatches alone, the dearest first. Dispatches are repeated as they are: what they
 * compute afterwards means nothing. The sum is more than the list takes where kernels may overlap.
 */
export async function timeKernels(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
): Promise<{ clock: Timing['clock']; kernels: KernelTime[] }> {
  const kernels: KernelTime[] = []
  let clock: Timing['clock'] = 'wall'
  for (const [kernel, group] of byKernel(dispatches)) {
    const repeated: Dispatch[] = Array(REPEATS).fill(group).flat()
    const times: number[] = []
    for (let i = 0; i < TRIES; i++) {
      const timing = await timeDispatches(gpu, repeated)
      clock = timing.clock
      times.push(timing.milliseconds / REPEATS)
    }
    kernels.push({ kernel, dispatches: group.length, milliseconds: Math.min(...times) })
  }
  kernels.sort((a, b) => b.milliseconds - a.milliseconds)
  return { clock, kernels }
}

function byKernel(dispatches: readonly Dispatch[]): Map<string, Dispatch[]> {
  const groups = new Map<string, Dispatch[]>()
  for (const dispatch of dispatches) {
    const group = groups.get(dispatch.pipeline.label)
    if (group) group.push(dispatch)
    else groups.set(dispatch.pipeline.label, [dispatch])
  }
  return groups
}
