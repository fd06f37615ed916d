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

/** Values and their derivatives toward the distance. */
interface Moving {
  readonly value: Float64Array
  readonly slope: Float64Array
}

/** The hidden features h of a radial network (all its layers but the last), padded with zeros. */
export function hiddenFunctions(basis: EquiformerRadialBasis, { hidden }: RadialMlp): RadialFunctions {
  const count = hidden[0].linear.inputs
  const at = (r: number): Moving => {
    const functions = Array.from({ length: count }, (_, k) =>
      equiformerRadialFunction(basis, k, r || NEAREST),
    )
    let x: Moving = {
      value: Float64Array.from(functions, ([value]) => value),
      slope: Float64Array.from(functions, ([, slope]) => slope),
    }
    for (const { linear, norm } of hidden) x = activated(normalized(norm, mixed(linear, x)))
    return x
  }
  return {
    values: (r, out) => out.set(at(r).value),
    derivatives: (r, out) => out.set(at(r).slope),
  }
}

function mixed({ inputs, outputs, weight, bias }: Linear, x: Moving): Moving {
  const value = new Float64Array(outputs)
  const slope = new Float64Array(outputs)
  for (let o = 0; o < outputs; o++) {
    value[o] = bias?.[o] ?? 0
    for (let i = 0; i < inputs; i++) {
      value[o] += weight[o * inputs + i] * x.value[i]
      slope[o] += weight[o * inputs + i] * x.slope[i]
    }
  }
  return { value, slope }
}

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length

function normalized({ weight, bias }: LayerNorm, x: Moving): Moving {
  const [center, drift] = [mean(x.value), mean(x.slope)]
  const scale = 1 / Math.sqrt(mean(x.value.map((v) => (v - center) ** 2)) + LAYER_NORM_EPS)
  const h = x.value.map((v) => (v - center) * scale)
  const along = mean(h.map((value, k) => value * x.slope[k]))
  return {
    value: h.map((value, k) => value * weight[k] + bias[k]),
    slope: h.map((value, k) => scale * (x.slope[k] - drift - value * along) * weight[k]),
  }
}

const { silu } = activations

const activated = ({ value, slope }: Moving): Moving => ({
  value: value.map(silu.value),
  slope: slope.map((s, k) => s * silu.derivative(value[k])),
})

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
    for (let f = 0; f < width; f++) {
      let sum = row % terms === 0 ? bias[f] : 0
      for (let k = 0; k < hidden; k++) sum += weight[f * hidden + k] * narrow.data[from + k]
      data[to + f] = sum
    }
  }
  return { ...narrow, data }
}
