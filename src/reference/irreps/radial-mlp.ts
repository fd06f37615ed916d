/**
 * The network that makes a tensor product's weights of a distance. Equiformer SPEC section 7 (`RadialProfile`).
 *
 *   h = SiLU(LN(W0 φ + b0)),   h = SiLU(LN(W3 h + b3)),   w = W6 h + offset
 *
 * SiLU is the plain one here, LN ordinary layer normalisation. `hidden` has the two first lines, or as many as the
 * checkpoint has; `last` is W6 with the offset as its bias.
 */
import { activate, activateAdjoint } from '../activations.ts'
import { type LayerNorm, layerNorm, layerNormAdjoint } from '../layer-norm.ts'
import { type Linear, linear, linearAdjoint } from '../linear.ts'

export interface RadialMlp {
  readonly hidden: readonly { readonly linear: Linear; readonly norm: LayerNorm }[]
  readonly last: Linear
}

/** What the adjoint needs of a forward pass: of each hidden layer, before and after its norm. */
export interface RadialMlpTape {
  readonly mixed: readonly Float64Array[]
  readonly normed: readonly Float64Array[]
}

/** Weights w [E × outputs] of radial functions phi [E × K]. */
export function radialMlp(mlp: RadialMlp, phi: Float64Array): { weights: Float64Array; tape: RadialMlpTape } {
  const mixed: Float64Array[] = []
  const normed: Float64Array[] = []
  let h = phi
  for (const layer of mlp.hidden) {
    const before = linear(layer.linear, h)
    const after = layerNorm(layer.norm, before)
    mixed.push(before)
    normed.push(after)
    h = activate('silu', after)
  }
  return { weights: linear(mlp.last, h), tape: { mixed, normed } }
}

/** Gradient with respect to phi, [E × K], from the gradient gWeights [E × outputs]. */
export function radialMlpAdjoint(mlp: RadialMlp, tape: RadialMlpTape, gWeights: Float64Array): Float64Array {
  let g = linearAdjoint(mlp.last, gWeights)
  for (let n = mlp.hidden.length - 1; n >= 0; n--) {
    const { linear: mix, norm } = mlp.hidden[n]
    g = activateAdjoint('silu', tape.normed[n], g)
    g = linearAdjoint(mix, layerNormAdjoint(norm, tape.mixed[n], g))
  }
  return g
}
