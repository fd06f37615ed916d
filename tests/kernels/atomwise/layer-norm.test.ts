import { describe, test } from 'vitest'
import { layerNorm, layerNormAdjoint } from '../../../src/reference/layer-norm.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { operate } from '../lib/operate.ts'
import { blank } from '../lib/run.ts'

const gpu = useGpu()

describe.each(shapes)('atomwise/layer_norm, $channels channels in $heads heads', (shape) => {
  const { channels, slots } = shape

  test.each([1, 5, 67])('%i atoms', async (atoms) => {
    // One atom in a workgroup has more lanes than channels.
    const lists = atoms === 1 ? [] : [{ lanes: 256, atoms: atoms === 5 ? 1 : 4 }]
    const label = `layer norm ${channels}/${shape.heads}, ${atoms} atoms`
    // Rows that are nearly constant (small variance beside a large mean) are the hard ones.
    const x = floats('x', atoms * channels).map((v, k) => Math.fround(v * (k % 2 ? 1 : 0.1) + 0.5))
    const rest = floats('rest', atoms * channels)
    const norm = { weight: floats('weight', channels), bias: floats('bias', channels) }
    // Rows twice as long as what is read of them.
    const rows = (count: number) => ({ atomStride: count * slots.width, partStride: slots.width, base: 0 })
    const given = { data: pack(beside(atoms, x, rest), slots), rows: rows(2) }
    const weight = pack(norm.weight, slots)
    const forward = await operate(
      gpu(),
      atoms,
      shape.constants,
      { name: 'layer norm', outputs: slots.width, weights: weight, bias: pack(norm.bias, slots) },
      [given, { data: blank(atoms * slots.width), rows: rows(1) }],
      lists,
    )
    for (const [, y] of forward) expectClose(label, unpack(y, slots), layerNorm(norm, x), 5e-7) // 1.3e-7 measured

    const gy = floats('gy', atoms * channels)
    const before = floats('before', atoms * channels)
    for (const residual of [false, true]) {
      const adjoint = await operate(
        gpu(),
        atoms,
        shape.constants,
        {
          ...{ name: 'layer norm adjoint', outputs: slots.width, weights: weight },
          flags: residual ? ['add'] : [],
        },
        [
          given,
          { data: pack(beside(atoms, gy, rest, rest), slots), rows: rows(3) },
          { data: pack(beside(atoms, before, rest), slots), rows: rows(2) },
        ],
        lists,
      )
      for (const [, , gradient] of adjoint) {
        const [written, kept] = split(atoms, unpack(gradient, slots), [channels, channels])
        const gx = residual ? written.map((g, k) => g - before[k]) : written
        expectClose(`${label}, adjoint`, gx, layerNormAdjoint(norm, x, gy), 8e-7) // 2.3e-7 measured
        expectClose(`${label}, rows beside`, kept, rest, 1e-12)
        expectPaired(label, { x }, (inputs) => ({ y: layerNorm(norm, inputs.x) }), { y: gy }, { x: gx })
      }
    }
  })
})
