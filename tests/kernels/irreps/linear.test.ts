import { describe, expect, test } from 'vitest'
import { isScalar } from '../../../src/models/irreps/irrep.ts'
import type { Irreps } from '../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import {
  equivariantLinear,
  equivariantLinearAdjoint,
  packEquivariantLinear,
} from '../../../src/models/layers/equivariant-linear.ts'
import { gateRows } from '../../../src/models/layers/gate-rows.ts'
import { type IrrepsRows, irrepsRows } from '../../../src/models/layers/irreps-rows.ts'
import { WeightPack } from '../../../src/models/layers/weight-pack.ts'
import * as reference from '../../../src/reference/irreps/linear.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { append } from '../lib/operate.ts'
import { featuresIn, laid, taken, unwritten } from './lib/features.ts'

const gpu = useGpu()

const plain = (text: string, heads = 1) => irrepsRows(parseIrreps(text), heads)

interface Case {
  readonly input: IrrepsRows
  readonly output: IrrepsRows
  readonly bias?: boolean
  readonly inLists?: boolean
}

const cases: Readonly<Record<string, Case>> = {
  'odd multiplicities': {
    input: plain('5x0e+3x1o+3x1e+2x2e'),
    output: plain('7x0e+2x1o+5x1e+3x2e'),
    bias: true,
  },
  'every degree and both parities': {
    input: plain('36x0e+3x0o+36x1e+2x1o+21x2e+17x3o+33x4e'),
    output: plain('6x0e+5x0o+4x1e+1x1o+2x2e+3x3o+5x4e'),
  },
  'in lists, lanes that share inputs and some that do not': {
    input: plain('20x0e+3x0e+17x2o+21x3e+33x4e'),
    output: plain('6x0e+2x2o+3x3e+5x4e'),
    bias: true,
    inLists: true,
  },
  'repeated, missing and surplus irreps': {
    input: plain('4x0e+3x0o+2x1e+5x0e+2x1o+3x2e+1x1e'),
    output: plain('3x0e+2x1o+1x0e+2x1e+2x3e'),
    bias: true,
  },
  'scalars that nothing leads to': { input: plain('3x1o'), output: plain('5x0e+2x1o'), bias: true },
  heads: { input: plain('10x0e+6x1o+4x2e', 2), output: plain('12x0e+4x1o+8x2e', 4), bias: true },
  'to a gate': {
    input: plain('6x0e+5x1o+3x2e'),
    output: gateRows(parseIrreps('5x0e+3x1o+2x1o+2x2e')).input,
    bias: true,
  },
}

const biased = ({ blocks }: Irreps) =>
  blocks.filter(isScalar).reduce((sum, { multiplicity }) => sum + multiplicity, 0)

describe.each(Object.keys(cases))('equivariant linear map, %s', (name) => {
  const { input, output, bias = false, inLists = false } = cases[name]
  const layer = {
    ...{ input: input.irreps, output: output.irreps },
    weight: floats('weight', reference.linearWeights(input.irreps, output.irreps), 0.5),
    bias: bias ? floats('bias', biased(output.irreps)) : null,
  }

  test.each([1, 5, 67])('%i atoms', async (atoms) => {
    const label = `linear ${name}, ${atoms} atoms`
    const pack = new WeightPack()
    const packed = packEquivariantLinear(pack, layer, input, output)
    const weights = pack.upload(gpu(), 'weights')
    const x = floats('x', atoms * layer.input.dimension)
    const gy = floats('gy', atoms * layer.output.dimension)
    const [yBefore, gxBefore] = [floats('y', gy.length), floats('gx', x.length)]
    const y = reference.equivariantLinear(layer, x)
    const gx = reference.equivariantLinearAdjoint(layer, gy)

    for (const way of ['written', 'added', 'plus'] as const) {
      const add = way === 'added'
      // Compilers of software adapters take seconds for a list, and some die of long ones.
      const lists = (listed: boolean) => (atoms === 67 && inLists && listed ? [{ lanes: 256, atoms: 4 }] : [])
      const forward = await append(
        gpu(),
        label,
        atoms,
        {},
        [laid(input, x), add ? laid(output, yBefore) : unwritten(output, atoms), laid(output, yBefore)],
        (builder, [given, result, other]) => {
          const [read, written] = [featuresIn(given, input), featuresIn(result, output)]
          const plus = way === 'plus' ? featuresIn(other, output) : undefined
          equivariantLinear(builder, weights, packed, read, written, { add, plus })
        },
        lists(way === 'plus'),
      )
      const adjoint = await append(
        gpu(),
        `${label}, adjoint`,
        atoms,
        {},
        [laid(output, gy), add ? laid(input, gxBefore) : unwritten(input, atoms), laid(input, gxBefore)],
        (builder, [given, result, other]) => {
          const [read, written] = [featuresIn(given, output), featuresIn(result, input)]
          const plus = way === 'plus' ? featuresIn(other, input) : undefined
          equivariantLinearAdjoint(builder, weights, packed, read, written, { add, plus })
        },
        lists(way === 'added'),
      )
      const without = (values: Float64Array, before: Float64Array) =>
        way === 'written' ? values : values.map((value, k) => value - before[k])
      for (const [, result] of forward) {
        expectClose(label, without(taken(output, result), yBefore), y, 4e-7) // 1.3e-7 measured
      }
      for (const [, result] of adjoint) {
        const gradient = without(taken(input, result), gxBefore)
        expectClose(`${label}, adjoint`, gradient, gx, 4e-7) // 1.3e-7 measured
        const map = (inputs: { x: Float64Array }) => ({ y: reference.equivariantLinear(layer, inputs.x) })
        expectPaired(label, { x }, map, { y: gy }, { x: gradient })
      }
    }
    weights.destroy()
  })
})

test('rows of other irreps are refused', () => {
  const [input, output] = [plain('4x0e'), plain('4x1e')]
  const layer = { input: input.irreps, output: output.irreps, weight: new Float64Array(), bias: null }
  expect(() => packEquivariantLinear(new WeightPack(), layer, output, output)).toThrow(/do not hold 4x0e/)
})
