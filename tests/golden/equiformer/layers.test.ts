/** Activations, gates, norms, radial functions and attention's parts against Equiformer's. */
import { describe, expect, test } from 'vitest'
import { isScalar } from '../../../src/models/irreps/irrep.ts'
import { filterIrreps, formatIrreps } from '../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { type Activation, activations } from '../../../src/reference/activations.ts'
import { normalizedActivations } from '../../../src/reference/irreps/activations.ts'
import { edgeSoftmax, edgeSoftmaxAdjoint } from '../../../src/reference/irreps/edge-softmax.ts'
import { gate, gateAdjoint, gateInput } from '../../../src/reference/irreps/gate.ts'
import { joinedIrreps, joinHeads, splitHeads } from '../../../src/reference/irreps/heads.ts'
import {
  equivariantLayerNorm,
  equivariantLayerNormAdjoint,
} from '../../../src/reference/irreps/layer-norm.ts'
import {
  type EquiformerRadialBasis,
  equiformerRadialBasis,
  equiformerRadialBasisAdjoint,
  equiformerRadialCount,
  equiformerRadialFunction,
} from '../../../src/reference/irreps/radial-basis.ts'
import { type RadialMlp, radialMlp, radialMlpAdjoint } from '../../../src/reference/irreps/radial-mlp.ts'
import { cosineCutoff } from '../../../src/reference/radial.ts'
import { expectGolden, part, partNames } from '../lib/so3.ts'

const named = (start: string) => partNames.filter((name) => name.startsWith(start))

describe('activations', () => {
  const { values } = part('activations')
  const cases: [string, Activation][] = [
    ['silu_normalized', normalizedActivations.silu],
    ['sigmoid_normalized', normalizedActivations.sigmoid],
    ['smooth_leaky_relu_normalized', normalizedActivations['smooth-leaky-relu']],
    ['silu_plain', activations.silu],
  ]

  test.each(cases)('%s', (name, { value, derivative }) => {
    expectGolden(name, values('x').map(value), values(name))
    expectGolden(`d_${name}`, values('x').map(derivative), values(`d_${name}`))
  })
})

describe.each(named('gate_'))('%s', (name) => {
  const { entry, values } = part(name)
  const output = parseIrreps(entry.irreps_out)

  test('irreps of the input', () => {
    expect(formatIrreps(gateInput(output))).toBe(entry.irreps_in)
    expect(formatIrreps(filterIrreps(output, isScalar))).toBe(entry.scalars)
    expect(formatIrreps(filterIrreps(output, (block) => !isScalar(block)))).toBe(entry.gated)
  })

  test('values and gradient', () => {
    expectGolden(`${name} out`, gate(output, values('x')), values('out'))
    expectGolden(`${name} grad_x`, gateAdjoint(output, values('x'), values('grad_out')), values('grad_x'))
  })
})

describe.each(named('layernorm_'))('%s', (name) => {
  const { entry, values } = part(name)
  const norm = {
    irreps: parseIrreps(entry.irreps),
    weight: values('affine_weight'),
    bias: values('affine_bias'),
  }

  test('values and gradient', () => {
    expectGolden(`${name} out`, equivariantLayerNorm(norm, values('x')), values('out'))
    expectGolden(
      `${name} grad_x`,
      equivariantLayerNormAdjoint(norm, values('x'), values('grad_out')),
      values('grad_x'),
    )
  })
})

describe('radial bases', () => {
  const { entry, values } = part('radial_basis')
  const { cutoff } = entry
  const distances = values('d')
  const bases: [string, EquiformerRadialBasis][] = [
    ['exp', { kind: 'exp', cutoff, means: values('exp.means'), betas: values('exp.betas') }],
    [
      'gauss',
      {
        kind: 'gaussian',
        cutoff,
        mean: values('gauss.mean'),
        std: values('gauss.std'),
        weight: values('gauss.weight')[0],
        bias: values('gauss.bias')[0],
      },
    ],
    ['bessel', { kind: 'bessel', cutoff, frequencies: values('bessel.frequencies') }],
  ]

  test.each(bases)('%s', (name, basis) => {
    expectGolden(name, equiformerRadialBasis(basis, distances), values(name))
    const count = equiformerRadialCount(basis)
    const derivatives = values(`d_${name}`).map(
      (_, at) => equiformerRadialFunction(basis, at % count, distances[Math.floor(at / count)])[1],
    )
    expectGolden(`d_${name}`, derivatives, values(`d_${name}`))
    const sums = distances.map((_, e) =>
      values(`d_${name}`)
        .subarray(e * count, (e + 1) * count)
        .reduce((sum, x) => sum + x, 0),
    )
    const ones = new Float64Array(distances.length * count).fill(1)
    expectGolden(`sums of d_${name}`, equiformerRadialBasisAdjoint(basis, distances, ones), sums)
  })

  test('cosine cutoff', () => {
    const windows = distances.map((d) => cosineCutoff(d, 0, cutoff))
    expectGolden('cosine_cutoff', windows, values('cosine_cutoff'))
  })
})

test('radial network', () => {
  const { values } = part('radial_mlp')
  const radial = part('radial_basis')
  const basis: EquiformerRadialBasis = {
    kind: 'exp',
    cutoff: radial.entry.cutoff,
    means: radial.values('exp.means'),
    betas: radial.values('exp.betas'),
  }
  const param = (name: string) => values(`param.${name}`)
  const linear = (name: string, bias: Float64Array) => {
    const weight = param(`${name}.weight`)
    return { inputs: weight.length / bias.length, outputs: bias.length, weight, bias }
  }
  const layer = (mix: number, norm: number) => ({
    linear: linear(`net.${mix}`, param(`net.${mix}.bias`)),
    norm: { weight: param(`net.${norm}.weight`), bias: param(`net.${norm}.bias`) },
  })
  const mlp: RadialMlp = {
    hidden: [layer(0, 1), layer(3, 4)],
    last: linear('net.6', param('offset')),
  }
  const phi = equiformerRadialBasis(basis, values('d'))
  expectGolden('radial_mlp rbf', phi, values('rbf'))
  const { weights, tape } = radialMlp(mlp, phi)
  expectGolden('radial_mlp out', weights, values('out'))
  const gPhi = radialMlpAdjoint(mlp, tape, values('grad_out'))
  expectGolden('radial_mlp grad_d', equiformerRadialBasisAdjoint(basis, values('d'), gPhi), values('grad_d'))
})

test('softmax over edges', () => {
  const { tensors, values } = part('edge_softmax')
  const receiver = Array.from(tensors.get('dst')!.data as BigInt64Array, Number)
  expectGolden('edge_softmax alpha', edgeSoftmax(receiver, values('logits')), values('alpha'))
  expectGolden(
    'edge_softmax grad_logits',
    edgeSoftmaxAdjoint(receiver, values('alpha'), values('grad_alpha')),
    values('grad_logits'),
  )
})

test('heads', () => {
  const { values } = part('heads')
  const head = parseIrreps('4x0e+2x1e+1x2e')
  expect(formatIrreps(joinedIrreps(head, 3))).toBe('12x0e+6x1e+3x2e')
  expect(splitHeads(head, 3, values('flat'))).toEqual(values('heads'))
  expect(joinHeads(head, 3, values('heads'))).toEqual(values('back'))
})
