/** Operations that every architecture shares: adjoints against finite differences, values against definitions. */
import { describe, expect, test } from 'vitest'
import type { ActivationName } from '../../../src/models/et/parameters.ts'
import { activate, activateAdjoint, activations } from '../../../src/reference/activations.ts'
import { layerNorm, layerNormAdjoint } from '../../../src/reference/layer-norm.ts'
import { linear, linearAdjoint } from '../../../src/reference/linear.ts'
import {
  cosineCutoff,
  cosineCutoffDerivative,
  type RadialBasis,
  radialBasis,
  radialBasisAdjoint,
} from '../../../src/reference/radial.ts'
import { checkAdjoint, random, slope } from './adjoint.ts'

describe('linear', () => {
  test('multiplies rows and adds the bias', () => {
    const layer = { inputs: 2, outputs: 1, weight: Float64Array.of(2, 3), bias: Float64Array.of(10) }
    expect(linear(layer, Float64Array.of(1, 1, 0, 2))).toEqual(Float64Array.of(15, 16))
  })

  test('adjoint', () => {
    const layer = { inputs: 5, outputs: 7, weight: random('w', 35), bias: random('b', 7) }
    checkAdjoint(
      { x: random('x', 15) },
      ({ x }) => ({ y: linear(layer, x) }),
      (_, { y }) => ({ x: linearAdjoint(layer, y) }),
    )
  })
})

test('layer norm: adjoint', () => {
  const norm = { weight: random('weight', 6), bias: random('bias', 6) }
  checkAdjoint(
    { x: random('x', 24) },
    ({ x }) => ({ y: layerNorm(norm, x) }),
    ({ x }, { y }) => ({ x: layerNormAdjoint(norm, x, y) }),
  )
})

describe.each(Object.keys(activations) as ActivationName[])('%s', (name) => {
  test('adjoint', () => {
    checkAdjoint(
      { x: random(name, 20).map((x) => 6 * x) },
      ({ x }) => ({ y: activate(name, x) }),
      ({ x }, { y }) => ({ x: activateAdjoint(name, x, y) }),
    )
  })

  test('is finite for arguments of any size', () => {
    for (const x of [-1e30, -1000, -50, 0, 50, 1000, 1e30]) {
      expect(activations[name].value(x)).toSatisfy(Number.isFinite)
      expect(activations[name].derivative(x)).toSatisfy(Number.isFinite)
    }
  })
})

test('activations at known points', () => {
  expect(activations.silu.value(1)).toBeCloseTo(1 / (1 + Math.exp(-1)), 15)
  expect(activations.ssp.value(0)).toBe(0)
  expect(activations.ssp.value(800)).toBeCloseTo(800 - Math.LN2, 12)
  expect(activations.mish.value(1)).toBeCloseTo(Math.tanh(Math.log(1 + Math.E)), 15)
})

describe.each([0, 1.2])('cosine cutoff from %f Å', (lo) => {
  const up = 5
  test('derivative', () => {
    for (const r of [lo + 1e-2, 1.9, 3.1, 4.99]) {
      const expected = slope((x) => cosineCutoff(x[0], lo, up), Float64Array.of(r), Float64Array.of(1))
      expect(cosineCutoffDerivative(r, lo, up)).toBeCloseTo(expected, 9)
    }
  })

  test('is zero outside, and on self edges only where the range starts above zero', () => {
    expect(cosineCutoff(up, lo, up)).toBe(0)
    expect(cosineCutoffDerivative(up + 1, lo, up)).toBe(0)
    expect(cosineCutoff(0, lo, up)).toBe(lo > 0 ? 0 : 1)
  })
})

describe.each([
  ['expnorm from 0', 0],
  ['expnorm from 1.2 Å', 1.2],
  ['gauss', null],
] as const)('radial basis: %s', (_, cutoffLower) => {
  const count = 8
  const means = new Float64Array(count).map((_x, k) => 0.01 + (0.99 * k) / (count - 1))
  const basis: RadialBasis =
    cutoffLower === null
      ? { kind: 'gauss', offsets: means.map((x) => 5 * x), coefficient: -0.8 }
      : { kind: 'expnorm', cutoffLower, cutoffUpper: 5, means, betas: new Float64Array(count).fill(16) }

  test('adjoint', () => {
    checkAdjoint(
      { r: random('r', 10).map((x) => 2.6 + 2.3 * x) },
      ({ r }) => ({ phi: radialBasis(basis, r) }),
      ({ r }, { phi }) => ({ r: radialBasisAdjoint(basis, r, phi) }),
    )
  })
})
