import type { Gpu } from '../../gpu/gpu.ts'
import type { Slots } from './slots.ts'

/** Storage bindings start at multiples of this many bytes on every adapter. */
const ALIGNMENT = 256

/** A tensor's place in the packed buffer; resolved by {@link WeightPack.upload}. */
export interface PackedTensor {
  readonly offset: number
  readonly bytes: number
}

/** Numbers of any precision, as checkpoints hold them. */
export type Numbers = ArrayLike<number>

/** Collects all weights of a model and uploads them as one buffer. */
export class WeightPack {
  private readonly parts: Float32Array[] = []
  private bytes = 0

  /** Adds values as they are. */
  add(values: Float32Array): PackedTensor {
    const place = { offset: this.bytes, bytes: Math.max(16, values.byteLength) }
    this.parts.push(values)
    this.bytes += Math.ceil(place.bytes / ALIGNMENT) * ALIGNMENT
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

  /** One buffer with everything added so far, and the way to bind a tensor of it. */
  upload(gpu: Gpu, label: string): UploadedWeights {
    const all = new Float32Array(this.bytes / 4)
    let offset = 0
    for (const part of this.parts) {
      all.set(part, offset / 4)
      offset += Math.ceil(Math.max(16, part.byteLength) / ALIGNMENT) * ALIGNMENT
    }
    const buffer = gpu.bufferFrom(label, all)
    return {
      bytes: this.bytes,
      bind: ({ offset, bytes }) => ({ buffer, offset, size: bytes }),
      destroy: () => buffer.destroy(),
    }
  }
}

export interface UploadedWeights {
  readonly bytes: number
  bind(tensor: PackedTensor): GPUBufferBinding
  destroy(): void
}
