/** The edge degree embedding and its adjoint, in frames, against spherical harmonics in float64. */
import { describe, expect, test } from 'vitest'
import {
  columnCount,
  columnsOf,
  degreeAdjointSource,
  degreeSource,
} from '../../../src/models/equiformer/turn-source.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { irrepsRows } from '../../../src/models/layers/irreps-rows.ts'
import type { Slots } from '../../../src/models/layers/slots.ts'
import { scatterRows } from '../../../src/reference/equiformer/message-graph.ts'
import { sphericalHarmonics } from '../../../src/reference/irreps/spherical-harmonics.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { UPPER } from '../lib/edges.ts'
import { pack, unpack } from '../lib/layout.ts'
import { blank } from '../lib/run.ts'
import { randomTable } from '../lib/table.ts'
import { framedSystem, SYSTEMS, slotsOf, sumOfPulls } from './lib/framed-edges.ts'
import { runWritten } from './lib/run-written.ts'

const gpu = useGpu()

const irreps = parseIrreps('5x0e+3x1o+2x2e')
const rows = irrepsRows(irreps)
const { dimension, blocks, channels } = irreps
const MAX_DEGREE = 2

/** Functions of the distance: one for every channel, those of a block padded as it is. */
const functions: Slots = {
  at: Uint32Array.from(
    [...columnsOf(rows, 0)].flatMap(([{ slots }, column]) => [...slots.at].map((s) => 4 * column + s)),
  ),
  width: 4 * columnCount(rows),
}
const table = randomTable('edge degree', 1, functions, UPPER)

/** start + Σ_e R_lc(d_e) Y_lm(e)/√(2l + 1): [atoms × dimension] for edges' vectors [E × 3], those of `counts` alone. */
function embedding(
  atoms: number,
  receiver: Int32Array,
  counts: (e: number) => boolean,
  start: Float64Array,
  vectors: Float64Array,
): Float64Array {
  const E = receiver.length
  const harmonics = sphericalHarmonics(
    MAX_DEGREE,
    vectors.map((v, k) => (counts(Math.floor(k / 3)) ? v : 1)),
  )
  const lengths = Float64Array.from({ length: E }, (_, e) =>
    Math.hypot(...vectors.subarray(3 * e, 3 * e + 3)),
  )
  const { values } = table.evaluate(lengths)
  const onEdges = new Float64Array(E * dimension)
  for (let e = 0; e < E; e++) {
    let channel = 0
    for (const { degree, multiplicity, offset } of counts(e) ? blocks : []) {
      const width = 2 * degree + 1
      for (let u = 0; u < multiplicity; u++, channel++) {
        for (let m = 0; m < width; m++) {
          const y = harmonics[e * (MAX_DEGREE + 1) ** 2 + degree ** 2 + m]
          onEdges[e * dimension + offset + u * width + m] =
            (values[e * channels + channel] * y) / Math.sqrt(width)
        }
      }
    }
  }
  return scatterRows(atoms, dimension, receiver, onEdges).map((sum, k) => sum + start[k])
}

/** Before an embedding's columns of the pulls, and behind them. */
const BEFORE = 1
const AFTER = 1

describe('equiformer edge degree embedding', () => {
  test.each(SYSTEMS)('%s', async (system) => {
    const { edges, frames, bindings } = framedSystem(system, MAX_DEGREE)
    const { count: E, atoms: N, receiver } = edges
    const start = floats('start', N * dimension)
    const counts = (e: number) => !edges.isSelf[e]
    const forward = (inputs: { vectors: Float64Array }) => ({
      x: embedding(N, receiver, counts, start, inputs.vectors),
    })
    const shared = {
      ...{ row_starts: bindings.row_starts, edges: bindings.edges, frames: bindings.frames },
      radial: table.data,
    }
    const { results } = await runWritten(
      ...([gpu(), 'edge degree', degreeSource(rows, { maxDegree: MAX_DEGREE }), N, N] as const),
      { ...shared, start: pack(start, slotsOf(rows)) },
      { results: blank(N * rows.width) },
      table.constants,
    )
    const { vector: vectors } = edges
    expectClose(`edge degree, ${system}`, unpack(results, slotsOf(rows)), forward({ vectors }).x, 3e-7) // 9.6e-8 measured

    const gradient = floats('gradient', N * dimension)
    const stride = BEFORE + columnCount(rows) + AFTER
    const before = floats('pulls', 4 * E * stride)
    const { pulls } = await runWritten(
      ...([gpu(), 'edge degree adjoint'] as const),
      degreeAdjointSource(rows, { stride, first: BEFORE }, { maxDegree: MAX_DEGREE }),
      ...([N, E] as const),
      { ...shared, gradient: pack(gradient, slotsOf(rows)) },
      { pulls: Float32Array.from(before) },
      table.constants,
    )
    const added = pulls.map((value, k) => value - before[k])
    const others = added.filter((_, k) => {
      const column = Math.floor(k / 4) % stride
      return (
        k % 4 === 3 || column < BEFORE || column >= stride - AFTER || !counts(Math.floor(k / (4 * stride)))
      )
    })
    expect(others.every((value) => value === 0)).toBe(true)
    // As edge_gradient.wgsl has it: (−τ_z/d, gd, τ_x/d) in the frame.
    const sums = sumOfPulls(added, stride, BEFORE, stride - AFTER)
    const gVectors = vectors.map((_, k) => {
      const e = Math.floor(k / 3)
      if (!counts(e)) return 0
      const d = edges.distance[e]
      const inside = [-sums[4 * e + 2] / d, sums[4 * e + 1], sums[4 * e] / d]
      return inside.reduce((g, value, c) => g + frames[e].rotation[3 * (k % 3) + c] * value, 0)
    })
    expectPaired(`edge degree, ${system}`, { vectors }, forward, { x: gradient }, { vectors: gVectors })
  })
})
