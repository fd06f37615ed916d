/** Equiformer's layers out of a checkpoint, by the names of upstream's modules. SPEC sections 6 to 9 and 13. */
import { InputError } from '../../errors.ts'
import type { DepthwiseTensorProduct } from '../../reference/irreps/depthwise-tensor-product.ts'
import type { EquivariantLayerNorm } from '../../reference/irreps/layer-norm.ts'
import { type EquivariantLinear, linearWeights } from '../../reference/irreps/linear.ts'
import type { EquiformerRadialBasis } from '../../reference/irreps/radial-basis.ts'
import type { RadialMlp } from '../../reference/irreps/radial-mlp.ts'
import { isScalar } from '../irreps/irrep.ts'
import { filterIrreps, type Irreps } from '../irreps/irreps.ts'
import { depthwisePaths } from '../irreps/tensor-product-paths.ts'
import type { EquiformerHyperparameters, RadialTensorProduct } from './parameters.ts'
import type { StoredTensors } from './stored-tensors.ts'

const scalarsOf = (irreps: Irreps): number => filterIrreps(irreps, isScalar).channels

/** `LinearRS` and `FullyConnectedTensorProductRescale` with a constant; a bias only where the output has scalars. */
export function readLinear(
  tensors: StoredTensors,
  name: string,
  input: Irreps,
  output: Irreps,
  { bias }: { readonly bias: boolean },
): EquivariantLinear {
  tensors.take(`${name}.tp.output_mask`, [output.dimension])
  const scalars = scalarsOf(output)
  return {
    input,
    output,
    weight: tensors.take(`${name}.tp.weight`, [linearWeights(input, output)]),
    bias: bias && scalars > 0 ? tensors.take(`${name}.bias.0`, [scalars]) : null,
  }
}

/** `DepthwiseTensorProduct`: weights of its own, or none where a radial network gives them. */
function readProduct(
  tensors: StoredTensors,
  name: string,
  { layer, ownWeights }: { readonly layer: DepthwiseTensorProduct; readonly ownWeights: boolean },
): Float64Array {
  const { output, weights, paths } = layer.product
  tensors.take(`${name}.tp.output_mask`, [output.dimension])
  // Products with a scalar need no symbol. The values have been looked at before (readSignConvention).
  const symbols = paths.filter(({ degrees }) => !degrees.includes(0)).map(({ degrees }) => degrees)
  for (const degrees of symbols) {
    tensors.take(
      `${name}.tp._compiled_main_left_right._w3j_${degrees.join('_')}`,
      degrees.map((l) => 2 * l + 1),
    )
  }
  return tensors.take(`${name}.tp.weight`, [ownWeights ? weights : 0])
}

/** The tensor product of features with harmonics that keeps some irreps. */
export const productWithHarmonics = (
  { harmonics, convention }: Pick<EquiformerHyperparameters, 'harmonics' | 'convention'>,
  input: Irreps,
  keep: Irreps,
): DepthwiseTensorProduct => ({ product: depthwisePaths(input, harmonics, keep), convention })

/** A tensor product whose weights are shared by all edges. */
export function readSharedProduct(
  tensors: StoredTensors,
  name: string,
  layer: DepthwiseTensorProduct,
): Float64Array {
  return readProduct(tensors, name, { layer, ownWeights: true })
}

/** A tensor product and, beside it, the `RadialProfile` that makes its weights. */
export function readRadialProduct(
  tensors: StoredTensors,
  names: { readonly product: string; readonly radial: string },
  hyper: EquiformerHyperparameters,
  layer: DepthwiseTensorProduct,
): RadialTensorProduct {
  readProduct(tensors, names.product, { layer, ownWeights: false })
  return { layer, radial: readRadialMlp(tensors, names.radial, hyper, layer.product.weights) }
}

function readRadialMlp(
  tensors: StoredTensors,
  name: string,
  { radialFunctions, radialWidths }: EquiformerHyperparameters,
  outputs: number,
): RadialMlp {
  const hidden = radialWidths.map((width, n) => {
    const inputs = radialWidths[n - 1] ?? radialFunctions
    const [mix, norm] = [`${name}.net.${3 * n}`, `${name}.net.${3 * n + 1}`]
    return {
      linear: {
        ...{ inputs, outputs: width },
        weight: tensors.take(`${mix}.weight`, [width, inputs]),
        bias: tensors.take(`${mix}.bias`, [width]),
      },
      norm: {
        weight: tensors.take(`${norm}.weight`, [width]),
        bias: tensors.take(`${norm}.bias`, [width]),
      },
    }
  })
  const inputs = radialWidths.at(-1) ?? radialFunctions
  const weight = tensors.take(`${name}.net.${3 * radialWidths.length}.weight`, [outputs, inputs])
  return { hidden, last: { inputs, outputs, weight, bias: tensors.take(`${name}.offset`, [outputs]) } }
}

/** `Gate`, which has no numbers of its own but buffers where it multiplies anything. */
export function checkGate(tensors: StoredTensors, name: string, output: Irreps): void {
  const { dimension } = filterIrreps(output, (block) => !isScalar(block))
  if (dimension === 0) return
  tensors.take(`${name}.mul.weight`, [0])
  tensors.take(`${name}.mul.output_mask`, [dimension])
}

/** `EquivariantLayerNormV2` */
export function readNorm(tensors: StoredTensors, name: string, irreps: Irreps): EquivariantLayerNorm {
  if (tensors.has(`${name}.mean_shift`)) {
    throw new InputError(
      `${tensors.source}: the network normalises over whole molecules (${name}.mean_shift), which is not supported; train it with norm_layer 'layer'.`,
    )
  }
  return {
    irreps,
    weight: tensors.take(`${name}.affine_weight`, [irreps.channels]),
    bias: tensors.take(`${name}.affine_bias`, [scalarsOf(irreps)]),
  }
}

/** Radial functions with their trained or fixed numbers. */
export function readRadialBasis(
  tensors: StoredTensors,
  { radialBasis: kind, radialFunctions: K, cutoff }: EquiformerHyperparameters,
): EquiformerRadialBasis {
  const take = (name: string, shape: readonly number[]) => tensors.take(`rbf.${name}`, shape)
  switch (kind) {
    case 'exp':
      return { kind, cutoff, means: take('means', [K]), betas: take('betas', [K]) }
    case 'bessel':
      return { kind, cutoff, frequencies: take('rbf.frequencies', [K]) }
    case 'gaussian': {
      const [weight] = take('weight', [1, 1])
      const [bias] = take('bias', [1, 1])
      return { kind, cutoff, mean: take('mean', [1, K]), std: take('std', [1, K]), weight, bias }
    }
  }
}
