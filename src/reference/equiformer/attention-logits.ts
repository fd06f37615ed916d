/**
 * A logit per head of an edge's scalars. Equiformer SPEC section 12; arXiv:2206.11990, eq. (7) (`alpha_act`, `alpha_dot`).
 *
 *   z_eh = Σ_k alpha_dot[h,k] act(a_e[h,k]),   act the normalised SmoothLeakyReLU
 */
import { activateNormalized, normalizedActivations } from '../irreps/activations.ts'

const { derivative } = normalizedActivations['smooth-leaky-relu']

/** z [E × H] of a [E × H × A] with alphaDot [H × A]. */
export function attentionLogits(alphaDot: Float64Array, heads: number, alpha: Float64Array): Float64Array {
  const width = alphaDot.length / heads
  const logits = new Float64Array(alpha.length / width)
  activateNormalized('smooth-leaky-relu', alpha).forEach((value, at) => {
    logits[Math.floor(at / width)] += alphaDot[at % alphaDot.length] * value
  })
  return logits
}

/** Gradient with respect to a, [E × H × A], from the gradient gLogits [E × H]. */
export function attentionLogitsAdjoint(
  alphaDot: Float64Array,
  heads: number,
  alpha: Float64Array,
  gLogits: Float64Array,
): Float64Array {
  const width = alphaDot.length / heads
  return alpha.map(
    (a, at) => gLogits[Math.floor(at / width)] * alphaDot[at % alphaDot.length] * derivative(a),
  )
}
