/** Operations of the Equivariant Transformer: every adjoint against finite differences. */
import { describe, expect, test } from 'vitest'
import type { EtHead } from '../../../src/models/et/parameters.ts'
import * as attention from '../../../src/reference/et-attention.ts'
import {
  type AttentionLayer,
  attentionLayer,
  attentionLayerAdjoint,
} from '../../../src/reference/et-layer.ts'
import { updates, updatesAdjoint } from '../../../src/reference/et-update.ts'
import {
  type GatedBlock,
  gatedBlock,
  gatedBlockAdjoint,
  vectorNorms,
} from '../../../src/reference/gated-block.ts'
import * as heads from '../../../src/reference/heads.ts'
import type { Linear } from '../../../src/reference/linear.ts'
import { neighborSum, neighborSumAdjoint } from '../../../src/reference/neighbor-embedding.ts'
import { checkAdjoint, random } from './adjoint.ts'
import { smallEdges } from './systems.ts'

const edges = smallEdges()
const N = edges.atoms
const E = edges.count
const F = 6
const H = 3
const R = 4

const layer = (name: string, outputs: number, inputs: number): Linear => ({
  inputs,
  outputs,
  weight: random(`${name} weight`, outputs * inputs),
  bias: random(`${name} bias`, outputs),
})

test('neighbour sum', () => {
  const embedded = random('embedded', N * F)
  checkAdjoint(
    { filters: random('filters', E * F), cutoff: random('cutoff', E) },
    ({ filters, cutoff }) => ({ sum: neighborSum(edges, filters, cutoff, embedded) }),
    ({ filters, cutoff }, { sum }) => neighborSumAdjoint(edges, filters, cutoff, embedded, sum),
  )
})

test('attention scores, with and without key filters', () => {
  const inputs = { q: random('q', N * F), k: random('k', N * F) }
  checkAdjoint(
    { ...inputs, keyFilters: random('dk', E * F) },
    ({ q, k, keyFilters }) => ({ a: attention.attentionScores(edges, H, q, k, keyFilters) }),
    ({ q, k, keyFilters }, { a }) => attention.attentionScoresAdjoint(edges, H, q, k, keyFilters, a),
  )
  checkAdjoint(
    inputs,
    ({ q, k }) => ({ a: attention.attentionScores(edges, H, q, k, null) }),
    ({ q, k }, { a }) => attention.attentionScoresAdjoint(edges, H, q, k, null, a),
  )
})

test('attention weights, with and without the cutoff', () => {
  const inputs = { scores: random('a', E * H) }
  checkAdjoint(
    { ...inputs, cutoff: random('C', E) },
    ({ scores, cutoff }) => ({ A: attention.attentionWeights('silu', scores, cutoff) }),
    ({ scores, cutoff }, { A }) => attention.attentionWeightsAdjoint('silu', scores, cutoff, A),
  )
  checkAdjoint(
    inputs,
    ({ scores }) => ({ A: attention.attentionWeights('tanh', scores, null) }),
    ({ scores }, { A }) => attention.attentionWeightsAdjoint('tanh', scores, null, A),
  )
})

test('edge values, with and without filters and cutoff', () => {
  const inputs = { v: random('v', 3 * N * F) }
  checkAdjoint(
    { ...inputs, valueFilters: random('dv', 3 * E * F), cutoff: random('C', E) },
    ({ v, valueFilters, cutoff }) => ({ values: attention.edgeValues(edges, v, valueFilters, cutoff) }),
    ({ v, valueFilters, cutoff }, { values }) =>
      attention.edgeValuesAdjoint(edges, v, valueFilters, cutoff, values),
  )
  checkAdjoint(
    inputs,
    ({ v }) => ({ values: attention.edgeValues(edges, v, null, null) }),
    ({ v }, { values }) => attention.edgeValuesAdjoint(edges, v, null, null, values),
  )
})

test('aggregation of messages', () => {
  checkAdjoint(
    {
      weights: random('A', E * H),
      values: random('values', 3 * E * F),
      vectors: random('V', 3 * N * F),
      unit: random('u', 3 * E),
    },
    ({ weights, values, vectors, unit }) => {
      const sums = attention.aggregate({ ...edges, unit }, weights, values, vectors)
      return { X: sums.scalars, Y: sums.vectors }
    },
    ({ weights, values, vectors, unit }, { X, Y }) => {
      return attention.aggregateAdjoint({ ...edges, unit }, weights, values, vectors, X, Y)
    },
  )
})

test('update of scalars and vectors', () => {
  const messages = random('Y', 3 * N * F)
  checkAdjoint(
    { projected: random('P', 9 * N * F), mixed: random('o', 3 * N * F) },
    ({ projected, mixed }) => {
      const { scalars, vectors } = updates(F, projected, mixed, messages)
      return { x: scalars, V: vectors }
    },
    ({ projected, mixed }, { x, V }) => updatesAdjoint(F, projected, mixed, x, V),
  )
})

