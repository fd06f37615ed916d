import { describe, test } from 'vitest'
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
      { constants: { ...shape.constants, OUT_STRIDE4: 4 * width4 }, conditions: { NEIGHBORS: false } },
      { system: systemOf(5), types, embedding: pack(table, slots) },
      { features: pack(beside(5, new Float64Array(5 * F), rest), slots) },
      5 * width4,
    )
    const [x, kept] = split(5, unpack(features, slots), [F, 3 * F])
    expectClose('embedding', x, gatherRows(table, F, types), 1e-9)
    expectClose('rows beside it', kept, rest, 1e-9)
  })

  test.each(Object.keys(systems).flatMap((name) => [0, 1.3].map((lower) => [name, lower] as const)))(
    'with neighbours: %s, lower cutoff %f',
    async (name, lower) => {
      const label = `neighbour embedding ${F}/${H}, ${name}, ${lower}`
      const { edges, bindings } = testEdges(systems[name], lower, UPPER)
      const { atoms: N, count: E } = edges
      const filters = randomTable(label, 1, slots, UPPER)
      const types = Uint32Array.from({ length: N }, (_, i) => (5 * i) % TYPES)
      const neighbors = floats('Emb2', TYPES * F)
      const embedded = gatherRows(neighbors, F, types)
      const damping = (r: Float64Array) => r.map((x) => cosineCutoff(x, lower, UPPER))
      const forward = ({ distance }: { distance: Float64Array }) => ({
        m: neighborSum(edges, filters.evaluate(distance).values, damping(distance), embedded),
      })

      const constants = {
        ...{ ...shape.constants, ...filters.constants, CUTOFF_LOWER: lower, CUTOFF_UPPER: UPPER },
        OUT_STRIDE4: 2 * width4,
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
        N * width4,
      )
      const [x, m] = split(N, unpack(features, slots), [F, F])
      expectClose(`${label}, x`, x, gatherRows(table, F, types), 1e-9)
      expectClose(`${label}, m`, m, forward(edges).m, 1e-6) // 3.2e-7 measured

      const gm = floats('gm', N * F)
      // A large system has one part.
      const parts = lower === 0 ? H : 1
      const before = floats('edge gradient', E * parts * 4)
      const { edge_gradient } = await run(
        gpu(),
        'et/embedding_adjoint',
        { constants: { ...constants, PARTS: parts } },
        { ...given, gradient: pack(beside(N, floats('gx', N * F), gm), slots) },
        { edge_gradient: Float32Array.from(before) },
        E * parts,
      )
      const added = Float64Array.from(edge_gradient, (value, k) => value - before[k])
      const gr = new Float64Array(E)
      added.forEach((value, k) => {
        if (k % 4 === 3) gr[Math.floor(k / (4 * parts))] += value
      })
      const directions = (values: ArrayLike<number>) => Array.from(values).filter((_, k) => k % 4 < 3)
      expectClose(`${label}, directions`, directions(edge_gradient), directions(before), 1e-9)
      const { values, slopes } = filters.evaluate(edges.distance)
      const g = neighborSumAdjoint(edges, values, damping(edges.distance), embedded, gm)
      const expected = edges.distance.map((r, e) => {
        if (edges.isSelf[e]) return 0
        let sum = g.cutoff[e] * cosineCutoffDerivative(r, lower, UPPER)
        for (let f = 0; f < F; f++) sum += g.filters[e * F + f] * slopes[e * F + f]
        return sum
      })
      expectClose(`${label}, gr`, [...gr, 1], [...expected, 1], 2e-6) // 8.3e-7 measured
      expectPaired(label, { distance: edges.distance }, forward, { m: gm }, { distance: gr })
    },
  )
})
