/** Attention along edges: scores, messages and their two adjoints, chained as a model chains them. */
import { describe, test } from 'vitest'
import { ACTIVATIONS, type ActivationName } from '../../../src/models/layers/activation.ts'
import { activations } from '../../../src/reference/activations.ts'
import * as attention from '../../../src/reference/et-attention.ts'
import { cosineCutoff, cosineCutoffDerivative } from '../../../src/reference/radial.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { type SystemName, systems, testEdges, UPPER } from '../lib/edges.ts'
import { beside, blocksToHeads, headsToBlocks, pack, shapeOf, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'
import { randomTable } from '../lib/table.ts'

const gpu = useGpu()

/** 7e-7 measured at worst (X after ssp, whose values nearly cancel; gr 6e-7); 2e-7 to 5e-7 for most. */
const BOUND = 2e-6

interface Case {
  readonly system: SystemName
  readonly channels: number
  readonly heads: number
  readonly vectorCutoff: boolean
  readonly lower: number
  readonly activation: ActivationName
  readonly accumulate: boolean
  /** invocations that share an edge's heads; all of them if left out */
  readonly parts?: number
  readonly terms?: number
}

const many = '67 atoms in three molecules'
const crystal = 'four atoms in a small cell'

/** Every choice appears beside several of the others; each case compiles four kernels, so there are few. */
const cases: readonly Case[] = [
  {
    system: many,
    channels: 48,
    heads: 6,
    vectorCutoff: true,
    lower: 0,
    activation: 'silu',
    accumulate: true,
    parts: 3,
  },
  {
    system: many,
    channels: 20,
    heads: 2,
    vectorCutoff: false,
    lower: 1,
    activation: 'mish',
    accumulate: false,
    parts: 1,
  },
  {
    system: crystal,
    channels: 12,
    heads: 4,
    vectorCutoff: true,
    lower: 1.3,
    activation: 'tanh',
    accumulate: false,
  },
  {
    system: crystal,
    channels: 12,
    heads: 4,
    vectorCutoff: false,
    lower: 0,
    activation: 'ssp',
    accumulate: true,
  },
  {
    ...{ system: 'five atoms', channels: 20, heads: 2, vectorCutoff: true, lower: 0, activation: 'sigmoid' },
    ...{ accumulate: true, terms: 4 },
  },
  {
    system: 'one atom',
    channels: 7,
    heads: 1,
    vectorCutoff: true,
    lower: 0,
    activation: 'silu',
    accumulate: false,
  },
]

describe('et attention', () => {
  test.each(cases.map((c) => [Object.values(c).join(', '), c] as const))('%s', async (label, c) => {
    const shape = shapeOf(c.channels, c.heads)
    const { channels: F, heads: H, slots, width4 } = shape
    const { edges, bindings } = testEdges(systems[c.system], c.lower, UPPER)
    const { atoms: N, count: E } = edges
    const table = randomTable(label, 4, slots, UPPER, c.terms)

    const inputs = {
      q: floats('q', N * F),
      k: floats('k', N * F),
      v: floats('v', N * 3 * F),
      V: floats('V', N * 3 * F),
      distance: edges.distance,
      unit: edges.unit,
    }
    const seeds = { X: floats('gX', N * F), Y: floats('gY', N * 3 * F) }

    /** Everything the reference computes on the way from features and edge geometry to X and Y. */
    const forward = ({ q, k, v, V, distance, unit }: typeof inputs) => {
      // An atom's edge to itself has a constant distance and no direction.
      const r = distance.map((value, e) => (edges.isSelf[e] ? 0 : value))
      const u = unit.map((value, k) => (edges.isSelf[Math.floor(k / 3)] ? 0 : value))
      const at = { ...edges, distance: r, unit: u }
      const filters = table.evaluate(r)
      const [dk, dv] = split(E, filters.values, [F, 3 * F])
      const [dkSlope, dvSlope] = split(E, filters.slopes, [F, 3 * F])
      const damping = r.map((value) => cosineCutoff(value, c.lower, UPPER))
      const [ofScores, ofValues] = c.vectorCutoff ? [null, damping] : [damping, null]
      const valueFilters = blocksToHeads(dv, shape)
      const scores = attention.attentionScores(at, H, q, k, dk)
      const weights = attention.attentionWeights(c.activation, scores, ofScores)
      const values = attention.edgeValues(at, v, valueFilters, ofValues)
      const sums = attention.aggregate(at, weights, values, V)
      const slopes = { dkSlope, dvSlope: blocksToHeads(dvSlope, shape) }
      return {
        ...{ at, r, dk, valueFilters, ofScores, ofValues, scores, weights, values, ...slopes },
        X: sums.scalars,
        Y: sums.vectors,
      }
    }
    const expected = forward(inputs)

    const constants = { ...shape.constants, ...table.constants, CUTOFF_LOWER: c.lower, CUTOFF_UPPER: UPPER }
    const conditions = { VECTOR_CUTOFF: c.vectorCutoff }
    const state = pack(beside(N, floats('x', N * F), inputs.V), slots)
    const features = pack(beside(N, inputs.q, inputs.k, headsToBlocks(inputs.v, shape)), slots)
    const common = { system: systemOf(N), ...bindings, features, filters: table.data }

    const { scores } = await run(
      gpu(),
      'et/scores',
      { constants: { ...constants, ATTENTION_ACTIVATION: ACTIVATIONS[c.activation] } },
      common,
      { scores: blank(E * H * 2) },
      E * H,
    )
    const lane = (data: Float32Array, offset: number) => data.filter((_, k) => k % 2 === offset)
    const { value } = activations[c.activation]
    expectClose(`scores ${label}`, lane(scores, 0), expected.scores.map(value), BOUND)

    const { aggregate } = await run(
      gpu(),
      'et/messages',
      { constants, conditions },
      { ...common, state, scores },
      { aggregate: blank(N * 4 * slots.width) },
      N * width4,
    )
    const [X, Y] = split(N, unpack(aggregate, slots), [F, 3 * F])
    expectClose(`X ${label}`, X, expected.X, BOUND)
    expectClose(`Y ${label}`, Y, expected.Y, BOUND)

    const g = attention.aggregateAdjoint(
      ...[expected.at, expected.weights, expected.values, inputs.V, seeds.X, seeds.Y],
    )
    const gValue = attention.edgeValuesAdjoint(
      ...[expected.at, inputs.v, expected.valueFilters, expected.ofValues, g.values],
    )
    const gWeight = attention.attentionWeightsAdjoint(
      ...([c.activation, expected.scores, expected.ofScores, g.weights] as const),
    )
    const gScore = attention.attentionScoresAdjoint(
      ...([expected.at, H, inputs.q, inputs.k, expected.dk, gWeight.scores] as const),
    )
    const gDistance = expected.r.map((r, e) => {
      if (edges.isSelf[e]) return 0
      const damping = (gWeight.cutoff ?? gValue.cutoff)![e]
      let sum = damping * cosineCutoffDerivative(r, c.lower, UPPER)
      for (let f = 0; f < F; f++) sum += gScore.keyFilters![e * F + f] * expected.dkSlope[e * F + f]
      for (let f = 0; f < 3 * F; f++)
        sum += gValue.valueFilters![e * 3 * F + f] * expected.dvSlope[e * 3 * F + f]
      return sum
    })
    const gUnit = g.unit.map((value, k) => (edges.isSelf[Math.floor(k / 3)] ? 0 : value))

    const aggregate_gradient = pack(beside(N, seeds.X, seeds.Y), slots)
    const parts = c.parts ?? H
    const before = floats('edge gradient before', E * parts * 4)
    const onEdges = await run(
      gpu(),
      'et/edge_adjoint',
      {
        constants: { ...constants, PARTS: parts, ATTENTION_ACTIVATION: ACTIVATIONS[c.activation] },
        conditions,
      },
      { ...common, state, aggregate_gradient, accumulate: Uint32Array.of(c.accumulate ? 1 : 0) },
      {
        scores: blank(E * H * 2),
        edge_gradient: c.accumulate ? Float32Array.from(before) : blank(E * parts * 4),
      },
      E * parts,
    )
    expectClose(`act(a) again ${label}`, lane(onEdges.scores, 0), expected.scores.map(value), BOUND)
    expectClose(`ga ${label}`, lane(onEdges.scores, 1), gWeight.scores, BOUND)
    const gr = new Float64Array(E)
    const gu = new Float64Array(3 * E)
    onEdges.edge_gradient.forEach((value, k) => {
      const added = c.accumulate ? value - before[k] : value
      const e = Math.floor(k / (4 * parts))
      if (k % 4 === 3) gr[e] += added
      else gu[3 * e + (k % 4)] += added
    })
    const one = Float64Array.of(1)
    // One atom has no gradient at all: a number to measure by.
    expectClose(`gr ${label}`, [...gr, ...one], [...gDistance, ...one], BOUND)
    expectClose(`gu ${label}`, [...gu, ...one], [...gUnit, ...one], BOUND)

    const row0 = floats('row 0', N * F)
    const { gradient } = await run(
      gpu(),
      'et/node_adjoint',
      { constants, conditions },
      { ...common, state, aggregate_gradient, scores: onEdges.scores },
      { gradient: pack(beside(N, row0, new Float64Array(N * 8 * F)), slots) },
      N * width4,
    )
    const [kept, gVTotal, gq, gk, gvBlocks] = split(N, unpack(gradient, slots), [F, 3 * F, F, F, 3 * F])
    const gv = blocksToHeads(gvBlocks, shape)
    const gV = gVTotal.map((total, k) => total - seeds.Y[k])
    expectClose(`row 0 ${label}`, kept, row0, 1e-9)
    expectClose(`gq ${label}`, gq, gScore.q, BOUND)
    expectClose(`gk ${label}`, gk, gScore.k, BOUND)
    expectClose(`gv ${label}`, gv, gValue.v, BOUND)
    expectClose(`gV ${label}`, gV, g.vectors, BOUND)

    const gradients = { q: gq, k: gk, v: gv, V: gV, distance: gr, unit: gu }
    expectPaired(label, inputs, (at) => ({ X: forward(at).X, Y: forward(at).Y }), seeds, gradients)
  })
})
