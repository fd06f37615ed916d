/**
 * An Equiformer read from a checkpoint: its sizes, and its weights layer by layer in double precision.
 * Liao and Smidt, Equiformer, arXiv:2206.11990; Equiformer SPEC sections 12 to 14.
 *
 * Layers are those that `src/reference/irreps` computes, with upstream's names and layouts behind them.
 */
import type { DepthwiseTensorProduct } from '../../reference/irreps/depthwise-tensor-product.ts'
import type { EquivariantLayerNorm } from '../../reference/irreps/layer-norm.ts'
import type { EquivariantLinear } from '../../reference/irreps/linear.ts'
import type { EquiformerRadialBasis } from '../../reference/irreps/radial-basis.ts'
import type { RadialMlp } from '../../reference/irreps/radial-mlp.ts'
import type { Irreps } from '../irreps/irreps.ts'
import type { SignConvention } from '../irreps/wigner-3j.ts'

/** How messages are made: two tensor products with a gate between them, one product, or one for keys and values. */
export type EquiformerMessages = 'nonlinear' | 'linear' | 'dot product'

/** The data set whose program wrote the file: it fixes atom types and the averages that sums are divided by. */
export type EquiformerDataset = 'QM9' | 'MD17' | 'OC20'

/** Sizes that change the numbers, told by names and shapes. SPEC section 13. */
export interface EquiformerHyperparameters {
  readonly dataset: EquiformerDataset
  /** Number of blocks. */
  readonly layers: number
  readonly messages: EquiformerMessages
  /** `irreps_node_embedding`: features between blocks. */
  readonly embedding: Irreps
  /** `irreps_sh`: one channel of every degree. */
  readonly harmonics: Irreps
  /** H */
  readonly heads: number
  /** `irreps_head`: values of one head. */
  readonly head: Irreps
  /** `irreps_mlp_mid`: features inside the feed-forward networks. */
  readonly mlp: Irreps
  /** `irreps_feature`: features of the last block. */
  readonly feature: Irreps
  readonly radialBasis: EquiformerRadialBasis['kind']
  /** `number_of_basis`, K. */
  readonly radialFunctions: number
  /** `fc_neurons`: hidden widths of the radial networks. */
  readonly radialWidths: readonly number[]
  /** rc in Å. */
  readonly cutoff: number
  /** Number of atom types the embedding has rows for. */
  readonly types: number
  /** Number of tags (OC20: 0 below the surface, 1 surface, 2 adsorbate); 0 if there is no tag embedding. */
  readonly tags: number
  /** Signs of the Wigner 3j symbols the network was trained with. */
  readonly convention: SignConvention
  /** Sums over edges are divided by its square root. A constant of upstream's program, not of the file. */
  readonly averageDegree: number
  /** Sums over atoms are divided by its square root. Likewise. */
  readonly averageAtoms: number
}

/** A tensor product with harmonics whose weights a network makes of the distance. */
export interface RadialTensorProduct {
  readonly layer: DepthwiseTensorProduct
  readonly radial: RadialMlp
}

/** `edge_deg_embed`. SPEC section 12. */
export interface EdgeDegreeEmbedding extends RadialTensorProduct {
  /** [0e channels of the embedding] features that every atom starts its messages with. */
  readonly scalars: Float64Array
  readonly project: EquivariantLinear
}

