/** Tensor products on edges, with the linear layers behind them, and their adjoints against float64. */
import { describe, expect, test } from 'vitest'
import { weightColumns } from '../../../src/models/equiformer/edge-product.ts'
import { productAdjointSource, productSource } from '../../../src/models/equiformer/product-source.ts'
import { columnCount } from '../../../src/models/equiformer/turn-source.ts'
import type { IrrepsRows } from '../../../src/models/layers/irreps-rows.ts'
import { concatSlots, type Slots } from '../../../src/models/layers/slots.ts'
import { intoFrame, intoFrameAdjoint, outOfFrame } from '../../../src/reference/irreps/edge-frame.ts'
import {
  type ProductShape,
  productAdjointOf,
  productOf,
  type TestProduct,
  testProduct,
} from '../../unit/equiformer/lib/products.ts'
import { expectClose, expectPaired, floats, rounded } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { UPPER } from '../lib/edges.ts'
import { pack, unpack } from '../lib/layout.ts'
import { blank } from '../lib/run.ts'
import { randomTable } from '../lib/table.ts'
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

/** 1.8e-7 measured at worst. */
const BOUND = 5e-7

/**
 * As networks without parity have them, with an irrep of the results twice; with parity, in two heads; for all edges alike.
 * Of 18 scalars a lane has several columns, and the last lane fewer.
 */
const shapes: Readonly<Record<string, ProductShape>> = {
  'radial weights': {
    ...{ features: '5x0e+3x1e+2x2e', harmonics: '0e+2e', shared: false },
    outputs: ['5x0e+3x1e+2x2e', '18x0e'],
  },
  'radial weights and parity': {
    ...{ features: '5x0e+18x0o+3x1o+2x1e', harmonics: '0e+1o', shared: false, convention: 'e3nn 0.4' },
    ...{ outputs: ['4x0e+2x0o+2x1o'], heads: 2 },
  },
  'shared weights and parity': {
    ...{ features: '18x0e+2x0o+3x1o+2x1e', harmonics: '0e+1o', shared: true },
    outputs: ['5x0e+2x0o+3x1e'],
  },
}

const tests = Object.keys(shapes).flatMap((name) => SYSTEMS.map((system) => [name, system] as const))

/** Places of all layers' results in a row. */
const resultSlots = ({ outputs }: TestProduct): Slots => concatSlots(...outputs.map(slotsOf))

/** Of every edge, out of rows [E × weights] where each has its own. */
const weightsOf = ({ tensorProduct, shared }: TestProduct, radial: Float64Array) => {
  const { weights } = tensorProduct.product
  return (e: number) => shared ?? radial.subarray(e * weights, (e + 1) * weights)
}

const dimension = ({ irreps }: IrrepsRows): number => irreps.dimension

/** Floats of pulls before and after those of a product. */
const BEFORE = 1
const AFTER = 2

