/**
 * One attention layer of the Equivariant Transformer: its pieces in order, and backwards.
 * SPEC sections 7.2 and 9; arXiv:2202.02541, update layer (fig. 2).
 *
 * | SPEC                         | here                                  |
 * |------------------------------|---------------------------------------|
 * | x, V                         | `x` [N × F], `V` [N × 3 × F]          |
 * | xn = LN(x)                   | `normalized`                          |
 * | P = vec_proj(V)              | `projected` [N × 3 × 3F]              |
 * | W_dk phi + b_dk, and act of it | `keyPre`, `keyFilters` [E × F]      |
 * | W_dv phi + b_dv, and act of it | `valuePre`, `valueFilters` [E × 3F] |
 * | X, W_o X + b_o               | `gathered` [N × F], `mixed` [N × 3F]  |
 */
import type { ActivationName } from '../models/et/parameters.ts'
import { activate, activateAdjoint } from './activations.ts'
import {
  aggregate,
  aggregateAdjoint,
  attentionScores,
  attentionScoresAdjoint,
  attentionWeights,
  attentionWeightsAdjoint,
  edgeValues,
  edgeValuesAdjoint,
} from './et-attention.ts'
import { updates, updatesAdjoint } from './et-update.ts'
import type { EdgeList } from './graph.ts'
import { type LayerNorm, layerNorm, layerNormAdjoint } from './layer-norm.ts'
import { type Linear, linear, linearAdjoint } from './linear.ts'
import { accumulate, add } from './rows.ts'

export interface AttentionLayer {
  readonly heads: number
  readonly activation: ActivationName
  readonly attentionActivation: ActivationName
  readonly vectorCutoff: boolean
  readonly norm: LayerNorm
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  readonly vector: Linear
  /** dk_proj; null if the distance does not influence the keys. */
  readonly keyFilter: Linear | null
  /** dv_proj; null if the distance does not influence the values. */
  readonly valueFilter: Linear | null
}

/** Radial quantities shared by all layers: phi [E × R] and C [E]. */
export interface RadialEdges {
  readonly phi: Float64Array
  readonly cutoff: Float64Array
}

/** What the adjoint needs of a forward pass. */
export interface LayerTape {
  readonly x: Float64Array
  readonly V: Float64Array
  readonly normalized: Float64Array
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
  readonly projected: Float64Array
  readonly keyPre: Float64Array | null
  readonly valuePre: Float64Array | null
  readonly keyFilters: Float64Array | null
  readonly valueFilters: Float64Array | null
  readonly scores: Float64Array
  readonly weights: Float64Array
  readonly values: Float64Array
  readonly gathered: Float64Array
  readonly mixed: Float64Array
  readonly dx: Float64Array
  readonly dV: Float64Array
}

/** Features after the layer, with everything that was computed on the way. */
export function attentionLayer(
  layer: AttentionLayer,
  edges: EdgeList,
  radial: RadialEdges,
  x: Float64Array,
  V: Float64Array,
): { x: Float64Array; V: Float64Array; tape: LayerTape } {
  const normalized = layerNorm(layer.norm, x)
  const q = linear(layer.query, normalized)
  const k = linear(layer.key, normalized)
  const v = linear(layer.value, normalized)
  const projected = linear(layer.vector, V)
  const keyPre = layer.keyFilter && linear(layer.keyFilter, radial.phi)
  const valuePre = layer.valueFilter && linear(layer.valueFilter, radial.phi)
  const keyFilters = keyPre && activate(layer.activation, keyPre)
  const valueFilters = valuePre && activate(layer.activation, valuePre)
  const [scoreCutoff, valueCutoff] = cutoffs(layer, radial)

  const scores = attentionScores(edges, layer.heads, q, k, keyFilters)
  const weights = attentionWeights(layer.attentionActivation, scores, scoreCutoff)
  const values = edgeValues(edges, v, valueFilters, valueCutoff)
  const { scalars: gathered, vectors: messages } = aggregate(edges, weights, values, V)
  const mixed = linear(layer.output, gathered)
  const { scalars: dx, vectors: dV } = updates(layer.query.outputs, projected, mixed, messages)
  const tape: LayerTape = {
    ...{ x, V, normalized, q, k, v, projected, keyPre, valuePre, keyFilters, valueFilters },
    ...{ scores, weights, values, gathered, mixed, dx, dV },
  }
  return { x: add(x, dx), V: add(V, dV), tape }
}

/** Gradients with respect to x, V, phi, C and u, from those of the layer's output. */
export function attentionLayerAdjoint(
  layer: AttentionLayer,
  edges: EdgeList,
  radial: RadialEdges,
  tape: LayerTape,
  gx: Float64Array,
  gV: Float64Array,
): { x: Float64Array; V: Float64Array; phi: Float64Array; cutoff: Float64Array; unit: Float64Array } {
  const [scoreCutoff, valueCutoff] = cutoffs(layer, radial)
  const gUpdate = updatesAdjoint(layer.query.outputs, tape.projected, tape.mixed, gx, gV)
  const gGathered = linearAdjoint(layer.output, gUpdate.mixed)

  const gMessage = aggregateAdjoint(edges, tape.weights, tape.values, tape.V, gGathered, gV)
  const gValue = edgeValuesAdjoint(edges, tape.v, tape.valueFilters, valueCutoff, gMessage.values)
  const gWeight = attentionWeightsAdjoint(
    layer.attentionActivation,
    tape.scores,
    scoreCutoff,
    gMessage.weights,
  )
  const gScore = attentionScoresAdjoint(edges, layer.heads, tape.q, tape.k, tape.keyFilters, gWeight.scores)

  const gPhi = new Float64Array(radial.phi.length)
  if (layer.keyFilter && tape.keyPre && gScore.keyFilters) {
    const gPre = activateAdjoint(layer.activation, tape.keyPre, gScore.keyFilters)
    accumulate(gPhi, linearAdjoint(layer.keyFilter, gPre))
  }
  if (layer.valueFilter && tape.valuePre && gValue.valueFilters) {
    const gPre = activateAdjoint(layer.activation, tape.valuePre, gValue.valueFilters)
    accumulate(gPhi, linearAdjoint(layer.valueFilter, gPre))
  }

  const gNormalized = linearAdjoint(layer.query, gScore.q)
  accumulate(gNormalized, linearAdjoint(layer.key, gScore.k))
  accumulate(gNormalized, linearAdjoint(layer.value, gValue.v))
  const gVectors = add(gV, gMessage.vectors)
  accumulate(gVectors, linearAdjoint(layer.vector, gUpdate.projected))
  return {
    x: add(gx, layerNormAdjoint(layer.norm, tape.x, gNormalized)),
    V: gVectors,
    phi: gPhi,
    // Exactly one of the two is there: C damps either the attention or the values.
    cutoff: (gWeight.cutoff ?? gValue.cutoff)!,
    unit: gMessage.unit,
  }
}

/** C for the attention scalars and C for the values; one of them is null. */
const cutoffs = (layer: AttentionLayer, radial: RadialEdges): [Float64Array | null, Float64Array | null] =>
  layer.vectorCutoff ? [null, radial.cutoff] : [radial.cutoff, null]
