/**
 * A block: attention and a feed-forward network, each on normalised features and added to what was there. Equiformer SPEC
 * section 12; arXiv:2206.11990, fig. 1.
 *
 * | SPEC                                | here                             |
 * |-------------------------------------|----------------------------------|
 * | x1 = x + ga(norm_1(x))              | `tape.middle` [N × embedding]    |
 * | ffn = fctp_2(gate(fctp_1(·)))       | `tape.feedForward` [N × output]  |
 * | x' = S(x1) + ffn(norm_2(x1))        | `out` [N × output]               |
 */
import type { BlockParameters } from '../../models/equiformer/parameters.ts'
import { gate, gateAdjoint } from '../irreps/gate.ts'
import { equivariantLayerNorm, equivariantLayerNormAdjoint } from '../irreps/layer-norm.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { add } from '../rows.ts'
import { type AttentionTape, graphAttention, graphAttentionAdjoint } from './attention.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'

export interface BlockTape {
  readonly x: Float64Array
  readonly normed: Float64Array
  readonly attention: AttentionTape
  readonly attended: Float64Array
  readonly middle: Float64Array
  /** [N × gate input] */
  readonly ungated: Float64Array
  readonly feedForward: Float64Array
}

/** Features after the block, of features x [N × embedding]. */
export function block(
  { attentionNorm, attention, feedForwardNorm, feedForward: ffn, shortcut }: BlockParameters,
  graph: MessageGraph,
  x: Float64Array,
): { out: Float64Array; tape: BlockTape } {
  const normed = equivariantLayerNorm(attentionNorm, x)
  const { out: attended, tape } = graphAttention(attention, graph, normed)
  const middle = add(x, attended)
  const ungated = equivariantLinear(ffn.first, equivariantLayerNorm(feedForwardNorm, middle))
  const feedForward = equivariantLinear(ffn.second, gate(ffn.hidden, ungated))
  const straight = shortcut ? equivariantLinear(shortcut, middle) : middle
  return {
    out: add(straight, feedForward),
    tape: { x, normed, attention: tape, attended, middle, ungated, feedForward },
  }
}

/** Gradient with respect to x, from the gradient g [N × output]. */
export function blockAdjoint(
  { attentionNorm, attention, feedForwardNorm, feedForward: ffn, shortcut }: BlockParameters,
  graph: MessageGraph,
  tape: BlockTape,
  g: Float64Array,
  edgeGradient: EdgeGradient,
): Float64Array {
  const gUngated = gateAdjoint(ffn.hidden, tape.ungated, equivariantLinearAdjoint(ffn.second, g))
  const gNormed = equivariantLinearAdjoint(ffn.first, gUngated)
  const gMiddle = add(
    shortcut ? equivariantLinearAdjoint(shortcut, g) : g,
    equivariantLayerNormAdjoint(feedForwardNorm, tape.middle, gNormed),
  )
  const gAttended = graphAttentionAdjoint(attention, graph, tape.attention, gMiddle, edgeGradient)
  return add(gMiddle, equivariantLayerNormAdjoint(attentionNorm, tape.x, gAttended))
}
