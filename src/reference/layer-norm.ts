/**
 * Layer normalisation over the last axis and its adjoint. SPEC section 7 (LN) and 9.
 *
 * | SPEC                         | here            |
 * |------------------------------|-----------------|
 * | F                            | `norm.weight.length` |
 * | eps = 1e-5, inside the root  | `LAYER_NORM_EPS` |
 * | h = (x − mean)/√(var + eps)  | `h`             |
 * | r = 1/√(var + eps)           | `rstd`          |
 * | g = gy · weight              | `g`             |
 * | gx = r (g − mean(g) − h mean(g h)) | `layerNormAdjoint` |
 */

/** Added to the biased variance; PyTorch's default, which upstream keeps. */
export const LAYER_NORM_EPS = 1e-5

export interface LayerNorm {
  /** [F] */
  readonly weight: Float64Array
  /** [F] */
  readonly bias: Float64Array
}

/** Mean and 1/√(biased variance + eps) of one row. */
function moments(x: Float64Array, offset: number, width: number): { mean: number; rstd: number } {
  let mean = 0
  for (let f = 0; f < width; f++) mean += x[offset + f]
  mean /= width
  let variance = 0
  for (let f = 0; f < width; f++) variance += (x[offset + f] - mean) ** 2
  return { mean, rstd: 1 / Math.sqrt(variance / width + LAYER_NORM_EPS) }
}

/** Normalises every row of x [rows × F]. */
export function layerNorm(norm: LayerNorm, x: Float64Array): Float64Array {
  const width = norm.weight.length
  const y = new Float64Array(x.length)
  for (let offset = 0; offset < x.length; offset += width) {
    const { mean, rstd } = moments(x, offset, width)
    for (let f = 0; f < width; f++) {
      y[offset + f] = (x[offset + f] - mean) * rstd * norm.weight[f] + norm.bias[f]
    }
  }
  return y
}

/** Gradient with respect to x [rows × F], given the same x and the gradient gy of the result. */
export function layerNormAdjoint(norm: LayerNorm, x: Float64Array, gy: Float64Array): Float64Array {
  const width = norm.weight.length
  const gx = new Float64Array(x.length)
  for (let offset = 0; offset < x.length; offset += width) {
    const { mean, rstd } = moments(x, offset, width)
    let meanG = 0
    let meanGh = 0
    for (let f = 0; f < width; f++) {
      const g = gy[offset + f] * norm.weight[f]
      meanG += g / width
      meanGh += (g * (x[offset + f] - mean) * rstd) / width
    }
    for (let f = 0; f < width; f++) {
      const g = gy[offset + f] * norm.weight[f]
      const h = (x[offset + f] - mean) * rstd
      gx[offset + f] = rstd * (g - meanG - h * meanGh)
    }
  }
  return gx
}
