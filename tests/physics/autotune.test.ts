/** The search for the quickest way, by soft spheres: kernels made in other ways are judged where they are tested. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import { autotune, type Trial } from '../../src/dynamics/autotune.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { isTuning } from '../../src/gpu/tuning.ts'
import { TuningMemory } from '../../src/gpu/tuning-memory.ts'
import { spheres } from './lib/spheres.ts'

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})
afterAll(() => gpu?.destroy())

/** A row of atoms, each in reach of its neighbours. */
const row: Structure = {
  name: 'row',
  atomicNumbers: new Uint8Array(40).fill(18),
  positions: Float64Array.from({ length: 120 }, (_, k) => (k % 3 === 0 ? 1.5 * Math.floor(k / 3) : 0)),
  cell: null,
  periodic: [false, false, false],
}

test('tries one change at a time, keeps what pays, and leaves the device as it is', async () => {
  const before = gpu.tuningFor(40)
  const trials: Trial[] = []
  const best = await autotune(gpu, row, spheres(1), { onTrial: (trial) => trials.push(trial) })
  expect(isTuning(best)).toBe(true)
  expect(gpu.tuned).toBeNull()
  expect(gpu.tuningFor(40)).toEqual(before)
  for (const { change, ratio } of trials) {
    expect(Object.keys(change)).toHaveLength(1)
    expect(ratio).toBeGreaterThan(0)
  }
  const asked = trials.map(({ change }) => Object.keys(change)[0])
  expect([...new Set(asked)]).toEqual(['edgeLanes', 'rowLanes', 'nearestFirst', 'subgroups'])
  // What differs from before has been tried, and was quicker.
  for (const [name, value] of Object.entries(best)) {
    if (JSON.stringify(value) === JSON.stringify(before[name as keyof typeof before])) continue
    const trial = trials.find(({ change }) => JSON.stringify(change) === JSON.stringify({ [name]: value }))
    expect(trial?.ratio).toBeLessThan(1)
  }
})

test('what is remembered is used from then on, for systems of that size', async () => {
  const memory = new TuningMemory({ load: () => null, save() {} })
  const usual = gpu.tuningFor(40)
  const best = { ...usual, nearestFirst: true, rowLanes: 64 }
  memory.remember(gpu.adapterName, 40, best)
  gpu.memory = memory
  try {
    expect(gpu.tuningFor(40)).toEqual(best)
    expect(gpu.tuningFor(4000)).toEqual({ ...usual, ...gpu.tuned })
    const simulation = await Simulation.create(gpu, row, spheres(1))
    expect(simulation.stepDispatches.map(({ label }) => label)).toContain('neighbors/nearest_first')
    simulation.destroy()
  } finally {
    gpu.memory = null
  }
})

test('can be called off', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(autotune(gpu, row, spheres(1), { signal })).rejects.toThrow('enough')
})
