/**
 * From normalised features to one number per atom. Equiformer SPEC section 12.
 *
 * | SPEC                                            | here                    |
 * |-------------------------------------------------|-------------------------|
 * | head.2(act(head.0(x))), act the normalised SiLU | `kind: 'linear'`        |
 * | a GraphAttention to 1x0e                        | `kind: 'attention'`     |
 */
import type { EnergyHead } from '../../models/equiformer/parameters.ts'
import { activateNormalized, activateNormalizedAdjoint } from '../irreps/activations.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { type AttentionTape, graphAttention, graphAttentionAdjoint } from './attention.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'

export type EnergyHeadTape =
  | { readonly kind: 'linear'; readonly hidden: Float64Array }
  | { readonly kind: 'attention'; readonly attention: AttentionTape }

/** Contributions [N] of features x [N × feature]. */
export function energyHead(
  head: EnergyHead,
  graph: MessageGraph,
  x: Float64Array,
): { perAtom: Float64Array; tape: EnergyHeadTape } {
  if (head.kind === 'attention') {
    const { out, tape } = graphAttention(head.attention, graph, x)
    return { perAtom: out, tape: { kind: head.kind, attention: tape } }
  }
  const hidden = equivariantLinear(head.first, x)
  const perAtom = equivariantLinear(head.second, activateNormalized('silu', hidden))
  return { perAtom, tape: { kind: head.kind, hidden } }
}

/** Gradient with respect to x, from the gradient g [N] of the contributions. */
export function energyHeadAdjoint(
  head: EnergyHead,
  graph: MessageGraph,
  tape: EnergyHeadTape,
  g: Float64Array,
  edgeGradient: EdgeGradient,
): Float64Array {
  if (head.kind === 'attention' && tape.kind === 'attention') {
    return graphAttentionAdjoint(head.attention, graph, tape.attention, g, edgeGradient)
  }
  if (head.kind === 'linear' && tape.kind === 'linear') {
    const gHidden = activateNormalizedAdjoint('silu', tape.hidden, equivariantLinearAdjoint(head.second, g))
    return equivariantLinearAdjoint(head.first, gHidden)
  }
  throw new TypeError('The tape is of another head.')
}
