import type { Cell } from '../../chemistry/structure.ts'
import type { Tensor } from '../../formats/checkpoint.ts'

/** Activation functions of TorchMD-NET by upstream's name (`swish` is stored as `silu`). SPEC section 6. */
export type ActivationName = 'silu' | 'ssp' | 'tanh' | 'sigmoid' | 'mish'

export type EtHead = 'Scalar' | 'DipoleMoment' | 'ElectronicSpatialExtent' | 'VectorOutput'

/** Hyperparameters that change the numbers of an Equivariant Transformer. SPEC section 2. */
export interface EtHyperparameters {
  /** F: feature width. */
  readonly channels: number
  /** L: attention layers. */
  readonly layers: number
  /** H: attention heads; H divides F. */
  readonly heads: number
  /** R: radial functions. */
  readonly radialFunctions: number
  readonly radialBasis: 'expnorm' | 'gauss'
  readonly activation: ActivationName
  readonly attentionActivation: ActivationName
  readonly neighborEmbedding: boolean
  readonly distanceInfluence: 'keys' | 'values' | 'both' | 'none'
  /** Å */
  readonly cutoffLower: number
  /** Å */
  readonly cutoffUpper: number
  /** Rows of the embedding tables. */
  readonly maxZ: number
  readonly maxNumNeighbors: number | null
  readonly vectorCutoff: boolean
  /** Default periodic box of the model (`box_vecs`), or null. */
  readonly boxVectors: Cell | null
  readonly head: EtHead
  /** `mean` divides the molecule's sum by (atoms + 1), as every upstream version from 0.10.0 does. SPEC 8.2. */
  readonly reduce: 'add' | 'mean'
}

/** A prior of the checkpoint. SPEC section 8.4. Tables are indexed by the network's type index. */
export type Prior =
  | { readonly kind: 'Atomref'; readonly energies: Float64Array; readonly enabled: boolean }
  | {
      readonly kind: 'ZBL'
      readonly atomicNumbers: Float64Array
      readonly cutoffDistance: number
      readonly distanceScale: number
      readonly energyScale: number
    }
  | {
      readonly kind: 'D2'
      /** type → row of c6 and vdwRadius (upstream's Z_map). */
      readonly rowOfType: Float64Array
      readonly c6: Float64Array
      readonly vdwRadius: Float64Array
      readonly cutoffDistance: number
      readonly distanceScale: number
      readonly energyScale: number
    }
  | {
      readonly kind: 'Coulomb'
      /** nm */
      readonly lowerSwitchDistance: number
      /** nm */
      readonly upperSwitchDistance: number
      readonly distanceScale: number
      readonly energyScale: number
    }

/** An Equivariant Transformer read from a checkpoint, in the newest upstream naming, checked for shape. */
export interface EtParameters {
  readonly hyper: EtHyperparameters
  /** Tensors by HEAD's names without the leading `model.`; SPEC section 3. */
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly mean: number
  readonly std: number
  readonly priors: readonly Prior[]
}
