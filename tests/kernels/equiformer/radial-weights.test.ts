/** Weights of a network's first product, as tables give them on every edge, against the radial network itself. */
import { describe, expect, test } from 'vitest'
import { tableConstants } from '../../../src/models/equiformer/attention-program.ts'
import { weightColumns } from '../../../src/models/equiformer/edge-product.ts'
import { packAttention } from '../../../src/models/equiformer/packed-attention.ts'
import { irrepsRows } from '../../../src/models/layers/irreps-rows.ts'
import { equiformerRadialBasis } from '../../../src/reference/irreps/radial-basis.ts'
import { radialMlp } from '../../../src/reference/irreps/radial-mlp.ts'
import { equiformerCases } from '../../golden/cases.ts'
import { loadEquiformer } from '../../golden/lib/equiformer.ts'
import { OpenPack } from '../../unit/equiformer/lib/products.ts'
import { expectClose } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'
import { framedSystem } from './lib/framed-edges.ts'

const gpu = useGpu()

const golden = (await equiformerCases()).find(({ name }) => name === 'qm9_l2_e3_small')!

describe('equiformer/radial_weights', () => {
  test(golden.name, async () => {
    const { basis, blocks } = await loadEquiformer(golden)
    const { attention } = blocks[0]
    const pack = new OpenPack()
    const { message } = packAttention(pack, basis, attention)
    const { table, data } = message.radial
    const { radial, layer } = attention.message.product
    const slots = weightColumns(layer, irrepsRows(attention.source.output))
    expect(slots.width).toBe(message.product.weights)

    const { edges, bindings } = framedSystem('four atoms in a small cell', 1)
    const { count: E, atoms: N, isSelf } = edges
    const { results } = await run(
      ...([gpu(), 'equiformer/radial_weights'] as const),
      { constants: { WEIGHTS4: slots.width / 4, ...tableConstants(table) } },
      {
        ...{ system: systemOf(N), row_starts: bindings.row_starts, edges: bindings.edges },
        radial: pack.valuesOf(data),
      },
      { results: blank(E * slots.width) },
      (E * slots.width) / 4,
    )
    const { outputs } = radial.last
    const real = (values: Float64Array) => values.filter((_, k) => !isSelf[Math.floor(k / outputs)])
    const distances = edges.distance.filter((_, e) => !isSelf[e])
    const { weights } = radialMlp(radial, equiformerRadialBasis(basis, distances))
    expectClose('radial weights', real(unpack(results, slots)), weights, 2e-7) // 6.4e-8 measured
  })
})
