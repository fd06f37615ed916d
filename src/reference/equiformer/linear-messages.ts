/**
 * Linear messages: one tensor product gives both what logits are made of and values. Equiformer SPEC section 12.
 *
 * | SPEC                                                      | here                              |
 * |-----------------------------------------------------------|-----------------------------------|
 * | q_e = lin(DTP(m_e, Y_e, rad(φ_e)))                        | `tape.joined` [E × output]        |
 * | head irreps simplify(A x0e + h); the first A are for logits | `splitHeads`, then columns        |
 * | z_eh, v_e                                                 | `logits` [E × H], `values` [E × H × head] |
 */
import type { AttentionParameters, MessageParameters } from '../../models/equiformer/parameters.ts'
import { concatIrreps, type Irreps, irrepsOf, simplifyIrreps } from '../../models/irreps/irreps.ts'
import { joinHeads, splitHeads } from '../irreps/heads.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { columns, concatenate } from '../rows.ts'
import { attentionLogits, attentionLogitsAdjoint } from './attention-logits.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'
import {
  type RadialTensorProductTape,
  radialTensorProduct,
  radialTensorProductAdjoint,
} from './radial-tensor-product.ts'

export type LinearMessage = Extract<MessageParameters, { kind: 'linear' }>

export interface LinearTape {
  readonly product: RadialTensorProductTape
  /** Heads still joined, logits' numbers among the scalars. */
  readonly joined: Float64Array
  /** [E × H × A] */
  readonly alpha: Float64Array
}

/** One head's A scalars for its logit and its values, as neighbours in one row. */
const headWithLogits = (head: Irreps, logits: number): Irreps =>
  simplifyIrreps(concatIrreps(irrepsOf([{ multiplicity: logits, degree: 0, parity: 1 }]), head))

/** Logits and values of all edges. */
export function linearMessages(
  message: LinearMessage,
  { head, heads }: AttentionParameters,
  graph: MessageGraph,
  merged: Float64Array,
): { logits: Float64Array; values: Float64Array; tape: LinearTape } {
  const width = message.alphaDot.length / heads
  const { out, tape: product } = radialTensorProduct(message.product, graph, merged)
  const joined = equivariantLinear(message.linear, out)
  const rows = splitHeads(headWithLogits(head, width), heads, joined)
  const alpha = columns(rows, width + head.dimension, 0, width)
  const values = columns(rows, width + head.dimension, width, head.dimension)
  const logits = attentionLogits(message.alphaDot, heads, alpha)
  return { logits, values, tape: { product, joined, alpha } }
}

/** Gradient with respect to `merged`, from those of logits and values. */
export function linearMessagesAdjoint(
  message: LinearMessage,
  { head, heads }: AttentionParameters,
  graph: MessageGraph,
  tape: LinearTape,
  gLogits: Float64Array,
  gValues: Float64Array,
  edgeGradient: EdgeGradient,
): Float64Array {
  const width = message.alphaDot.length / heads
  const gAlpha = attentionLogitsAdjoint(message.alphaDot, heads, tape.alpha, gLogits)
  const gRows = concatenate(gAlpha, gValues, gLogits.length)
  const gJoined = joinHeads(headWithLogits(head, width), heads, gRows)
  const gOut = equivariantLinearAdjoint(message.linear, gJoined)
  return radialTensorProductAdjoint(message.product, graph, tape.product, gOut, edgeGradient)
}
