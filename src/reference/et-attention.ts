/**
 * Equivariant attention along edges: scores, messages, and their adjoints.
 * SPEC sections 7.2 and 9; arXiv:2202.02541 eq. (5) to (8).
 *
 * | SPEC                                    | here                                        |
 * |-----------------------------------------|---------------------------------------------|
 * | H, F, D = F/H                           | `heads`, `channels`, `depth`                |
 * | q, k [N, H, D]                          | `q`, `k` [N × F], channel h·D + d           |
 * | dk_e [H, D] (absent: 1)                 | `keyFilters` [E × F] or null                |
 * | a = Σ_d q_i k_j dk                      | `attentionScores` [E × H]                   |
 * | A = attn_act(a), times C if no vector cutoff | `attentionWeights` [E × H]             |
 * | v [N, H, 3D]                            | `v` [N × 3F], channel h·3D + s·D + d        |
 * | dv_e [H, 3D] (absent: 1)                | `valueFilters` [E × 3F] or null             |
 * | v' = (s, w1, w2)                        | `edgeValues` [E × 3F], ordered like v       |
 * | V [N, 3, F], u                          | `vectors` [N × 3F], `edges.unit`            |
 * | X_i = Σ_j A s                           | `aggregate().scalars` [N × F]               |
 * | Y_i = Σ_j (V_j w1 + u w2)               | `aggregate().vectors` [N × 3F], xyz outside F |
 *
 * There is no softmax and no 1/√D; A multiplies the scalar part s only.
 */
import type { ActivationName } from '../models/et/parameters.ts'
import { activate, activateAdjoint } from './activations.ts'
import type { EdgeList } from './graph.ts'

/** a [E × H]. */
export function attentionScores(
  edges: EdgeList,
  heads: number,
  q: Float64Array,
  k: Float64Array,
  keyFilters: Float64Array | null,
): Float64Array {
  const channels = q.length / edges.atoms
  const depth = channels / heads
  const scores = new Float64Array(edges.count * heads)
  for (let e = 0; e < edges.count; e++) {
    const i = edges.receiver[e] * channels
    const j = edges.source[e] * channels
    for (let f = 0; f < channels; f++) {
      const filter = keyFilters === null ? 1 : keyFilters[e * channels + f]
      scores[e * heads + Math.floor(f / depth)] += q[i + f] * k[j + f] * filter
    }
  }
  return scores
}

/** Gradients with respect to q, k [N × F] and the key filters [E × F], from gScores [E × H]. */
export function attentionScoresAdjoint(
  edges: EdgeList,
  heads: number,
  q: Float64Array,
  k: Float64Array,
  keyFilters: Float64Array | null,
  gScores: Float64Array,
): { q: Float64Array; k: Float64Array; keyFilters: Float64Array | null } {
  const channels = q.length / edges.atoms
  const depth = channels / heads
  const gq = new Float64Array(q.length)
  const gk = new Float64Array(k.length)
  const gFilters = keyFilters && new Float64Array(keyFilters.length)
  for (let e = 0; e < edges.count; e++) {
    const i = edges.receiver[e] * channels
    const j = edges.source[e] * channels
    for (let f = 0; f < channels; f++) {
      const ga = gScores[e * heads + Math.floor(f / depth)]
      const filter = keyFilters === null ? 1 : keyFilters[e * channels + f]
      gq[i + f] += ga * k[j + f] * filter
      gk[j + f] += ga * q[i + f] * filter
      if (gFilters) gFilters[e * channels + f] = ga * q[i + f] * k[j + f]
    }
  }
  return { q: gq, k: gk, keyFilters: gFilters }
}

/** A [E × H]; `cutoff` [E] is null where the model damps the values instead (vector_cutoff). */
export function attentionWeights(
  name: ActivationName,
  scores: Float64Array,
  cutoff: Float64Array | null,
): Float64Array {
  const weights = activate(name, scores)
  if (cutoff === null) return weights
  const heads = scores.length / cutoff.length
  return weights.map((weight, k) => weight * cutoff[Math.floor(k / heads)])
}

/** Gradients with respect to the scores [E × H] and the cutoff [E]. */
export function attentionWeightsAdjoint(
  name: ActivationName,
  scores: Float64Array,
  cutoff: Float64Array | null,
  gWeights: Float64Array,
): { scores: Float64Array; cutoff: Float64Array | null } {
  if (cutoff === null) return { scores: activateAdjoint(name, scores, gWeights), cutoff: null }
  const heads = scores.length / cutoff.length
  const activated = activate(name, scores)
  const gCutoff = new Float64Array(cutoff.length)
  for (let k = 0; k < scores.length; k++) gCutoff[Math.floor(k / heads)] += gWeights[k] * activated[k]
  const gActivated = gWeights.map((g, k) => g * cutoff[Math.floor(k / heads)])
  return { scores: activateAdjoint(name, scores, gActivated), cutoff: gCutoff }
}

