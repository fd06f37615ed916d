/** The float64 reference against upstream's float64: outputs, forces, and tensors inside the network. */
import { describe, expect, test } from 'vitest'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import { judge } from '../../../src/cli/golden/judge.ts'
import { float64Of } from '../../../src/models/et/parameters.ts'
import { readEtParameters } from '../../../src/models/et/read-parameters.ts'
import { type EtResult, evaluateEt } from '../../../src/reference/et.ts'
import { reverseEdges } from '../../../src/reference/graph.ts'
import { equivariantTransformerCases } from '../../golden/cases.ts'
import { intermediatesOf } from '../../golden/lib/intermediates.ts'

const cases = await equivariantTransformerCases()

const evaluate = async (golden: GoldenCase): Promise<EtResult> =>
  evaluateEt(readEtParameters(await golden.loadCheckpoint()), golden)

/** Largest difference as a fraction of the largest expected value. */
function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let worst = 0
  let scale = 0
  for (let k = 0; k < expected.length; k++) {
    worst = Math.max(worst, Math.abs(actual[k] - expected[k]))
    scale = Math.max(scale, Math.abs(expected[k]))
  }
  return scale === 0 ? worst : worst / scale
}

/** Upstream's gradients toward radial quantities of j → i and i → j are comparable as their sum only. */
const bothDirections = (values: Float64Array, reverse: Int32Array): Float64Array => {
  const width = values.length / reverse.length
  return values.map((value, k) => value + values[reverse[Math.floor(k / width)] * width + (k % width)])
}

test('the repository carries all fourteen cases', () => {
  expect(cases.map(({ name }) => name.slice(0, 3))).toEqual(
    Array.from({ length: 14 }, (_, k) => `s${String(k + 1).padStart(2, '0')}`),
  )
})

describe.each(cases)('$name', (golden) => {
  test('outputs, forces and intermediates are upstream’s', async () => {
    const result = await evaluate(golden)
    expect(deviation(result.output.flat(), golden.expectedOutput.flat())).toBeLessThan(1e-12)
    if (golden.expectedForces) {
      expect(deviation(result.forces, golden.expectedForces)).toBeLessThan(1e-12)
    }
    // Double precision must pass the bar of float32 with room to spare, or the bar is wrong.
    const verdict = judge(golden, result)
    expect(verdict.passed).toBe(true)
    expect(Math.max(verdict.energyYardsticks, verdict.forceYardsticks)).toBeLessThan(1e-3)

    const intermediates = await intermediatesOf(golden)
    const reverse = reverseEdges(result.edges)
    for (const [name, tensor] of intermediates ?? []) {
      const actual = result.intermediates.get(name)
      if (actual === undefined) throw new Error(`The reference lacks the intermediate ${name}.`)
      const upToDirection = name === 'grad_rbf' || name === 'grad_edge_weight'
      const expected = float64Of(tensor)
      const difference = upToDirection
        ? deviation(bothDirections(actual, reverse), bothDirections(expected, reverse))
        : deviation(actual, expected)
      expect(difference, name).toBeLessThan(tensor.dtype === 'float64' ? 1e-11 : 3e-7)
    }
  })
})
