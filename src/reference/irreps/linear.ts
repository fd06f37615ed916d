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

export interface LinearPath {
  readonly from: IrrepsBlock
  readonly to: IrrepsBlock
  /** First of its weights, [multiplicity of from × multiplicity of to]. */
  readonly weightOffset: number
}

/** Pairs of blocks with equal irreps, in the order of their weights. */
export function linearPaths(input: Irreps, output: Irreps): LinearPath[] {
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

/** y [N × output] of x [N × input]. */
export function equivariantLinear(layer: EquivariantLinear, x: Float64Array): Float64Array {
  const { input, output, weight, bias } = layer
  const rows = x.length / input.dimension
  const y = new Float64Array(rows * output.dimension)
  for (const { from, to, weightOffset } of linearPaths(input, output)) {
    const width = 2 * from.degree + 1
    // Row by row, so that a row stays in the cache: published networks have hundreds of channels.
    for (let row = 0; row < rows; row++) {
      const xAt = row * input.dimension + from.offset
      const yAt = row * output.dimension + to.offset
      for (let k = 0; k < from.dimension; k++) {
        const value = x[xAt + k]
        const wAt = weightOffset + Math.floor(k / width) * to.multiplicity
        const component = yAt + (k % width)
        for (let w = 0; w < to.multiplicity; w++) y[component + w * width] += weight[wAt + w] * value
      }
    }
  }
  if (bias) addScalarBias(output, bias, y)
  return y
}

/** Gradient with respect to x, [N × input], from the gradient gy [N × output]. */
export function equivariantLinearAdjoint(layer: EquivariantLinear, gy: Float64Array): Float64Array {
  const { input, output, weight } = layer
  const rows = gy.length / output.dimension
  const gx = new Float64Array(rows * input.dimension)
  for (const { from, to, weightOffset } of linearPaths(input, output)) {
    const width = 2 * from.degree + 1
    for (let row = 0; row < rows; row++) {
      const xAt = row * input.dimension + from.offset
      const yAt = row * output.dimension + to.offset
      for (let k = 0; k < from.dimension; k++) {
        const wAt = weightOffset + Math.floor(k / width) * to.multiplicity
        const component = yAt + (k % width)
        let sum = gx[xAt + k]
        for (let w = 0; w < to.multiplicity; w++) sum += weight[wAt + w] * gy[component + w * width]
        gx[xAt + k] = sum
      }
    }
  }
  return gx
}
