/**
 * The output network: from the representation to one scalar and one vector per atom. SPEC sections 8.1 and 8.3.
 *
 * | SPEC                                   | here                                  |
 * |----------------------------------------|---------------------------------------|
 * | (x1, V1) = G0(x_out, V), (e, w) = G1   | `gated[b]`: output and tape of block b |
 * | e_i = L_2 act(L_0 x_out) (extent head) | `preActivations[k]`: outputs of L_2k  |
 * | e [N], w [N × 3]                       | `scalars`, `vectors`                  |
 */
import type { ActivationName } from '../models/et/parameters.ts'
import { activate, activateAdjoint } from './activations.ts'
import type { Representation } from './et-representation.ts'
import type { EtWeights } from './et-weights.ts'
import { type GatedBlockTape, gatedBlock, gatedBlockAdjoint } from './gated-block.ts'
import { linear, linearAdjoint } from './linear.ts'

export interface OutputNetwork {
  readonly scalars: Float64Array
  readonly vectors: Float64Array
  /** Empty for the dense network of the spatial-extent head. */
  readonly gated: readonly {
    readonly x: Float64Array
    readonly V: Float64Array
    readonly tape: GatedBlockTape
  }[]
  /** Empty for gated networks. */
  readonly preActivations: readonly Float64Array[]
}

export function outputNetwork(
  output: EtWeights['output'],
  activation: ActivationName,
  features: Pick<Representation, 'normalized' | 'V'>,
): OutputNetwork {
  if (output.kind === 'gated') {
    const first = gatedBlock(output.blocks[0], features.normalized, features.V)
    const second = gatedBlock(output.blocks[1], first.x, first.V)
    return { scalars: second.x, vectors: second.V, gated: [first, second], preActivations: [] }
  }
  const preActivations: Float64Array[] = []
  let x = features.normalized
  for (const layer of output.layers) {
    const previous = preActivations.at(-1)
    x = linear(layer, previous ? activate(activation, previous) : x)
    preActivations.push(x)
  }
  return { scalars: x, vectors: new Float64Array(3 * x.length), gated: [], preActivations }
}

/** Gradients with respect to the normalised scalars [N × F] and the vectors [N × 3 × F]. */
export function outputNetworkAdjoint(
  output: EtWeights['output'],
  activation: ActivationName,
  network: OutputNetwork,
  gScalars: Float64Array,
  gVectors: Float64Array,
): { x: Float64Array; V: Float64Array } {
  if (output.kind === 'gated') {
    const [first, second] = network.gated
    const g = gatedBlockAdjoint(output.blocks[1], second.tape, gScalars, gVectors)
    return gatedBlockAdjoint(output.blocks[0], first.tape, g.x, g.V)
  }
  let gx = gScalars
  for (let k = output.layers.length - 1; k >= 0; k--) {
    gx = linearAdjoint(output.layers[k], gx)
    if (k > 0) gx = activateAdjoint(activation, network.preActivations[k - 1], gx)
  }
  return { x: gx, V: new Float64Array(3 * gx.length) }
}
