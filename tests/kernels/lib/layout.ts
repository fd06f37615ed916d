/** From the reference's arrays to the GPU's padded rows and back. */
import { expect } from 'vitest'
import { headSlots, type Slots } from '../../../src/models/layers/slots.ts'

/** Width and heads of a network. */
export interface Shape {
  readonly channels: number
  readonly heads: number
  readonly slots: Slots
  /** constants of shaders/common/padding.wgsl */
  readonly constants: { readonly HEADS: number; readonly HEAD_WIDTH: number }
  readonly width4: number
}

export function shapeOf(channels: number, heads: number): Shape {
  const slots = headSlots(heads, channels / heads)
  return {
    channels,
    heads,
    slots,
    constants: { HEADS: heads, HEAD_WIDTH: channels / heads },
    width4: slots.width / 4,
  }
}

/** Usual widths, and some that need padding in every head. */
export const shapes: readonly Shape[] = [shapeOf(48, 6), shapeOf(12, 4), shapeOf(20, 2), shapeOf(7, 1)]

/** [rows × channels] → [rows × width] */
export function pack(values: ArrayLike<number>, { at, width }: Slots): Float32Array {
  const rows = values.length / at.length
  const data = new Float32Array(rows * width)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < at.length; c++) data[r * width + at[c]] = values[r * at.length + c]
  }
  return data
}

/** [rows × width] → [rows × channels]; the padding must hold zeros. */
export function unpack(data: Float32Array, { at, width }: Slots): Float64Array {
  const rows = data.length / width
  const values = new Float64Array(rows * at.length)
  const rest = Float32Array.from(data)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < at.length; c++) {
      values[r * at.length + c] = data[r * width + at[c]]
      rest[r * width + at[c]] = 0
    }
  }
  expect(
    rest.every((x) => x === 0),
    'padded slots hold zeros',
  ).toBe(true)
  return values
}

/** Parts [rows × any] side by side in each row. */
export function beside(rows: number, ...parts: readonly ArrayLike<number>[]): Float64Array {
  const widths = parts.map((part) => part.length / rows)
  const width = widths.reduce((sum, w) => sum + w, 0)
  const out = new Float64Array(rows * width)
  let column = 0
  parts.forEach((part, p) => {
    for (let k = 0; k < part.length; k++) {
      out[Math.floor(k / widths[p]) * width + column + (k % widths[p])] = part[k]
    }
    column += widths[p]
  })
  return out
}

/** The inverse of {@link beside}, for parts of the given widths. */
export function split(rows: number, data: Float64Array, widths: readonly number[]): Float64Array[] {
  const width = data.length / rows
  let column = 0
  return widths.map((w) => {
    const first = column
    column += w
    return new Float64Array(rows * w).map((_, k) => data[Math.floor(k / w) * width + first + (k % w)])
  })
}

/** v from the reference's order h·3D + s·D + d to the GPU's s·F + h·D + d. */
export const headsToBlocks = (v: Float64Array, shape: Shape): Float64Array => reorder(v, shape, true)
export const blocksToHeads = (v: Float64Array, shape: Shape): Float64Array => reorder(v, shape, false)

function reorder(v: Float64Array, { channels, heads }: Shape, toBlocks: boolean): Float64Array {
  const depth = channels / heads
  const out = new Float64Array(v.length)
  for (let row = 0; row < v.length; row += 3 * channels) {
    for (let h = 0; h < heads; h++) {
      for (let s = 0; s < 3; s++) {
        for (let d = 0; d < depth; d++) {
          const perHead = row + (3 * h + s) * depth + d
          const perBlock = row + s * channels + h * depth + d
          if (toBlocks) out[perBlock] = v[perHead]
          else out[perHead] = v[perBlock]
        }
      }
    }
  }
  return out
}
