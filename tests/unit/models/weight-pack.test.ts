import { describe, expect, test } from 'vitest'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { headSlots, plainSlots } from '../../../src/models/layers/slots.ts'
import { type PackedTensor, WeightPack } from '../../../src/models/layers/weight-pack.ts'

/** What `upload` sends. */
function uploaded(pack: WeightPack) {
  let sent = new Float32Array(0)
  const buffer = { destroy: () => {} } as GPUBuffer
  const gpu = {
    bufferFrom(_: string, data: Float32Array<ArrayBuffer>) {
      sent = data
      return buffer
    },
  } as unknown as Gpu
  const weights = pack.upload(gpu, 'weights')
  const read = (tensor: PackedTensor) =>
    Array.from(sent.subarray(tensor.offset / 4, (tensor.offset + tensor.bytes) / 4))
  return { weights, buffer, read }
}

describe('packed weights', () => {
  test('every tensor starts at a multiple of 256 bytes and comes back whole', () => {
    const pack = new WeightPack()
    const tensors = [1, 63, 64, 65, 200].map((length) => {
      const values = new Float32Array(length).map((_, k) => length + k / 256)
      return { values, place: pack.add(values) }
    })
    const { weights, buffer, read } = uploaded(pack)
    for (const { values, place } of tensors) {
      expect(place.offset % 256).toBe(0)
      expect(read(place).slice(0, values.length)).toEqual(Array.from(values))
      expect(weights.bind(place)).toEqual({ buffer, offset: place.offset, size: place.bytes })
    }
    expect(weights.bytes).toBe(5 * 256 + 256 + 768)
  })

  test('an empty tensor can still be bound', () => {
    const pack = new WeightPack()
    expect(pack.add(new Float32Array(0)).bytes).toBe(16)
    expect(pack.add(Float32Array.of(1)).offset).toBe(256)
  })

  test('rows of channels go to their slots, zeros between them', () => {
    const pack = new WeightPack()
    const vector = pack.addVector([1, 2, 3, 4, 5, 6], headSlots(2, 3))
    const rows = pack.addRows([1, 2, 3, 4], 2, plainSlots(2))
    const { read } = uploaded(pack)
    expect(read(vector)).toEqual([1, 2, 3, 0, 4, 5, 6, 0])
    expect(read(rows)).toEqual([1, 2, 0, 0, 3, 4, 0, 0])
  })

  test('a matrix is packed for rows of inputs and for rows of gradients', () => {
    const pack = new WeightPack()
    // [outputs, inputs] = [[1, 2, 3], [4, 5, 6]]
    const { forward, adjoint } = pack.addMatrix([1, 2, 3, 4, 5, 6], plainSlots(2), plainSlots(3))
    const { read } = uploaded(pack)
    expect(read(forward)).toEqual([1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0, 0, 0, 0, 0, 0])
    expect(read(adjoint)).toEqual([1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})
