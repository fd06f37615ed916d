import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readXyz } from '../../src/formats/index.ts'
import { temporaryFolder, tumble } from './lib/tumble.ts'

const water = 'tests/cli/data/water.xyz'

describe('tumble run', () => {
  test('writes a trajectory and sums up', async () => {
    const output = join(temporaryFolder(), 'trajectory.xyz')
    const { status, stdout } = await tumble(
      ...['run', water, '--steps', '25', '--every', '10', '--timestep', '0.25', '--output', output, '--json'],
    )
    expect(status).toBe(0)
    const summary = JSON.parse(stdout) as Record<string, unknown>
    expect(summary).toMatchObject({ atoms: 3, steps: 25, timestep: 0.25, frames: 4, fault: null, output })
    for (const key of ['stepsPerSecond', 'nsPerDay', 'meanTemperature'])
      expect(summary[key]).toBeGreaterThan(0)
    const frames = readXyz(readFileSync(output, 'utf8'), output)
    expect(frames.map(({ info }) => info?.get('step'))).toEqual(['0', '10', '20', '25'])
    expect(frames.map(({ info }) => info?.get('time_fs'))).toEqual(['0', '2.5', '5', '6.25'])
    for (const { energy, forces, velocities } of frames) {
      expect(energy).toBeLessThan(-130)
      expect(forces).toHaveLength(9)
      expect(velocities?.some((v) => v !== 0)).toBe(true)
    }
    expect(frames[3].positions).not.toEqual(frames[0].positions)
  })

  test('repeats itself with the same seed, and only then', async () => {
    const folder = temporaryFolder()
    const trajectory = async (name: string, seed: string): Promise<string> => {
      const output = join(folder, name)
      const { status } = await tumble(
        ...['run', water, '--steps', '10', '--thermostat', 'langevin', '--friction', '5', '--seed', seed],
        ...['--every', '10', '--output', output],
      )
      expect(status).toBe(0)
      return readFileSync(output, 'utf8')
    }
    const first = await trajectory('a.xyz', '7')
    expect(await trajectory('b.xyz', '7')).toBe(first)
    expect(await trajectory('c.xyz', '8')).not.toBe(first)
  })

  test('goes on from a saved state as if it had never stopped', async () => {
    const folder = temporaryFolder()
    const at = (name: string) => join(folder, name)
    const langevin = ['--thermostat', 'langevin', '--friction', '5', '--every', '5']
    const run = async (...words: string[]) => expect((await tumble('run', ...words)).status).toBe(0)
    await run(water, '--steps', '20', ...langevin, '--output', at('whole.xyz'))
    await run(water, '--steps', '10', ...langevin, '--save-state', at('middle.safetensors'))
    await run(
      '--restart',
      at('middle.safetensors'),
      '--steps',
      '10',
      '--every',
      '5',
      '--output',
      at('rest.xyz'),
    )
    const lastFrame = (name: string) => readXyz(readFileSync(at(name), 'utf8'), name).at(-1)
    expect(lastFrame('rest.xyz')).toEqual({ ...lastFrame('whole.xyz'), name: expect.any(String) })
    expect(lastFrame('rest.xyz')?.info?.get('step')).toBe('20')
  })

  test('shows drift, speed and temperature to people', async () => {
    const { status, stdout } = await tumble('run', water, '--steps', '6', '--every', '2')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^speed +\S+ steps\/s, \S+ ns\/day$/m)
    expect(stdout).toMatch(/^energy drift +\S+ meV\/atom\/ps$/m)
    expect(stdout).toMatch(/^mean temperature +\S+ K$/m)
  })

  test('starts from the frame that is asked for', async () => {
    const { status, stdout, stderr } = await tumble(
      ...['run', 'tests/cli/data/two-frames.xyz', '--frame', '2', '--steps', '2', '--json'],
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ atoms: 2 })
    expect(stderr).toContain('starting from frame 2')
  })

  test('starts from several frames, with files of their own', async () => {
    const folder = temporaryFolder()
    const output = join(folder, 'out.xyz')
    const { status, stdout } = await tumble(
      ...['run', 'tests/cli/data/two-frames.xyz', '--frame', 'all', '--steps', '2', '--every', '2'],
      ...['--output', output, '--json'],
    )
    expect(status).toBe(0)
    const summaries = JSON.parse(stdout) as { output: string }[]
    expect(summaries.map(({ output }) => output)).toEqual(
      ['frame1', 'frame2'].map((name) => join(folder, `out-${name}.xyz`)),
    )
    for (const { output } of summaries) expect(readXyz(readFileSync(output, 'utf8'), output)).toHaveLength(2)
    expect(existsSync(output)).toBe(false)
  })

  test('writes what it observed over many frames', async () => {
    const observables = join(temporaryFolder(), 'observables.json')
    const { status, stdout } = await tumble(
      ...['run', water, '--steps', '24', '--every', '12', '--observe', 'shape,msd,rdf,vacf'],
      ...['--observe-every', '2', '--ends', '2,3', '--rdf-maximum', '3', '--observables', observables],
    )
    expect(status).toBe(0)
    expect(stdout).toContain(observables)
    const found = JSON.parse(readFileSync(observables, 'utf8'))
    expect(found).toMatchObject({ every_steps: 2, interval_fs: 1 })
    for (const kind of ['shape', 'msd', 'rdf', 'vacf']) expect(found[kind].samples).toBe(12)
    // Between the hydrogens.
    expect(Math.abs(found.shape.end_to_end_A.mean - 1.51)).toBeLessThan(0.15)
    expect(found.msd.displacement_A2.H).toHaveLength(12)
    expect(found.rdf.pairs['H–O'].coordination.at(-1)).toBe(1)
    expect(Object.keys(found.rdf.pairs)).toEqual(['H–H', 'H–O'])
    expect(found.vacf.normalized[0]).toBe(1)
    expect(found.vacf.spectrum.wavenumbers_per_cm.at(-1)).toBeLessThanOrEqual(4500)
  })

  test('relaxes first, and only that where no steps are asked for', async () => {
    const output = join(temporaryFolder(), 'relaxed.xyz')
    const { status, stdout } = await tumble(
      ...['run', water, '--minimize', '--fmax', '0.002', '--steps', '0', '--output', output],
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^minimization +relaxed after \d+ steps: -137\.\d+ eV, largest force 0\.00\d+ eV\/Å$/m,
    )
    expect(stdout).not.toMatch(/steps\/s/)
    const [relaxed] = readXyz(readFileSync(output, 'utf8'), output)
    expect(relaxed.velocities).toBeUndefined()
    expect(Math.max(...relaxed.forces!.map(Math.abs))).toBeLessThan(0.002)
    // And what is relaxed has no imaginary frequencies.
    const { stdout: modes, stderr } = await tumble('modes', output, '--json')
    expect(JSON.parse(modes).notes).toEqual([])
    expect(stderr).not.toContain('not at a minimum')
  })

  test('a run that relaxes first starts from what is relaxed', async () => {
    const { status, stdout } = await tumble(
      ...['run', water, '--minimize', '--steps', '4', '--every', '2', '--temperature', '0', '--json'],
    )
    expect(status).toBe(0)
    const summary = JSON.parse(stdout)
    expect(summary.minimization.converged).toBe(true)
    expect(summary.minimization.maxForce).toBeLessThan(0.01)
    // At rest at the bottom it stays there.
    expect(Math.abs(summary.potentialEnergy - summary.minimization.energy)).toBeLessThan(1e-4)
    expect(summary.meanTemperature).toBeLessThan(1)
  })
})
