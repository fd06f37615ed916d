/**
 * Nonlinear messages: a tensor product, a gate, and a second tensor product. Equiformer SPEC section 12; arXiv:2206.11990,
 * section 4.1, eq. (6) to (8).
 *
 * | SPEC                                       | here                                  |
 * |--------------------------------------------|---------------------------------------|
 * | m_e                                        | `merged` [E × gated]                  |
 * | t = DTP(m_e, Y_e, rad(φ_e))                | inside                                |
 * | a_e = sep_alpha(t), [H, A]                 | `tape.alpha` [E × H A]                |
 * | g_e = gate(lin(t))                         | `tape.gated` [E × gated]              |
 * | v_e = lin(DTP(g_e, Y_e, w))                | `values` [E × H × head]               |
 * | z_eh = Σ_k alpha_dot[h,k] act(a_e[h,k])    | `logits` [E × H]                      |
 */
import type { AttentionParameters, MessageParameters } from '../../models/equiformer/parameters.ts'
import { depthwiseTensorProduct, depthwiseTensorProductAdjoint } from '../irreps/depthwise-tensor-product.ts'
import { gate, gateAdjoint } from '../irreps/gate.ts'
import { joinHeads, splitHeads } from '../irreps/heads.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { accumulate } from '../rows.ts'
import { attentionLogits, attentionLogitsAdjoint } from './attention-logits.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'
import {
  type RadialTensorProductTape,
  radialTensorProduct,
  radialTensorProductAdjoint,
} from './radial-tensor-product.ts'

export type NonlinearMessage = Extract<MessageParameters, { kind: 'nonlinear' }>

export interface NonlinearTape {
  readonly product: RadialTensorProductTape
  readonly alpha: Float64Array
  /** [E × gate input] */
  readonly ungated: Float64Array
  readonly gated: Float64Array
}

/** Logits and values of all edges. */
export function nonlinearMessages(
  message: NonlinearMessage,
  { head, heads }: AttentionParameters,
  graph: MessageGraph,
  merged: Float64Array,
): { logits: Float64Array; values: Float64Array; tape: NonlinearTape } {
  const { out, tape: product } = radialTensorProduct(message.product, graph, merged)
  const alpha = equivariantLinear(message.alpha, out)
  const ungated = equivariantLinear(message.linear, out)
  const gated = gate(message.gated, ungated)
  const second = depthwiseTensorProduct(message.valueProduct, gated, graph.harmonics, message.valueWeights)
  const values = splitHeads(head, heads, equivariantLinear(message.value, second))
  const logits = attentionLogits(message.alphaDot, heads, alpha)
  return { logits, values, tape: { product, alpha, ungated, gated } }
}

/** Gradient with respect to `merged`, from those of logits and values. */
export function nonlinearMessagesAdjoint(
  message: NonlinearMessage,
  { head, heads }: AttentionParameters,
  graph: MessageGraph,
  tape: NonlinearTape,
  gLogits: Float64Array,
  gValues: Float64Array,
  edgeGradient: EdgeGradient,
): Float64Array {
  const gSecond = equivariantLinearAdjoint(message.value, joinHeads(head, heads, gValues))
  const gradient = depthwiseTensorProductAdjoint(
    message.valueProduct,
    tape.gated,
    graph.harmonics,
    message.valueWeights,
    gSecond,
  )
  accumulate(edgeGradient.harmonics, gradient.harmonics)
  const gUngated = gateAdjoint(message.gated, tape.ungated, gradient.x)
  const gOut = equivariantLinearAdjoint(message.linear, gUngated)
  const gAlpha = attentionLogitsAdjoint(message.alphaDot, heads, tape.alpha, gLogits)
  accumulate(gOut, equivariantLinearAdjoint(message.alpha, gAlpha))
  return radialTensorProductAdjoint(message.product, graph, tape.product, gOut, edgeGradient)
}
