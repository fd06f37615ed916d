import { describe, test } from 'vitest'
import { ACTIVATIONS, type ActivationName } from '../../../src/models/layers/activation.ts'
import { plainSlots } from '../../../src/models/layers/slots.ts'
import { activations } from '../../../src/reference/activations.ts'
import { linear } from '../../../src/reference/linear.ts'
import { expectClose, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { pack } from '../lib/layout.ts'
import { operate } from '../lib/operate.ts'
import { blank, UNTOUCHED } from '../lib/run.ts'

const gpu = useGpu()

interface Case {
  readonly atoms: number
  readonly parts?: 1 | 3
  readonly inputs: number
  readonly outputs: number
  /** vec4s between and before the rows, on top of what they need */
  readonly gaps?: { readonly input: number; readonly output: number }
  readonly bias?: boolean
  readonly add?: boolean
  readonly activate?: ActivationName
  readonly derivative?: ActivationName
  /** atoms of the workgroups that also carry it out in a list, with 256 lanes each */
  readonly inLists?: readonly number[]
}

const cases: readonly Case[] = [
  { atoms: 1, inputs: 4, outputs: 4 },
  { atoms: 5, inputs: 48, outputs: 240, bias: true },
  { atoms: 67, inputs: 7, outputs: 13, bias: true, gaps: { input: 2, output: 3 } },
  { atoms: 5, parts: 3, inputs: 12, outputs: 36, gaps: { input: 1, output: 2 } },
  { atoms: 67, parts: 3, inputs: 20, outputs: 7, bias: true, gaps: { input: 3, output: 1 } },
  { atoms: 67, inputs: 20, outputs: 9, add: true, gaps: { input: 0, output: 1 } },
  { atoms: 6, parts: 3, inputs: 9, outputs: 9, bias: true, add: true },
  { atoms: 67, inputs: 24, outputs: 12, bias: true, activate: 'silu', gaps: { input: 1, output: 1 } },
  { atoms: 5, inputs: 24, outputs: 12, activate: 'mish', add: true },
  { atoms: 67, inputs: 24, outputs: 12, derivative: 'silu', gaps: { input: 1, output: 1 } },
  { atoms: 5, inputs: 24, outputs: 12, derivative: 'tanh', bias: true, add: true },
]

/**
 * Products in lists, from many lanes for a tile to many tiles for a lane: so few inputs that nothing is shared, shares of
 * different length, workgroups that are full, nearly empty and more than one.
 */
const inLists: readonly Case[] = [
  { atoms: 1, inputs: 4, outputs: 4, bias: true, inLists: [1, 4] },
  { atoms: 3, inputs: 640, outputs: 4, bias: true, inLists: [1, 4, 16] },
  { atoms: 4, parts: 3, inputs: 20, outputs: 4, inLists: [4] },
  { atoms: 5, inputs: 36, outputs: 12, bias: true, gaps: { input: 1, output: 2 }, inLists: [1, 4] },
  { atoms: 5, inputs: 640, outputs: 128, inLists: [4] },
  { atoms: 1, parts: 3, inputs: 128, outputs: 384, bias: true, inLists: [1, 4] },
  { atoms: 5, parts: 3, inputs: 384, outputs: 128, add: true, inLists: [1, 4, 16] },
  { atoms: 3, inputs: 44, outputs: 340, activate: 'silu', bias: true, inLists: [4] },
  { atoms: 5, inputs: 68, outputs: 20, activate: 'silu', bias: true, add: true, inLists: [1, 4] },
  { atoms: 4, inputs: 132, outputs: 84, derivative: 'silu', bias: true, add: true, inLists: [4] },
]

describe('atomwise/linear', () => {
  test.each([...cases, ...inLists].map((c) => [JSON.stringify(c), c] as const))('%s', async (label, c) => {
    const { atoms, parts = 1, inputs, outputs, gaps = { input: 0, output: 0 } } = c
    const rows = atoms * parts
    const x = floats('x', rows * inputs)
    const weight = floats('weight', outputs * inputs, 1 / Math.sqrt(inputs))
    const bias = floats('bias', outputs)
    const inSlots = plainSlots(inputs)
    const outSlots = plainSlots(outputs)
    const k4 = inSlots.width / 4
    const m4 = outSlots.width / 4
    // Atoms [base | part | gap | part | gap …].
    const inPart4 = k4 + gaps.input
    const outPart4 = m4 + gaps.output
    const inAtom4 = gaps.input + parts * inPart4
    const outAtom4 = gaps.output + parts * outPart4
    const inRows = { atomStride: 4 * inAtom4, partStride: 4 * inPart4, base: 4 * gaps.input }
    const outRows = { atomStride: 4 * outAtom4, partStride: 4 * outPart4, base: 4 * gaps.output }
    const place = (row: number, atom4: number, part4: number, base4: number) =>
      4 * (Math.floor(row / parts) * atom4 + (row % parts) * part4 + base4)
    const inPlace = (row: number) => place(row, inAtom4, inPart4, gaps.input)
    const outPlace = (row: number) => place(row, outAtom4, outPart4, gaps.output)

    const given = blank(atoms * inAtom4 * 4)
    const packed = pack(x, inSlots)
    for (let row = 0; row < rows; row++)
      given.set(packed.subarray(row * inSlots.width, (row + 1) * inSlots.width), inPlace(row))
    const weights = new Float32Array(inSlots.width * outSlots.width)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++) weights[i * outSlots.width + o] = weight[o * inputs + i]

    // The pre-activation, or what the derivative is taken at, lies in rows like those of y.
    const before = floats('y before', rows * outputs)
    const saved = floats('saved', rows * outputs, 3)
    const spread = (values: Float64Array) => {
      const data = blank(atoms * outAtom4 * 4)
      const padded = pack(values, outSlots)
      for (let row = 0; row < rows; row++)
        data.set(padded.subarray(row * outSlots.width, (row + 1) * outSlots.width), outPlace(row))
      return data
    }
    const y = c.add ? spread(before) : blank(atoms * outAtom4 * 4)
    const name = c.activate ?? c.derivative
    const kept = c.derivative ? spread(saved) : blank(y.length)
    const results = await operate(
      gpu(),
      atoms,
      {},
      {
        ...{
          name: 'linear',
          parts,
          inputs: inSlots.width,
          outputs: outSlots.width,
          activation: name,
          weights,
        },
        ...(c.bias ? { bias: pack(bias, outSlots) } : {}),
        flags: (['activate', 'derivative', 'add'] as const).filter((flag) => c[flag]),
      },
      [
        { data: given, rows: inRows },
        { data: y, rows: outRows },
        ...(name ? [{ data: kept, rows: outRows }] : []),
      ],
      c.inLists?.map((atoms) => ({ lanes: 256, atoms })),
    )

    const product = linear({ inputs, outputs, weight, bias: c.bias ? bias : null }, x)
    let expected = product
    if (c.activate) expected = product.map(activations[c.activate].value)
    if (c.derivative) {
      const { derivative } = activations[c.derivative]
      expected = product.map((value, k) => value * derivative(saved[k]))
    }
    if (c.add) expected = expected.map((value, k) => value + before[k])
    // Between the rows nothing is touched; in them, all is expected (the padding of silu, tanh and mish is 0).
    const exact = (values: Float64Array) => Float64Array.from(spread(values))
    const unwritten = (values: Float64Array | Float32Array) =>
      Array.from(values).filter((v) => v === UNTOUCHED).length
    const compare = (what: string, actual: Float32Array, values: Float64Array) => {
      const wanted = exact(values)
      const gapsLeft = unwritten(wanted)
      if (unwritten(actual) !== gapsLeft) throw new Error(`${what} is written between its rows`)
      // The untouched places must not set the scale of the error.
      const kept = Array.from(wanted.keys()).filter((k) => wanted[k] !== UNTOUCHED)
      expectClose(
        `linear ${label} ${what}`,
        kept.map((k) => actual[k]),
        kept.map((k) => wanted[k]),
        4e-7, // 1.1e-7 measured
      )
    }
    for (const [, after, before] of results) {
      compare('y', after, expected)
      if (c.activate) compare('saved', before, product)
    }
  })
})

