import { describe, expect, test } from 'vitest'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { headSlots, plainSlots } from '../../../src/models/layers/slots.ts'
import { type PackedTensor, WeightPack } from '../../../src/models/layers/weight-pack.ts'

/** What `upload` sends, to an adapter whose buffers hold `limit` bytes. */
function uploaded(pack: WeightPack, limit = 2 ** 27) {
  const sent: Uint8Array<ArrayBuffer>[] = []
  const gpu = {
    device: { limits: { maxBufferSize: 4 * limit, maxStorageBufferBindingSize: limit } },
    buffer(_: string, bytes: number) {
      sent.push(new Uint8Array(bytes))
      return { index: sent.length - 1 } as unknown as GPUBuffer
    },
    upload(buffer: { index: number }, data: Float32Array, offset: number) {
      sent[buffer.index].set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    },
  } as unknown as Gpu
  const weights = pack.upload(gpu, 'weights')
  const read = (tensor: PackedTensor) => {
    const { buffer, offset, size } = weights.bind(tensor) as { buffer: unknown; offset: number; size: number }
    return Array.from(new Float32Array(sent[(buffer as { index: number }).index].buffer, offset, size / 4))
  }
  return { weights, sent, read }
}

describe('packed weights', () => {
  const add = (pack: WeightPack) =>
    [1, 63, 64, 65, 200].map((length) => {
      const values = new Float32Array(length).map((_, k) => length + k / 256)
      return { values, place: pack.add(values) }
    })

  test('every tensor starts at a multiple of 256 bytes and comes back whole', () => {
    const pack = new WeightPack()
    const tensors = add(pack)
    const { weights, sent, read } = uploaded(pack)
    for (const { values, place } of tensors) {
      expect(weights.bind(place).offset! % 256).toBe(0)
      expect(read(place).slice(0, values.length)).toEqual(Array.from(values))
    }
    expect(sent.length).toBe(1)
    expect(weights.bytes).toBe(3 * 256 + 512 + 1024)
  })

  test('what one binding may not hold is cut between tensors', () => {
    const pack = new WeightPack()
    const tensors = add(pack)
    const { weights, sent, read } = uploaded(pack, 1024)
    for (const { values, place } of tensors)
      expect(read(place).slice(0, values.length)).toEqual(Array.from(values))
    expect(sent.map(({ byteLength }) => byteLength)).toEqual([768, 512, 1024])
    expect(weights.bytes).toBe(3 * 256 + 512 + 1024)
  })

  test('an empty tensor can still be bound', () => {
    const pack = new WeightPack()
    const places = [pack.add(new Float32Array(0)), pack.add(Float32Array.of(1))]
    const { weights } = uploaded(pack)
    expect(places.map((place) => weights.bind(place))).toMatchObject([
      { offset: 0, size: 16 },
      { offset: 256, size: 16 },
    ])
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
