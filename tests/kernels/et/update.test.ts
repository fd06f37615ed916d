import { describe, test } from 'vitest'
import { updates, updatesAdjoint } from '../../../src/reference/et-update.ts'
import { add } from '../../../src/reference/rows.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'

const gpu = useGpu()

/** 1.4e-7 measured at worst */
const BOUND = 4e-7

describe.each(shapes)('et/update, $channels channels in $heads heads', (shape) => {
  const { channels: F, slots, width4, constants } = shape

  test.each([1, 5, 67])('%i atoms', async (N) => {
    const label = `update ${F}/${shape.heads}, ${N} atoms`
    const [x, V, Y] = [floats('x', N * F), floats('V', N * 3 * F), floats('Y', N * 3 * F)]
    const inputs = { projected: floats('P', N * 9 * F), mixed: floats('o', N * 3 * F) }
    const forward = ({ projected, mixed }: typeof inputs) => {
      const { scalars, vectors } = updates(F, projected, mixed, Y)
      return { x: add(x, scalars), V: add(V, vectors) }
    }
    const given = {
      system: systemOf(N),
      projected: pack(inputs.projected, slots),
      output: pack(inputs.mixed, slots),
    }
    const { next_state } = await run(
      gpu(),
      'et/update',
      { constants },
      {
        ...given,
        state: pack(beside(N, x, V), slots),
        aggregate: pack(beside(N, floats('X', N * F), Y), slots),
      },
      { next_state: blank(N * 4 * slots.width) },
      N * width4,
    )
    const [nextX, nextV] = split(N, unpack(next_state, slots), [F, 3 * F])
    const expected = forward(inputs)
    expectClose(`${label}, x`, nextX, expected.x, BOUND)
    expectClose(`${label}, V`, nextV, expected.V, BOUND)

    const seeds = { x: floats('gx', N * F), V: floats('gV', N * 3 * F) }
    const row0 = floats('row 0', N * F)
    const gradients = await run(
      gpu(),
      'et/update_adjoint',
      { constants },
      { ...given, gradient: pack(beside(N, seeds.x, seeds.V, floats('rows 4–8', N * 5 * F)), slots) },
      {
        output_gradient: blank(N * 3 * slots.width),
        projected_gradient: blank(N * 9 * slots.width),
        aggregate_gradient: pack(beside(N, row0, new Float64Array(N * 3 * F)), slots),
      },
      N * width4,
    )
    const g = updatesAdjoint(F, inputs.projected, inputs.mixed, seeds.x, seeds.V)
    const mixed = unpack(gradients.output_gradient, slots)
    const projected = unpack(gradients.projected_gradient, slots)
    const [kept, gY] = split(N, unpack(gradients.aggregate_gradient, slots), [F, 3 * F])
    expectClose(`${label}, go`, mixed, g.mixed, BOUND)
    expectClose(`${label}, gP`, projected, g.projected, BOUND)
    expectClose(`${label}, gY`, gY, seeds.V, 1e-9)
    expectClose(`${label}, row 0`, kept, row0, 1e-9)
    expectPaired(label, inputs, forward, seeds, { projected, mixed })
  })
})
