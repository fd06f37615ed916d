/** Operations on irreps: every adjoint against finite differences. */
import { describe, expect, test } from 'vitest'
import { irrepsOf } from '../../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../../src/models/irreps/parse-irreps.ts'
import { depthwisePaths, fullyConnectedPaths } from '../../../../src/models/irreps/tensor-product-paths.ts'
import type { SignConvention } from '../../../../src/models/irreps/wigner-3j.ts'
import {
  activateNormalized,
  activateNormalizedAdjoint,
  type NormalizedActivationName,
} from '../../../../src/reference/irreps/activations.ts'
import {
  depthwiseTensorProduct,
  depthwiseTensorProductAdjoint,
} from '../../../../src/reference/irreps/depthwise-tensor-product.ts'
import { edgeSoftmax, edgeSoftmaxAdjoint } from '../../../../src/reference/irreps/edge-softmax.ts'
import {
  fullyConnectedTensorProduct,
  fullyConnectedTensorProductAdjoint,
} from '../../../../src/reference/irreps/fully-connected-tensor-product.ts'
import { gate, gateAdjoint, gateInput } from '../../../../src/reference/irreps/gate.ts'
import { joinHeads, splitHeads } from '../../../../src/reference/irreps/heads.ts'
import {
  equivariantLayerNorm,
  equivariantLayerNormAdjoint,
} from '../../../../src/reference/irreps/layer-norm.ts'
import {
  equivariantLinear,
  equivariantLinearAdjoint,
  linearWeights,
} from '../../../../src/reference/irreps/linear.ts'
import {
  type EquiformerRadialBasis,
  equiformerRadialBasis,
  equiformerRadialBasisAdjoint,
} from '../../../../src/reference/irreps/radial-basis.ts'
import { type RadialMlp, radialMlp, radialMlpAdjoint } from '../../../../src/reference/irreps/radial-mlp.ts'
import {
  type HarmonicsNormalization,
  sphericalHarmonics,
  sphericalHarmonicsAdjoint,
} from '../../../../src/reference/irreps/spherical-harmonics.ts'
import { checkAdjoint, dot, random } from '../adjoint.ts'

const rows = 3
const features = parseIrreps('4x0e+3x0o+2x1e+2x1o+2x2e+1x3o+1x4e')
const harmonics = parseIrreps('0e+1o+2e+3o+4e')
const conventions: SignConvention[] = ['e3nn 0.4', 'e3nn 0.5']

test.each<HarmonicsNormalization>(['component', 'norm', 'integral'])(
  'spherical harmonics, %s normalisation',
  (normalization) => {
    checkAdjoint(
      // An edge along the polar axis among them: nothing is special there.
      { vectors: Float64Array.of(...random('vectors', 9), 0, 1.3, 0, 0, -0.8, 0) },
      ({ vectors }) => ({ Y: sphericalHarmonics(4, vectors, normalization) }),
      ({ vectors }, { Y }) => ({ vectors: sphericalHarmonicsAdjoint(4, vectors, Y, normalization) }),
    )
  },
)

test.each<NormalizedActivationName>(['silu', 'sigmoid', 'smooth-leaky-relu'])('normalised %s', (name) => {
  checkAdjoint(
    { x: random('x', 20).map((x) => 5 * x) },
    ({ x }) => ({ y: activateNormalized(name, x) }),
    ({ x }, { y }) => ({ x: activateNormalizedAdjoint(name, x, y) }),
  )
})

test('linear map, with repeated, missing and surplus irreps', () => {
  const output = parseIrreps('3x0e+2x1o+1x0e+2x1e+2x3e')
  const layer = {
    ...{ input: features, output },
    weight: random('weight', linearWeights(features, output)),
    bias: random('bias', 4),
  }
  checkAdjoint(
    { x: random('x', rows * features.dimension) },
    ({ x }) => ({ y: equivariantLinear(layer, x) }),
    (_, { y }) => ({ x: equivariantLinearAdjoint(layer, y) }),
  )
})

test.each(conventions)('fully connected tensor product, signs of %s', (convention) => {
  const second = parseIrreps('2x0e+2x1o+1x2e')
  const product = fullyConnectedPaths(features, second, parseIrreps('3x0e+2x1o+2x2e+2x2o'))
  const layer = { product, convention, weight: random('weight', product.weights), bias: random('bias', 3) }
  checkAdjoint(
    { x: random('x', rows * features.dimension), y: random('y', rows * second.dimension) },
    ({ x, y }) => ({ z: fullyConnectedTensorProduct(layer, x, y) }),
    ({ x, y }, { z }) => fullyConnectedTensorProductAdjoint(layer, x, y, z),
  )
})

