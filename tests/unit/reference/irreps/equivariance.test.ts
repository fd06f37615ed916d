/** Operations on irreps turn as their inputs do: under rotations, and under rotations with inversion. */
import { describe, expect, test } from 'vitest'
import { type Irreps, irrepsOf } from '../../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../../src/models/irreps/parse-irreps.ts'
import { rotationFromAngles, transformFeatures } from '../../../../src/models/irreps/rotation.ts'
import { depthwisePaths, fullyConnectedPaths } from '../../../../src/models/irreps/tensor-product-paths.ts'
import { depthwiseTensorProduct } from '../../../../src/reference/irreps/depthwise-tensor-product.ts'
import { fullyConnectedTensorProduct } from '../../../../src/reference/irreps/fully-connected-tensor-product.ts'
import { gate, gateInput } from '../../../../src/reference/irreps/gate.ts'
import { joinedIrreps, splitHeads } from '../../../../src/reference/irreps/heads.ts'
import { equivariantLayerNorm } from '../../../../src/reference/irreps/layer-norm.ts'
import { equivariantLinear, linearWeights } from '../../../../src/reference/irreps/linear.ts'
import { sphericalHarmonics } from '../../../../src/reference/irreps/spherical-harmonics.ts'
import { random } from '../adjoint.ts'

const rows = 3
const features = parseIrreps('4x0e+3x0o+2x1e+2x1o+2x2e+2x2o+1x3e+1x3o+1x4e')
const harmonics = parseIrreps('0e+1o+2e+3o+4e')
const rotation = rotationFromAngles(0.7, 1.9, -2.4)

/** Rounding of a few hundred terms of order one. */
const DIGITS = 12

function expectEqual(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length)
  const error = actual.reduce((largest, x, k) => Math.max(largest, Math.abs(x - expected[k])), 0)
  expect(error).toBeCloseTo(0, DIGITS)
}

describe.each([
  ['a rotation', rotation],
  ['a rotation with inversion', rotation.map((x) => -x)],
  ['a mirror', Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -1)],
])('%s', (_, orthogonal) => {
  const turned = (irreps: Irreps, x: Float64Array) => transformFeatures(irreps, orthogonal, x)
  const x = random('x', rows * features.dimension)
  const vectors = random('vectors', 3 * rows)
  const y = sphericalHarmonics(4, vectors)

  test('spherical harmonics', () => {
    expectEqual(sphericalHarmonics(4, turned(parseIrreps('1o'), vectors)), turned(harmonics, y))
  })

  test('linear map', () => {
    const output = parseIrreps('3x0e+2x0o+2x1o+2x2e+1x3e+2x4e')
    const weight = random('weight', linearWeights(features, output))
    const layer = { input: features, output, weight, bias: random('bias', 3) }
    expectEqual(equivariantLinear(layer, turned(features, x)), turned(output, equivariantLinear(layer, x)))
  })

  test.each(['e3nn 0.4', 'e3nn 0.5'] as const)('depth-wise tensor product, signs of %s', (convention) => {
    const product = depthwisePaths(features, harmonics, features)
    const layer = { product, convention }
    const weights = random('w', rows * product.weights)
    expectEqual(
      depthwiseTensorProduct(layer, turned(features, x), turned(harmonics, y), weights),
      turned(product.output, depthwiseTensorProduct(layer, x, y, weights)),
    )
  })

  test('fully connected tensor product', () => {
    const output = parseIrreps('3x0e+2x0o+2x1o+2x2o+1x4e')
    const product = fullyConnectedPaths(features, harmonics, output)
    const weight = random('weight', product.weights)
    const layer = { product, convention: 'e3nn 0.4', weight, bias: random('bias', 3) } as const
    expectEqual(
      fullyConnectedTensorProduct(layer, turned(features, x), turned(harmonics, y)),
      turned(output, fullyConnectedTensorProduct(layer, x, y)),
    )
  })

  test('gate', () => {
    const output = parseIrreps('3x0e+2x0o+2x1o+2x1e+1x2e')
    const input = gateInput(output)
    const gated = random('gated', rows * input.dimension)
    expectEqual(gate(output, turned(input, gated)), turned(output, gate(output, gated)))
  })

  test('layer norm', () => {
    const norm = { irreps: features, weight: random('weight', features.channels), bias: random('bias', 4) }
    expectEqual(
      equivariantLayerNorm(norm, turned(features, x)),
      turned(features, equivariantLayerNorm(norm, x)),
    )
  })

  test('heads', () => {
    const head = parseIrreps('2x0e+1x0o+1x1o+2x2e')
    const joined = joinedIrreps(head, 3)
    const z = random('z', rows * joined.dimension)
    const split = irrepsOf([head, head, head].flatMap(({ blocks }) => blocks))
    expectEqual(splitHeads(head, 3, turned(joined, z)), turned(split, splitHeads(head, 3, z)))
  })
})