/** From node features to what each edge contributes. */
export type MessageParameters =
  | {
      readonly kind: 'nonlinear'
      /** `sep_act.dtp` and `sep_act.dtp_rad` */
      readonly product: RadialTensorProduct
      /** `sep_alpha` */
      readonly alpha: EquivariantLinear
      /** `sep_act.lin`; its output is what the gate to `gated` takes. */
      readonly linear: EquivariantLinear
      readonly gated: Irreps
      /** `sep_value.dtp` */
      readonly valueProduct: DepthwiseTensorProduct
      /** [weights of valueProduct] the same for all edges. */
      readonly valueWeights: Float64Array
      /** `sep_value.lin` */
      readonly value: EquivariantLinear
      /** [heads × A] */
      readonly alphaDot: Float64Array
    }
  | {
      readonly kind: 'linear'
      /** `sep.dtp` and `sep.dtp_rad` */
      readonly product: RadialTensorProduct
      /** `sep.lin`: of every head A numbers for its logit, then its scalars, then its other values. */
      readonly linear: EquivariantLinear
      /** [heads × A] */
      readonly alphaDot: Float64Array
    }
  | {
      readonly kind: 'dot product'
      readonly query: EquivariantLinear
      /** `key_value.dtp` and `key_value.dtp_rad` */
      readonly product: RadialTensorProduct
      /** `key_value.lin`: heads of keys, then heads of values. */
      readonly keyValue: EquivariantLinear
    }

/** `ga` or `dpa`. SPEC section 12. */
export interface AttentionParameters {
  readonly heads: number
  /** Values of one head. */
  readonly head: Irreps
  /** `merge_src` */
  readonly source: EquivariantLinear
  /** `merge_dst` */
  readonly receiver: EquivariantLinear
  readonly message: MessageParameters
  /** `proj` */
  readonly project: EquivariantLinear
}

/** `ffn` */
export interface FeedForwardParameters {
  /** `fctp_1`; its output is what the gate to `hidden` takes. */
  readonly first: EquivariantLinear
  readonly hidden: Irreps
  /** `fctp_2` */
  readonly second: EquivariantLinear
}

export interface BlockParameters {
  readonly attentionNorm: EquivariantLayerNorm
  readonly attention: AttentionParameters
  readonly feedForwardNorm: EquivariantLayerNorm
  readonly feedForward: FeedForwardParameters
  /** `ffn_shortcut`, where the block changes the irreps. */
  readonly shortcut: EquivariantLinear | null
}

/** From the last features to one number per atom. */
export type EnergyHead =
  | { readonly kind: 'linear'; readonly first: EquivariantLinear; readonly second: EquivariantLinear }
  | { readonly kind: 'attention'; readonly attention: AttentionParameters }

export interface EquiformerParameters {
  readonly hyper: EquiformerHyperparameters
  readonly basis: EquiformerRadialBasis
  /** [types × embedding dimension] features of an atom of each type, bias included. */
  readonly atomEmbedding: Float64Array
  /** [tags × embedding dimension] features added for an atom's tag, bias included; or null. */
  readonly tagEmbedding: Float64Array | null
  /** [0e channels of the embedding] what DeNS's embedding of forces adds to every atom where none are given; or null. */
  readonly forceBias: Float64Array | null
  readonly edgeDegree: EdgeDegreeEmbedding
  readonly blocks: readonly BlockParameters[]
  readonly norm: EquivariantLayerNorm
  readonly head: EnergyHead
  /** OC20's `auxiliary_head`: a vector per atom that no energy or force depends on. */
  readonly vectorHead: AttentionParameters | null
  /** Energy = output × std + mean; not in the file, and 0 and 1 unless told. */
  readonly mean: number
  readonly std: number
  /** Numbers in the file's parameters (not its buffers). */
  readonly count: number
  /** Sentences a user should read: limits, doubts, what was assumed. */
  readonly notes: readonly string[]
}

/** What no file tells, and what shapes may leave open. Names in brackets are upstream's. */
export interface EquiformerOptions {
  /** Å (max_radius). Needed for Gaussian and Bessel bases, where 5 is assumed otherwise. */
  readonly cutoff?: number
  /** (num_heads) Needed for dot-product attention. */
  readonly heads?: number
  /** e3nn's notation, for networks whose shapes leave them open. */
  readonly irrepsNodeEmbedding?: string
  readonly irrepsHead?: string
  readonly irrepsMlpMid?: string
  readonly irrepsFeature?: string
  /** Mean and standard deviation of the training energies, in the unit of the energies (task_mean, task_std). */
  readonly mean?: number
  readonly std?: number
}