describe('equiformer product', () => {
  test.each(tests)('%s, %s', async (name, system) => {
    const label = `${name}, ${system}`
    const product = testProduct(shapes[name])
    const { tensorProduct, input, shared, packed } = product
    const { edges, frames, bindings } = framedSystem(system, 2)
    const { count: E, atoms: N } = edges
    const width = dimension(input)
    const x = floats('x', E * width)
    const columns = weightColumns(tensorProduct, input)
    const table = randomTable('radial weights', 1, columns, UPPER)
    const radialOf = (distance: Float64Array) => table.evaluate(distance).values
    const forward = (features: Float64Array, radial: Float64Array): Float64Array => {
      const weights = weightsOf(product, radial)
      return rowByRow(width, features, (row, e) => productOf(product, row, weights(e)))
    }

    const slots = resultSlots(product)
    const radial = rounded(radialOf(edges.distance))
    const { results } = await runWritten(
      ...([gpu(), `product, ${name}`, productSource(packed), N, E] as const),
      {
        ...{ row_starts: bindings.row_starts, matrices: product.pack.valuesOf(packed.forward) },
        features: pack(x, slotsOf(input)),
        ...(!shared && { radial: pack(radial, columns) }),
      },
      { results: blank(E * slots.width) },
    )
    expectClose(label, unpack(results, slots), forward(x, radial), BOUND)

    // The way back.
    const gradient = floats('gradient', E * slots.at.length)
    const stride = BEFORE + columnCount(input) + AFTER
    const before = floats('pulls', 4 * E * stride)
    const back = await runWritten(
      ...([gpu(), `product adjoint, ${name}`] as const),
      productAdjointSource(packed, shared ? null : { stride, first: BEFORE }),
      ...([N, E] as const),
      {
        ...{ row_starts: bindings.row_starts, matrices: product.pack.valuesOf(packed.adjoint) },
        gradient: pack(gradient, slots),
        ...(!shared && { edges: bindings.edges, features: pack(x, slotsOf(input)), radial: table.data }),
      },
      {
        results: blank(E * input.width),
        ...(!shared && { pulls: Float32Array.from(before) }),
      } as Record<'results' | 'pulls', Float32Array>,
      shared ? {} : table.constants,
    )
    const { values, slopes } = table.evaluate(edges.distance)
    const weights = weightsOf(product, values)
    const adjoints = Array.from(frames, (_, e) =>
      productAdjointOf(
        ...([product, x.subarray(e * width, (e + 1) * width), weights(e)] as const),
        gradient.subarray(e * slots.at.length, (e + 1) * slots.at.length),
      ),
    )
    const gx = unpack(back.results, slotsOf(input))
    const expected = Float64Array.from(adjoints.flatMap((adjoint) => [...adjoint.x]))
    expectClose(`${label}, adjoint`, gx, expected, BOUND)
    expectPaired(
      ...([label, { x }, (inputs: { x: Float64Array }) => ({ y: forward(inputs.x, values) })] as const),
      ...([{ y: gradient }, { x: gx }] as const),
    )
    if (shared) return

    // What is in others' columns stays, and in w everywhere.
    const pulls = back.pulls.map((value, k) => value - before[k])
    const others = pulls.filter((_, k) => {
      const column = Math.floor(k / 4) % stride
      return k % 4 === 3 || column < BEFORE || column >= stride - AFTER
    })
    expect(others.every((value) => value === 0)).toBe(true)
    const sums = sumOfPulls(pulls, stride, BEFORE, stride - AFTER)
    const [turns, distances] = [componentsOf(sums, 0, 2), componentsOf(sums, 1)]
    // ∂E/∂d out of the slopes; the torque out of features that stay where they are while the frame turns.
    const outside = rowByRow(width, x, (row, e) => outOfFrame(input.irreps, frames[e], row))
    const slopeOf = (e: number) =>
      adjoints[e].weights.reduce((sum, g, w) => sum + g * slopes[(e * slopes.length) / E + w], 0)
    expectClose(
      `${label}, distance`,
      distances,
      frames.map((_, e) => slopeOf(e)),
      BOUND,
    )
    const torques = rowByRow(width, outside, (row, e) => {
      const { torque } = intoFrameAdjoint(input.irreps, frames[e], row, adjoints[e].x)
      const about = (axis: number) =>
        [0, 1, 2].reduce((t, c) => t + frames[e].rotation[3 * c + axis] * torque[c], 0)
      return [about(0), about(2)]
    })
    expectClose(`${label}, torque`, turns, torques, BOUND)
    expectPaired(
      label,
      { turns: new Float64Array(2 * E), distances: edges.distance },
      (inputs) => {
        const turned = turnedFrames(frames, inputs.turns)
        const features = rowByRow(width, outside, (row, e) => intoFrame(input.irreps, turned[e], row))
        return { y: forward(features, radialOf(inputs.distances)) }
      },
      { y: gradient },
      { turns, distances },
    )
  })
})
