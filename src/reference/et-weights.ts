/** The Equivariant Transformer's tensors as float64 layers. Names and shapes: SPEC section 3. */
import { type EtParameters, float64Of } from '../models/et/parameters.ts'
import type { AttentionLayer } from './et-layer.ts'
import type { GatedBlock } from './gated-block.ts'
import type { LayerNorm } from './layer-norm.ts'
import type { Linear } from './linear.ts'
import { type RadialBasis, radialBasisOf } from './radial.ts'

export interface EtWeights {
  readonly basis: RadialBasis
  /** [max_z × F] */
  readonly embedding: Float64Array
  readonly neighbor: {
    /** [max_z × F] */
    readonly embedding: Float64Array
    readonly distance: Linear
    readonly combine: Linear
  } | null
  readonly layers: readonly AttentionLayer[]
  readonly outNorm: LayerNorm
  /** Gated blocks of the vector heads, or the dense layers of the spatial-extent head. */
  readonly output:
    | { readonly kind: 'gated'; readonly blocks: readonly [GatedBlock, GatedBlock] }
    | { readonly kind: 'dense'; readonly layers: readonly Linear[] }
  /** [119] u; empty for heads that need no masses. */
  readonly masses: Float64Array
}

/** Widens every tensor once. `parameters` have passed the shape checks of `readEtParameters`. */
export function etWeights(parameters: EtParameters): EtWeights {
  const { hyper, tensors } = parameters
  const values = (name: string): Float64Array => float64Of(tensors.get(name)!)
  const linear = (name: string): Linear => {
    const { shape } = tensors.get(`${name}.weight`)!
    const bias = tensors.get(`${name}.bias`)
    return {
      outputs: shape[0],
      inputs: shape[1],
      weight: values(`${name}.weight`),
      bias: bias ? float64Of(bias) : null,
    }
  }
  const optional = (name: string): Linear | null => (tensors.has(`${name}.weight`) ? linear(name) : null)
  const norm = (name: string): LayerNorm => ({
    weight: values(`${name}.weight`),
    bias: values(`${name}.bias`),
  })

  const layer = (l: number): AttentionLayer => {
    const at = `representation_model.attention_layers.${l}`
    return {
      heads: hyper.heads,
      activation: hyper.activation,
      attentionActivation: hyper.attentionActivation,
      vectorCutoff: hyper.vectorCutoff,
      norm: norm(`${at}.layernorm`),
      query: linear(`${at}.q_proj`),
      key: linear(`${at}.k_proj`),
      value: linear(`${at}.v_proj`),
      output: linear(`${at}.o_proj`),
      vector: linear(`${at}.vec_proj`),
      keyFilter: optional(`${at}.dk_proj`),
      valueFilter: optional(`${at}.dv_proj`),
    }
  }

  const block = (b: number): GatedBlock => {
    const at = `output_model.output_network.${b}`
    return {
      lengths: linear(`${at}.vec1_proj`),
      directions: linear(`${at}.vec2_proj`),
      hidden: linear(`${at}.update_net.layers.0`),
      mix: linear(`${at}.update_net.layers.2`),
      activation: hyper.activation,
      activateScalars: b === 0,
    }
  }

  const dense = (): Linear[] => {
    const layers: Linear[] = []
    for (let k = 0; ; k += 2) {
      const next = optional(`output_model.output_network.layers.${k}`)
      if (next === null) return layers
      layers.push(next)
    }
  }

  const neighbor = 'representation_model.neighbor_embedding'
  const masses = tensors.get('output_model.atomic_mass')
  return {
    basis: radialBasisOf(parameters),
    embedding: values('representation_model.embedding.weight'),
    neighbor: hyper.neighborEmbedding
      ? {
          embedding: values(`${neighbor}.embedding.weight`),
          distance: linear(`${neighbor}.distance_proj`),
          combine: linear(`${neighbor}.combine`),
        }
      : null,
    layers: Array.from({ length: hyper.layers }, (_, l) => layer(l)),
    outNorm: norm('representation_model.out_norm'),
    output:
      hyper.head === 'ElectronicSpatialExtent'
        ? { kind: 'dense', layers: dense() }
        : { kind: 'gated', blocks: [block(0), block(1)] },
    masses: masses ? float64Of(masses) : new Float64Array(0),
  }
}
