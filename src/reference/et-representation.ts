/**
 * The Equivariant Transformer's representation model: from types and edges to features, and back.
 * SPEC sections 7.1 to 7.3 and 9; arXiv:2202.02541, fig. 1.
 *
 * | SPEC                           | here                                     |
 * |--------------------------------|------------------------------------------|
 * | phi_k(r_e), C(r_e)             | `radial.phi` [E × R], `radial.cutoff` [E] |
 * | x_0 (after neighbour embedding) | `layers[0].x` [N × F]                   |
 * | x_l, V_l: input of layer l     | `layers[l].x`, `layers[l].V` [N × 3 × F] |
 * | x_L, V_L                       | `x`, `V`                                 |
 * | x_out = LN(x_L)                | `normalized`                             |
 */
import { attentionLayer, attentionLayerAdjoint, type LayerTape, type RadialEdges } from './et-layer.ts'
import type { EtWeights } from './et-weights.ts'
import type { EdgeList } from './graph.ts'
import { layerNorm, layerNormAdjoint } from './layer-norm.ts'
import { linear, linearAdjoint } from './linear.ts'
import { neighborSum, neighborSumAdjoint } from './neighbor-embedding.ts'
import { cosineCutoff, cosineCutoffDerivative, radialBasis, radialBasisAdjoint } from './radial.ts'
import { accumulate, columns, concatenate, gatherRows } from './rows.ts'

/** Features and everything the adjoint needs of the forward pass. */
export interface Representation {
  readonly radial: RadialEdges
  /** Emb[z] before the neighbour embedding. */
  readonly embedding: Float64Array
  readonly neighbor: { readonly filters: Float64Array; readonly embedded: Float64Array } | null
  readonly layers: readonly LayerTape[]
  readonly x: Float64Array
  readonly V: Float64Array
  readonly normalized: Float64Array
}

/** Lower and upper bound (Å) of the network's own cutoff C. */
export interface CutoffRange {
  readonly cutoffLower: number
  readonly cutoffUpper: number
}

export function represent(
  weights: EtWeights,
  range: CutoffRange,
  edges: EdgeList,
  types: ArrayLike<number>,
): Representation {
  const channels = weights.outNorm.weight.length
  const radial: RadialEdges = {
    phi: radialBasis(weights.basis, edges.distance),
    cutoff: edges.distance.map((r) => cosineCutoff(r, range.cutoffLower, range.cutoffUpper)),
  }
  const embedding = gatherRows(weights.embedding, channels, types)
  let x = embedding
  let neighbor: Representation['neighbor'] = null
  if (weights.neighbor) {
    const embedded = gatherRows(weights.neighbor.embedding, channels, types)
    const filters = linear(weights.neighbor.distance, radial.phi)
    const sum = neighborSum(edges, filters, radial.cutoff, embedded)
    x = linear(weights.neighbor.combine, concatenate(embedding, sum, edges.atoms))
    neighbor = { filters, embedded }
  }
  let V: Float64Array = new Float64Array(3 * x.length)
  const layers: LayerTape[] = []
  for (const layer of weights.layers) {
    const next = attentionLayer(layer, edges, radial, x, V)
    layers.push(next.tape)
    x = next.x
    V = next.V
  }
  return { radial, embedding, neighbor, layers, x, V, normalized: layerNorm(weights.outNorm, x) }
}

/** Gradients with respect to everything on edges, and (for comparison) to the input of every layer. */
export interface RepresentationGradient {
  /** [E] through all radial paths */
  readonly distance: Float64Array
  /** [E × 3] */
  readonly unit: Float64Array
  /** [E × R] */
  readonly phi: Float64Array
  /** [L + 1] gradients of x_l and V_l */
  readonly x: readonly Float64Array[]
  readonly V: readonly Float64Array[]
}

/** Backward pass from the gradients of the normalised scalars [N × F] and of V_L [N × 3 × F]. */
export function representAdjoint(
  weights: EtWeights,
  range: CutoffRange,
  edges: EdgeList,
  representation: Representation,
  gNormalized: Float64Array,
  gVectors: Float64Array,
): RepresentationGradient {
  const { radial, neighbor } = representation
  const gPhi = new Float64Array(radial.phi.length)
  const gCutoff = new Float64Array(edges.count)
  const gUnit = new Float64Array(3 * edges.count)
  let gx = layerNormAdjoint(weights.outNorm, representation.x, gNormalized)
  let gV = gVectors
  const gradientsX = [gx]
  const gradientsV = [gV]
  for (let l = weights.layers.length - 1; l >= 0; l--) {
    const g = attentionLayerAdjoint(weights.layers[l], edges, radial, representation.layers[l], gx, gV)
    accumulate(gPhi, g.phi)
    accumulate(gCutoff, g.cutoff)
    accumulate(gUnit, g.unit)
    gx = g.x
    gV = g.V
    gradientsX.unshift(gx)
    gradientsV.unshift(gV)
  }
  if (weights.neighbor && neighbor) {
    const channels = weights.outNorm.weight.length
    const gSum = columns(linearAdjoint(weights.neighbor.combine, gx), 2 * channels, channels, channels)
    const g = neighborSumAdjoint(edges, neighbor.filters, radial.cutoff, neighbor.embedded, gSum)
    accumulate(gPhi, linearAdjoint(weights.neighbor.distance, g.filters))
    accumulate(gCutoff, g.cutoff)
  }
  const gDistance = radialBasisAdjoint(weights.basis, edges.distance, gPhi)
  edges.distance.forEach((r, e) => {
    gDistance[e] += gCutoff[e] * cosineCutoffDerivative(r, range.cutoffLower, range.cutoffUpper)
  })
  return { distance: gDistance, unit: gUnit, phi: gPhi, x: gradientsX, V: gradientsV }
}
