/**
 * Equivariant graph attention: messages of any kind, weighed and summed over each atom's edges. Equiformer SPEC section 12;
 * arXiv:2206.11990, section 4.1.
 *
 * | SPEC                                      | here                                      |
 * |-------------------------------------------|-------------------------------------------|
 * | m_e = merge_src(x)[src] + merge_dst(x)[dst] | `merge`                                 |
 * | z_eh, v_e                                 | `tape.logits` [E × H], `.values` [E × H × head] |
 * | α_eh, softmax over edges of equal dst     | `tape.weights` [E × H]                    |
 * | o_i = Σ_{e → i} α_eh v_e[h]               | `sums` [N × H × head]                     |
 * | proj(o)                                   | `out` [N × output]                        |
 * | gA = projᵀ g                              | `gSums` [N × H × head]                    |
 * | gα_eh = ⟨gA_i[h], v_e[h]⟩, gv_e[h] = α_eh gA_i[h] | `gWeights`, `gValues`             |
 */
import type { AttentionParameters } from '../../models/equiformer/parameters.ts'
import { edgeSoftmax, edgeSoftmaxAdjoint } from '../irreps/edge-softmax.ts'
import { joinHeads, splitHeads } from '../irreps/heads.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { accumulate, add, gatherRows } from '../rows.ts'
import { type EdgeGradient, type MessageGraph, scatterRows } from './message-graph.ts'
import { type MessageTape, messages, messagesAdjoint } from './messages.ts'

export interface AttentionTape {
  readonly message: MessageTape
  readonly logits: Float64Array
  readonly values: Float64Array
  readonly weights: Float64Array
}

/** Sources' and receivers' features together, on the edges: [E × merged]. */
function merge(
  { source, receiver }: AttentionParameters,
  { edges }: MessageGraph,
  x: Float64Array,
): Float64Array {
  const { dimension } = source.output
  return add(
    gatherRows(equivariantLinear(source, x), dimension, edges.source),
    gatherRows(equivariantLinear(receiver, x), dimension, edges.receiver),
  )
}

function mergeAdjoint(
  { source, receiver }: AttentionParameters,
  { edges }: MessageGraph,
  gMerged: Float64Array,
): Float64Array {
  const toward = (index: Int32Array) => scatterRows(edges.atoms, source.output.dimension, index, gMerged)
  return add(
    equivariantLinearAdjoint(source, toward(edges.source)),
    equivariantLinearAdjoint(receiver, toward(edges.receiver)),
  )
}

/** Output [N × output] for node features x [N × input]. */
export function graphAttention(
  attention: AttentionParameters,
  graph: MessageGraph,
  x: Float64Array,
): { out: Float64Array; tape: AttentionTape } {
  const { head, heads, project } = attention
  const { edges } = graph
  const { logits, values, tape: message } = messages(attention, graph, x, merge(attention, graph, x))
  const weights = edgeSoftmax(edges.receiver, logits)
  const weighed = values.map((value, at) => value * weights[Math.floor(at / head.dimension)])
  const sums = scatterRows(edges.atoms, heads * head.dimension, edges.receiver, weighed)
  return {
    out: equivariantLinear(project, joinHeads(head, heads, sums)),
    tape: { message, logits, values, weights },
  }
}

/** Gradient with respect to x, from the gradient g [N × output]. */
export function graphAttentionAdjoint(
  attention: AttentionParameters,
  graph: MessageGraph,
  tape: AttentionTape,
  g: Float64Array,
  edgeGradient: EdgeGradient,
): Float64Array {
  const { head, heads, project } = attention
  const { edges } = graph
  const gSums = splitHeads(head, heads, equivariantLinearAdjoint(project, g))
  const onEdges = gatherRows(gSums, heads * head.dimension, edges.receiver)
  const gWeights = new Float64Array(tape.weights.length)
  const gValues = onEdges.map((gSum, at) => {
    const weight = Math.floor(at / head.dimension)
    gWeights[weight] += gSum * tape.values[at]
    return gSum * tape.weights[weight]
  })
  const gLogits = edgeSoftmaxAdjoint(edges.receiver, tape.weights, gWeights)
  const gradient = messagesAdjoint(attention, graph, tape.message, gLogits, gValues, edgeGradient)
  const gx = mergeAdjoint(attention, graph, gradient.merged)
  return gradient.x ? accumulate(gx, gradient.x) : gx
}
