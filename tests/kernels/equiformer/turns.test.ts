/** The ways from atoms into the frames of edges and back, weighed or not, and their adjoints against float64. */
import { describe, expect, test } from 'vitest'
import {
  columnCount,
  columnsOf,
  headColumns,
  mergeAdjointSource,
  mergeSource,
  valuesAdjointSource,
  valuesSource,
} from '../../../src/models/equiformer/turn-source.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { irrepsRows } from '../../../src/models/layers/irreps-rows.ts'
import { scatterRows } from '../../../src/reference/equiformer/message-graph.ts'
import {
  type EdgeFrame,
  intoFrame,
  intoFrameAdjoint,
  outOfFrame,
  outOfFrameAdjoint,
} from '../../../src/reference/irreps/edge-frame.ts'
import { joinedIrreps, splitHeads } from '../../../src/reference/irreps/heads.ts'
import { gatherRows } from '../../../src/reference/rows.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { pack, unpack } from '../lib/layout.ts'
import { blank, run, systemOf, UNTOUCHED } from '../lib/run.ts'
import {
  componentsOf,
  framedSystem,
  rowByRow,
  SYSTEMS,
  slotsOf,
  sumOfPulls,
  turnedFrames,
} from './lib/framed-edges.ts'
import { runWritten } from './lib/run-written.ts'

const gpu = useGpu()

/** 1.9e-7 measured at worst. */
const BOUND = 6e-7

/** Degrees of the frames, one more than features have. */
const frames3 = { maxDegree: 3 }

describe('equiformer merge', () => {
  const irreps = parseIrreps('5x0e+3x1o+2x1e+2x2e')
  const rows = irrepsRows(irreps)
  const slots = slotsOf(rows)

  test.each(SYSTEMS)('%s', async (system) => {
    const { edges, frames, bindings } = framedSystem(system, frames3.maxDegree)
    const { count: E, atoms: N, source, receiver } = edges
    const [sources, receivers] = [floats('a', N * irreps.dimension), floats('b', N * irreps.dimension)]
    const forward = (inputs: { sources: Float64Array; receivers: Float64Array }) => {
      const a = gatherRows(inputs.sources, irreps.dimension, source)
      const sum = gatherRows(inputs.receivers, irreps.dimension, receiver).map((b, k) => a[k] + b)
      const merged = rowByRow(irreps.dimension, sum, (row, e) => intoFrame(irreps, frames[e], row))
      // An atom's edge to itself is none.
      return { merged: merged.map((m, k) => (edges.isSelf[Math.floor(k / irreps.dimension)] ? 0 : m)) }
    }
    const { results } = await runWritten(
      ...([gpu(), 'merge', mergeSource(rows, frames3), N, E] as const),
      {
        ...{ row_starts: bindings.row_starts, edges: bindings.edges, frames: bindings.frames },
        ...{ features: pack(sources, slots), others: pack(receivers, slots) },
      },
      { results: blank(E * rows.width) },
    )
    const merged = unpack(results, slots).map((m, k) =>
      edges.isSelf[Math.floor(k / irreps.dimension)] ? 0 : m,
    )
    expectClose(`merge, ${system}`, merged, forward({ sources, receivers }).merged, BOUND)

    const gradient = floats('gradient', E * irreps.dimension)
    const back = await runWritten(
      ...([gpu(), 'merge adjoint', mergeAdjointSource(rows, frames3), N, N] as const),
      { ...bindings, features: pack(gradient, slots) },
      { results: blank(N * rows.width), others_results: blank(N * rows.width) },
    )
    const outside = rowByRow(irreps.dimension, gradient, (row, e) =>
      edges.isSelf[e]
        ? new Float64Array(irreps.dimension)
        : intoFrameAdjoint(irreps, frames[e], new Float64Array(irreps.dimension), row).x,
    )
    const toward = (results: Float32Array, index: Int32Array, name: string) => {
      const gradient = unpack(results, slots)
      expectClose(
        `merge adjoint toward ${name}, ${system}`,
        gradient,
        scatterRows(N, irreps.dimension, index, outside),
        BOUND,
      )
      return gradient
    }
    expectPaired(
      `merge, ${system}`,
      { sources, receivers },
      forward,
      { merged: gradient },
      {
        sources: toward(back.results, source, 'sources'),
        receivers: toward(back.others_results, receiver, 'receivers'),
      },
    )
  })
})

/** Before the columns that values have in a row of pulls, and behind them. */
const BEFORE = 2
const AFTER = 1
/** Floats before values in a row of an edge, and behind them. */
const LEAD = 8
const TRAIL = 4

