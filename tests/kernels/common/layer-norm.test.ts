import { describe, test } from 'vitest'
import { layerNorm, layerNormAdjoint } from '../../../src/reference/layer-norm.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'

const gpu = useGpu()

describe.each(shapes)('common/layer_norm, $channels channels in $heads heads', (shape) => {
  const { channels, slots, width4 } = shape

  test.each([1, 5, 67])('%i atoms', async (atoms) => {
    const label = `layer norm ${channels}/${shape.heads}, ${atoms} atoms`
    // Rows that are nearly constant (small variance beside a large mean) are the hard ones.
    const x = floats('x', atoms * channels).map((v, k) => Math.fround(v * (k % 2 ? 1 : 0.1) + 0.5))
    const rest = floats('rest', atoms * channels)
    const norm = { weight: floats('weight', channels), bias: floats('bias', channels) }
    const given = {
      system: systemOf(atoms),
      // Rows twice as long as what is read of them.
      x: pack(beside(atoms, x, rest), slots),
      weight: pack(norm.weight, slots),
    }
    const constants = { ...shape.constants, IN_STRIDE4: 2 * width4 }
    const { y } = await run(
      gpu(),
      'common/layer_norm',
      { constants },
      { ...given, bias: pack(norm.bias, slots) },
      { y: blank(atoms * slots.width) },
      atoms,
    )
    expectClose(label, unpack(y, slots), layerNorm(norm, x), 5e-7) // 1.3e-7 measured

    const gy = floats('gy', atoms * channels)
    const before = floats('before', atoms * channels)
    for (const residual of [false, true]) {
      const { gradient } = await run(
        gpu(),
        'common/layer_norm_adjoint',
        {
          constants: { ...constants, GY_STRIDE4: 3 * width4, OUT_STRIDE4: 2 * width4 },
          conditions: { RESIDUAL: residual },
        },
        { ...given, gy: pack(beside(atoms, gy, rest, rest), slots) },
        { gradient: pack(beside(atoms, before, rest), slots) },
        atoms,
      )
      const [written, kept] = split(atoms, unpack(gradient, slots), [channels, channels])
      const gx = residual ? written.map((g, k) => g - before[k]) : written
      expectClose(`${label}, adjoint`, gx, layerNormAdjoint(norm, x, gy), 8e-7) // 2.3e-7 measured
      expectClose(`${label}, rows beside`, kept, rest, 1e-12)
      expectPaired(label, { x }, (inputs) => ({ y: layerNorm(norm, inputs.x) }), { y: gy }, { x: gx })
    }
  })
})
