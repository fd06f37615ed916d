/**
 * Depth-wise tensor product of features with spherical harmonics, one weight per channel and path. Equiformer SPEC section 9;
 * arXiv:2206.11990, section 4.1. Paths: `depthwisePaths`.
 *
 * | SPEC                                              | here                                   |
 * |---------------------------------------------------|----------------------------------------|
 * | x, Y, w                                           | `x` [E × first], `harmonics` [E × second], `weights` |
 * | out[u,k] = √(2 l3 + 1) w[u] Σ C[i,j,k] x[u,i] Y[j] | `depthwiseTensorProduct`              |
 * | gx = √(2 l3 + 1) w C g Y                          | `.x` of the adjoint                    |
 * | gY = √(2 l3 + 1) Σ_u w[u] C g[u] x[u]             | `.harmonics`                           |
 * | gw[u] = √(2 l3 + 1) Σ C g[u] x[u] Y               | `.weights`                             |
 *
 * Weights are [E × product.weights], a row for each edge (from a radial network), or [product.weights], shared by all.
 */
import type { TensorProduct } from '../../models/irreps/tensor-product-paths.ts'
import { type SignConvention, wigner3j } from '../../models/irreps/wigner-3j.ts'

export interface DepthwiseTensorProduct {
  /** From `depthwisePaths`. */
  readonly product: TensorProduct
  readonly convention: SignConvention
}

/** A path with its numbers at hand: places are those of its first channel in a row. */
interface PathTerms {
  readonly multiplicity: number
  /** Places, and what is between one channel and the next. */
  readonly x: readonly [first: number, step: number]
  readonly out: readonly [first: number, step: number]
  readonly harmonics: number
  readonly weights: number
  /** Components i, j, k and √(2 l3 + 1) C[i, j, k] of every term. */
  readonly i: Uint8Array
  readonly j: Uint8Array
  readonly k: Uint8Array
  readonly factor: Float64Array
}

const pathTerms = ({ product, convention }: DepthwiseTensorProduct): PathTerms[] =>
  product.paths.map((path) => {
    const a = product.first.blocks[path.first]
    const c = product.output.blocks[path.output]
    const { i, j, k, value } = wigner3j(path.degrees, convention)
    return {
      multiplicity: a.multiplicity,
      x: [a.offset, 2 * a.degree + 1],
      out: [c.offset, 2 * c.degree + 1],
      harmonics: product.second.blocks[path.second].offset,
      weights: path.weightOffset,
      ...{ i, j, k },
      factor: value.map((c) => path.coefficient * c),
    }
  })

/** Distance from an edge's weights to the next edge's: none if all share one row. */
const weightStride = (product: TensorProduct, weights: Float64Array, edges: number): number =>
  weights.length === edges * product.weights ? product.weights : 0

/** The products [E × output]. */
export function depthwiseTensorProduct(
  layer: DepthwiseTensorProduct,
  x: Float64Array,
  harmonics: Float64Array,
  weights: Float64Array,
): Float64Array {
  const { first, second, output } = layer.product
  const edges = x.length / first.dimension
  const stride = weightStride(layer.product, weights, edges)
  const out = new Float64Array(edges * output.dimension)
  for (const path of pathTerms(layer)) {
    const { i, j, k, factor } = path
    for (let e = 0; e < edges; e++) {
      const yAt = e * second.dimension + path.harmonics
      for (let u = 0; u < path.multiplicity; u++) {
        const weight = weights[e * stride + path.weights + u]
        const xAt = e * first.dimension + path.x[0] + u * path.x[1]
        const outAt = e * output.dimension + path.out[0] + u * path.out[1]
        for (let n = 0; n < factor.length; n++) {
          out[outAt + k[n]] += factor[n] * weight * x[xAt + i[n]] * harmonics[yAt + j[n]]
        }
      }
    }
  }
  return out
}

/** Gradients with respect to x, harmonics and weights, each of its shape, from the gradient g [E × output]. */
export function depthwiseTensorProductAdjoint(
  layer: DepthwiseTensorProduct,
  x: Float64Array,
  harmonics: Float64Array,
  weights: Float64Array,
  g: Float64Array,
): { x: Float64Array; harmonics: Float64Array; weights: Float64Array } {
  const { first, second, output } = layer.product
  const edges = x.length / first.dimension
  const stride = weightStride(layer.product, weights, edges)
  const gx = new Float64Array(x.length)
  const gHarmonics = new Float64Array(harmonics.length)
  const gWeights = new Float64Array(weights.length)
  for (const path of pathTerms(layer)) {
    const { i, j, k, factor } = path
    for (let e = 0; e < edges; e++) {
      const yAt = e * second.dimension + path.harmonics
      for (let u = 0; u < path.multiplicity; u++) {
        const wAt = e * stride + path.weights + u
        const xAt = e * first.dimension + path.x[0] + u * path.x[1]
        const outAt = e * output.dimension + path.out[0] + u * path.out[1]
        for (let n = 0; n < factor.length; n++) {
          const scaled = factor[n] * g[outAt + k[n]]
          gx[xAt + i[n]] += scaled * weights[wAt] * harmonics[yAt + j[n]]
          gHarmonics[yAt + j[n]] += scaled * weights[wAt] * x[xAt + i[n]]
          gWeights[wAt] += scaled * x[xAt + i[n]] * harmonics[yAt + j[n]]
        }
      }
    }
  }
  return { x: gx, harmonics: gHarmonics, weights: gWeights }
}