describe.each(['keys', 'values', 'both', 'none'])('whole layer, distance influence %s', (influence) => {
  test.each([true, false])('vector cutoff %s', (vectorCutoff) => {
    const filtered = (what: string) => influence === what || influence === 'both'
    const attentive: AttentionLayer = {
      ...{ heads: H, vectorCutoff, activation: 'silu', attentionActivation: 'silu' },
      norm: { weight: random('norm weight', F), bias: random('norm bias', F) },
      query: layer('q', F, F),
      key: layer('k', F, F),
      value: layer('v', 3 * F, F),
      output: layer('o', 3 * F, F),
      vector: layer('vec', 3 * F, F),
      keyFilter: filtered('keys') ? layer('dk', F, R) : null,
      valueFilter: filtered('values') ? layer('dv', 3 * F, R) : null,
    }
    checkAdjoint(
      {
        x: random('x', N * F),
        V: random('V', 3 * N * F),
        phi: random('phi', E * R),
        cutoff: random('C', E),
        unit: random('u', 3 * E),
      },
      ({ x, V, phi, cutoff, unit }) => {
        const next = attentionLayer(attentive, { ...edges, unit }, { phi, cutoff }, x, V)
        return { x: next.x, V: next.V }
      },
      ({ x, V, phi, cutoff, unit }, seeds) => {
        const at = { ...edges, unit }
        const { tape } = attentionLayer(attentive, at, { phi, cutoff }, x, V)
        return attentionLayerAdjoint(attentive, at, { phi, cutoff }, tape, seeds.x, seeds.V)
      },
    )
  })
})

describe('gated block', () => {
  test.each([true, false])('activated scalars: %s', (activateScalars) => {
    const block: GatedBlock = {
      lengths: layer('vec1', F, F),
      directions: layer('vec2', 2, F),
      hidden: layer('u0', F, 2 * F),
      mix: layer('u2', 4, F),
      ...{ activation: 'silu', activateScalars },
    }
    checkAdjoint(
      { x: random('x', N * F), V: random('V', 3 * N * F) },
      ({ x, V }) => {
        const next = gatedBlock(block, x, V)
        return { x: next.x, V: next.V }
      },
      ({ x, V }, seeds) => gatedBlockAdjoint(block, gatedBlock(block, x, V).tape, seeds.x, seeds.V),
    )
  })

  test('vectors of length zero have norm and gradient zero', () => {
    expect(vectorNorms(new Float64Array(6), 2)).toEqual(new Float64Array(2))
    const noBias = (l: Linear): Linear => ({ ...l, bias: null })
    const block: GatedBlock = {
      lengths: noBias(layer('vec1', 2, 2)),
      directions: noBias(layer('vec2', 1, 2)),
      hidden: layer('u0', 2, 4),
      mix: layer('u2', 2, 2),
      ...{ activation: 'tanh', activateScalars: false },
    }
    const { tape } = gatedBlock(block, random('x', 2), new Float64Array(6))
    const gradient = gatedBlockAdjoint(block, tape, Float64Array.of(1), new Float64Array(3))
    expect(gradient.V).toEqual(new Float64Array(6))
  })
})

describe.each<EtHead>(['Scalar', 'DipoleMoment', 'ElectronicSpatialExtent', 'VectorOutput'])(
  'head %s',
  (head) => {
    const molecules = { count: 2, batch: [0, 0, 0, 0, 0, 1] }
    const masses = Float64Array.of(12, 1, 1, 16, 14, 1)

    test('atoms: gradients toward scalars, vectors and positions', () => {
      checkAdjoint(
        { scalars: random('e', N), vectors: random('w', 3 * N), positions: random('pos', 3 * N) },
        ({ scalars, vectors, positions }) => {
          const { offsets } = heads.centered(molecules, positions, masses)
          return { p: heads.atomOutputs(head, scalars, vectors, offsets) }
        },
        ({ scalars, positions }, { p }) => {
          const { offsets, shares } = heads.centered(molecules, positions, masses)
          const g = heads.atomOutputsAdjoint(head, scalars, offsets, p)
          return { ...g, offsets: null, positions: heads.centeredAdjoint(molecules, shares, g.offsets) }
        },
      )
    })

    test('molecules: gradient of the sum of final outputs', () => {
      const sums = random('sums', 2 * heads.outputWidth(head))
      const ones = (length: number) => new Float64Array(length).fill(1)
      checkAdjoint(
        { sums },
        (inputs) => {
          const outputs = heads.finalOutputs(head, inputs.sums)
          return { total: Float64Array.of(outputs.reduce((sum, y) => sum + y, 0)) }
        },
        (inputs, { total }) => ({
          sums: heads.finalOutputsGradient(head, inputs.sums).map((g) => g * total[0]),
        }),
      )
      expect(heads.finalOutputs(head, ones(2 * heads.outputWidth(head)))[0]).toBeCloseTo(
        head === 'DipoleMoment' ? Math.sqrt(3) : 1,
        15,
      )
    })
  },
)

test('divisors of a mean', () => {
  const molecules = { count: 2, batch: [0, 0, 1] }
  expect(heads.divisors(molecules, 'one')).toEqual(Float64Array.of(1, 1))
  expect(heads.divisors(molecules, 'atoms')).toEqual(Float64Array.of(2, 1))
  expect(heads.divisors(molecules, 'atoms + 1')).toEqual(Float64Array.of(3, 2))
})
