import type { Gpu } from '../gpu/gpu.ts'
import { requestNodeGpu } from '../gpu/node.ts'
import { remark } from './terminal.ts'

/** Opens the device, says which one, and closes it again whatever happens. */
export async function withGpu<T>(work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const gpu = await requestNodeGpu()
  remark(
    gpu.isSoftware
      ? `No GPU was found: running on the processor through ${gpu.adapterName}, correct but slow.`
      : `Running on ${gpu.adapterName}.`,
  )
  try {
    return await work(gpu)
  } finally {
    gpu.destroy()
  }
}
