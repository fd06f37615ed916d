/** Tensor products with linear layers behind them, small enough to be looked at. */
import {
  type EdgeProduct,
  packEdgeProduct,
  type ResultBlock,
  type ResultLayer,
} from '../../../../src/models/equiformer/edge-product.ts'
import { isScalar } from '../../../../src/models/irreps/irrep.ts'
import type { Irreps } from '../../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../../src/models/irreps/parse-irreps.ts'
import { depthwisePaths } from '../../../../src/models/irreps/tensor-product-paths.ts'
import type { SignConvention } from '../../../../src/models/irreps/wigner-3j.ts'
import { type IrrepsRows, irrepsRows } from '../../../../src/models/layers/irreps-rows.ts'
import { type PackedTensor, WeightPack } from '../../../../src/models/layers/weight-pack.ts'
import {
  alignedTensorProduct,
  alignedTensorProductAdjoint,
} from '../../../../src/reference/irreps/aligned-tensor-product.ts'
import type { DepthwiseTensorProduct } from '../../../../src/reference/irreps/depthwise-tensor-product.ts'
import {
  type EquivariantLinear,
  equivariantLinear,
  equivariantLinearAdjoint,
  linearWeights,
} from '../../../../src/reference/irreps/linear.ts'
import { random } from '../../reference/adjoint.ts'

/** A pack whose contents can be read. */
export class OpenPack extends WeightPack {
  private readonly contents: Float32Array[] = []

  override add(values: Float32Array): PackedTensor {
    this.contents.push(values)
    return super.add(values)
  }

  valuesOf({ part }: PackedTensor): Float32Array {
    return this.contents[part]
  }
}

export interface ProductShape {
  readonly features: string
  readonly harmonics: string
  /** What each layer behind the product gives. */
  readonly outputs: readonly string[]
  /** Groups of the layers' channels, each padded by itself; 1 if left out. */
  readonly heads?: number
  /** One row of weights for all edges, rather than one for each. */
  readonly shared: boolean
  readonly convention?: SignConvention
}

export interface TestProduct {
  readonly tensorProduct: DepthwiseTensorProduct
  readonly input: IrrepsRows
  readonly layers: readonly EquivariantLinear[]
  /** Of each layer's results, one after the other in a row of all. */
  readonly outputs: readonly IrrepsRows[]
  /** [weights]; null where edges have their own */
  readonly shared: Float64Array | null
  readonly pack: OpenPack
  readonly packed: EdgeProduct
}

const floats = (name: string, length: number) => random(name, length).map(Math.fround)

export function testProduct(shape: ProductShape): TestProduct {
  const features = parseIrreps(shape.features)
  const product = depthwisePaths(features, parseIrreps(shape.harmonics), features)
  const layers = shape.outputs.map((text, n) => layerTo(product.output, parseIrreps(text), `layer ${n}`))
  const outputs = layers.map(({ output }) => irrepsRows(output, shape.heads))
  const blocks: ResultBlock[] = []
  let width = 0
  const places = layers.map(({ output }, n): ResultLayer['place'] => {
    const first = blocks.length
    const rows = outputs[n]
    blocks.push(
      ...rows.blocks.map(({ block: { degree, parity }, offset, width: own }) => ({
        ...{ degree, parity, offset: width + offset, width: own },
      })),
    )
    width += rows.width
    return (to, channel) => {
      const block = output.blocks.indexOf(to)
      return { block: first + block, slot: rows.blocks[block].slots.at[channel] }
    }
  })
  const pack = new OpenPack()
  const tensorProduct = { product, convention: shape.convention ?? ('e3nn 0.5' as const) }
  const input = irrepsRows(features)
  const shared = shape.shared ? floats('shared weights', product.weights) : null
  return {
    ...{ tensorProduct, input, layers, outputs, shared, pack },
    packed: packEdgeProduct(
      ...([pack, tensorProduct, input, shared, blocks] as const),
      layers.map((layer, n) => ({ layer, place: places[n] })),
    ),
  }
}

function layerTo(input: Irreps, output: Irreps, name: string): EquivariantLinear {
  const scalars = output.blocks.filter(isScalar).reduce((sum, { multiplicity }) => sum + multiplicity, 0)
  return {
    ...{ input, output, weight: floats(`weights of ${name}`, linearWeights(input, output)) },
    bias: scalars > 0 ? floats(`bias of ${name}`, scalars) : null,
  }
}

/** One edge's results, layer by layer, for features and weights in its frame. */
export const productOf = (
  { tensorProduct, layers }: TestProduct,
  x: Float64Array,
  weights: Float64Array,
): Float64Array => {
  const product = alignedTensorProduct(tensorProduct, x, weights)
  return Float64Array.from(layers.flatMap((layer) => [...equivariantLinear(layer, product)]))
}

/** Gradients toward one edge's features and weights, from that toward its results. */
export function productAdjointOf(
  { tensorProduct, layers }: TestProduct,
  x: Float64Array,
  weights: Float64Array,
  gradient: Float64Array,
): { x: Float64Array; weights: Float64Array } {
  const toward = new Float64Array(tensorProduct.product.output.dimension)
  let first = 0
  for (const layer of layers) {
    const { dimension } = layer.output
    const g = equivariantLinearAdjoint(layer, gradient.subarray(first, first + dimension))
    g.forEach((value, k) => {
      toward[k] += value
    })
    first += dimension
  }
  return alignedTensorProductAdjoint(tensorProduct, x, weights, toward)
}
