/**
 * Neighbour embedding: mixes the types of an atom's surroundings into its first features.
 * SPEC section 7.1; arXiv:2202.02541 eq. (3) and (4).
 *
 * | SPEC                          | here                        |
 * |-------------------------------|-----------------------------|
 * | Emb2[z_j]                     | `embedded` [N × F], by atom |
 * | W_d phi + b_d                 | `filters` [E × F]           |
 * | C(r_e)                        | `cutoff` [E]                |
 * | w_e = (W_d phi + b_d) C       | product of the two          |
 * | m_i = Σ_{j→i} w_e ⊙ Emb2[z_j] | `neighborSum` [N × F]       |
 *
 * The self edge takes no part. x_i ← W_c [x_i ; m_i] + b_c is an ordinary `linear` on `concatenate(x, m)`.
 */
import type { EdgeList } from './graph.ts'

/** m [N × F]: sum over neighbours of filter, cutoff and the neighbour's embedding. */
export function neighborSum(
  edges: EdgeList,
  filters: Float64Array,
  cutoff: Float64Array,
  embedded: Float64Array,
): Float64Array {
  const width = embedded.length / edges.atoms
  const sum = new Float64Array(embedded.length)
  for (let e = 0; e < edges.count; e++) {
    if (edges.isSelf[e]) continue
    const i = edges.receiver[e] * width
    const j = edges.source[e] * width
    for (let f = 0; f < width; f++) sum[i + f] += filters[e * width + f] * cutoff[e] * embedded[j + f]
  }
  return sum
}

/** Gradients with respect to filters [E × F] and cutoff [E] from gSum [N × F]; embeddings are constants. */
export function neighborSumAdjoint(
  edges: EdgeList,
  filters: Float64Array,
  cutoff: Float64Array,
  embedded: Float64Array,
  gSum: Float64Array,
): { filters: Float64Array; cutoff: Float64Array } {
  const width = embedded.length / edges.atoms
  const gFilters = new Float64Array(filters.length)
  const gCutoff = new Float64Array(edges.count)
  for (let e = 0; e < edges.count; e++) {
    if (edges.isSelf[e]) continue
    const i = edges.receiver[e] * width
    const j = edges.source[e] * width
    for (let f = 0; f < width; f++) {
      const gWeight = gSum[i + f] * embedded[j + f]
      gFilters[e * width + f] = gWeight * cutoff[e]
      gCutoff[e] += gWeight * filters[e * width + f]
    }
  }
  return { filters: gFilters, cutoff: gCutoff }
}
