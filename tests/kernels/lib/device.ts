import { afterAll, beforeAll } from 'vitest'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../../src/gpu/node.ts'

/** One device for all tests of a file. */
export function useGpu(): () => Gpu {
  let gpu: Gpu
  beforeAll(async () => {
    gpu = await requestNodeGpu()
  })
  afterAll(() => gpu?.destroy())
  return () => gpu
}
