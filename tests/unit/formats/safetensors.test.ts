import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/formats/checkpoint.ts'
import { readSafetensors, writeSafetensors } from '../../../src/formats/safetensors.ts'
import { complaint, succeedsOrExplains } from './lib/expect-input-error.ts'
import { dataFile } from './lib/files.ts'
import { ascii, join, u32 } from './lib/pickle-writer.ts'

const file = (header: string, data: Uint8Array = new Uint8Array(16)) =>
  join(u32(ascii(header).length), u32(0), ascii(header), data)
const one = (entry: object, data?: Uint8Array) => file(JSON.stringify({ w: entry }), data)
const refuses = (bytes: Uint8Array) => complaint(() => readSafetensors(bytes, 'm.safetensors'))

describe('safetensors', () => {
  const tensors = new Map<string, Tensor>([
    ['b', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
    ['scalar', { dtype: 'float64', shape: [], data: Float64Array.of(Math.PI) }],
    ['w', { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, Number.NaN) }],
    ['i', { dtype: 'int64', shape: [1], data: BigInt64Array.of(-5n) }],
    ['n', { dtype: 'int32', shape: [1], data: Int32Array.of(-5) }],
    ['s', { dtype: 'int16', shape: [1], data: Int16Array.of(-5) }],
    ['c', { dtype: 'int8', shape: [1], data: Int8Array.of(-5) }],
    ['u', { dtype: 'uint8', shape: [0, 4], data: new Uint8Array(0) }],
  ])

  it('come back as they were written', () => {
    const metadata = {
      hyper_parameters: '{"cutoff": 5.0}',
      units: '{"energy": "eV"}',
      elements: '[1, 6]',
      step: '46831',
      version: '1.10',
      note: '[not JSON',
    }
    const checkpoint = readSafetensors(writeSafetensors(tensors, metadata), 'm.safetensors')
    expect(new Map([...checkpoint.tensors].sort())).toEqual(new Map([...tensors].sort()))
    expect(checkpoint.hyperparameters).toEqual({ cutoff: 5 })
    expect({ ...checkpoint.metadata }).toEqual({
      units: { energy: 'eV' },
      elements: [1, 6],
      step: 46831,
      version: '1.10',
      note: '[not JSON',
    })
  })

  it('are read out of a Buffer as out of any bytes', () => {
    const bytes = writeSafetensors(tensors)
    // Somewhere inside memory that others use, too, and at an odd place.
    const pool = Buffer.alloc(bytes.length + 64, 0xff)
    pool.set(bytes, 13)
    const read = readSafetensors(pool.subarray(13, 13 + bytes.length), 'm.safetensors')
    expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()))
    pool.fill(0)
    expect(read.tensors.get('scalar')!.data).toEqual(Float64Array.of(Math.PI))
  })

  it('widens halves and writes them as what they became', () => {
    const half = one({ dtype: 'F16', shape: [1], data_offsets: [0, 2] }, Uint8Array.of(0x00, 0x3e))
    const read = readSafetensors(half, 'm')
    expect(read.tensors.get('w')).toEqual({ dtype: 'float16', shape: [1], data: Float32Array.of(1.5) })
    expect(readSafetensors(writeSafetensors(read.tensors), 'm').tensors.get('w')!.dtype).toBe('float32')
  })

  it('refuses to write data that are not their shape', () => {
    const wrong = new Map<string, Tensor>([['w', { dtype: 'float32', shape: [3], data: Float32Array.of(1) }]])
    expect(complaint(() => writeSafetensors(wrong))).toContain('Tensor w has 1 elements but the shape [3]')
  })

  it.each<[string, Uint8Array, string]>([
    ['no header', new Uint8Array(4), 'not a safetensors file'],
    ['a giant header', join(u32(0), u32(1), ascii('{')), 'not a safetensors file'],
    ['a short header', join(u32(100), u32(0), ascii('{}')), 'cut short'],
    ['no JSON', file('{oops}'), 'not JSON'],
    ['a list', file('[]'), 'not JSON'],
    ['no shape', one({ dtype: 'F32', data_offsets: [0, 4] }), 'tensor w: its shape or offsets'],
    ['a negative shape', one({ dtype: 'F32', shape: [-1], data_offsets: [0, 4] }), 'tensor w: its shape'],
    ['a strange type', one({ dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] }), 'type F8_E4M3'],
    ['data beyond', one({ dtype: 'F32', shape: [5], data_offsets: [0, 20] }), 'ends 4 bytes beyond the file'],
    [
      'a wrong length',
      one({ dtype: 'F32', shape: [2], data_offsets: [0, 4] }),
      'takes 8 bytes but its offsets span 4',
    ],
    [
      'an overlap',
      file(
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}',
      ),
      'tensors a and b overlap',
    ],
  ])('explains %s', (_, bytes, message) => {
    expect(refuses(bytes)).toContain(message)
  })

  it('treats a tensor called __proto__ like any other', () => {
    const bytes = file(
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"__metadata__":{"__proto__":"{}"}}',
    )
    const { tensors: read, metadata } = readSafetensors(bytes, 'm')
    expect([...read.keys()]).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(metadata)).toBeNull()
  })

  it('survives truncation and damage', () => {
    const whole = dataFile('gatr_baseline.safetensors')
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(4000), fc.nat(255), (length, at, byte) => {
        expect(refuses(whole.subarray(0, length))).toMatch(/cut short|not a safetensors/)
        const damaged = whole.slice()
        damaged[at] = byte
        succeedsOrExplains(() => readSafetensors(damaged, 'm.safetensors'))
      }),
      { numRuns: 300 },
    )
  })
})
