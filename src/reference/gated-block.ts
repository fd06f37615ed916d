/**
 * Gated equivariant block of the output network: scalars learn the lengths of vectors, vectors are gated by
 * scalars. SPEC sections 8.1 and 9; arXiv:2202.02541, output network (after PaiNN, arXiv:2102.03150).
 *
 * | SPEC                              | here                                       |
 * |-----------------------------------|--------------------------------------------|
 * | F_in, F_out                       | `inputs`, `outputs`                        |
 * | W_1 V, n = |W_1 V|                | `lengthened` [N × 3 × F_in], `norms` [N × F_in] |
 * | B = W_2 V                         | `directed` [N × 3 × F_out]                 |
 * | [x ; n], pre = U_0 [x ; n] + b_0  | `hidden` [N × F_in]                        |
 * | t = U_2 act(pre) + b_2            | `mixed` [N × 2 F_out]: scalar, gate        |
 */
import type { ActivationName } from '../models/et/parameters.ts'
import { activate, activateAdjoint } from './activations.ts'
import { type Linear, linear, linearAdjoint } from './linear.ts'
import { accumulate, columns, concatenate } from './rows.ts'

export interface GatedBlock {
  /** vec1_proj, F_in → F_in */
  readonly lengths: Linear
  /** vec2_proj, F_in → F_out */
  readonly directions: Linear
  /** update_net.layers.0, 2 F_in → F_in */
  readonly hidden: Linear
  /** update_net.layers.2, F_in → 2 F_out */
  readonly mix: Linear
  readonly activation: ActivationName
  /** Whether the scalar output passes the activation; the gate never does. */
  readonly activateScalars: boolean
}

/** What the adjoint needs of a forward pass. */
export interface GatedBlockTape {
  readonly lengthened: Float64Array
  readonly norms: Float64Array
  readonly directed: Float64Array
  readonly hidden: Float64Array
  readonly mixed: Float64Array
}

/** n [N × F]: length over x, y, z of every channel of V [N × 3 × F]. */
export function vectorNorms(vectors: Float64Array, channels: number): Float64Array {
  return new Float64Array(vectors.length / 3).map((_, k) => {
    const at = 3 * (k - (k % channels)) + (k % channels)
    return Math.hypot(vectors[at], vectors[at + channels], vectors[at + 2 * channels])
  })
}

/** Gradient with respect to V; 0 where the length is 0, as upstream has it. */
export function vectorNormsAdjoint(
  vectors: Float64Array,
  norms: Float64Array,
  channels: number,
  gNorms: Float64Array,
): Float64Array {
  return vectors.map((value, k) => {
    const atom = Math.floor(k / (3 * channels))
    const at = atom * channels + (k % channels)
    return norms[at] === 0 ? 0 : (gNorms[at] * value) / norms[at]
  })
}

/** x' [N × F_out] and V' [N × 3 × F_out] of x [N × F_in] and V [N × 3 × F_in]. */
export function gatedBlock(
  block: GatedBlock,
  x: Float64Array,
  V: Float64Array,
): { x: Float64Array; V: Float64Array; tape: GatedBlockTape } {
  const { inputs, outputs } = block.directions
  const atoms = x.length / inputs
  const lengthened = linear(block.lengths, V)
  const norms = vectorNorms(lengthened, inputs)
  const directed = linear(block.directions, V)
  const hidden = linear(block.hidden, concatenate(x, norms, atoms))
  const mixed = linear(block.mix, activate(block.activation, hidden))
  const scalars = columns(mixed, 2 * outputs, 0, outputs)
  return {
    x: block.activateScalars ? activate(block.activation, scalars) : scalars,
    V: directed.map((value, k) => value * mixed[gateIndex(k, outputs)]),
    tape: { lengthened, norms, directed, hidden, mixed },
  }
}

/** Gradients with respect to x and V from those of x' [N × F_out] and V' [N × 3 × F_out]. */
export function gatedBlockAdjoint(
  block: GatedBlock,
  tape: GatedBlockTape,
  gx: Float64Array,
  gV: Float64Array,
): { x: Float64Array; V: Float64Array } {
  const { inputs, outputs } = block.directions
  const { lengthened, norms, directed, hidden, mixed } = tape
  const scalars = columns(mixed, 2 * outputs, 0, outputs)
  const gScalars = block.activateScalars ? activateAdjoint(block.activation, scalars, gx) : gx
  const gGate = new Float64Array(gx.length)
  for (let k = 0; k < gV.length; k++) {
    gGate[Math.floor(k / (3 * outputs)) * outputs + (k % outputs)] += gV[k] * directed[k]
  }
  const gDirected = gV.map((g, k) => g * mixed[gateIndex(k, outputs)])
  const gMixed = concatenate(gScalars, gGate, gx.length / outputs)
  const gHidden = activateAdjoint(block.activation, hidden, linearAdjoint(block.mix, gMixed))
  const gInput = linearAdjoint(block.hidden, gHidden)
  const gNorms = columns(gInput, 2 * inputs, inputs, inputs)
  const gLengthened = vectorNormsAdjoint(lengthened, norms, inputs, gNorms)
  return {
    x: columns(gInput, 2 * inputs, 0, inputs),
    V: accumulate(linearAdjoint(block.lengths, gLengthened), linearAdjoint(block.directions, gDirected)),
  }
}

/** Where in `mixed` [N × 2F] the gate of element k of a [N × 3 × F] array lies. */
const gateIndex = (k: number, channels: number): number =>
  Math.floor(k / (3 * channels)) * 2 * channels + channels + (k % channels)