describe('equiformer sum of values', () => {
  const heads = 2
  const head = parseIrreps('3x0e+1x1o+2x2e')
  const irreps = joinedIrreps(head, heads)
  const rows = irrepsRows(irreps, heads)
  const slots = slotsOf(rows)
  const part = { stride: LEAD + rows.width + TRAIL, base: LEAD }
  const { dimension } = irreps

  /** Rows that are a part of longer ones, whose rest nobody has written. */
  const within = (values: Float32Array): Float32Array => {
    const out = blank((values.length / rows.width) * part.stride)
    values.forEach((value, k) => {
      out[Math.floor(k / rows.width) * part.stride + LEAD + (k % rows.width)] = value
    })
    return out
  }
  const takenOut = (values: Float32Array): Float64Array => {
    const inside = (k: number) => k % part.stride >= LEAD && k % part.stride < LEAD + rows.width
    expect(
      values.every((value, k) => inside(k) || value === UNTOUCHED),
      'neighbours in the row',
    ).toBe(true)
    return unpack(
      values.filter((_, k) => inside(k)),
      slots,
    )
  }
  /** [E × dimension]: the weight of the head that every element belongs to. */
  const spread = (weights: Float64Array): Float64Array => {
    const count = weights.length / heads
    const headOf = splitHeads(
      head,
      heads,
      Float64Array.from({ length: dimension }, (_, k) => k),
    )
    return rowByRow(heads, weights, (row) => {
      const out = new Float64Array(dimension)
      headOf.forEach((place, n) => {
        out[place] = row[Math.floor(n / head.dimension)]
      })
      return out
    }).subarray(0, count * dimension)
  }

  test.each(SYSTEMS)('%s', async (system) => {
    const { edges, frames, bindings } = framedSystem(system, frames3.maxDegree)
    const { count: E, atoms: N, receiver } = edges
    const values = floats('values', E * dimension)
    const weights = floats('weights', E * heads).map((w, k) => (edges.isSelf[Math.floor(k / heads)] ? 0 : w))
    const forward = (
      inputs: { values: Float64Array; weights: Float64Array; turns: Float64Array },
      turned: readonly EdgeFrame[] = turnedFrames(frames, inputs.turns),
    ) => {
      const weight = spread(inputs.weights)
      const outside = rowByRow(dimension, inputs.values, (row, e) => outOfFrame(irreps, turned[e], row))
      return {
        sums: scatterRows(
          N,
          dimension,
          receiver,
          outside.map((value, k) => value * weight[k]),
        ),
      }
    }
    const inputs = { values, weights, turns: new Float64Array(2 * E) }
    const { row_starts, frames: matrices } = bindings
    const shared = {
      row_starts,
      frames: matrices,
      edges: bindings.edges,
      weights: Float32Array.from(weights),
    }
    const { results } = await runWritten(
      ...([gpu(), 'sum of values', valuesSource(rows, heads, part, frames3), N, N] as const),
      { ...shared, features: within(pack(values, slots)) },
      { results: blank(N * rows.width) },
    )
    expectClose(`sum of values, ${system}`, unpack(results, slots), forward(inputs, frames).sums, BOUND)

    const gradient = floats('gradient', N * dimension)
    const stride = BEFORE + columnCount(rows) + AFTER
    const before = floats('pulls', 4 * E * stride)
    const back = await runWritten(
      ...([gpu(), 'sum of values adjoint'] as const),
      valuesAdjointSource(rows, heads, part, { stride, first: BEFORE }, frames3),
      ...([N, E] as const),
      { ...shared, features: pack(gradient, slots), others: within(pack(values, slots)) },
      { results: within(blank(E * rows.width)), pulls: Float32Array.from(before) },
    )
    const onEdges = gatherRows(gradient, dimension, receiver)
    const weight = spread(weights)
    const adjoints = Array.from(frames, (frame, e) => {
      const [first, end] = [e * dimension, (e + 1) * dimension]
      const seed = onEdges.slice(first, end).map((g, k) => g * weight[first + k])
      return outOfFrameAdjoint(irreps, frame, values.subarray(first, end), seed)
    })
    const gValues = takenOut(back.results)
    expectClose(`values, ${system}`, gValues, Float64Array.from(adjoints.flatMap(({ x }) => [...x])), BOUND)

    // Columns of others are theirs, and so is what pulls at the distance; w is the values' own.
    const mine = (k: number) =>
      Math.floor(k / 4) % stride >= BEFORE && Math.floor(k / 4) % stride < stride - AFTER
    expect(back.pulls.every((value, k) => (mine(k) && k % 4 !== 1) || value === Math.fround(before[k]))).toBe(
      true,
    )
    const sums = sumOfPulls(
      back.pulls.map((value, k) => (k % 4 === 3 ? value : value - before[k])),
      ...([stride, BEFORE, stride - AFTER] as const),
    )
    const turns = componentsOf(sums, 0, 2)
    const torques = Float64Array.from(
      adjoints.flatMap(({ torque }, e) =>
        [0, 2].map((axis) => [0, 1, 2].reduce((t, c) => t + frames[e].rotation[3 * c + axis] * torque[c], 0)),
      ),
    )
    expectClose(`torque on values' frames, ${system}`, turns, torques, BOUND)

    // What is in w, by head.
    const blocks = headColumns(rows, heads, BEFORE)
    expect([...columnsOf(rows, BEFORE).values()]).toEqual(Array.from(blocks).filter((_, n) => n % 2 === 0))
    const { sums: byHead } = await run(
      ...([gpu(), 'equiformer/head_sums'] as const),
      { constants: { HEADS: heads, PULLS: stride, BLOCKS: blocks.length / 2 } },
      { system: systemOf(N), row_starts, blocks, pulls: back.pulls },
      { sums: blank(E * heads) },
      E * heads,
    )
    const products = onEdges.map((g, k) => {
      const e = Math.floor(k / dimension)
      return (
        g * outOfFrame(irreps, frames[e], values.subarray(e * dimension, (e + 1) * dimension))[k % dimension]
      )
    })
    const gWeights = rowByRow(dimension, products, (row) => {
      const split = splitHeads(head, heads, Float64Array.from(row))
      return [0, 1].map((h) =>
        split.subarray(h * head.dimension, (h + 1) * head.dimension).reduce((sum, p) => sum + p, 0),
      )
    })
    expectClose(`gradient of weights, ${system}`, byHead, gWeights, BOUND)
    expectPaired(
      `sum of values, ${system}`,
      inputs,
      (changed) => forward(changed),
      { sums: gradient },
      {
        ...{ values: gValues, weights: byHead, turns },
      },
    )
  })
})
