import type { Resource } from '../../gpu/kernel.ts'
import { type Operand, scalarRows } from '../layers/atomwise.ts'
import type { ProgramBuilder } from '../layers/program-builder.ts'
import type { UploadedWeights } from '../layers/weight-pack.ts'
import {
  type Features,
  type GatedBlockTensors,
  gatedBlock,
  gatedBlockFloats,
  stateFeatures,
} from './gated-block.ts'
import type { PackedEt, PackedLinear } from './packed-weights.ts'
import type { EtHyperparameters } from './parameters.ts'

type Output = PackedEt['output']
type Tensors = Readonly<Record<string, GPUBufferBinding>>

export interface HeadCall {
  readonly builder: ProgramBuilder
  readonly weights: UploadedWeights
  readonly hyper: EtHyperparameters
  readonly output: Output
  /** of {@link headFloats} */
  readonly tensors: Tensors
  /** [atoms, seedFloats]: where the gradient begins */
  readonly seed: GPUBufferBinding
  /** x_out and V */
  readonly input: Features
  /** where the gradient toward them goes */
  readonly target: Features
  readonly width: number
  /** [atoms] vec2f: what an atom's contribution is multiplied by, and its mass in u */
  readonly atomWeights: Resource
  /** added once per molecule, for heads that need it inside (dipole) */
  readonly mean: number
}

/** Floats per atom of what a head keeps, by name. */
export function headFloats(output: Output): Record<string, number> {
  const entries =
    output.kind === 'gated'
      ? output.blocks.flatMap((block, b) => [
          ...Object.entries(gatedBlockFloats(block)).map(([name, floats]) => [`${b} ${name}`, floats]),
          ...(b === 0 ? [['between gradient', 4 * block.outWidth]] : []),
        ])
      : output.layers.flatMap(({ inputs, outputs }, k) => [
          [`${k} output`, outputs],
          [`${k} saved`, outputs],
          [`${k} gradient`, inputs],
        ])
  return Object.fromEntries(entries)
}

/** Floats per atom of the gradient at a head's last output. */
export const seedFloats = (output: Output): number =>
  output.kind === 'gated' ? 4 * output.blocks[1].outWidth : 4

/**
 * Appends the output network, the molecule's quantity and the gradient back to x_out and V. SPEC tmdnet 8 and 9.
 * @returns `properties`: [molecules] vec4f with the molecule's output, or null for an energy, which is the sum of the
 * atoms' shares
 */
export function appendHead(call: HeadCall): { properties: GPUBuffer | null } {
  return call.output.kind === 'gated'
    ? gatedHead(call, call.output.blocks)
    : extentHead(call, call.output.layers)
}

/** Two gated blocks down to one scalar e and one vector w per atom. */
function gatedHead(call: HeadCall, [first, second]: (Output & { kind: 'gated' })['blocks']) {
  const { builder, weights, hyper, tensors, seed, input, target } = call
  const own = (b: number) =>
    Object.fromEntries(
      Object.keys(gatedBlockFloats(first)).map((name) => [name, tensors[`${b} ${name}`]]),
    ) as GatedBlockTensors
  const [outer, inner] = [own(0), own(1)]
  const between = stateFeatures(outer.output, first.outWidth)
  const outerAdjoint = gatedBlock(builder, weights, first, outer, hyper.activation, input)
  const innerAdjoint = gatedBlock(builder, weights, second, inner, hyper.activation, between)
  const properties = seedGated(call, inner.output, seed)
  innerAdjoint(seed, stateFeatures(tensors['between gradient'], first.outWidth))
  outerAdjoint(tensors['between gradient'], target)
  return { properties }
}

function seedGated(
  { builder, hyper, atomWeights, mean }: HeadCall,
  atomwise: GPUBufferBinding,
  seed: GPUBufferBinding,
) {
  const { atoms } = builder
  const outputs = atoms.outputs
  if (hyper.head === 'Scalar') {
    builder.call(
      'et/heads/scalar',
      {},
      { weights: atomWeights, atomwise, seed, outputs },
      builder.overAtoms(),
    )
    return null
  }
  const kind = hyper.head === 'DipoleMoment' ? 'dipole' : 'vector'
  const totals = builder.own(builder.gpu.buffer('molecule totals', atoms.molecules * 48))
  const common: Record<string, Resource> = { weights: atomWeights, atomwise, totals }
  const geometry: Record<string, Resource> = kind === 'dipole' ? { positions: atoms.positions } : {}
  builder.call(
    `et/heads/${kind}_total`,
    { constants: kind === 'dipole' ? { MEAN: mean } : {} },
    { ...common, ...geometry, starts: atoms.starts },
    [Math.ceil(atoms.molecules / 64), 1, 1],
  )
  builder.call(
    `et/heads/${kind}`,
    {},
    kind === 'dipole'
      ? { ...common, ...geometry, molecules: atoms.moleculeOf, seed, outputs }
      : { weights: atomWeights, seed, outputs },
    builder.overAtoms(),
  )
  return totals
}

/** A dense network on x_out alone, weighted by squared distances from the centre of mass. */
function extentHead(
  { builder, weights, hyper, tensors, seed, input, target, width, atomWeights }: HeadCall,
  layers: readonly PackedLinear[],
) {
  const { atoms } = builder
  const { activation } = hyper
  const last = layers.length - 1
  type Row = Operand & { readonly width: number }
  const row = (name: string, width: number): Row => ({
    ...{ tensor: tensors[name], rows: scalarRows(width), width },
  })
  let x: Row = { ...input.scalars, width }
  layers.forEach((layer, k) => {
    const output = row(`${k} output`, layer.outputs)
    builder.linear({
      input: x,
      output,
      weights: weights.bind(layer.forward),
      bias: layer.bias && weights.bind(layer.bias),
      ...(k < last ? { activate: { activation, saved: tensors[`${k} saved`] } } : {}),
    })
    x = output
  })

  const totals = builder.own(builder.gpu.buffer('molecule totals', atoms.molecules * 48))
  const common = { weights: atomWeights, atomwise: x.tensor, totals, positions: atoms.positions }
  builder.call('et/heads/extent_total', {}, { ...common, starts: atoms.starts }, [
    Math.ceil(atoms.molecules / 64),
    1,
    1,
  ])
  builder.call(
    'et/heads/extent',
    {
      constants: {
        VECTOR_STRIDE4: target.vectors.rows.atomStride / 4,
        VECTOR_BASE4: target.vectors.rows.base / 4,
        WIDTH4: width / 4,
      },
    },
    {
      ...common,
      molecules: atoms.moleculeOf,
      seed,
      vector_gradient: target.vectors.tensor,
      outputs: atoms.outputs,
    },
    builder.overAtoms(),
  )

  let gradient: Row = { tensor: seed, rows: scalarRows(4), width: 4 }
  for (let k = last; k >= 0; k--) {
    const { inputs, adjoint } = layers[k]
    const output: Row = k > 0 ? row(`${k} gradient`, inputs) : { ...target.scalars, width: inputs }
    builder.linear({
      input: gradient,
      output,
      weights: weights.bind(adjoint),
      ...(k > 0 ? { derivative: { activation, saved: tensors[`${k - 1} saved`] } } : {}),
    })
    gradient = output
  }
  return { properties: totals }
}