describe.each(conventions)('depth-wise tensor product, signs of %s', (convention) => {
  const product = depthwisePaths(features, harmonics, features)
  const layer = { product, convention }

  test.each([
    ['weights of every edge', rows * product.weights],
    ['shared weights', product.weights],
  ])('%s', (_, count) => {
    checkAdjoint(
      {
        x: random('x', rows * features.dimension),
        harmonics: random('Y', rows * harmonics.dimension),
        weights: random('w', count),
      },
      ({ x, harmonics, weights }) => ({ out: depthwiseTensorProduct(layer, x, harmonics, weights) }),
      ({ x, harmonics, weights }, { out }) =>
        depthwiseTensorProductAdjoint(layer, x, harmonics, weights, out),
    )
  })
})

test('gate', () => {
  // Scalars before and after what is gated.
  const output = parseIrreps('3x0e+2x0o+2x1o+1x2e+2x0e')
  checkAdjoint(
    { x: random('x', rows * gateInput(output).dimension) },
    ({ x }) => ({ y: gate(output, x) }),
    ({ x }, { y }) => ({ x: gateAdjoint(output, x, y) }),
  )
})

test('layer norm, with an empty block', () => {
  const irreps = irrepsOf([...features.blocks, { multiplicity: 0, degree: 2, parity: -1 }])
  const norm = { irreps, weight: random('weight', irreps.channels), bias: random('bias', 4) }
  checkAdjoint(
    { x: random('x', rows * irreps.dimension) },
    ({ x }) => ({ y: equivariantLayerNorm(norm, x) }),
    ({ x }, { y }) => ({ x: equivariantLayerNormAdjoint(norm, x, y) }),
  )
})

const bases: EquiformerRadialBasis[] = [
  { kind: 'exp', cutoff: 5, means: Float64Array.of(0.1, 0.5, 0.9), betas: Float64Array.of(2, 3, 4) },
  {
    ...{ kind: 'gaussian', cutoff: 5, weight: 1.1, bias: -0.05 },
    ...{ mean: Float64Array.of(0.1, 0.5, 0.9), std: Float64Array.of(0.3, -0.2, 0.4) },
  },
  { kind: 'bessel', cutoff: 5, frequencies: Float64Array.of(3.1, 6.3, 9.5) },
]

test.each(bases)('radial basis $kind', (basis) => {
  checkAdjoint(
    { d: Float64Array.of(0.7, 1.9, 3.3, 4.9, 5.5) },
    ({ d }) => ({ phi: equiformerRadialBasis(basis, d) }),
    ({ d }, { phi }) => ({ d: equiformerRadialBasisAdjoint(basis, d, phi) }),
  )
})

test('radial network', () => {
  const linear = (name: string, outputs: number, inputs: number) => ({
    ...{ inputs, outputs },
    weight: random(`${name} weight`, outputs * inputs),
    bias: random(`${name} bias`, outputs),
  })
  const norm = (name: string, width: number) => ({
    weight: random(`${name} weight`, width),
    bias: random(`${name} bias`, width),
  })
  const mlp: RadialMlp = {
    hidden: [
      { linear: linear('0', 6, 4), norm: norm('1', 6) },
      { linear: linear('3', 5, 6), norm: norm('4', 5) },
    ],
    last: linear('6', 7, 5),
  }
  checkAdjoint(
    { phi: random('phi', rows * 4) },
    ({ phi }) => ({ w: radialMlp(mlp, phi).weights }),
    ({ phi }, { w }) => ({ phi: radialMlpAdjoint(mlp, radialMlp(mlp, phi).tape, w) }),
  )
})

describe('softmax over edges', () => {
  // Unsorted; atom 1 has no edge, atom 4 a single one.
  const receiver = [3, 0, 0, 2, 3, 0, 4, 3, 2]

  test('adjoint', () => {
    checkAdjoint(
      { z: random('z', 2 * receiver.length).map((z) => 4 * z) },
      ({ z }) => ({ alpha: edgeSoftmax(receiver, z) }),
      ({ z }, { alpha }) => ({ z: edgeSoftmaxAdjoint(receiver, edgeSoftmax(receiver, z), alpha) }),
    )
  })

  test('weights of an atom add up to one, whatever the size of its logits', () => {
    const logits = random('z', receiver.length).map((z, e) => (receiver[e] === 0 ? 800 + z : z - 800))
    const weights = edgeSoftmax(receiver, logits)
    for (const atom of [0, 2, 3, 4]) {
      const sum = weights.filter((_, e) => receiver[e] === atom).reduce((total, w) => total + w, 0)
      expect(sum).toBeCloseTo(1, 14)
    }
  })

  test('no edges', () => {
    expect(edgeSoftmax([], new Float64Array())).toEqual(new Float64Array())
    expect(edgeSoftmaxAdjoint([], new Float64Array(), new Float64Array())).toEqual(new Float64Array())
  })
})

test('joining heads is the adjoint and the inverse of splitting them', () => {
  const head = parseIrreps('2x0e+1x1o+3x2e')
  const x = random('joined', rows * 4 * head.dimension)
  const g = random('split', x.length)
  expect(dot(splitHeads(head, 4, x), g)).toBeCloseTo(dot(x, joinHeads(head, 4, g)), 12)
  expect(joinHeads(head, 4, splitHeads(head, 4, x))).toEqual(x)
})
