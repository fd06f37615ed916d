import type { EtWeights } from '../../reference/et-weights.ts'
import type { GatedBlock } from '../../reference/gated-block.ts'
import type { Linear } from '../../reference/linear.ts'
import type { RadialTable } from '../layers/radial-table.ts'
import { concatSlots, headSlots, plainSlots, type Slots } from '../layers/slots.ts'
import { type PackedTensor, WeightPack } from '../layers/weight-pack.ts'
import { type Filter, type FilterBlock, tabulateFilters } from './filters.ts'
import type { EtHyperparameters } from './parameters.ts'

/** A linear layer ready for shaders/atomwise/linear.wgsl, both ways round. */
export interface PackedLinear {
  readonly forward: PackedTensor
  readonly adjoint: PackedTensor
  readonly bias: PackedTensor | null
  readonly inputs: number
  readonly outputs: number
}

export interface PackedNorm {
  readonly weight: PackedTensor
  readonly bias: PackedTensor
}

export interface PackedTable {
  readonly table: RadialTable
  readonly data: PackedTensor
}

/** A gated equivariant block, SPEC tmdnet 8.1; widths in floats. */
export interface PackedBlock {
  readonly inWidth: number
  readonly outWidth: number
  /** W_1 and W_2 side by side */
  readonly projection: PackedLinear
  readonly hidden: PackedLinear
  readonly mix: PackedLinear
  readonly activateScalars: boolean
}

export interface PackedLayer {
  readonly norm: PackedNorm
  /** q | k | v_s | v_w1 | v_w2 */
  readonly attention: PackedLinear
  readonly filters: PackedTable
  readonly output: PackedLinear
  readonly vector: PackedLinear
}

export interface PackedEt {
  readonly pack: WeightPack
  /** floats in a padded row of channels */
  readonly width: number
  readonly embedding: PackedTensor
  readonly neighbor: {
    readonly embedding: PackedTensor
    readonly filters: PackedTable
    readonly combine: PackedLinear
  } | null
  readonly layers: readonly PackedLayer[]
  readonly outNorm: PackedNorm
  readonly output:
    | { readonly kind: 'gated'; readonly blocks: readonly [PackedBlock, PackedBlock] }
    | { readonly kind: 'dense'; readonly layers: readonly PackedLinear[] }
  /** largest relative error of any filter table */
  readonly tableError: number
}

/**
 * Lays an Equivariant Transformer's weights out for the GPU: channels padded per head, layers that read the same
 * input joined into one product, v_proj's per-head order unrolled into blocks, filters tabulated.
 */
export function packEt(hyper: EtHyperparameters, weights: EtWeights): PackedEt {
  const pack = new WeightPack()
  const headWidth = hyper.channels / hyper.heads
  const channels = headSlots(hyper.heads, headWidth)
  const { width } = channels
  const types = weights.embedding.length / hyper.channels

  const linear = (layers: readonly Linear[], outputs: Slots, inputs: Slots): PackedLinear => {
    const values = Float64Array.from(layers.flatMap((layer) => Array.from(layer.weight)))
    const biased = layers.some((layer) => layer.bias)
    const bias = layers.flatMap((layer) => Array.from(layer.bias ?? new Float64Array(layer.outputs)))
    return {
      ...pack.addMatrix(values, outputs, inputs),
      bias: biased ? pack.addVector(bias, outputs) : null,
      inputs: inputs.width,
      outputs: outputs.width,
    }
  }
  const norm = ({ weight, bias }: { weight: Float64Array; bias: Float64Array }): PackedNorm => ({
    weight: pack.addVector(weight, channels),
    bias: pack.addVector(bias, channels),
  })
  const tables = (layers: readonly (readonly Filter[])[]): PackedTable[] =>
    tabulateFilters(weights.basis, layers, hyper.cutoffUpper).map((table) => ({
      table,
      data: pack.add(table.data),
    }))
  const block = (layers: GatedBlock, inSlots: Slots): PackedBlock => {
    const outSlots = plainSlots(layers.directions.outputs)
    return {
      inWidth: inSlots.width,
      outWidth: outSlots.width,
      projection: linear([layers.lengths, layers.directions], concatSlots(inSlots, outSlots), inSlots),
      hidden: linear([layers.hidden], inSlots, concatSlots(inSlots, inSlots)),
      mix: linear([layers.mix], concatSlots(outSlots, outSlots), inSlots),
      activateScalars: layers.activateScalars,
    }
  }

  const blocks = concatSlots(channels, channels, channels)
  const perHead = valueSlots(hyper.heads, headWidth, channels)
  const filterBlock = (layer: Linear, slots: Slots): FilterBlock => ({
    weight: layer.weight,
    bias: layer.bias ?? new Float64Array(layer.outputs),
    slots,
    activation: hyper.activation,
  })

  // Tables with the same intervals, so that all layers share their compiled kernels.
  const filters = tables(
    weights.layers.map((layer) => [
      layer.keyFilter ? filterBlock(layer.keyFilter, channels) : { ones: channels },
      layer.valueFilter ? filterBlock(layer.valueFilter, perHead) : { ones: perHead },
    ]),
  )
  const layers = weights.layers.map(
    (layer, l): PackedLayer => ({
      norm: norm(layer.norm),
      attention: linear(
        [layer.query, layer.key, layer.value],
        concatSlots(channels, channels, perHead),
        channels,
      ),
      filters: filters[l],
      output: linear([layer.output], blocks, channels),
      vector: linear([layer.vector], blocks, channels),
    }),
  )

  const neighbor = weights.neighbor && {
    embedding: pack.addRows(weights.neighbor.embedding, types, channels),
    filters: tables([[{ ...filterBlock(weights.neighbor.distance, channels), activation: null }]])[0],
    combine: linear([weights.neighbor.combine], channels, concatSlots(channels, channels)),
  }

  const packOutput = (): PackedEt['output'] => {
    if (weights.output.kind === 'gated') {
      const [first, second] = weights.output.blocks
      return {
        kind: 'gated',
        blocks: [block(first, channels), block(second, plainSlots(first.directions.outputs))],
      }
    }
    let inSlots = channels
    const dense = weights.output.layers.map((layer) => {
      const outSlots = plainSlots(layer.outputs)
      const packed = linear([layer], outSlots, inSlots)
      inSlots = outSlots
      return packed
    })
    return { kind: 'dense', layers: dense }
  }

  const tabulated = [...filters, ...(neighbor ? [neighbor.filters] : [])]
  return {
    pack,
    width,
    embedding: pack.addRows(weights.embedding, types, channels),
    neighbor,
    layers,
    outNorm: norm(weights.outNorm),
    output: packOutput(),
    tableError: Math.max(...tabulated.map(({ table }) => table.error)),
  }
}

/** v_proj and dv_proj come head by head, row h·3D + s·D + d; here block s holds all heads. SPEC tmdnet 3. */
function valueSlots(heads: number, headWidth: number, channels: Slots): Slots {
  const at = new Uint32Array(3 * heads * headWidth)
  for (let h = 0; h < heads; h++) {
    for (let s = 0; s < 3; s++) {
      for (let d = 0; d < headWidth; d++)
        at[(h * 3 + s) * headWidth + d] = s * channels.width + channels.at[h * headWidth + d]
    }
  }
  return { at, width: 3 * channels.width }
}
