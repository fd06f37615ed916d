/**
 * What an Equiformer owes to the distance, as piecewise polynomials. A radial network ends in a linear layer, and whatever is
 * linear in its hidden features has polynomials that are linear in theirs: those are fitted once, and from them come the
 * tables of all weights of a tensor product (SPEC section 7) and of the whole edge degree embedding (section 12).
 */
import { activations } from '../../reference/activations.ts'
import { type EquiformerRadialBasis, equiformerRadialFunction } from '../../reference/irreps/radial-basis.ts'
import type { RadialMlp } from '../../reference/irreps/radial-mlp.ts'
import { LAYER_NORM_EPS, type LayerNorm } from '../../reference/layer-norm.ts'
import type { Linear } from '../../reference/linear.ts'
import { type RadialFunctions, type RadialTable, SEGMENT_FLOATS, tabulate } from '../layers/radial-table.ts'
import { padded } from '../layers/slots.ts'

/** Å; in place of 0, where sin(f t)/t would be divided by it. */
const NEAREST = 1e-4

/** The hidden features h of a radial network (all its layers but the last), padded with zeros. */
export function hiddenFunctions(basis: EquiformerRadialBasis, { hidden }: RadialMlp): RadialFunctions {
  const count = hidden[0].linear.inputs
  const functions = [new Float64Array(count), new Float64Array(count)]
  const layers = hidden.map(({ linear, norm }) => ({
    ...{ linear, norm, value: new Float64Array(linear.outputs), slope: new Float64Array(linear.outputs) },
  }))
  /** Derivatives are had along with the values, and only if they are asked for. */
  const run = (r: number, slopes: boolean) => {
    let [value, slope] = functions
    for (let k = 0; k < count; k++) [value[k], slope[k]] = equiformerRadialFunction(basis, k, r || NEAREST)
    for (const layer of layers) {
      mix(layer.linear, value, layer.value, true)
      if (slopes) mix(layer.linear, slope, layer.slope, false)
      normalize(layer.norm, layer.value, slopes ? layer.slope : null)
      if (slopes)
        layer.slope.forEach((s, k) => {
          layer.slope[k] = s * silu.derivative(layer.value[k])
        })
      layer.value.forEach((v, k) => {
        layer.value[k] = silu.value(v)
      })
      value = layer.value
      slope = layer.slope
    }
    return slopes ? slope : value
  }
  return {
    values: (r, out) => out.set(run(r, false)),
    derivatives: (r, out) => out.set(run(r, true)),
  }
}

const { silu } = activations

function mix(
  { inputs, outputs, weight, bias }: Linear,
  x: Float64Array,
  y: Float64Array,
  biased: boolean,
): void {
  for (let o = 0; o < outputs; o++) {
    let sum = biased ? (bias?.[o] ?? 0) : 0
    const row = o * inputs
    for (let i = 0; i < inputs; i++) sum += weight[row + i] * x[i]
    y[o] = sum
  }
}

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** In place; `slope` is that of `value`. */
function normalize({ weight, bias }: LayerNorm, value: Float64Array, slope: Float64Array | null): void {
  const center = mean(value)
  let variance = 0
  for (const v of value) variance += (v - center) ** 2 / value.length
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPS)
  if (slope) {
    const drift = mean(slope)
    let along = 0
    value.forEach((v, k) => {
      along += ((v - center) * scale * slope[k]) / value.length
    })
    value.forEach((v, k) => {
      slope[k] = scale * (slope[k] - drift - (v - center) * scale * along) * weight[k]
    })
  }
  value.forEach((v, k) => {
    value[k] = (v - center) * scale * weight[k] + bias[k]
  })
}

/** Functions that are affine in a radial network's hidden features. */
export interface AffineFunctions {
  /** of functions, a multiple of 4 */
  readonly width: number
  /** [width × hidden] */
  readonly weight: Float64Array
  /** [width] */
  readonly bias: Float64Array
}

/** Zeros for `width` functions of the hidden features of a network. */
export const noFunctions = ({ last }: RadialMlp, width: number): AffineFunctions => ({
  width,
  weight: new Float64Array(width * last.inputs),
  bias: new Float64Array(width),
})

/** A table of functions of the hidden features. */
export function tabulateAffine(
  basis: EquiformerRadialBasis,
  mlp: RadialMlp,
  { width, weight, bias }: AffineFunctions,
): RadialTable {
  const hidden = mlp.last.inputs
  const hiddenWidth = padded(hidden)
  const narrow = tabulate(hiddenFunctions(basis, mlp), hiddenWidth, basis.cutoff)
  const { intervals, terms } = narrow
  const data = new Float32Array(SEGMENT_FLOATS + intervals * terms * width)
  data.set(narrow.data.subarray(0, SEGMENT_FLOATS))
  for (let row = 0; row < intervals * terms; row++) {
    const from = SEGMENT_FLOATS + row * hiddenWidth
    const to = SEGMENT_FLOATS + row * width
    const h = Float64Array.from(narrow.data.subarray(from, from + hidden))
    for (let f = 0; f < width; f++) {
      let sum = row % terms === 0 ? bias[f] : 0
      for (let k = 0; k < hidden; k++) sum += weight[f * hidden + k] * h[k]
      data[to + f] = sum
    }
  }
  return { ...narrow, data }
}
