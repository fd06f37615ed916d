/** An attention layer's weights laid out for the GPU, and what the rows of its edges have. SPEC section 12. */

import { joinedIrreps } from '../../reference/irreps/heads.ts'
import { type EquivariantLinear, linearPaths } from '../../reference/irreps/linear.ts'
import type { EquiformerRadialBasis } from '../../reference/irreps/radial-basis.ts'
import { isScalar } from '../irreps/irrep.ts'
import type { Irreps, IrrepsBlock } from '../irreps/irreps.ts'
import { type PackedEquivariantLinear, packEquivariantLinear } from '../layers/equivariant-linear.ts'
import { type GateRows, gateRows } from '../layers/gate-rows.ts'
import { type IrrepsRows, irrepsRows } from '../layers/irreps-rows.ts'
import { padded } from '../layers/slots.ts'
import type { PackedTensor, WeightPack } from '../layers/weight-pack.ts'
import {
  type EdgeProduct,
  packEdgeProduct,
  type ResultBlock,
  type ResultLayer,
  weightColumns,
} from './edge-product.ts'
import type { PackedTable } from './packed-weights.ts'
import type { AttentionParameters, MessageParameters, RadialTensorProduct } from './parameters.ts'
import { noFunctions, tabulateAffine } from './radial-tables.ts'
import type { RowPart } from './turn-source.ts'

/** Numbers that logits are made of, and the vector they meet. */
export interface PackedLogits {
  /** First float of them in a row of the first product's results. */
  readonly first: number
  /** Floats of a head, a multiple of 4. */
  readonly width: number
  /** [heads, width] */
  readonly alphaDot: PackedTensor
}

/** What every message has: the product whose weights come from the distance. */
interface FirstProduct {
  readonly product: EdgeProduct
  readonly radial: PackedTable
}

export type PackedMessage = FirstProduct &
  (
    | {
        readonly kind: 'nonlinear'
        readonly logits: PackedLogits
        readonly gate: GateRows
        readonly value: EdgeProduct
      }
    | { readonly kind: 'linear'; readonly logits: PackedLogits; readonly values: RowPart }
    | {
        readonly kind: 'dot product'
        /** With what its scalar product with a key is divided by. */
        readonly query: PackedEquivariantLinear
        readonly keys: RowPart
        readonly values: RowPart
      }
  )

export interface PackedAttention {
  readonly heads: number
  /** Of features on edges. */
  readonly merged: IrrepsRows
  /** Of all heads' values. */
  readonly values: IrrepsRows
  readonly source: PackedEquivariantLinear
  readonly receiver: PackedEquivariantLinear
  readonly message: PackedMessage
  readonly project: PackedEquivariantLinear
}

export function packAttention(
  pack: WeightPack,
  basis: EquiformerRadialBasis,
  { heads, head, source, receiver, message, project }: AttentionParameters,
): PackedAttention {
  const input = irrepsRows(source.input)
  const merged = irrepsRows(source.output)
  const values = irrepsRows(joinedIrreps(head, heads), heads)
  return {
    ...{ heads, merged, values },
    source: packEquivariantLinear(pack, source, input, merged),
    receiver: packEquivariantLinear(pack, receiver, input, merged),
    message: packMessage(pack, basis, message, { heads, head, input, merged, values }),
    project: packEquivariantLinear(pack, project, values, irrepsRows(project.output)),
  }
}

interface Shapes {
  readonly heads: number
  readonly head: Irreps
  readonly input: IrrepsRows
  readonly merged: IrrepsRows
  readonly values: IrrepsRows
}

function packMessage(
  pack: WeightPack,
  basis: EquiformerRadialBasis,
  message: MessageParameters,
  shapes: Shapes,
): PackedMessage {
  const radial = packRadial(pack, basis, message.product, shapes.merged)
  switch (message.kind) {
    case 'nonlinear':
      return { radial, ...packNonlinear(pack, message, shapes) }
    case 'linear':
      return { radial, ...packLinear(pack, message, shapes) }
    case 'dot product':
      return { radial, ...packDotProduct(pack, message, shapes) }
  }
}

function packRadial(
  pack: WeightPack,
  basis: EquiformerRadialBasis,
  { layer, radial }: RadialTensorProduct,
  merged: IrrepsRows,
): PackedTable {
  const { at, width } = weightColumns(layer, merged)
  const functions = noFunctions(radial, width)
  const { inputs, weight, bias } = radial.last
  at.forEach((slot, n) => {
    functions.weight.set(weight.subarray(n * inputs, (n + 1) * inputs), slot * inputs)
    functions.bias[slot] = bias?.[n] ?? 0
  })
  const table = tabulateAffine(basis, radial, functions)
  return { table, data: pack.add(table.data) }
}

/** Blocks of rows of irreps within longer rows. */
const blocksAt = ({ blocks }: IrrepsRows, base: number): ResultBlock[] =>
  blocks.map(({ block: { degree, parity }, offset, width }) => ({
    degree,
    parity,
    offset: base + offset,
    width,
  }))

/** Numbers for logits as one block, every head's padded. */
const logitsBlock = (offset: number, heads: number, width: number): ResultBlock => ({
  ...{ degree: 0, parity: 1, offset, width: heads * width },
})

