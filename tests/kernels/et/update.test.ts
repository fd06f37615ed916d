import { describe, test } from 'vitest'
import { updates, updatesAdjoint } from '../../../src/reference/et-update.ts'
import { add } from '../../../src/reference/rows.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { operate } from '../lib/operate.ts'
import { blank } from '../lib/run.ts'

const gpu = useGpu()

/** 1.4e-7 measured at worst */
const BOUND = 4e-7

describe.each(shapes)('et/update, $channels channels in $heads heads', (shape) => {
  const { channels: F, slots, constants } = shape

  test.each([1, 5, 67])('%i atoms', async (N) => {
    const label = `update ${F}/${shape.heads}, ${N} atoms`
    const [x, V, Y] = [floats('x', N * F), floats('V', N * 3 * F), floats('Y', N * 3 * F)]
    const inputs = { projected: floats('P', N * 9 * F), mixed: floats('o', N * 3 * F) }
    const forward = ({ projected, mixed }: typeof inputs) => {
      const { scalars, vectors } = updates(F, projected, mixed, Y)
      return { x: add(x, scalars), V: add(V, vectors) }
    }
    const rows = (count: number, width = 1) => ({
      ...{ atomStride: count * slots.width, partStride: width * slots.width, base: 0 },
    })
    const projection = { data: pack(inputs.projected, slots), rows: rows(9, 3) }
    const output = { data: pack(inputs.mixed, slots), rows: rows(3) }
    const outputs = slots.width
    const results = await operate(gpu(), N, constants, { name: 'update', outputs }, [
      { data: pack(beside(N, x, V), slots), rows: rows(4) },
      projection,
      { data: pack(beside(N, floats('X', N * F), Y), slots), rows: rows(4) },
      output,
      { data: blank(N * 4 * slots.width), rows: rows(4) },
    ])
    const expected = forward(inputs)
    for (const [, , , , next] of results) {
      const [nextX, nextV] = split(N, unpack(next, slots), [F, 3 * F])
      expectClose(`${label}, x`, nextX, expected.x, BOUND)
      expectClose(`${label}, V`, nextV, expected.V, BOUND)
    }

    const seeds = { x: floats('gx', N * F), V: floats('gV', N * 3 * F) }
    const row0 = floats('row 0', N * F)
    const adjoint = await operate(gpu(), N, constants, { name: 'update adjoint', outputs }, [
      { data: pack(beside(N, seeds.x, seeds.V, floats('rows 4–8', N * 5 * F)), slots), rows: rows(9) },
      projection,
      output,
      { data: blank(N * 3 * slots.width), rows: rows(3) },
      { data: blank(N * 9 * slots.width), rows: rows(9, 3) },
      { data: pack(beside(N, row0, new Float64Array(N * 3 * F)), slots), rows: rows(4) },
    ])
    const g = updatesAdjoint(F, inputs.projected, inputs.mixed, seeds.x, seeds.V)
    for (const [, , , outputGradient, projectedGradient, aggregateGradient] of adjoint) {
      const mixed = unpack(outputGradient, slots)
      const projected = unpack(projectedGradient, slots)
      const [kept, gY] = split(N, unpack(aggregateGradient, slots), [F, 3 * F])
      expectClose(`${label}, go`, mixed, g.mixed, BOUND)
      expectClose(`${label}, gP`, projected, g.projected, BOUND)
      expectClose(`${label}, gY`, gY, seeds.V, 1e-9)
      expectClose(`${label}, row 0`, kept, row0, 1e-9)
      expectPaired(label, inputs, forward, seeds, { projected, mixed })
    }
  })
})
