import type { Resource } from '../../gpu/kernel.ts'
import { type ProgramBuilder, scalarRows } from '../layers/program-builder.ts'
import type { UploadedWeights } from '../layers/weight-pack.ts'
import { type Features, gatedBlock, stateFeatures } from './gated-block.ts'
import type { PackedEt, PackedLinear } from './packed-weights.ts'
import type { EtHyperparameters } from './parameters.ts'

export interface HeadCall {
  readonly builder: ProgramBuilder
  readonly weights: UploadedWeights
  readonly hyper: EtHyperparameters
  readonly output: PackedEt['output']
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
function gatedHead(call: HeadCall, blocks: (PackedEt['output'] & { kind: 'gated' })['blocks']) {
  const { builder, weights, hyper, input, target } = call
  const [first, second] = blocks
  const block0 = gatedBlock(builder, weights, 'head 0', first, hyper.activation, input)
  const between = stateFeatures(block0.output, first.outWidth)
  const block1 = gatedBlock(builder, weights, 'head 1', second, hyper.activation, between)
  const betweenGradient = builder.perAtom('head 1 gradient', 4 * first.outWidth)
  const seed = builder.perAtom('head seed', 4 * second.outWidth)
  const properties = seedGated(call, block1.output, seed)
  block1.adjoint(seed, stateFeatures(betweenGradient, first.outWidth))
  block0.adjoint(betweenGradient, target)
  return { properties }
}

function seedGated({ builder, hyper, atomWeights, mean }: HeadCall, atomwise: GPUBuffer, seed: GPUBuffer) {
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
  { builder, weights, hyper, input, target, width, atomWeights }: HeadCall,
  layers: readonly PackedLinear[],
) {
  const { atoms } = builder
  const { activation } = hyper
  const last = layers.length - 1
  const saved: GPUBuffer[] = []
  let x = { buffer: input.scalars.buffer, rows: scalarRows(input.scalars.stride), width }
  layers.forEach((layer, k) => {
    const output = {
      buffer: builder.perAtom(`head ${k}`, layer.outputs),
      rows: scalarRows(layer.outputs),
      width: layer.outputs,
    }
    if (k < last) saved.push(builder.perAtom(`head ${k} before activation`, layer.outputs))
    builder.linear({
      label: `head ${k}`,
      input: x,
      output,
      weights: weights.bind(layer.forward),
      bias: layer.bias && weights.bind(layer.bias),
      ...(k < last ? { activate: { activation, saved: saved[k] } } : {}),
    })
    x = output
  })

  const totals = builder.own(builder.gpu.buffer('molecule totals', atoms.molecules * 48))
  const seed = builder.perAtom('head seed', 4)
  const common = { weights: atomWeights, atomwise: x.buffer, totals, positions: atoms.positions }
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
      vector_gradient: target.vectors.buffer,
      outputs: atoms.outputs,
    },
    builder.overAtoms(),
  )

  let gradient: { buffer: Resource; rows: ReturnType<typeof scalarRows>; width: number } = {
    buffer: seed,
    rows: scalarRows(4),
    width: 4,
  }
  for (let k = last; k >= 0; k--) {
    const inputs = layers[k].inputs
    const output =
      k > 0
        ? { buffer: builder.perAtom(`head ${k} gradient`, inputs), rows: scalarRows(inputs), width: inputs }
        : { buffer: target.scalars.buffer, rows: scalarRows(target.scalars.stride), width: inputs }
    builder.linear({
      label: `head ${k} adjoint`,
      input: gradient,
      output,
      weights: weights.bind(layers[k].adjoint),
      ...(k > 0 ? { derivative: { activation, saved: saved[k - 1] } } : {}),
    })
    gradient = output
  }
  return { properties: totals }
}