describe.each(Object.keys(ACTIVATIONS) as ActivationName[])('common/activation: %s', (name) => {
  // Through a product with W = 1: from far below to far above what a network sees, and densely around 0.
  const points = Float64Array.from({ length: 4 * 1003 }, (_, k) => {
    const s = (k - 2006) / 2006
    return Math.fround(k % 4 === 0 ? 1e4 * s : k % 4 === 1 ? 100 * s : k % 4 === 2 ? 10 * s : s)
  })
  const atoms = points.length / 4
  const identity = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
  const rows = { atomStride: 4, partStride: 0, base: 0 }
  const apply = async (flag: 'activate' | 'derivative', x: Float32Array, saved: Float32Array) => {
    const settings = { name: 'linear', inputs: 4, outputs: 4, activation: name, weights: identity } as const
    const operands = [x, blank(points.length), saved].map((data) => ({ data, rows }))
    const [[, y, after]] = await operate(gpu(), atoms, {}, { ...settings, flags: [flag] }, operands)
    return { y, saved: after }
  }

  test('value', async () => {
    const { y, saved } = await apply('activate', Float32Array.from(points), blank(points.length))
    expectClose(`${name} argument`, saved, points, 1e-9)
    // Against the larger of 1 and |value|: what an error does to the next layer.
    const expected = points.map(activations[name].value)
    const scale = expected.map((value) => Math.max(1, Math.abs(value)))
    expectClose(
      `${name} value`,
      [...y.map((value, k) => value / scale[k]), 1],
      [...expected.map((value, k) => value / scale[k]), 1],
      4e-7, // 2.1e-7 measured (ssp)
    )
  })

  test('derivative', async () => {
    const ones = new Float32Array(points.length).fill(1)
    const { y } = await apply('derivative', ones, Float32Array.from(points))
    expectClose(
      `${name} derivative`,
      y,
      points.map(activations[name].derivative),
      2e-6, // 1.1e-6 measured (mish, then silu 8e-7): x (1 − s) where 1 − s has few digits left
    )
  })
})
