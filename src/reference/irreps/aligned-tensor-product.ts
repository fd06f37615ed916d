/**
 * The depth-wise tensor product in the edge's frame: the same numbers as `depthwiseTensorProduct` gives for features and
 * results turned into the frame, with one multiplication per component. What kernels compute.
 *
 *   out'[u,m] = w[u] factor[m] x'[u,±m],   gx'[u,±m] = Σ_paths w[u] factor[m] g'[u,m],   gw[u] = Σ_m factor[m] x'[u,±m] g'[u,m]
 *
 * There is no gradient toward the harmonics: they are constant here. The frame's torque (`edge-frame.ts`) stands for it.
 */
import { alignedPath } from '../../models/irreps/aligned-path.ts'
import type { DepthwiseTensorProduct } from './depthwise-tensor-product.ts'

/** Calls `visit` with the places of x, w and the output, and the factor, for every product of one edge. */
function forEachTerm(
  { product, convention }: DepthwiseTensorProduct,
  visit: (x: number, w: number, out: number, factor: number) => void,
): void {
  for (const path of product.paths) {
    const a = product.first.blocks[path.first]
    const c = product.output.blocks[path.output]
    const { source, factor } = alignedPath(path.degrees, convention)
    for (let u = 0; u < a.multiplicity; u++) {
      for (let k = 0; k < source.length; k++) {
        if (source[k] < 0) continue
        const x = a.offset + u * (2 * a.degree + 1) + source[k]
        visit(x, path.weightOffset + u, c.offset + u * (2 * c.degree + 1) + k, factor[k])
      }
    }
  }
}

/** One edge: results [output] in its frame, of features x [first] in its frame and weights [product.weights]. */
export function alignedTensorProduct(
  layer: DepthwiseTensorProduct,
  x: Float64Array,
  weights: Float64Array,
): Float64Array {
  const out = new Float64Array(layer.product.output.dimension)
  forEachTerm(layer, (p, w, r, factor) => {
    out[r] += factor * weights[w] * x[p]
  })
  return out
}

/** Gradients with respect to x and weights, from the gradient g [output], all in the edge's frame. */
export function alignedTensorProductAdjoint(
  layer: DepthwiseTensorProduct,
  x: Float64Array,
  weights: Float64Array,
  g: Float64Array,
): { x: Float64Array; weights: Float64Array } {
  const gx = new Float64Array(x.length)
  const gWeights = new Float64Array(weights.length)
  forEachTerm(layer, (p, w, r, factor) => {
    gx[p] += factor * weights[w] * g[r]
    gWeights[w] += factor * x[p] * g[r]
  })
  return { x: gx, weights: gWeights }
}