function packAlphaDot(pack: WeightPack, alphaDot: Float64Array, heads: number): PackedTensor {
  const channels = alphaDot.length / heads
  const width = padded(channels)
  const rows = new Float32Array(heads * width)
  alphaDot.forEach((value, n) => {
    rows[Math.floor(n / channels) * width + (n % channels)] = value
  })
  return pack.add(rows)
}

type Of<Kind extends MessageParameters['kind']> = Extract<MessageParameters, { kind: Kind }>

function packNonlinear(pack: WeightPack, message: Of<'nonlinear'>, { heads, merged, values }: Shapes) {
  const gate = gateRows(message.gated)
  const channels = message.alphaDot.length / heads
  const width = padded(channels)
  const alphaBlock = gate.input.blocks.length
  const layers: ResultLayer[] = [
    {
      layer: message.linear,
      place: (to, channel) => {
        const block = message.linear.output.blocks.indexOf(to)
        return { block, slot: gate.input.blocks[block].slots.at[channel] }
      },
    },
    {
      layer: message.alpha,
      place: (_, channel) => ({
        ...{ block: alphaBlock, slot: Math.floor(channel / channels) * width + (channel % channels) },
      }),
    },
  ]
  return {
    kind: message.kind,
    gate,
    product: packEdgeProduct(
      ...([pack, message.product.layer, merged, null] as const),
      [...blocksAt(gate.input, 0), logitsBlock(gate.input.width, heads, width)],
      layers,
    ),
    logits: { first: gate.input.width, width, alphaDot: packAlphaDot(pack, message.alphaDot, heads) },
    value: packEdgeProduct(
      ...([pack, message.valueProduct, gate.output, message.valueWeights] as const),
      blocksAt(values, 0),
      [{ layer: message.value, place: placeIn(message.value, values) }],
    ),
  }
}

/** Places of a layer whose output is rows. */
const placeIn =
  ({ output }: EquivariantLinear, { blocks }: IrrepsRows): ResultLayer['place'] =>
  (to, channel) => {
    const block = output.blocks.indexOf(to)
    return { block, slot: blocks[block].slots.at[channel] }
  }

function packLinear(pack: WeightPack, message: Of<'linear'>, { heads, head, merged, values }: Shapes) {
  const { layer, linear } = { layer: message.product.layer, linear: message.linear }
  const channels = message.alphaDot.length / heads
  const width = padded(channels)
  const base = heads * width
  // The scalars of a head, those for its logit first, are neighbours in one block.
  const own = head.blocks[0] && isScalar(head.blocks[0]) ? head.blocks[0].multiplicity : 0
  const place = (to: IrrepsBlock, channel: number) => {
    const block = linear.output.blocks.indexOf(to)
    if (block > 0) {
      const at = block - 1 + (own > 0 ? 1 : 0)
      return { block: 1 + at, slot: values.blocks[at].slots.at[channel] }
    }
    const h = Math.floor(channel / (channels + own))
    const k = channel % (channels + own)
    return k < channels
      ? { block: 0, slot: h * width + k }
      : { block: 1, slot: values.blocks[0].slots.at[h * own + k - channels] }
  }
  const product = packEdgeProduct(
    ...([pack, layer, merged, null] as const),
    [logitsBlock(0, heads, width), ...blocksAt(values, base)],
    [{ layer: linear, place }],
  )
  return {
    kind: message.kind,
    product,
    logits: { first: 0, width, alphaDot: packAlphaDot(pack, message.alphaDot, heads) },
    values: { stride: product.width, base },
  }
}

function packDotProduct(
  pack: WeightPack,
  message: Of<'dot product'>,
  { head, input, merged, values }: Shapes,
) {
  const { keyValue } = message
  const product = packEdgeProduct(
    ...([pack, message.product.layer, merged, null] as const),
    [...blocksAt(values, 0), ...blocksAt(values, values.width)],
    [
      {
        layer: keyValue,
        place: (to, channel) => {
          const block = keyValue.output.blocks.indexOf(to)
          const { slots } = values.blocks[block]
          const count = slots.at.length
          return {
            block: channel < count ? block : values.blocks.length + block,
            slot: slots.at[channel % count],
          }
        },
      },
    ],
  )
  return {
    kind: message.kind,
    product,
    query: packEquivariantLinear(pack, scaledQuery(message.query, head), input, values),
    keys: { stride: product.width, base: 0 },
    values: { stride: product.width, base: values.width },
  }
}

/** Divided by √(channels of a head) √(2l + 1), which upstream does to the query. */
function scaledQuery(query: EquivariantLinear, head: Irreps): EquivariantLinear {
  const weight = query.weight.slice()
  for (const { from, to, weightOffset } of linearPaths(query.input, query.output)) {
    const scale = 1 / Math.sqrt(head.channels * (2 * to.degree + 1))
    for (let n = 0; n < from.multiplicity * to.multiplicity; n++) weight[weightOffset + n] *= scale
  }
  return { ...query, weight, bias: query.bias?.map((b) => b / Math.sqrt(head.channels)) ?? null }
}
