/**
 * Dot-product attention between a query of the receiver and keys of its edges. Equiformer SPEC section 12 (`dpa`).
 *
 * | SPEC                                            | here                              |
 * |-------------------------------------------------|-----------------------------------|
 * | q = query(x), scaled by 1/√(n_h (2l + 1))       | `tape.queries` [N × H × head]     |
 * | kv = lin(DTP(m_e, Y_e, rad(φ_e)))               | `tape.joined` [E × 2H head]       |
 * | k_e, v_e: heads 0 … H − 1 and H … 2H − 1        | `tape.keys`, `values` [E × H × head] |
 * | z_eh = ⟨q[dst, h], k_e[h]⟩                      | `logits` [E × H]                  |
 *
 * n_h is the number of channels of one head, of all degrees together.
 */
import type { AttentionParameters, MessageParameters } from '../../models/equiformer/parameters.ts'
import type { Irreps } from '../../models/irreps/irreps.ts'
import { joinHeads, splitHeads } from '../irreps/heads.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { columns, concatenate } from '../rows.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'
import {
  type RadialTensorProductTape,
  radialTensorProduct,
  radialTensorProductAdjoint,
} from './radial-tensor-product.ts'

export type DotProductMessage = Extract<MessageParameters, { kind: 'dot product' }>

export interface DotProductTape {
  readonly product: RadialTensorProductTape
  readonly joined: Float64Array
  readonly queries: Float64Array
  readonly keys: Float64Array
}

/** [head.dimension] what each component of a head's query is multiplied by. */
const queryScale = (head: Irreps): Float64Array =>
  Float64Array.from(
    head.blocks.flatMap(({ degree, dimension }) =>
      new Array<number>(dimension).fill(1 / Math.sqrt(head.channels * (2 * degree + 1))),
    ),
  )

/** Logits and values of all edges, of node features x [N × input] and merged features [E × …]. */
export function dotProductMessages(
  message: DotProductMessage,
  { head, heads }: AttentionParameters,
  graph: MessageGraph,
  x: Float64Array,
  merged: Float64Array,
): { logits: Float64Array; values: Float64Array; tape: DotProductTape } {
  const width = heads * head.dimension
  const scale = queryScale(head)
  const queries = splitHeads(head, heads, equivariantLinear(message.query, x)).map(
    (q, at) => q * scale[at % scale.length],
  )
  const { out, tape: product } = radialTensorProduct(message.product, graph, merged)
  const joined = equivariantLinear(message.keyValue, out)
  const rows = splitHeads(head, 2 * heads, joined)
  const keys = columns(rows, 2 * width, 0, width)
  const values = columns(rows, 2 * width, width, width)
  const logits = new Float64Array(graph.edges.count * heads)
  keys.forEach((key, at) => {
    const query = queries[graph.edges.receiver[Math.floor(at / width)] * width + (at % width)]
    logits[Math.floor(at / head.dimension)] += query * key
  })
  return { logits, values, tape: { product, joined, queries, keys } }
}

/** Gradients with respect to x and merged features, from those of logits and values. */
export function dotProductMessagesAdjoint(
  message: DotProductMessage,
  { head, heads }: AttentionParameters,
  graph: MessageGraph,
  tape: DotProductTape,
  gLogits: Float64Array,
  gValues: Float64Array,
  edgeGradient: EdgeGradient,
): { x: Float64Array; merged: Float64Array } {
  const width = heads * head.dimension
  const { receiver, count } = graph.edges
  const scale = queryScale(head)
  const gQueries = new Float64Array(tape.queries.length)
  const gKeys = tape.keys.map((key, at) => {
    const query = receiver[Math.floor(at / width)] * width + (at % width)
    const g = gLogits[Math.floor(at / head.dimension)]
    gQueries[query] += g * key * scale[at % scale.length]
    return g * tape.queries[query]
  })
  const gJoined = joinHeads(head, 2 * heads, concatenate(gKeys, gValues, count))
  const gOut = equivariantLinearAdjoint(message.keyValue, gJoined)
  return {
    x: equivariantLinearAdjoint(message.query, joinHeads(head, heads, gQueries)),
    merged: radialTensorProductAdjoint(message.product, graph, tape.product, gOut, edgeGradient),
  }
}
