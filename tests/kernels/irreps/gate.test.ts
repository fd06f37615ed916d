import { describe, expect, test } from 'vitest'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { gateRows } from '../../../src/models/layers/gate-rows.ts'
import { irrepsGate, irrepsGateAdjoint } from '../../../src/models/layers/irreps-gate.ts'
import { fromRows, placesInRow, toRows } from '../../../src/models/layers/irreps-rows.ts'
import { gate, gateAdjoint } from '../../../src/reference/irreps/gate.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { append } from '../lib/operate.ts'
import { featuresIn, laid, taken, unwritten } from './lib/features.ts'

const gpu = useGpu()

/** As networks have them; several blocks of scalars, and neighbours of one irrep that are one block of the input; no scalars. */
const outputs = [
  '5x0e+3x0o+3x1o+3x1e+2x2e',
  '2x0e+3x1o+2x1o+3x0e+1x3e+0x2e',
  '1x4e+5x0o',
  '8x0e+4x1e',
] as const

describe.each(outputs)('rows of the gate to %s', (text) => {
  const { input, output, scalars, gated } = gateRows(parseIrreps(text))

  test('every element has a place of its own', () => {
    const places = placesInRow(input)
    expect(new Set(places).size).toBe(input.irreps.dimension)
    expect(Math.max(...places)).toBeLessThan(input.width)
    const features = floats('x', 2 * input.irreps.dimension)
    expect(fromRows(input, toRows(input, features))).toEqual(features)
  })

  test('every block of the output begins at a vec4 of the input, gates as well as components', () => {
    const starts = [
      ...scalars.map((rows) => rows.input.offset),
      ...gated.flatMap(({ gates, input: { offset } }) => [gates.offset, offset]),
    ]
    expect(starts.every((start) => start % 4 === 0)).toBe(true)
    expect(new Set(starts).size).toBe(starts.length)
    expect([...scalars, ...gated].map((rows) => rows.output.block.offset).sort((a, b) => a - b)).toEqual(
      output.blocks.filter(({ width }) => width > 0).map(({ block }) => block.offset),
    )
  })
})

describe.each(outputs)('irreps/irreps_gate and irreps_activate, to %s', (text) => {
  const irreps = parseIrreps(text)
  const rows = gateRows(irreps)
  const { input, output } = rows

  test.each([1, 5, 67])('%i atoms', async (atoms) => {
    const label = `gate ${text}, ${atoms} atoms`
    const x = floats('x', atoms * input.irreps.dimension, 3)
    const gy = floats('gy', atoms * irreps.dimension)
    const results = await append(
      gpu(),
      label,
      atoms,
      {},
      [
        ...[laid(input, x), unwritten(output, atoms), laid(output, gy)],
        ...[unwritten(input, atoms), laid(input, x)],
      ],
      (builder, [given, result, gradient, written, inPlace]) => {
        const [read, seed, same] = [
          featuresIn(given, input),
          featuresIn(gradient, output),
          featuresIn(inPlace, input),
        ]
        irrepsGate(builder, rows, read, featuresIn(result, output))
        irrepsGateAdjoint(builder, rows, read, seed, featuresIn(written, input))
        irrepsGateAdjoint(builder, rows, same, seed, same)
      },
    )
    for (const [, result, , written, inPlace] of results) {
      expectClose(label, taken(output, result), gate(irreps, x), 4e-7) // 1.3e-7 measured
      const gradient = taken(input, written)
      expectClose(`${label}, adjoint`, gradient, gateAdjoint(irreps, x, gy), 5e-7) // 1.8e-7 measured
      expect(taken(input, inPlace)).toEqual(gradient)
      const forward = (inputs: { x: Float64Array }) => ({ y: gate(irreps, inputs.x) })
      expectPaired(label, { x }, forward, { y: gy }, { x: gradient })
    }
  })
})
