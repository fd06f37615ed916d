import { type Operand, partRows, scalarRows } from '../layers/atomwise.ts'
import type { ProgramBuilder } from '../layers/program-builder.ts'
import type { PackedTensor, UploadedWeights } from '../layers/weight-pack.ts'
import type { PackedBlock } from './packed-weights.ts'
import type { ActivationName } from './parameters.ts'

/** A place scalars and vectors are read from or written to. */
export interface Features {
  readonly scalars: Operand
  /** three rows an atom */
  readonly vectors: Operand
}

/** [atoms, rows, width]: scalars in row 0, vectors in rows 1–3. */
export const stateFeatures = (tensor: GPUBufferBinding, width: number, rows = 4): Features => ({
  scalars: { tensor, rows: scalarRows(rows * width) },
  vectors: { tensor, rows: partRows(width, rows * width, width) },
})

/** Floats per atom of what a gated block keeps. */
export const gatedBlockFloats = ({ inWidth, outWidth }: PackedBlock) => ({
  projected: 3 * (inWidth + outWidth),
  joined: 2 * inWidth,
  hiddenSaved: inWidth,
  hidden: inWidth,
  mixed: 2 * outWidth,
  output: 4 * outWidth,
  mixedGradient: 2 * outWidth,
  hiddenGradient: inWidth,
  joinedGradient: 2 * inWidth,
  projectedGradient: 3 * (inWidth + outWidth),
})

export type GatedBlockTensors = Readonly<Record<keyof ReturnType<typeof gatedBlockFloats>, GPUBufferBinding>>

/**
 * Appends a gated equivariant block, SPEC tmdnet 8.1, whose output is `tensors.output` [atoms, 4, outWidth].
 * @returns a function that appends its adjoint (section 9), reading the gradient at that output and writing the one at
 * the input
 */
export function gatedBlock(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  block: PackedBlock,
  tensors: GatedBlockTensors,
  activation: ActivationName,
  input: Features,
): (gradient: GPUBufferBinding, target: Features) => void {
  const { inWidth, outWidth } = block
  const projectedWidth = inWidth + outWidth
  const bind = (tensor: PackedTensor | null) => tensor && weights.bind(tensor)
  const row = (tensor: GPUBufferBinding, width: number) => ({ tensor, rows: scalarRows(width), width })
  const state = (tensor: GPUBufferBinding) => ({ tensor, rows: partRows(outWidth, 4 * outWidth) })
  const projectedRows = partRows(projectedWidth, 3 * projectedWidth)
  /** W_1 V | W_2 V, and the second of them alone */
  const projected = { tensor: tensors.projected, rows: projectedRows }
  const directed = { ...projected, rows: { ...projectedRows, base: inWidth } }
  const projectedGradient = { tensor: tensors.projectedGradient, rows: projectedRows }
  const directedGradient = { ...projectedGradient, rows: directed.rows }
  const joined = row(tensors.joined, 2 * inWidth)
  const hidden = row(tensors.hidden, inWidth)
  const mixed = row(tensors.mixed, 2 * outWidth)
  const gateOptions = {
    outputs: outWidth,
    activation,
    flags: block.activateScalars ? (['activate'] as const) : [],
  }

  builder.linear({
    parts: 3,
    input: { ...input.vectors, width: inWidth },
    output: { ...projected, width: projectedWidth },
    weights: weights.bind(block.projection.forward),
    bias: bind(block.projection.bias),
  })
  builder.operate({ name: 'norm concat', operands: [input.scalars, projected, joined], outputs: inWidth })
  builder.linear({
    input: joined,
    output: hidden,
    weights: weights.bind(block.hidden.forward),
    bias: bind(block.hidden.bias),
    activate: { activation, saved: tensors.hiddenSaved },
  })
  builder.linear({
    input: hidden,
    output: mixed,
    weights: weights.bind(block.mix.forward),
    bias: bind(block.mix.bias),
  })
  builder.operate({ name: 'gate', operands: [mixed, directed, state(tensors.output)], ...gateOptions })

  return (gradient, target) => {
    const mixedGradient = row(tensors.mixedGradient, 2 * outWidth)
    const hiddenGradient = row(tensors.hiddenGradient, inWidth)
    const joinedGradient = row(tensors.joinedGradient, 2 * inWidth)
    builder.operate({
      name: 'gate adjoint',
      operands: [state(gradient), mixed, directed, mixedGradient, directedGradient],
      ...gateOptions,
    })
    builder.linear({
      input: mixedGradient,
      output: hiddenGradient,
      weights: weights.bind(block.mix.adjoint),
      derivative: { activation, saved: tensors.hiddenSaved },
    })
    builder.linear({
      input: hiddenGradient,
      output: joinedGradient,
      weights: weights.bind(block.hidden.adjoint),
    })
    builder.operate({
      name: 'norm concat adjoint',
      operands: [joinedGradient, projected, projectedGradient, target.scalars],
      outputs: inWidth,
    })
    builder.linear({
      parts: 3,
      input: { ...projectedGradient, width: projectedWidth },
      output: { ...target.vectors, width: inWidth },
      weights: weights.bind(block.projection.adjoint),
    })
  }
}
