/** Element types of stored tensors, and their way into typed arrays. */

import type { TensorData } from './checkpoint.ts'

interface Dtype {
  /** Bytes per element as stored. */
  readonly size: number
  /** Decodes little-endian elements that fill `bytes`; the result is a copy. */
  readonly decode: (bytes: Uint8Array) => TensorData
}

/**
 * A buffer of its own, aligned for any element type. Typed arrays are little-endian wherever WebGPU runs. Not by `slice`:
 * that of Node's Buffer, which is a Uint8Array too, shares its memory.
 */
const aligned = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

/** IEEE 754 binary16, exactly. */
const halfToNumber = (half: number): number => {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

const decodeHalf = (bytes: Uint8Array): Float32Array =>
  Float32Array.from(new Uint16Array(aligned(bytes)), halfToNumber)

/** bfloat16 is the upper half of a float32. */
const decodeBrain = (bytes: Uint8Array): Float32Array => {
  const wide = Uint32Array.from(new Uint16Array(aligned(bytes)), (bits) => bits << 16)
  return new Float32Array(wide.buffer)
}

/** By PyTorch's names. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['float64', { size: 8, decode: (bytes) => new Float64Array(aligned(bytes)) }],
  ['float32', { size: 4, decode: (bytes) => new Float32Array(aligned(bytes)) }],
  ['float16', { size: 2, decode: decodeHalf }],
  ['bfloat16', { size: 2, decode: decodeBrain }],
  ['int64', { size: 8, decode: (bytes) => new BigInt64Array(aligned(bytes)) }],
  ['int32', { size: 4, decode: (bytes) => new Int32Array(aligned(bytes)) }],
  ['int16', { size: 2, decode: (bytes) => new Int16Array(aligned(bytes)) }],
  ['int8', { size: 1, decode: (bytes) => new Int8Array(aligned(bytes)) }],
  ['uint8', { size: 1, decode: (bytes) => new Uint8Array(aligned(bytes)) }],
  ['bool', { size: 1, decode: (bytes) => new Uint8Array(aligned(bytes)) }],
])

/** Product of a shape; 1 for a scalar. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

/** Copies elements at arbitrary strides (in elements) into a new buffer in row-major order. */
const gatherStrided = (
  bytes: Uint8Array,
  size: number,
  offset: number,
  shape: readonly number[],
  stride: readonly number[],
): Uint8Array => {
  const count = elementCount(shape)
  const dense = new Uint8Array(count * size)
  const index = shape.map(() => 0)
  let from = offset
  for (let element = 0; element < count; element++) {
    for (let b = 0; b < size; b++) dense[element * size + b] = bytes[from * size + b]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++
      from += stride[axis]
      if (index[axis] < shape[axis]) break
      from -= stride[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return dense
}

const isContiguous = (shape: readonly number[], stride: readonly number[]): boolean => {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false
    expected *= shape[axis]
  }
  return true
}

/**
 * The bytes of a strided view in row-major order. Offset and strides count elements of `size` bytes; the caller has
 * checked that the view lies within `bytes`.
 */
export const denseBytes = (
  bytes: Uint8Array,
  size: number,
  offset: number,
  shape: readonly number[],
  stride: readonly number[],
): Uint8Array =>
  isContiguous(shape, stride)
    ? bytes.subarray(offset * size, (offset + elementCount(shape)) * size)
    : gatherStrided(bytes, size, offset, shape, stride)

/** Whether a strided view of `available` elements stays inside them, and is no larger than they are. */
export const viewFits = (
  available: number,
  offset: number,
  shape: readonly number[],
  stride: readonly number[],
): boolean => {
  const whole = (n: number) => Number.isSafeInteger(n) && n >= 0
  if (shape.length !== stride.length || ![offset, ...shape, ...stride].every(whole)) return false
  const count = elementCount(shape)
  // A larger count would need overlapping elements (an expanded view): harmless in PyTorch, a bomb from a stranger.
  if (count > available || offset > available) return false
  if (count === 0) return true
  const last = shape.reduce((sum, n, axis) => sum + (n - 1) * stride[axis], offset)
  return last < available
}
