/**
 * Equivariant linear maps: channels of equal irrep are mixed, components are not. Equiformer SPEC section 8.
 *
 * | SPEC                                | here                                                             |
 * |-------------------------------------|------------------------------------------------------------------|
 * | i, o with equal (l, p)              | `linearPaths`, i outer, o inner                                  |
 * | W [mul_in × mul_out] of (i, o)      | `weight`, path after path, row-major                             |
 * | y_o[w,m] = Σ_i Σ_u x_i[u,m] W[u,w]  | `equivariantLinear`                                              |
 * | bias                                | `bias` [channels of 0e in the output], or null                   |
 * | gx_i[u,m] = Σ_o Σ_w W[u,w] gy_o[w,m] | `equivariantLinearAdjoint`                                      |
 *
 * No factor depends on the number of inputs or on the degree. Input blocks whose irrep the output lacks are ignored,
 * output blocks without input are zero, plus bias.
 */
import { isScalar, sameIrrep } from '../../models/irreps/irrep.ts'
import type { Irreps, IrrepsBlock } from '../../models/irreps/irreps.ts'

export interface EquivariantLinear {
  readonly input: Irreps
  readonly output: Irreps
  /** [Σ over paths of multiplicity in × multiplicity out] */
  readonly weight: Float64Array
  /** One number for each 0e channel of the output, in order; null for none. */
  readonly bias: Float64Array | null
}

interface LinearPath {
  readonly from: IrrepsBlock
  readonly to: IrrepsBlock
  readonly weightOffset: number
}

/** Pairs of blocks with equal irreps, in the order of their weights. */
function linearPaths(input: Irreps, output: Irreps): LinearPath[] {
  let weightOffset = 0
  return input.blocks.flatMap((from) =>
    output.blocks
      .filter((to) => sameIrrep(from, to))
      .map((to) => {
        const path = { from, to, weightOffset }
        weightOffset += from.multiplicity * to.multiplicity
        return path
      }),
  )
}

/** Number of weights of a linear map between these irreps. */
export const linearWeights = (input: Irreps, output: Irreps): number =>
  linearPaths(input, output).reduce((sum, { from, to }) => sum + from.multiplicity * to.multiplicity, 0)

/** Adds one number per 0e channel to every row of y [N × dimension], in place. */
export function addScalarBias(irreps: Irreps, bias: Float64Array, y: Float64Array): void {
  const columns = irreps.blocks
    .filter(isScalar)
    .flatMap(({ offset, multiplicity }) => Array.from({ length: multiplicity }, (_, u) => offset + u))
  for (let row = 0; row < y.length; row += irreps.dimension) {
    columns.forEach((column, n) => {
      y[row + column] += bias[n]
    })
  }
}

/** Calls `visit` with the places of x, y and the weight of every product in one row. */
function forEachProduct(
  { input, output }: EquivariantLinear,
  visit: (x: number, y: number, weight: number) => void,
): void {
  for (const { from, to, weightOffset } of linearPaths(input, output)) {
    const width = 2 * from.degree + 1
    for (let u = 0; u < from.multiplicity; u++) {
      for (let w = 0; w < to.multiplicity; w++) {
        for (let m = 0; m < width; m++) {
          visit(
            from.offset + u * width + m,
            to.offset + w * width + m,
            weightOffset + u * to.multiplicity + w,
          )
        }
      }
    }
  }
}

/** y [N × output] of x [N × input]. */
export function equivariantLinear(layer: EquivariantLinear, x: Float64Array): Float64Array {
  const { input, output, weight, bias } = layer
  const rows = x.length / input.dimension
  const y = new Float64Array(rows * output.dimension)
  forEachProduct(layer, (from, to, w) => {
    for (let row = 0; row < rows; row++) {
      y[row * output.dimension + to] += weight[w] * x[row * input.dimension + from]
    }
  })
  if (bias) addScalarBias(output, bias, y)
  return y
}

/** Gradient with respect to x, [N × input], from the gradient gy [N × output]. */
export function equivariantLinearAdjoint(layer: EquivariantLinear, gy: Float64Array): Float64Array {
  const { input, output, weight } = layer
  const rows = gy.length / output.dimension
  const gx = new Float64Array(rows * input.dimension)
  forEachProduct(layer, (from, to, w) => {
    for (let row = 0; row < rows; row++) {
      gx[row * input.dimension + from] += weight[w] * gy[row * output.dimension + to]
    }
  })
  return gx
}
