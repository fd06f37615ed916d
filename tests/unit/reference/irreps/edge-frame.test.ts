import { describe, expect, test } from 'vitest'
import { parseIrreps } from '../../../../src/models/irreps/parse-irreps.ts'
import { depthwisePaths } from '../../../../src/models/irreps/tensor-product-paths.ts'
import {
  alignedTensorProduct,
  alignedTensorProductAdjoint,
} from '../../../../src/reference/irreps/aligned-tensor-product.ts'
import {
  depthwiseTensorProduct,
  depthwiseTensorProductAdjoint,
} from '../../../../src/reference/irreps/depthwise-tensor-product.ts'
import {
  type EdgeFrame,
  edgeFrame,
  edgeFrameAdjoint,
  intoFrame,
  intoFrameAdjoint,
  outOfFrame,
  outOfFrameAdjoint,
  unitFromTorque,
} from '../../../../src/reference/irreps/edge-frame.ts'
import {
  sphericalHarmonics,
  sphericalHarmonicsAdjoint,
} from '../../../../src/reference/irreps/spherical-harmonics.ts'
import { checkAdjoint, dot, random } from '../adjoint.ts'

const features = parseIrreps('3x0e+2x0o+2x1e+2x1o+2x2e+1x3o+1x4e')
const harmonics = parseIrreps('0e+1o+2e+3o+4e')
const product = depthwisePaths(features, harmonics, features)

const unitOf = (vector: ArrayLike<number>): number[] =>
  Array.from(vector, (x) => x / Math.hypot(vector[0], vector[1], vector[2]))

const directions = [
  ...[random('a', 3), random('b', 3), random('c', 3)].map(unitOf),
  unitOf([1e-9, 1, 0]),
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, -1],
]

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, k) => Math.abs(x - b[k])))

test.each(directions)('takes the y axis to (%d, %d, %d) and turns nothing inside out', (...unit) => {
  const { rotation: r, alpha, beta } = edgeFrame(unit)
  expect(largestDifference([r[1], r[4], r[7]], unit)).toBeLessThan(1e-15)
  const columns = [0, 1, 2].map((c) => [r[c], r[3 + c], r[6 + c]])
  columns.forEach((a, p) => {
    columns.forEach((b, q) => {
      expect(dot(a, b)).toBeCloseTo(p === q ? 1 : 0, 15)
    })
  })
  expect(alpha).toSatisfy(Number.isFinite)
  expect(beta).toSatisfy(Number.isFinite)
})

test('gradient through the frame itself', () => {
  checkAdjoint(
    { vector: random('a', 3) },
    ({ vector }) => ({ R: edgeFrame(unitOf(vector)).rotation }),
    ({ vector }, { R }) => ({
      // It is perpendicular to u: only the length of the vector is missing.
      vector: edgeFrameAdjoint(edgeFrame(unitOf(vector)), R).map((g) => g / Math.hypot(...vector)),
    }),
  )
})

test('gradients of features turned into the frame and out of it', () => {
  const frame = edgeFrame(unitOf(random('a', 3)))
  checkAdjoint(
    { x: random('x', features.dimension) },
    ({ x }) => ({ y: intoFrame(features, frame, x) }),
    ({ x }, { y }) => ({ x: intoFrameAdjoint(features, frame, x, y).x }),
  )
  checkAdjoint(
    { x: random('x', features.dimension) },
    ({ x }) => ({ y: outOfFrame(features, frame, x) }),
    ({ x }, { y }) => ({ x: outOfFrameAdjoint(features, frame, x, y).x }),
  )
})

/** The product by way of the frame, with what its adjoint needs. */
function throughFrame(frame: EdgeFrame, x: Float64Array, weights: Float64Array) {
  const layer = { product, convention: 'e3nn 0.4' } as const
  const inside = intoFrame(features, frame, x)
  const made = alignedTensorProduct(layer, inside, weights)
  const out = outOfFrame(product.output, frame, made)
  const adjoint = (g: Float64Array) => {
    const outward = outOfFrameAdjoint(product.output, frame, made, g)
    const middle = alignedTensorProductAdjoint(layer, inside, weights, outward.x)
    const inward = intoFrameAdjoint(features, frame, x, middle.x)
    const torque = outward.torque.map((t, a) => t + inward.torque[a])
    return { x: inward.x, weights: middle.weights, unit: unitFromTorque(frame.unit, torque) }
  }
  return { out, adjoint }
}

describe.each(directions)('tensor product in the frame of (%d, %d, %d)', (...unit) => {
  const layer = { product, convention: 'e3nn 0.4' } as const
  const x = random('x', features.dimension)
  const weights = random('w', product.weights)
  const g = random('g', product.output.dimension)
  const y = sphericalHarmonics(4, Float64Array.from(unit))
  const inFrame = throughFrame(edgeFrame(unit), x, weights)
  const gradients = inFrame.adjoint(g)

  test('gives the same numbers', () => {
    expect(largestDifference(inFrame.out, depthwiseTensorProduct(layer, x, y, weights))).toBeLessThan(1e-13)
  })

  test('gives the same gradients, the torque standing for that of the harmonics', () => {
    const expected = depthwiseTensorProductAdjoint(layer, x, y, weights, g)
    expect(largestDifference(gradients.x, expected.x)).toBeLessThan(1e-13)
    expect(largestDifference(gradients.weights, expected.weights)).toBeLessThan(1e-13)
    const gUnit = sphericalHarmonicsAdjoint(4, Float64Array.from(unit), expected.harmonics)
    expect(largestDifference(gradients.unit, gUnit)).toBeLessThan(1e-12)
  })
})
