import type { Gpu } from '../../gpu/gpu.ts'
import type { Slots } from './slots.ts'

/** Storage bindings start at multiples of this many bytes on every adapter. */
const ALIGNMENT = 256

/** A tensor's place among the packed weights; resolved by {@link WeightPack.upload}. */
export interface PackedTensor {
  readonly part: number
  readonly bytes: number
}

/** Numbers of any precision, as checkpoints hold them. */
export type Numbers = ArrayLike<number>

/** Collects all weights of a model and uploads them. */
export class WeightPack {
  private readonly parts: Float32Array[] = []

  /** Adds values as they are. */
  add(values: Float32Array): PackedTensor {
    const place = { part: this.parts.length, bytes: Math.max(16, values.byteLength) }
    this.parts.push(values)
    return place
  }

  /** A row of per-channel values, [channels] → [width]. */
  addVector(values: Numbers, slots: Slots): PackedTensor {
    return this.addRows(values, 1, slots)
  }

  /** A table, [rows, channels] → [rows, width]. */
  addRows(values: Numbers, rows: number, slots: Slots): PackedTensor {
    const channels = slots.at.length
    const out = new Float32Array(rows * slots.width)
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < channels; c++) out[r * slots.width + slots.at[c]] = values[r * channels + c]
    }
    return this.add(out)
  }

  /**
   * A linear layer's matrix both ways round: `forward` multiplies rows of inputs, `adjoint` rows of output
   * gradients.
   * @param values [outputs, inputs], as PyTorch stores it
   */
  addMatrix(
    values: Numbers,
    outputs: Slots,
    inputs: Slots,
  ): { forward: PackedTensor; adjoint: PackedTensor } {
    const forward = new Float32Array(inputs.width * outputs.width)
    const adjoint = new Float32Array(inputs.width * outputs.width)
    const n = inputs.at.length
    for (let o = 0; o < outputs.at.length; o++) {
      for (let i = 0; i < n; i++) {
        const value = values[o * n + i]
        forward[inputs.at[i] * outputs.width + outputs.at[o]] = value
        adjoint[outputs.at[o] * inputs.width + inputs.at[i]] = value
      }
    }
    return { forward: this.add(forward), adjoint: this.add(adjoint) }
  }

  /**
   * Everything added so far, and the way to bind a tensor of it. Buffers are cut between tensors: an adapter may allow
   * no more than 128 MiB each, which is less than a large network's weights.
   * @param limit bytes of the largest buffer
   * @throws InputError for a tensor that alone is larger than the adapter allows
   */
  upload(gpu: Gpu, label: string, limit = largestBinding(gpu)): UploadedWeights {
    const sizes: number[] = []
    const places = this.parts.map((part) => {
      const bytes = paddedBytes(part)
      if (sizes.length === 0 || sizes[sizes.length - 1] + bytes > limit) sizes.push(0)
      const index = sizes.length - 1
      const offset = sizes[index]
      sizes[index] += bytes
      return { index, offset }
    })
    const buffers = sizes.map((size) => gpu.buffer(label, size))
    this.parts.forEach((part, i) => {
      gpu.upload(buffers[places[i].index], part, places[i].offset)
    })
    return {
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      bind: ({ part, bytes }) => ({
        buffer: buffers[places[part].index],
        offset: places[part].offset,
        size: bytes,
      }),
      destroy: () => {
        for (const buffer of buffers) buffer.destroy()
      },
    }
  }
}

const largestBinding = ({ device: { limits } }: Gpu): number =>
  Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize)

/** What a tensor takes up, its way to the next one included. */
const paddedBytes = (values: Float32Array): number =>
  Math.ceil(Math.max(16, values.byteLength) / ALIGNMENT) * ALIGNMENT

export interface UploadedWeights {
  readonly bytes: number
  bind(tensor: PackedTensor): GPUBufferBinding
  destroy(): void
}
