/** Weights that no single buffer may hold: cut between tensors, each still where its binding says. */
import { expect, test } from 'vitest'
import { WeightPack } from '../../../src/models/layers/weight-pack.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()
const ramp = (first: number, length: number) => Float32Array.from({ length }, (_, i) => first + i)
const tensors = [ramp(0, 3), ramp(100, 64), ramp(1000, 130), ramp(2000, 65), ramp(3000, 1), ramp(4000, 256)]

test.each([
  ['one buffer', undefined, 1],
  ['several buffers', 1024, 4],
])('every tensor is bound to its own numbers: %s', async (_, limit, count) => {
  const pack = new WeightPack()
  const places = tensors.map((tensor) => pack.add(tensor))
  const weights = pack.upload(gpu(), 'weights', limit)
  const buffers = new Set<GPUBuffer>()
  for (const [i, place] of places.entries()) {
    const { buffer, offset, size } = weights.bind(place)
    buffers.add(buffer)
    expect(offset! % 256).toBe(0)
    expect(size).toBe(Math.max(16, tensors[i].byteLength))
    const found = new Float32Array(await gpu().read(buffer), offset, tensors[i].length)
    expect(found).toEqual(tensors[i])
  }
  expect(buffers.size).toBe(count)
  const sizes = [...buffers].map((buffer) => buffer.size)
  if (limit) expect(Math.max(...sizes)).toBeLessThanOrEqual(limit)
  expect(weights.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0))
  weights.destroy()
})
