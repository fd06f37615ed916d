/** Attention along edges, and its adjoint toward what atoms have and where they are. */
import { describe, expect, test } from 'vitest'
import { ACTIVATIONS, type ActivationName } from '../../../src/models/layers/activation.ts'
import * as attention from '../../../src/reference/et-attention.ts'
import { edgeVectorAdjoint, reverseEdges } from '../../../src/reference/graph.ts'
import { cosineCutoff, cosineCutoffDerivative } from '../../../src/reference/radial.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { type SystemName, systems, testEdges, UPPER } from '../lib/edges.ts'
import { beside, blocksToHeads, headsToBlocks, pack, shapeOf, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'
import { randomTable } from '../lib/table.ts'

const gpu = useGpu()

/** 6e-7 measured at worst (gk over a single head); 2e-7 to 5e-7 for most. */
const BOUND = 2e-6

interface Case {
  readonly system: SystemName
  readonly channels: number
  readonly heads: number
  readonly vectorCutoff: boolean
  readonly lower: number
  readonly activation: ActivationName
  readonly accumulate: boolean
  /** how many slices of an atom's edges are worked on at the same time */
  readonly slices: number
  /** whether heads are summed within subgroups */
  readonly subgroups?: boolean
  readonly terms?: number
}

const many = '67 atoms in three molecules'
const crystal = 'four atoms in a small cell'

/** Every choice appears beside several of the others; each case compiles two kernels, so there are few. */
const cases: readonly Case[] = [
  {
    ...{ system: many, channels: 48, heads: 6, vectorCutoff: true, lower: 0, activation: 'silu' },
    ...{ accumulate: true, slices: 5 },
  },
  {
    ...{ system: many, channels: 48, heads: 6, vectorCutoff: true, lower: 0, activation: 'silu' },
    ...{ accumulate: true, slices: 5, subgroups: true },
  },
  {
    ...{ system: many, channels: 20, heads: 2, vectorCutoff: false, lower: 1, activation: 'mish' },
    ...{ accumulate: false, slices: 1 },
  },
  {
    ...{ system: crystal, channels: 12, heads: 4, vectorCutoff: true, lower: 1.3, activation: 'tanh' },
    ...{ accumulate: false, slices: 2 },
  },
  {
    ...{ system: crystal, channels: 12, heads: 4, vectorCutoff: false, lower: 0, activation: 'ssp' },
    ...{ accumulate: true, slices: 9, subgroups: true },
  },
  {
    ...{ system: 'five atoms', channels: 20, heads: 2, vectorCutoff: true, lower: 0, activation: 'sigmoid' },
    ...{ accumulate: true, slices: 7, terms: 4 },
  },
  {
    ...{ system: 'five atoms', channels: 16, heads: 1, vectorCutoff: true, lower: 0, activation: 'silu' },
    ...{ accumulate: true, slices: 1, subgroups: true },
  },
  {
    ...{ system: 'one atom', channels: 7, heads: 1, vectorCutoff: true, lower: 0, activation: 'silu' },
    ...{ accumulate: false, slices: 1 },
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
      moved: new Float64Array(3 * N),
    }
    const seeds = { X: floats('gX', N * F), Y: floats('gY', N * 3 * F) }

    /** Everything the reference computes on the way from features and places of atoms to X and Y. */
    const forward = ({ q, k, v, V, moved }: typeof inputs) => {
      // An atom's edge to itself has a constant distance and no direction.
      const vector = edges.vector.map((value, k) => {
        const [e, axis] = [Math.floor(k / 3), k % 3]
        if (edges.isSelf[e]) return 0
        return value + moved[3 * edges.source[e] + axis] - moved[3 * edges.receiver[e] + axis]
      })
      const r = edges.distance.map((_, e) => Math.hypot(...vector.subarray(3 * e, 3 * e + 3)))
      const u = vector.map((value, k) => (value === 0 ? 0 : value / r[Math.floor(k / 3)]))
      const at = { ...edges, distance: r, unit: u, vector }
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

    const state = pack(beside(N, floats('x', N * F), inputs.V), slots)
    const features = pack(beside(N, inputs.q, inputs.k, headsToBlocks(inputs.v, shape)), slots)
    const common = { system: systemOf(N), ...bindings, state, features, filters: table.data }

    const options = {
      constants: {
        ...{ ...shape.constants, ...table.constants, CUTOFF_LOWER: c.lower, CUTOFF_UPPER: UPPER },
        ...{
          ATTENTION_ACTIVATION: ACTIVATIONS[c.activation],
          SLICES: c.slices,
          WORKGROUP: c.slices * width4,
        },
      },
      conditions: { VECTOR_CUTOFF: c.vectorCutoff, SUBGROUPS: c.subgroups === true },
    }
    if (c.subgroups) expect(await gpu().lanesInARow()).toBeGreaterThanOrEqual(width4 / c.heads)
    const { aggregate } = await run(
      gpu(),
      'et/attention',
      options,
      common,
      { aggregate: blank(N * 4 * slots.width) },
      N * options.constants.WORKGROUP,
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
    const onEdges = edgeVectorAdjoint(expected.at, gDistance, g.unit)

    const row0 = floats('row 0', N * F)
    const before = floats('pull before', 12 * N)
    const { gradient, virial } = await run(
      gpu(),
      'et/attention_adjoint',
      options,
      {
        ...common,
        aggregate_gradient: pack(beside(N, seeds.X, seeds.Y), slots),
        accumulate: Uint32Array.of(c.accumulate ? 1 : 0),
      },
      {
        gradient: pack(beside(N, row0, new Float64Array(N * 8 * F)), slots),
        virial: c.accumulate ? Float32Array.from(before) : blank(12 * N),
      },
      N * options.constants.WORKGROUP,
    )
    const [kept, gVTotal, gq, gk, gvBlocks] = split(N, unpack(gradient, slots), [F, 3 * F, F, F, 3 * F])
    const gv = blocksToHeads(gvBlocks, shape)
    const gV = gVTotal.map((total, k) => total - seeds.Y[k])
    expectClose(`row 0 ${label}`, kept, row0, 1e-9)
    expectClose(`gq ${label}`, gq, gScore.q, BOUND)
    expectClose(`gk ${label}`, gk, gScore.k, BOUND)
    expectClose(`gv ${label}`, gv, gValue.v, BOUND)
    expectClose(`gV ${label}`, gV, g.vectors, BOUND)

    // The pull of an edge and its reverse on each atom, and half of its moment: rows of the virial, and the force beside them.
    const reverse = reverseEdges(edges)
    const pull = new Float64Array(12 * N)
    for (let e = 0; e < E; e++) {
      for (let row = 0; row < 3; row++) {
        const at = 12 * edges.receiver[e] + 4 * row
        const f = (axis: number) => onEdges[3 * e + axis] - onEdges[3 * reverse[e] + axis]
        for (let axis = 0; axis < 3; axis++)
          pull[at + axis] += 0.5 * expected.at.vector[3 * e + row] * f(axis)
        pull[at + 3] += f(row)
      }
    }
    const added = Float64Array.from(virial, (value, k) => (c.accumulate ? value - before[k] : value))
    // One atom is not pulled at all: a number to measure by.
    expectClose(`pull ${label}`, [...added, 1], [...pull, 1], BOUND)
    const moved = added.filter((_, k) => k % 4 === 3).map((force) => -force)

    const gradients = { q: gq, k: gk, v: gv, V: gV, moved }
    expectPaired(label, inputs, (at) => ({ X: forward(at).X, Y: forward(at).Y }), seeds, gradients)
  })
})
