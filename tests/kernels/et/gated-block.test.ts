/** The two kernels of a gated block that are no matrix products. */
import { describe, test } from 'vitest'
import { ACTIVATIONS } from '../../../src/models/layers/activation.ts'
import { concatSlots, plainSlots } from '../../../src/models/layers/slots.ts'
import { activate, activateAdjoint } from '../../../src/reference/activations.ts'
import { vectorNorms, vectorNormsAdjoint } from '../../../src/reference/gated-block.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, shapes, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf } from '../lib/run.ts'

const gpu = useGpu()

/** 1.4e-7 measured at worst */
const BOUND = 4e-7

/** Columns of each of the three rows of every atom: [N × 3 × (p + q)] beside each other. */
const rowsBeside = (N: number, a: Float64Array, b: Float64Array) => beside(3 * N, a, b)

describe.each(shapes)('et/norm_concat and its adjoint, $channels channels in $heads heads', (shape) => {
  const { channels: F, slots, width4 } = shape
  const OUT = 5
  const outSlots = plainSlots(OUT)
  const bothSlots = concatSlots(slots, outSlots)
  const PROJECTED4 = bothSlots.width / 4

  test.each([1, 5, 67])('%i atoms', async (N) => {
    const label = `norms ${F}/${shape.heads}, ${N} atoms`
    const x = floats('x', N * F)
    const V = floats('W1 V', N * 3 * F)
    // The first atom's vectors vanish: their length has no direction.
    V.fill(0, 0, 3 * F)
    const other = floats('W2 V', N * 3 * OUT)
    const projected = pack(rowsBeside(N, V, other), bothSlots)
    const { features } = await run(
      gpu(),
      'et/norm_concat',
      { constants: { WIDTH4: width4, IN_STRIDE4: 4 * width4, PROJECTED4 } },
      {
        ...{ system: systemOf(N), projected },
        scalars: pack(beside(N, x, floats('beside x', N * 3 * F)), slots),
      },
      { features: blank(N * 2 * slots.width) },
      N * width4,
    )
    const [kept, norms] = split(N, unpack(features, slots), [F, F])
    const expected = vectorNorms(V, F)
    expectClose(`${label}, x`, kept, x, 1e-9)
    expectClose(label, [...norms, 1], [...expected, 1], BOUND)

    const [gx, gn] = [floats('gx', N * F), floats('gn', N * F)]
    const result = await run(
      gpu(),
      'et/norm_concat_adjoint',
      { constants: { WIDTH4: width4, OUT_STRIDE4: 9 * width4, PROJECTED4 } },
      { system: systemOf(N), projected, feature_gradient: pack(beside(N, gx, gn), slots) },
      {
        projected_gradient: projected.slice(),
        gradient: pack(beside(N, new Float64Array(N * F), floats('rows 1–8', N * 8 * F)), slots),
      },
      N * width4,
    )
    const [gV, untouched] = split(3 * N, unpack(result.projected_gradient, bothSlots), [F, OUT])
    const [gxWritten, rest] = split(N, unpack(result.gradient, slots), [F, 8 * F])
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
  })
})

describe.each([true, false])('et/gate and its adjoint, activated scalars: %s', (activated) => {
  const F = 10
  const slots = plainSlots(F)
  const W1 = plainSlots(12)
  const bothSlots = concatSlots(W1, slots)
  const width4 = slots.width / 4
  const PROJECTED4 = bothSlots.width / 4

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
    const options = {
      constants: { WIDTH4: width4, PROJECTED4, ACTIVATION: ACTIVATIONS[activation] },
      conditions: { SCALAR_ACTIVATION: activated },
    }
    const given = {
      system: systemOf(N),
      mixed: pack(inputs.mixed, slots),
      projected: pack(rowsBeside(N, first, inputs.directed), bothSlots),
    }
    const { state } = await run(
      gpu(),
      'et/gate',
      options,
      given,
      { state: blank(N * 4 * slots.width) },
      N * width4,
    )
    // sigmoid(0) = ½ stands in the padding, where the next layer's weights are 0.
    const unpadded = (data: Float32Array) =>
      activated && activation === 'sigmoid' ? unpack(clearPadding(data), slots) : unpack(data, slots)
    const [x, V] = split(N, unpadded(state), [F, 3 * F])
    const expected = forward(inputs)
    expectClose(`${label}, x`, x, expected.x, BOUND)
    expectClose(`${label}, V`, V, expected.V, BOUND)

    const seeds = { x: floats('gx', N * F), V: floats('gV', N * 3 * F) }
    const result = await run(
      gpu(),
      'et/gate_adjoint',
      options,
      { ...given, gradient: pack(beside(N, seeds.x, seeds.V), slots) },
      { mixed_gradient: blank(N * 2 * slots.width), projected_gradient: given.projected.slice() },
      N * width4,
    )
    const mixed = unpack(result.mixed_gradient, slots)
    const [kept, directed] = split(3 * N, unpack(result.projected_gradient, bothSlots), [12, F])
    const [t, gate] = split(N, inputs.mixed, [F, F])
    const gates = beside(N, gate, gate, gate)
    const gGate = new Float64Array(N * F)
    seeds.V.forEach((g, k) => {
      gGate[Math.floor(k / (3 * F)) * F + (k % F)] += g * inputs.directed[k]
    })
    const gt = activated ? activateAdjoint(activation, t, seeds.x) : seeds.x
    expectClose(`${label}, gt`, mixed, beside(N, gt, gGate), BOUND)
    expectClose(
      `${label}, gB`,
      directed,
      seeds.V.map((g, k) => g * gates[k]),
      BOUND,
    )
    expectClose(`${label}, W1 V is left alone`, kept, first, 1e-9)
    expectPaired(label, inputs, forward, seeds, { mixed, directed })
  })

  function clearPadding(data: Float32Array): Float32Array {
    return data.map((value, k) => (k % slots.width < F ? value : 0))
  }
})
