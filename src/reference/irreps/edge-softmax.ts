/**
 * Softmax over the edges of each receiver, head by head. Equiformer SPEC section 12; torch_geometric's `softmax`.
 *
 * | SPEC                                              | here                    |
 * |---------------------------------------------------|-------------------------|
 * | z_eh                                              | `logits` [E × H]        |
 * | α = exp(z − max)/(Σ exp(z − max) + 10⁻¹⁶)         | `edgeSoftmax` [E × H]   |
 * | gz_eh = α_eh (gα_eh − Σ_{e' → i} α_e'h gα_e'h)    | `edgeSoftmaxAdjoint`    |
 *
 * The largest logit counts as a constant in the adjoint. All that depends on it is the weight of 10⁻¹⁶.
 */

/** Upstream's guard against dividing by nothing. */
const TINY = 1e-16

/** combine(sum so far, value) over the edges of each receiver, [receivers × H]. */
function overReceivers(
  receiver: ArrayLike<number>,
  values: Float64Array,
  start: number,
  combine: (sum: number, value: number) => number,
): Float64Array {
  const heads = values.length / receiver.length
  let atoms = 0
  for (let e = 0; e < receiver.length; e++) atoms = Math.max(atoms, receiver[e] + 1)
  const out = new Float64Array(atoms * heads).fill(start)
  values.forEach((value, at) => {
    const place = receiver[Math.floor(at / heads)] * heads + (at % heads)
    out[place] = combine(out[place], value)
  })
  return out
}

/**
 * Attention weights [E × H].
 * @param receiver [E] atom that each edge points to; in any order.
 */
export function edgeSoftmax(receiver: ArrayLike<number>, logits: Float64Array): Float64Array {
  if (receiver.length === 0) return new Float64Array()
  const heads = logits.length / receiver.length
  const place = (at: number) => receiver[Math.floor(at / heads)] * heads + (at % heads)
  const largest = overReceivers(receiver, logits, Number.NEGATIVE_INFINITY, Math.max)
  const exponentials = logits.map((z, at) => Math.exp(z - largest[place(at)]))
  const sums = overReceivers(receiver, exponentials, 0, (sum, value) => sum + value)
  return exponentials.map((value, at) => value / (sums[place(at)] + TINY))
}

/** Gradient with respect to the logits, from the weights that `edgeSoftmax` gave and the gradient toward them. */
export function edgeSoftmaxAdjoint(
  receiver: ArrayLike<number>,
  weights: Float64Array,
  gWeights: Float64Array,
): Float64Array {
  if (receiver.length === 0) return new Float64Array()
  const heads = weights.length / receiver.length
  const place = (at: number) => receiver[Math.floor(at / heads)] * heads + (at % heads)
  const products = weights.map((alpha, at) => alpha * gWeights[at])
  const sums = overReceivers(receiver, products, 0, (sum, value) => sum + value)
  return weights.map((alpha, at) => alpha * (gWeights[at] - sums[place(at)]))
}
