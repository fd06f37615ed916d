/**
 * Fully connected tensor product: every channel of x with every channel of y, mixed into every channel of the output.
 * Equiformer SPEC section 8, `FullyConnectedTensorProductRescale`; paths and weights: `fullyConnectedPaths`.
 *
 *   z[w,k] = Σ_paths √(2 l3 + 1) Σ_uv W[u,v,w] Σ_ij C[i,j,k] x[u,i] y[v,j]   (+ bias on 0e)
 *   gx[u,i] = Σ_paths √(2 l3 + 1) Σ_vw W[u,v,w] Σ_jk C[i,j,k] y[v,j] gz[w,k],   gy likewise
 */
import type { TensorProduct, TensorProductPath } from '../../models/irreps/tensor-product-paths.ts'
import { type SignConvention, wigner3j } from '../../models/irreps/wigner-3j.ts'
import { addScalarBias } from './linear.ts'

export interface FullyConnectedTensorProduct {
  /** From `fullyConnectedPaths`. */
  readonly product: TensorProduct
  readonly convention: SignConvention
  /** [product.weights] */
  readonly weight: Float64Array
  /** One number for each 0e channel of the output, in order; null for none. */
  readonly bias: Float64Array | null
}

/** Calls `visit` with the places of x, y and z in a row, and their factor, for every term of a path. */
function forEachTerm(
  { product, convention, weight }: FullyConnectedTensorProduct,
  path: TensorProductPath,
  visit: (x: number, y: number, z: number, factor: number) => void,
): void {
  const a = product.first.blocks[path.first]
  const b = product.second.blocks[path.second]
  const c = product.output.blocks[path.output]
  const { i, j, k, value } = wigner3j(path.degrees, convention)
  let at = path.weightOffset
  for (let u = 0; u < a.multiplicity; u++) {
    for (let v = 0; v < b.multiplicity; v++) {
      for (let w = 0; w < c.multiplicity; w++, at++) {
        for (let n = 0; n < value.length; n++) {
          visit(
            a.offset + u * (2 * a.degree + 1) + i[n],
            b.offset + v * (2 * b.degree + 1) + j[n],
            c.offset + w * (2 * c.degree + 1) + k[n],
            path.coefficient * weight[at] * value[n],
          )
        }
      }
    }
  }
}

/** z [N × output] of x [N × first] and y [N × second]. */
export function fullyConnectedTensorProduct(
  layer: FullyConnectedTensorProduct,
  x: Float64Array,
  y: Float64Array,
): Float64Array {
  const { first, second, output, paths } = layer.product
  const rows = x.length / first.dimension
  const z = new Float64Array(rows * output.dimension)
  for (const path of paths) {
    forEachTerm(layer, path, (p, q, r, factor) => {
      for (let row = 0; row < rows; row++) {
        z[row * output.dimension + r] += factor * x[row * first.dimension + p] * y[row * second.dimension + q]
      }
    })
  }
  if (layer.bias) addScalarBias(output, layer.bias, z)
  return z
}

/** Gradients with respect to x [N × first] and y [N × second], from the gradient gz [N × output]. */
export function fullyConnectedTensorProductAdjoint(
  layer: FullyConnectedTensorProduct,
  x: Float64Array,
  y: Float64Array,
  gz: Float64Array,
): { x: Float64Array; y: Float64Array } {
  const { first, second, output, paths } = layer.product
  const rows = x.length / first.dimension
  const gx = new Float64Array(x.length)
  const gy = new Float64Array(y.length)
  for (const path of paths) {
    forEachTerm(layer, path, (p, q, r, factor) => {
      for (let row = 0; row < rows; row++) {
        const g = factor * gz[row * output.dimension + r]
        gx[row * first.dimension + p] += g * y[row * second.dimension + q]
        gy[row * second.dimension + q] += g * x[row * first.dimension + p]
      }
    })
  }
  return { x: gx, y: gy }
}
