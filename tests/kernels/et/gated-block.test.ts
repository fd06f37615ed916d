/** The two operations of a gated block that are no matrix products. */
import { describe, test } from 'vitest'
import { concatSlots, plainSlots } from '../../../src/models/layers/slots.ts'
import { activate, activateAdjoint } from '../../../src/reference/activations.ts'
import { vectorNorms, vectorNormsAdjoint } from '../../../src/reference/gated-block.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { operate } from '../lib/operate.ts'
import { blank } from '../lib/run.ts'

const gpu = useGpu()

/** 1.4e-7 measured at worst */
const BOUND = 4e-7

/** Columns of each of the three rows of every atom: [N × 3 × (p + q)] beside each other. */
const rowsBeside = (N: number, a: Float64Array, b: Float64Array) => beside(3 * N, a, b)

describe.each(shapes)('et/norm_concat and its adjoint, $channels channels in $heads heads', (shape) => {
  const { channels: F, slots, constants } = shape
  const OUT = 5
  const outSlots = plainSlots(OUT)
  const bothSlots = concatSlots(slots, outSlots)
  const scalars = (count: number) => ({ atomStride: count * slots.width, partStride: 0, base: 0 })
  const vectors = { atomStride: 3 * bothSlots.width, partStride: bothSlots.width, base: 0 }

  test.each([1, 5, 67])('%i atoms', async (N) => {
    const label = `norms ${F}/${shape.heads}, ${N} atoms`
    const x = floats('x', N * F)
    const V = floats('W1 V', N * 3 * F)
    // The first atom's vectors vanish: their length has no direction.
    V.fill(0, 0, 3 * F)
    const other = floats('W2 V', N * 3 * OUT)
    const projected = pack(rowsBeside(N, V, other), bothSlots)
    const forward = await operate(gpu(), N, constants, { name: 'norm concat', outputs: slots.width }, [
      { data: pack(beside(N, x, floats('beside x', N * 3 * F)), slots), rows: scalars(4) },
      { data: projected, rows: vectors },
      { data: blank(N * 2 * slots.width), rows: scalars(2) },
    ])
    const expected = vectorNorms(V, F)
    for (const [, , joined] of forward) {
      const [kept, norms] = split(N, unpack(joined, slots), [F, F])
      expectClose(`${label}, x`, kept, x, 1e-9)
      expectClose(label, [...norms, 1], [...expected, 1], BOUND)
    }

    const [gx, gn] = [floats('gx', N * F), floats('gn', N * F)]
    const adjoint = await operate(
      ...([gpu(), N, constants, { name: 'norm concat adjoint', outputs: slots.width }] as const),
      [
        { data: pack(beside(N, gx, gn), slots), rows: scalars(2) },
        { data: projected, rows: vectors },
        { data: projected, rows: vectors },
        {
          data: pack(beside(N, new Float64Array(N * F), floats('rows 1–8', N * 8 * F)), slots),
          rows: scalars(9),
        },
      ],
    )
    for (const [, , projectedGradient, gradient] of adjoint) {
      const [gV, untouched] = split(3 * N, unpack(projectedGradient, bothSlots), [F, OUT])
      const [gxWritten, rest] = split(N, unpack(gradient, slots), [F, 8 * F])
      expectClose(`${label}, gV`, [...gV, 1], [...vectorNormsAdjoint(V, expected, F, gn), 1], BOUND)
      expectClose(`${label}, W2 V is left alone`, untouched, other, 1e-9)
      expectClose(`${label}, gx`, gxWritten, gx, 1e-9)
      expectClose(`${label}, rows 1–8 are left alone`, rest, floats('rows 1–8', N * 8 * F), 1e-9)

      // Off the point where lengths have no derivative.
      const moved = V.slice(3 * F)
      if (N > 1)
        expectPaired(
          label,
          { V: moved },
          (inputs) => ({ n: vectorNorms(inputs.V, F) }),
          { n: gn.slice(F) },
          { V: gV.slice(3 * F) },
        )
    }
  })
})

