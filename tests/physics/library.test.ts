import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { loadForceField, readCheckpoint, readXyz, Simulation } from '../../src/index.ts'

test('the example of the public face runs as it stands', async () => {
  const gpu = await requestNodeGpu()
  const bytes = await readFile(new URL('../../public/models/et-gfn2-small.safetensors', import.meta.url))
  const field = loadForceField(await readCheckpoint(new Uint8Array(bytes), 'et-gfn2-small.safetensors'))
  const [atoms] = readXyz('3\nwater\nO 0 0 0.12\nH 0 0.76 -0.47\nH 0 -0.76 -0.47\n', 'water.xyz')
  const simulation = await Simulation.create(gpu, atoms, field, {
    timestep: 0.5,
    thermostat: { kind: 'langevin', temperature: 300, friction: 1 },
  })
  const steps: number[] = []
  for await (const report of simulation.run({ steps: 10, every: 4 })) {
    steps.push(report.step)
    expect(report.fault).toBeNull()
    expect(report.time).toBe(report.step * 0.5)
    expect(Math.abs(report.potentialEnergy + 137.9)).toBeLessThan(1)
  }
  expect(steps).toEqual([4, 8, 10])
  simulation.destroy()
  gpu.destroy()
})
