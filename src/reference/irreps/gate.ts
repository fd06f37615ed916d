/**
 * Gate: scalars pass SiLU, every other channel is multiplied by the sigmoid of a scalar of its own. Equiformer SPEC section
 * 10; Weiler et al., arXiv:1807.02547; e3nn's `Gate`.
 *
 * | SPEC                                      | here                                              |
 * |-------------------------------------------|---------------------------------------------------|
 * | O, n_s, n_g                               | `output`; its 0e channels; its other channels     |
 * | [n_s + n_g scalars | gated]               | `gateInput(output)`                               |
 * | y_scalar = c SiLU(x)                      | normalised activation                             |
 * | y_gated[u,m] = x_gated[u,m] c' σ(x[n_s+u]) | pseudoscalars (0o) are gated, too                |
 */
import { isScalar } from '../../models/irreps/irrep.ts'
import {
  concatIrreps,
  filterIrreps,
  type Irreps,
  irrepsOf,
  simplifyIrreps,
} from '../../models/irreps/irreps.ts'
import { normalizedActivations } from './activations.ts'

const { silu, sigmoid } = normalizedActivations

const scalarsOf = (output: Irreps): Irreps => filterIrreps(output, isScalar)
const gatedOf = (output: Irreps): Irreps => filterIrreps(output, (block) => !isScalar(block))

/** What the gate needs in order to give `output`: its scalars, a scalar for each other channel, the other channels. */
export function gateInput(output: Irreps): Irreps {
  const multiplicity = scalarsOf(output).channels + gatedOf(output).channels
  return simplifyIrreps(concatIrreps(irrepsOf([{ multiplicity, degree: 0, parity: 1 }]), gatedOf(output)))
}

/** A component of a channel: where it is in rows of the input and of the output, and its gate in the input. */
interface GatedComponent {
  readonly input: number
  readonly output: number
  readonly gate: number
}

/** Places in a row: [input, output] of every scalar, and every gated component. */
function places(output: Irreps): { scalars: (readonly [number, number])[]; gated: GatedComponent[] } {
  const scalars: (readonly [number, number])[] = []
  const gated: GatedComponent[] = []
  const { channels } = scalarsOf(output)
  let scalar = 0
  let gate = channels
  let input = channels + gatedOf(output).channels
  for (const block of output.blocks) {
    for (let u = 0; u < block.multiplicity; u++) {
      const width = 2 * block.degree + 1
      const at = block.offset + u * width
      if (isScalar(block)) {
        scalars.push([scalar++, at])
        continue
      }
      for (let m = 0; m < width; m++) gated.push({ input: input++, output: at + m, gate })
      gate++
    }
  }
  return { scalars, gated }
}

/** y [N × output] of x [N × gateInput(output)]. */
export function gate(output: Irreps, x: Float64Array): Float64Array {
  const { dimension } = gateInput(output)
  const rows = x.length / dimension
  const y = new Float64Array(rows * output.dimension)
  const { scalars, gated } = places(output)
  for (let row = 0; row < rows; row++) {
    const from = row * dimension
    const to = row * output.dimension
    for (const [p, q] of scalars) y[to + q] = silu.value(x[from + p])
    for (const p of gated) y[to + p.output] = x[from + p.input] * sigmoid.value(x[from + p.gate])
  }
  return y
}

/** Gradient with respect to x, of its shape, from the gradient gy [N × output]. */
export function gateAdjoint(output: Irreps, x: Float64Array, gy: Float64Array): Float64Array {
  const { dimension } = gateInput(output)
  const gx = new Float64Array(x.length)
  const { scalars, gated } = places(output)
  for (let row = 0; row < x.length / dimension; row++) {
    const from = row * dimension
    const to = row * output.dimension
    for (const [p, q] of scalars) gx[from + p] = gy[to + q] * silu.derivative(x[from + p])
    for (const p of gated) {
      const g = gy[to + p.output]
      gx[from + p.input] = g * sigmoid.value(x[from + p.gate])
      gx[from + p.gate] += g * x[from + p.input] * sigmoid.derivative(x[from + p.gate])
    }
  }
  return gx
}
