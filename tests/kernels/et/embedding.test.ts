import { describe, expect, test } from 'vitest'
import { edgeVectorAdjoint, reverseEdges } from '../../../src/reference/graph.ts'
import { neighborSum, neighborSumAdjoint } from '../../../src/reference/neighbor-embedding.ts'
import { cosineCutoff, cosineCutoffDerivative } from '../../../src/reference/radial.ts'
import { gatherRows } from '../../../src/reference/rows.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { systems, testEdges, UPPER } from '../lib/edges.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'
import { randomTable } from '../lib/table.ts'

const gpu = useGpu()
const TYPES = 9

describe.each(shapes)('et/embedding, $channels channels in $heads heads', (shape) => {
  const { channels: F, heads: H, slots, width4 } = shape
  const table = floats('Emb', TYPES * F)

  test('without neighbours: row 0 of the state', async () => {
    const types = Uint32Array.of(3, 0, 8, 8, 1)
    const rest = floats('rest', 5 * 3 * F)
    const { features } = await run(
      gpu(),
      'et/embedding',
      {
        constants: { ...shape.constants, OUT_STRIDE4: 4 * width4, WORKGROUP: width4 },
        conditions: { NEIGHBORS: false },
      },
      { system: systemOf(5), types, embedding: pack(table, slots) },
      { features: pack(beside(5, new Float64Array(5 * F), rest), slots) },
      5 * width4,
    )
    const [x, kept] = split(5, unpack(features, slots), [F, 3 * F])
    expectClose('embedding', x, gatherRows(table, F, types), 1e-9)
    expectClose('rows beside it', kept, rest, 1e-9)
  })

  test('more atoms than workgroups fit along one dimension', async () => {
    const atoms = 70_000
    const types = Uint32Array.from({ length: atoms }, (_, i) => (7 * i) % TYPES)
    const { features } = await run(
      gpu(),
      'et/embedding',
      {
        constants: { ...shape.constants, OUT_STRIDE4: width4, WORKGROUP: width4 },
        conditions: { NEIGHBORS: false },
      },
      { system: systemOf(atoms), types, embedding: pack(table, slots) },
      { features: blank(atoms * slots.width) },
      atoms * width4,
    )
    expect(features).toEqual(pack(gatherRows(table, F, types), slots))
  })

  test('without neighbours: forces are what pulls on atoms', async () => {
    const before = { outputs: floats('outputs', 5 * 4), virial: floats('virial', 5 * 12) }
    const { outputs } = await run(
      gpu(),
      'et/embedding_adjoint',
      { conditions: { NEIGHBORS: false } },
      { system: systemOf(5) },
      { outputs: Float32Array.from(before.outputs), virial: Float32Array.from(before.virial) },
      5,
    )
    const force = (k: number) => (k % 4 === 3 ? 0 : before.virial[12 * Math.floor(k / 4) + 4 * (k % 4) + 3])
    expectClose(
      'outputs',
      outputs,
      before.outputs.map((value, k) => value + force(k)),
      1e-7,
    )
  })

  test.each(Object.keys(systems).flatMap((name) => [0, 1.3].map((lower) => [name, lower] as const)))(
    'with neighbours: %s, lower cutoff %f',
    async (name, lower) => {
      // One atom has a single edge, to itself.
      const slices = lower === 0 ? 1 : 3
      const label = `neighbour embedding ${F}/${H}, ${name}, ${lower}`
      const { edges, bindings } = testEdges(systems[name], lower, UPPER)
      const { atoms: N, count: E } = edges
      const filters = randomTable(label, 1, slots, UPPER)
      const types = Uint32Array.from({ length: N }, (_, i) => (5 * i) % TYPES)
      const neighbors = floats('Emb2', TYPES * F)
      const embedded = gatherRows(neighbors, F, types)
      const damping = (r: Float64Array) => r.map((x) => cosineCutoff(x, lower, UPPER))
      const forward = ({ moved }: { moved: Float64Array }) => {
        const distance = edges.distance.map((r, e) => {
          const along = (axis: number) =>
            edges.vector[3 * e + axis] +
            moved[3 * edges.source[e] + axis] -
            moved[3 * edges.receiver[e] + axis]
          return edges.isSelf[e] ? r : Math.hypot(along(0), along(1), along(2))
        })
        return { m: neighborSum(edges, filters.evaluate(distance).values, damping(distance), embedded) }
      }
      const inPlace = { moved: new Float64Array(3 * N) }

      const constants = {
        ...{ ...shape.constants, ...filters.constants, CUTOFF_LOWER: lower, CUTOFF_UPPER: UPPER },
        ...{ OUT_STRIDE4: 2 * width4, SLICES: slices, WORKGROUP: slices * width4 },
      }
      const given = {
        ...{ system: systemOf(N), types, ...bindings, filters: filters.data },
        neighbor_embedding: pack(neighbors, slots),
      }
      const { features } = await run(
        gpu(),
        'et/embedding',
        { constants, conditions: { NEIGHBORS: true } },
        { ...given, embedding: pack(table, slots) },
        { features: blank(N * 2 * slots.width) },
        N * slices * width4,
      )
      const [x, m] = split(N, unpack(features, slots), [F, F])
      expectClose(`${label}, x`, x, gatherRows(table, F, types), 1e-9)
      expectClose(`${label}, m`, m, forward(inPlace).m, 1e-6) // 3.2e-7 measured

      const gm = floats('gm', N * F)
      const before = { outputs: floats('outputs', N * 4), virial: floats('virial', N * 12) }
      const { outputs, virial } = await run(
        gpu(),
        'et/embedding_adjoint',
        { constants, conditions: { NEIGHBORS: true } },
        { ...given, gradient: pack(beside(N, floats('gx', N * F), gm), slots) },
        { outputs: Float32Array.from(before.outputs), virial: Float32Array.from(before.virial) },
        N * slices * width4,
      )
      const { values, slopes } = filters.evaluate(edges.distance)
      const g = neighborSumAdjoint(edges, values, damping(edges.distance), embedded, gm)
      const expected = edges.distance.map((r, e) => {
        if (edges.isSelf[e]) return 0
        let sum = g.cutoff[e] * cosineCutoffDerivative(r, lower, UPPER)
        for (let f = 0; f < F; f++) sum += g.filters[e * F + f] * slopes[e * F + f]
        return sum
      })
      const onEdges = edgeVectorAdjoint(edges, Float64Array.from(expected), new Float64Array(3 * E))
      const reverse = reverseEdges(edges)
      const pull = new Float64Array(12 * N)
      for (let e = 0; e < E; e++) {
        const f = [0, 1, 2].map((axis) => onEdges[3 * e + axis] - onEdges[3 * reverse[e] + axis])
        for (let k = 0; k < 12; k++) {
          const row = k >> 2
          pull[12 * edges.receiver[e] + k] += k % 4 < 3 ? 0.5 * edges.vector[3 * e + row] * f[k % 4] : f[row]
        }
      }
      const added = virial.map((value, k) => value - before.virial[k])
      // One atom is not pulled at all: a number to measure by.
      expectClose(`${label}, pull`, [...added, 1], [...pull, 1], 2e-6)
      const total = (k: number) => (k % 4 === 3 ? 0 : virial[12 * (k >> 2) + 4 * (k % 4) + 3])
      expectClose(
        `${label}, outputs`,
        outputs,
        before.outputs.map((value, k) => value + total(k)),
        1e-6,
      )
      const moved = added.filter((_, k) => k % 4 === 3).map((force) => -force)
      expectPaired(label, inPlace, forward, { m: gm }, { moved })
    },
  )
})
