import type { Resource } from '../../gpu/kernel.ts'
import { ACTIVATIONS } from '../layers/activation.ts'
import { type ProgramBuilder, type Rows, scalarRows, vectorRows } from '../layers/program-builder.ts'
import type { PackedTensor, UploadedWeights } from '../layers/weight-pack.ts'
import type { PackedBlock } from './packed-weights.ts'
import type { ActivationName } from './parameters.ts'

/** A place scalars and vectors are read from or written to. */
export interface Features {
  readonly scalars: { readonly buffer: Resource; readonly stride: number }
  readonly vectors: { readonly buffer: Resource; readonly rows: Rows }
}

/** [atoms, 4, width]: scalars in row 0, vectors in rows 1–3. */
export const stateFeatures = (buffer: Resource, width: number, rows = 4): Features => ({
  scalars: { buffer, stride: rows * width },
  vectors: { buffer, rows: vectorRows(width, rows * width, width) },
})

/**
 * Appends a gated equivariant block, SPEC tmdnet 8.1, and returns its output [atoms, 4, outWidth] with a function
 * that appends its adjoint (section 9), reading the gradient at that output and writing the one at the input.
 */
export function gatedBlock(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  name: string,
  block: PackedBlock,
  activation: ActivationName,
  input: Features,
): { output: GPUBuffer; adjoint(gradient: Resource, target: Features): void } {
  const { inWidth, outWidth } = block
  const projectedWidth = inWidth + outWidth
  const projected = builder.perAtom(`${name} projected`, 3 * projectedWidth)
  const joined = builder.perAtom(`${name} joined`, 2 * inWidth)
  const hiddenSaved = builder.perAtom(`${name} hidden before activation`, inWidth)
  const hidden = builder.perAtom(`${name} hidden`, inWidth)
  const mixed = builder.perAtom(`${name} mixed`, 2 * outWidth)
  const output = builder.perAtom(`${name} output`, 4 * outWidth)
  const bind = (tensor: PackedTensor | null) => (tensor ? weights.bind(tensor) : null)
  const shape = { PROJECTED4: projectedWidth / 4 }
  const gateOptions = {
    constants: { ...shape, WIDTH4: outWidth / 4, ACTIVATION: ACTIVATIONS[activation] },
    conditions: { SCALAR_ACTIVATION: block.activateScalars },
  }

  builder.linear({
    label: `${name} projection`,
    input: { ...input.vectors, width: inWidth },
    output: { buffer: projected, rows: vectorRows(projectedWidth), width: projectedWidth },
    weights: weights.bind(block.projection.forward),
    bias: bind(block.projection.bias),
  })
  builder.call(
    'et/norm_concat',
    { constants: { ...shape, WIDTH4: inWidth / 4, IN_STRIDE4: input.scalars.stride / 4 } },
    { scalars: input.scalars.buffer, projected, features: joined },
    builder.overAtoms(inWidth / 4),
  )
  builder.linear({
    label: `${name} hidden`,
    input: { buffer: joined, rows: scalarRows(2 * inWidth), width: 2 * inWidth },
    output: { buffer: hidden, rows: scalarRows(inWidth), width: inWidth },
    weights: weights.bind(block.hidden.forward),
    bias: bind(block.hidden.bias),
    activate: { activation, saved: hiddenSaved },
  })
  builder.linear({
    label: `${name} mix`,
    input: { buffer: hidden, rows: scalarRows(inWidth), width: inWidth },
    output: { buffer: mixed, rows: scalarRows(2 * outWidth), width: 2 * outWidth },
    weights: weights.bind(block.mix.forward),
    bias: bind(block.mix.bias),
  })
  builder.call('et/gate', gateOptions, { mixed, projected, state: output }, builder.overAtoms(outWidth / 4))

  const adjoint = (gradient: Resource, target: Features) => {
    const mixedGradient = builder.perAtom(`${name} mixed gradient`, 2 * outWidth)
    const hiddenGradient = builder.perAtom(`${name} hidden gradient`, inWidth)
    const joinedGradient = builder.perAtom(`${name} joined gradient`, 2 * inWidth)
    const projectedGradient = builder.perAtom(`${name} projected gradient`, 3 * projectedWidth)
    builder.call(
      'et/gate_adjoint',
      gateOptions,
      { gradient, mixed, projected, mixed_gradient: mixedGradient, projected_gradient: projectedGradient },
      builder.overAtoms(outWidth / 4),
    )
    builder.linear({
      label: `${name} mix adjoint`,
      input: { buffer: mixedGradient, rows: scalarRows(2 * outWidth), width: 2 * outWidth },
      output: { buffer: hiddenGradient, rows: scalarRows(inWidth), width: inWidth },
      weights: weights.bind(block.mix.adjoint),
      derivative: { activation, saved: hiddenSaved },
    })
    builder.linear({
      label: `${name} hidden adjoint`,
      input: { buffer: hiddenGradient, rows: scalarRows(inWidth), width: inWidth },
      output: { buffer: joinedGradient, rows: scalarRows(2 * inWidth), width: 2 * inWidth },
      weights: weights.bind(block.hidden.adjoint),
    })
    builder.call(
      'et/norm_concat_adjoint',
      { constants: { ...shape, WIDTH4: inWidth / 4, OUT_STRIDE4: target.scalars.stride / 4 } },
      {
        feature_gradient: joinedGradient,
        projected,
        projected_gradient: projectedGradient,
        gradient: target.scalars.buffer,
      },
      builder.overAtoms(inWidth / 4),
    )
    builder.linear({
      label: `${name} projection adjoint`,
      input: { buffer: projectedGradient, rows: vectorRows(projectedWidth), width: projectedWidth },
      output: { ...target.vectors, width: inWidth },
      weights: weights.bind(block.projection.adjoint),
    })
  }
  return { output, adjoint }
}
