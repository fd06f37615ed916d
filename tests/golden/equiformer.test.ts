/** Equiformer's networks on the GPU against upstream's float64, by the rule of all golden cases. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { GoldenCase } from '../../src/cli/golden/case.ts'
import { judge } from '../../src/cli/golden/judge.ts'
import { runGoldenCase } from '../../src/cli/golden/run.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { equiformerCases } from './cases.ts'

const cases = await equiformerCases()

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})

describe('Equiformer', () => {
  test('all twelve networks are here', () => {
    expect(cases).toHaveLength(12)
  })

  test.each(cases)('$name', async (golden) => {
    const verdict = judge(golden, await runGoldenCase(gpu, golden))
    if (process.env.TUMBLE_SHOW_ERRORS) {
      const { energyYardsticks, forceYardsticks } = verdict
      console.log(golden.name, energyYardsticks.toFixed(2), forceYardsticks.toFixed(2), 'yardsticks')
    }
    expect(verdict, `${golden.name}: ${JSON.stringify(verdict)}`).toMatchObject({ passed: true })
  })

  test('kernels that have all blocks of irreps in one dispatch, as GPUs are served, agree', async () => {
    const golden = cases.find(({ name }) => name === 'oc20_pbc_small') as GoldenCase
    gpu.tuned = { blocksApart: false }
    const verdict = judge(golden, await runGoldenCase(gpu, golden))
    gpu.tuned = null
    expect(verdict).toMatchObject({ passed: true })
  })
})
