/** A run outlives its device: files and figures are those of a run that was never interrupted. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Device } from '../../src/cli/device.ts'
import { readForceField, readStructures } from '../../src/cli/files.ts'
import { type Plan, simulate } from '../../src/cli/md-run.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { temporaryFolder } from './lib/tumble.ts'

/** Devices of which one after the other is lost just before its submission of that number. */
async function fragile(losses: readonly number[]): Promise<Device & { opened: number }> {
  const open = async (after: number | undefined): Promise<Gpu> => {
    const gpu = await requestNodeGpu()
    const submit = gpu.submit.bind(gpu)
    let submissions = 0
    gpu.submit = (...words) => {
      if (++submissions === after) gpu.device.destroy()
      submit(...words)
    }
    return gpu
  }
  const device = {
    gpu: await open(losses[0]),
    opened: 1,
    async reopen() {
      device.gpu = await open(losses[device.opened++])
    },
  }
  return device
}

const planIn = (folder: string): Plan => ({
  steps: 60,
  every: 4,
  options: {
    timestep: 0.5,
    temperature: 300,
    thermostat: { kind: 'langevin', temperature: 300, friction: 5 },
  },
  minimization: { steps: 5, options: { fmax: 0.01 } },
  output: join(folder, 'run.xyz'),
  saveState: join(folder, 'end.safetensors'),
  analysis: {
    kinds: ['shape', 'msd', 'rdf', 'vacf'],
    every: 2,
    ends: undefined,
    maximum: 4,
    window: 8,
    file: join(folder, 'observables.json'),
  },
})

/** The run's three files and what it says of itself, without times and places. */
async function outcome(losses: readonly number[]) {
  const folder = temporaryFolder()
  const [water] = await readStructures('tests/cli/data/water.xyz')
  const device = await fragile(losses)
  const plan = planIn(folder)
  const {
    wallTime: _,
    stepsPerSecond: __,
    nsPerDay: ___,
    output: ____,
    observables: _____,
    ...summary
  } = await simulate(device, water, await readForceField(), plan)
  device.gpu.destroy()
  const files = [plan.output, plan.saveState, plan.analysis?.file].map((path) => readFileSync(path as string))
  return { summary, files, opened: device.opened }
}

describe('a device that is lost during tumble run', () => {
  test('changes nothing: trajectory, state, observables and summary are the same, byte for byte', async () => {
    const whole = await outcome([])
    // In the relaxation, then in mid-run.
    const broken = await outcome([3, 30])
    expect(whole.opened).toBe(1)
    expect(broken.opened).toBe(3)
    expect(broken.summary).toEqual(whole.summary)
    expect(whole.summary).toMatchObject({ steps: 60, frames: 16 })
    for (const [i, file] of whole.files.entries()) expect(broken.files[i].equals(file)).toBe(true)
  })

  test('again and again is said in one sentence', async () => {
    await expect(outcome([3, 3, 3, 3])).rejects.toThrow(
      /The graphics device was lost 3 times at the start \(.+\): use/,
    )
  })
})
