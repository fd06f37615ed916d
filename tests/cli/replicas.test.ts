import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readXyz } from '../../src/formats/index.ts'
import { temporaryFolder, tumble } from './lib/tumble.ts'

const water = 'tests/cli/data/water.xyz'
const langevin = ['--thermostat', 'langevin', '--friction', '20']

describe('tumble run --replicas', () => {
  test('climbs a ladder, reports exchanges, and writes a file for each rung', async () => {
    const output = join(temporaryFolder(), 'out.xyz')
    const { status, stdout } = await tumble(
      ...['run', water, '--replicas', '3', '--ladder', '300:600', '--exchange-every', '4', ...langevin],
      ...['--steps', '24', '--every', '6', '--output', output, '--json'],
    )
    expect(status).toBe(0)
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({
      replicas: 3,
      atoms: 3,
      steps: 24,
      exchangeEvery: 4,
      frames: 5,
      fault: null,
    })
    expect(summary.replicaStepsPerSecond).toBeCloseTo(3 * summary.stepsPerSecond, 6)
    const [first, second, third] = summary.rungs
    expect(first.temperature).toBe(300)
    expect(second.temperature).toBeCloseTo(300 * Math.SQRT2, 9)
    // Pairs take turns.
    expect(first.exchanges).toMatchObject({ tried: 3, rate: first.exchanges.made / 3 })
    expect(second.exchanges.tried).toBe(3)
    expect(third).toMatchObject({ temperature: 600, exchanges: null })
    expect(new Set(summary.rungs.map((rung: { replica: number }) => rung.replica)).size).toBe(3)
    expect(summary.outputs).toEqual([1, 2, 3].map((k) => output.replace('.xyz', `-rung${k}.xyz`)))
    expect(existsSync(output)).toBe(false)
    for (const [k, path] of summary.outputs.entries()) {
      const frames = readXyz(readFileSync(path, 'utf8'), path)
      expect(frames.map(({ info }) => info?.get('step'))).toEqual(['0', '6', '12', '18', '24'])
      expect(frames.every(({ info }) => info?.get('rung') === String(k + 1))).toBe(true)
      expect(Number(frames[0].info?.get('ladder_K'))).toBe(summary.rungs[k].temperature)
      expect(frames.at(-1)?.info?.get('replica')).toBe(String(summary.rungs[k].replica))
    }
  })

  test('shows people a table of the rungs', async () => {
    const { status, stdout } = await tumble(
      ...[
        'run',
        water,
        '--ladder',
        '300,330',
        ...langevin,
        '--exchange-every',
        '2',
        '--steps',
        '6',
        '--every',
        '2',
      ],
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^run +2 replicas, 6 steps of 0\.5 fs = 0\.003000 ps, 3 atoms, langevin thermostat$/m,
    )
    expect(stdout).toMatch(/^rung +ladder, K +mean T, K .* exchanges +rate +replica +round trips$/m)
    expect(stdout).toMatch(/^ +1 +300\.0 .* [0-3]\/3 +[01]\.\d{3} +[12] +[01]$/m)
    expect(stdout).toMatch(/^ +2 +330\.0 .* - +- +[12] +[01]$/m)
  })

  test('without a ladder: independent copies, the first of which is the single run', async () => {
    const folder = temporaryFolder()
    const [alone, several] = [join(folder, 'alone.xyz'), join(folder, 'several.xyz')]
    const plan = [...langevin, '--steps', '8', '--every', '8', '--seed', '5']
    expect((await tumble('run', water, ...plan, '--output', alone)).status).toBe(0)
    const { status, stdout } = await tumble('run', water, ...plan, '--replicas', '2', '--output', several)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^replica +mean T, K +mean potential energy, eV$/m)
    const last = (path: string) => readXyz(readFileSync(path, 'utf8'), 'last').at(-1)!
    const [first, second] = [1, 2].map((k) => last(several.replace('.xyz', `-replica${k}.xyz`)))
    const single = last(alone)
    expect(first.positions).toEqual(single.positions)
    expect(first.velocities).toEqual(single.velocities)
    expect(first.info?.get('replica')).toBe('1')
    expect(second.positions).not.toEqual(first.positions)
  })
})

test.each<[string[], RegExp]>([
  [['--replicas', '0'], /--replicas must be a whole number of at least 1, not "0"/],
  [['--replicas', '3', '--ladder', '300,400'], /--ladder needs a thermostat/],
  [
    ['--replicas', '3', '--ladder', '300,400', ...langevin],
    /ladder of 2 temperatures does not fit 3 replicas/,
  ],
  [['--replicas', '2', '--ladder', '-300,400', ...langevin], /must be a number of K above 0, not -300/],
  [
    ['--replicas', '2', '--ladder', '300:warm', ...langevin],
    /--ladder must be two temperatures in K, such as/,
  ],
  [['--replicas', '1', '--ladder', '300:600', ...langevin], /needs at least 2 replicas/],
  [['--ladder', '300:600', ...langevin], /tumble run needs --replicas/],
  [
    ['--replicas', '2', '--ladder', '300:600', '--thermostat', 'nose-hoover'],
    /langevin or bussi .* not nose-hoover/,
  ],
  [
    ['--replicas', '2', '--ladder', '300:600', ...langevin, '--exchange-every', '0'],
    /--exchange-every must be/,
  ],
  [['--replicas', '2', '--ladder', '300:600', ...langevin, '--temperature', '9'], /brings the temperatures/],
  [['--replicas', '2', '--exchange-every', '5'], /--exchange-every needs a --ladder/],
  [['--replicas', '2', '--output-of', 'rung'], /--output-of rung needs a --ladder/],
  [['--exchange-every', '5'], /--exchange-every is for replicas/],
  [['--replicas', '2', '--pressure', '1', '--thermostat', 'bussi'], /Replicas keep their cells/],
  [['--replicas', '2', '--save-state', 'state'], /--save-state is for one simulation/],
  [['--replicas', '2', '--observe', 'shape'], /--observe is for one simulation/],
])('refuses %j in one sentence', async (words, sentence) => {
  const { status, stdout, stderr } = await tumble('run', water, '--steps', '2', ...words)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  const said = stderr.split('\n').filter((line) => !/^(No GPU was found|Running on )/.test(line))
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(sentence)
})
