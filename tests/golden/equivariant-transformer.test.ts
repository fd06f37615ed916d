import { beforeAll, describe, expect, test } from 'vitest'
import type { GoldenCase } from '../../src/cli/golden/case.ts'
import { judge } from '../../src/cli/golden/judge.ts'
import { runGoldenCase } from '../../src/cli/golden/run.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { defaultTuning } from '../../src/gpu/tuning.ts'
import { loadForceField } from '../../src/models/registry.ts'
import { equivariantTransformerCases } from './cases.ts'

const cases = await equivariantTransformerCases()

/** As a software adapter is served, and as a GPU is. */
describe.each([
  ['a software adapter', true, /./],
  // Software adapters take long to compile lists: SPICE's size, and one with every bias.
  ['a GPU', false, /s03|s12/],
])('TorchMD-NET Equivariant Transformer, as on %s', (_, isSoftware, chosen) => {
  let gpu: Gpu
  beforeAll(async () => {
    gpu = await requestNodeGpu()
    gpu.tuned = defaultTuning(isSoftware, 100)
    // More lanes take software adapters longer and bring nothing new: several slices are at work with these.
    if (!isSoftware) gpu.tuned = { ...gpu.tuned, edgeLanes: 64 }
  })

  test('all fourteen cases are here', () => {
    expect(cases.map(({ name }) => name.slice(0, 3))).toEqual(
      Array.from({ length: 14 }, (_, i) => `s${String(i + 1).padStart(2, '0')}`),
    )
  })

  test.each(cases.filter(({ name }) => chosen.test(name)).map((golden) => [golden.name, golden] as const))(
    '%s',
    async (_, golden) => {
      const verdict = judge(golden, await runGoldenCase(gpu, golden))
      expect(verdict).toMatchObject({ passed: true })
    },
  )

  if (!isSoftware)
    test('a step of the SPICE-size network is at most 60 dispatches', async () => {
      const spice = cases.find(({ name }) => name.startsWith('s03')) as GoldenCase
      const field = loadForceField(await spice.loadCheckpoint(), { energyUnit: { name: 'eV', inEv: 1 } })
      const { name, atomicNumbers, positions } = spice
      const structure = {
        name,
        atomicNumbers,
        positions,
        cell: null,
        periodic: [false, false, false] as const,
      }
      const simulation = await Simulation.create(gpu, structure, field)
      // A large system searches its neighbours with this many more.
      const cellList = 9
      expect(simulation.stepDispatches.length + cellList).toBeLessThanOrEqual(60)
      simulation.destroy()
    })
})
