/**
 * Equivariant layer normalisation, block by block. Equiformer SPEC section 11 (`EquivariantLayerNormV2`); arXiv:2206.11990,
 * section 4.1.
 *
 * | SPEC                                     | here                                         |
 * |------------------------------------------|----------------------------------------------|
 * | M channels of D = 2l + 1 components      | a block                                      |
 * | t = x − mean over channels (0e), or x    | `centred`                                    |
 * | n = mean of t² over channels, components | inside `rstd`                                |
 * | r = (n + eps)^(−1/2)                     | `rstd`                                       |
 * | y = r t weight[u] (+ bias on 0e)         | `equivariantLayerNorm`                       |
 * | h = g weight                             | `h`                                          |
 * | gx = r h − r³ t ⟨h, t⟩/(M D), less its mean over channels for 0e | `equivariantLayerNormAdjoint` |
 *
 * Pseudoscalars (0o) have no mean to subtract that would keep its sign under inversion: they are treated as vectors are.
 */
import { isScalar } from '../../models/irreps/irrep.ts'
import type { Irreps, IrrepsBlock } from '../../models/irreps/irreps.ts'
import { LAYER_NORM_EPS } from '../layer-norm.ts'

export interface EquivariantLayerNorm {
  /** Blocks are normalised one by one: irreps that are simplified give other numbers than irreps that are not. */
  readonly irreps: Irreps
  /** [channels] */
  readonly weight: Float64Array
  /** [0e channels], in order. */
  readonly bias: Float64Array
}

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** t and r of one block of one row. */
function moments(block: IrrepsBlock, x: Float64Array): { centred: Float64Array; rstd: number } {
  const shift = isScalar(block) ? mean(x) : 0
  const centred = x.map((value) => value - shift)
  return { centred, rstd: 1 / Math.sqrt(mean(centred.map((t) => t * t)) + LAYER_NORM_EPS) }
}

/** Calls `visit` for every block of every row: its range in a row, and where its weights and biases begin. */
function forEachBlock(
  { irreps }: EquivariantLayerNorm,
  x: Float64Array,
  visit: (block: IrrepsBlock, begin: number, weightAt: number, biasAt: number) => void,
): void {
  for (let row = 0; row < x.length; row += irreps.dimension) {
    let weightAt = 0
    let biasAt = 0
    for (const block of irreps.blocks) {
      // Empty blocks have no mean.
      if (block.multiplicity > 0) visit(block, row + block.offset, weightAt, biasAt)
      weightAt += block.multiplicity
      if (isScalar(block)) biasAt += block.multiplicity
    }
  }
}

/** y [N × dimension] of x [N × dimension]. */
export function equivariantLayerNorm(norm: EquivariantLayerNorm, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length)
  forEachBlock(norm, x, (block, begin, weightAt, biasAt) => {
    const { centred, rstd } = moments(block, x.subarray(begin, begin + block.dimension))
    centred.forEach((t, n) => {
      const u = Math.floor(n / (2 * block.degree + 1))
      y[begin + n] = rstd * t * norm.weight[weightAt + u] + (isScalar(block) ? norm.bias[biasAt + u] : 0)
    })
  })
  return y
}

/** Gradient with respect to x, given the same x and the gradient gy of the result. */
export function equivariantLayerNormAdjoint(
  norm: EquivariantLayerNorm,
  x: Float64Array,
  gy: Float64Array,
): Float64Array {
  const gx = new Float64Array(x.length)
  forEachBlock(norm, x, (block, begin, weightAt) => {
    const { centred, rstd } = moments(block, x.subarray(begin, begin + block.dimension))
    const h = centred.map(
      (_, n) => gy[begin + n] * norm.weight[weightAt + Math.floor(n / (2 * block.degree + 1))],
    )
    const along = mean(h.map((value, n) => value * centred[n]))
    const g = h.map((value, n) => rstd * value - rstd ** 3 * centred[n] * along)
    const shift = isScalar(block) ? mean(g) : 0
    gx.set(
      g.map((value) => value - shift),
      begin,
    )
  })
  return gx
}
