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

/** Calls `visit` with the places of x, Y, w and the output in a row, and the constant factor, for every term. */
function forEachTerm(
  { product, convention }: DepthwiseTensorProduct,
  visit: (x: number, y: number, w: number, out: number, factor: number) => void,
): void {
  for (const path of product.paths) {
    const a = product.first.blocks[path.first]
    const b = product.second.blocks[path.second]
    const c = product.output.blocks[path.output]
    const { i, j, k, value } = wigner3j(path.degrees, convention)
    for (let u = 0; u < a.multiplicity; u++) {
      for (let n = 0; n < value.length; n++) {
        visit(
          a.offset + u * (2 * a.degree + 1) + i[n],
          b.offset + j[n],
          path.weightOffset + u,
          c.offset + u * (2 * c.degree + 1) + k[n],
          path.coefficient * value[n],
        )
      }
    }
  }
}

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
  forEachTerm(layer, (p, q, w, r, factor) => {
    for (let e = 0; e < edges; e++) {
      out[e * output.dimension + r] +=
        factor * weights[e * stride + w] * x[e * first.dimension + p] * harmonics[e * second.dimension + q]
    }
  })
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
  forEachTerm(layer, (p, q, w, r, factor) => {
    for (let e = 0; e < edges; e++) {
      const xAt = e * first.dimension + p
      const yAt = e * second.dimension + q
      const wAt = e * stride + w
      const scaled = factor * g[e * output.dimension + r]
      gx[xAt] += scaled * weights[wAt] * harmonics[yAt]
      gHarmonics[yAt] += scaled * weights[wAt] * x[xAt]
      gWeights[wAt] += scaled * x[xAt] * harmonics[yAt]
    }
  })
  return { x: gx, harmonics: gHarmonics, weights: gWeights }
}