/** v' [E × 3F] = v_j · dv, times C where `cutoff` [E] is given (vector_cutoff). */
export function edgeValues(
  edges: EdgeList,
  v: Float64Array,
  valueFilters: Float64Array | null,
  cutoff: Float64Array | null,
): Float64Array {
  const width = v.length / edges.atoms
  const values = new Float64Array(edges.count * width)
  for (let e = 0; e < edges.count; e++) {
    const j = edges.source[e] * width
    for (let f = 0; f < width; f++) {
      const filter = valueFilters === null ? 1 : valueFilters[e * width + f]
      values[e * width + f] = v[j + f] * filter * (cutoff === null ? 1 : cutoff[e])
    }
  }
  return values
}

/** Gradients with respect to v [N × 3F], the value filters [E × 3F] and the cutoff [E]. */
export function edgeValuesAdjoint(
  edges: EdgeList,
  v: Float64Array,
  valueFilters: Float64Array | null,
  cutoff: Float64Array | null,
  gValues: Float64Array,
): { v: Float64Array; valueFilters: Float64Array | null; cutoff: Float64Array | null } {
  const width = v.length / edges.atoms
  const gv = new Float64Array(v.length)
  const gFilters = valueFilters && new Float64Array(valueFilters.length)
  const gCutoff = cutoff && new Float64Array(cutoff.length)
  for (let e = 0; e < edges.count; e++) {
    const j = edges.source[e] * width
    const damping = cutoff === null ? 1 : cutoff[e]
    for (let f = 0; f < width; f++) {
      const g = gValues[e * width + f]
      const filter = valueFilters === null ? 1 : valueFilters[e * width + f]
      gv[j + f] += g * filter * damping
      if (gFilters) gFilters[e * width + f] = g * v[j + f] * damping
      if (gCutoff) gCutoff[e] += g * v[j + f] * filter
    }
  }
  return { v: gv, valueFilters: gFilters, cutoff: gCutoff }
}

/** X [N × F] and Y [N × 3 × F]: messages summed over the edges that reach each atom. */
export function aggregate(
  edges: EdgeList,
  weights: Float64Array,
  values: Float64Array,
  vectors: Float64Array,
): { scalars: Float64Array; vectors: Float64Array } {
  const channels = vectors.length / edges.atoms / 3
  const heads = weights.length / edges.count
  const depth = channels / heads
  const X = new Float64Array(edges.atoms * channels)
  const Y = new Float64Array(vectors.length)
  for (let e = 0; e < edges.count; e++) {
    const i = edges.receiver[e] * channels
    const j = edges.source[e] * channels
    for (let f = 0; f < channels; f++) {
      const head = Math.floor(f / depth)
      // s, w1 and w2 of this channel lie `depth` apart in the per-head layout.
      const s = 3 * (e * channels + head * depth) + (f % depth)
      X[i + f] += weights[e * heads + head] * values[s]
      for (let c = 0; c < 3; c++) {
        Y[3 * i + c * channels + f] +=
          vectors[3 * j + c * channels + f] * values[s + depth] +
          edges.unit[3 * e + c] * values[s + 2 * depth]
      }
    }
  }
  return { scalars: X, vectors: Y }
}

/** Gradients of `aggregate` with respect to weights [E × H], values [E × 3F], vectors [N × 3F] and unit [E × 3]. */
export function aggregateAdjoint(
  edges: EdgeList,
  weights: Float64Array,
  values: Float64Array,
  vectors: Float64Array,
  gX: Float64Array,
  gY: Float64Array,
): { weights: Float64Array; values: Float64Array; vectors: Float64Array; unit: Float64Array } {
  const channels = vectors.length / edges.atoms / 3
  const heads = weights.length / edges.count
  const depth = channels / heads
  const gWeights = new Float64Array(weights.length)
  const gValues = new Float64Array(values.length)
  const gVectors = new Float64Array(vectors.length)
  const gUnit = new Float64Array(3 * edges.count)
  for (let e = 0; e < edges.count; e++) {
    const i = edges.receiver[e] * channels
    const j = edges.source[e] * channels
    for (let f = 0; f < channels; f++) {
      const head = Math.floor(f / depth)
      const s = 3 * (e * channels + head * depth) + (f % depth)
      gWeights[e * heads + head] += gX[i + f] * values[s]
      gValues[s] = gX[i + f] * weights[e * heads + head]
      for (let c = 0; c < 3; c++) {
        const g = gY[3 * i + c * channels + f]
        gValues[s + depth] += g * vectors[3 * j + c * channels + f]
        gValues[s + 2 * depth] += g * edges.unit[3 * e + c]
        gVectors[3 * j + c * channels + f] += g * values[s + depth]
        gUnit[3 * e + c] += g * values[s + 2 * depth]
      }
    }
  }
  return { weights: gWeights, values: gValues, vectors: gVectors, unit: gUnit }
}