describe.each([true, false])('et/gate and its adjoint, activated scalars: %s', (activated) => {
  const F = 10
  const slots = plainSlots(F)
  const W1 = plainSlots(12)
  const bothSlots = concatSlots(W1, slots)
  const rows = (count: number) => ({
    ...{ atomStride: count * slots.width, partStride: slots.width, base: 0 },
  })
  const directedRows = { atomStride: 3 * bothSlots.width, partStride: bothSlots.width, base: W1.width }

  test.each(['silu', 'mish', 'tanh', 'ssp', 'sigmoid'] as const)('%s', async (activation) => {
    const N = 67
    const label = `gate ${activation} ${activated}`
    const inputs = { mixed: floats('t', N * 2 * F, 3), directed: floats('W2 V', N * 3 * F) }
    const first = floats('W1 V', N * 3 * 12)
    const forward = ({ mixed, directed }: typeof inputs) => {
      const [t, gate] = split(N, mixed, [F, F])
      const gates = beside(N, gate, gate, gate)
      return { x: activated ? activate(activation, t) : t, V: directed.map((b, k) => b * gates[k]) }
    }
    const settings = {
      ...{ outputs: slots.width, activation },
      flags: activated ? (['activate'] as const) : [],
    }
    const mixing = { data: pack(inputs.mixed, slots), rows: rows(2) }
    const projected = pack(rowsBeside(N, first, inputs.directed), bothSlots)
    const results = await operate(gpu(), N, {}, { name: 'gate', ...settings }, [
      mixing,
      { data: projected, rows: directedRows },
      { data: blank(N * 4 * slots.width), rows: rows(4) },
    ])
    // sigmoid(0) = ½ stands in the padding, where the next layer's weights are 0.
    const unpadded = (data: Float32Array) =>
      activated && activation === 'sigmoid' ? unpack(clearPadding(data), slots) : unpack(data, slots)
    const expected = forward(inputs)
    for (const [, , state] of results) {
      const [x, V] = split(N, unpadded(state), [F, 3 * F])
      expectClose(`${label}, x`, x, expected.x, BOUND)
      expectClose(`${label}, V`, V, expected.V, BOUND)
    }

    const seeds = { x: floats('gx', N * F), V: floats('gV', N * 3 * F) }
    const adjoint = await operate(gpu(), N, {}, { name: 'gate adjoint', ...settings }, [
      { data: pack(beside(N, seeds.x, seeds.V), slots), rows: rows(4) },
      mixing,
      { data: projected, rows: directedRows },
      { data: blank(N * 2 * slots.width), rows: rows(2) },
      { data: projected, rows: directedRows },
    ])
    const [t, gate] = split(N, inputs.mixed, [F, F])
    const gates = beside(N, gate, gate, gate)
    const gGate = new Float64Array(N * F)
    seeds.V.forEach((g, k) => {
      gGate[Math.floor(k / (3 * F)) * F + (k % F)] += g * inputs.directed[k]
    })
    const gt = activated ? activateAdjoint(activation, t, seeds.x) : seeds.x
    for (const [, , , mixedGradient, projectedGradient] of adjoint) {
      const mixed = unpack(mixedGradient, slots)
      const [kept, directed] = split(3 * N, unpack(projectedGradient, bothSlots), [12, F])
      expectClose(`${label}, gt`, mixed, beside(N, gt, gGate), BOUND)
      expectClose(
        `${label}, gB`,
        directed,
        seeds.V.map((g, k) => g * gates[k]),
        BOUND,
      )
      expectClose(`${label}, W1 V is left alone`, kept, first, 1e-9)
      expectPaired(label, inputs, forward, seeds, { mixed, directed })
    }
  })

  function clearPadding(data: Float32Array): Float32Array {
    return data.map((value, k) => (k % slots.width < F ? value : 0))
  }
})
