/**
 * Affine maps y = W x + b on the last axis, and their adjoint with respect to x.
 *
 * | SPEC            | here             |
 * |-----------------|------------------|
 * | W [out, in]     | `layer.weight`   |
 * | b [out]         | `layer.bias`     |
 * | x [..., in]     | `x`              |
 * | y [..., out]    | returned         |
 * | gx = W^T gy     | `linearAdjoint`  |
 *
 * Leading axes do not matter, so one function serves atoms [N, F], edges [E, R] and the three
 * components of vector features [N, 3, F] (with a bias, the same b is added to x, y and z: that is what
 * upstream's 2021 vector projections do, SPEC 11.7).
 */

/** One affine map; `weight` is row-major [outputs × inputs] as PyTorch stores it. */
export interface Linear {
  readonly inputs: number
  readonly outputs: number
  readonly weight: Float64Array
  readonly bias: Float64Array | null
}

/** y = W x + b for every row of x [rows × inputs]; returns [rows × outputs]. */
export function linear(layer: Linear, x: Float64Array): Float64Array {
  const { inputs, outputs, weight, bias } = layer
  const rows = x.length / inputs
  const y = new Float64Array(rows * outputs)
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias === null ? 0 : bias[o]
      for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * x[row * inputs + i]
      y[row * outputs + o] = sum
    }
  }
  return y
}

/** Gradient with respect to x, [rows × inputs], from the gradient gy [rows × outputs]. */
export function linearAdjoint(layer: Linear, gy: Float64Array): Float64Array {
  const { inputs, outputs, weight } = layer
  const rows = gy.length / outputs
  const gx = new Float64Array(rows * inputs)
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      const g = gy[row * outputs + o]
      if (g === 0) continue
      for (let i = 0; i < inputs; i++) gx[row * inputs + i] += g * weight[o * inputs + i]
    }
  }
  return gx
}
