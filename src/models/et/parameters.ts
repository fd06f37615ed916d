import type { Cell } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
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
  readonly reduce: 'add' | 'mean'
  /**
   * What a molecule's sum is divided by: 1 for `add`; for `mean` the atoms + 1 (upstream from 0.10.0 on counts
   * the zero it starts from), or the atoms in files that are visibly older. SPEC 8.2.
   */
  readonly meanDivisor: 'one' | 'atoms' | 'atoms + 1'
  /** What the network's input index means: the atomic number, or SPICE five-et's (element, charge) types. */
  readonly types: 'atomic number' | 'five-et'
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
  /**
   * Tensors by HEAD's names without the leading `model.`; SPEC section 3. The vector projections of 2021 files
   * have a `.bias` beside the `.weight`; newer ones have none.
   */
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly mean: number
  readonly std: number
  readonly priors: readonly Prior[]
  /** Sentences a user should read: limits, doubts, what was done for an old file. */
  readonly notes: readonly string[]
}

/** A tensor's values as numbers of double precision, row-major. */
export const float64Of = (tensor: Tensor): Float64Array =>
  tensor.data instanceof BigInt64Array
    ? Float64Array.from(tensor.data, Number)
    : Float64Array.from(tensor.data)

/** `null` stands for any length. */
type Shape = readonly (number | null)[]

const shapeText = (shape: Shape): string => `[${shape.map((n) => n ?? 'any').join(', ')}]`

/**
 * A tensor by name, of the expected shape.
 * @throws InputError that names the tensor, what is expected and what is there.
 */
export function requireTensor(
  source: string,
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  shape: Shape,
): Tensor {
  const tensor = tensors.get(name)
  if (tensor === undefined) {
    throw new InputError(
      `${source}: the tensor ${name} is missing; by the file's hyperparameters it has shape ${shapeText(shape)}.`,
    )
  }
  const fits =
    tensor.shape.length === shape.length && shape.every((n, k) => n === null || n === tensor.shape[k])
  if (!fits) {
    throw new InputError(
      `${source}: the tensor ${name} has shape ${shapeText(tensor.shape)}, but by the file's hyperparameters it should have ${shapeText(shape)}.`,
    )
  }
  return tensor
}
