/** Trajectory files of every format: written by a run, converted, and started from. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { readXyz } from '../../src/formats/index.ts'
import { temporaryFolder, tumble } from './lib/tumble.ts'

const water = 'tests/cli/data/water.xyz'
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const done = async (...words: string[]): Promise<string> => {
  const { status, stdout, stderr } = await tumble(...words)
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

const refusal = async (...words: string[]): Promise<string> => {
  const { status, stderr } = await tumble(...words)
  expect(status).toBe(2)
  return stderr
}

const positionsIn = (name: string) => readXyz(readFileSync(at(name), 'utf8'), name).map((f) => f.positions)

/** Largest difference of a coordinate in Å. */
const worst = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((x, i) => Math.abs(x - b[i])))

beforeAll(async () => {
  const run = ['run', water, '--steps', '20', '--every', '5', '--seed', '3']
  for (const ending of ['xyz', 'pdb', 'dcd', 'xtc']) await done(...run, '--output', at(`run.${ending}`))
}, 120_000)

describe('a run writes', () => {
  // What a format rounds to, in Å; .dcd holds float32.
  test.each([
    ['pdb', 0.0005],
    ['dcd', 1e-6],
    ['xtc', 0.005],
  ])('.%s, which converted back is the .xyz of the same run', async (ending, rounding) => {
    const said = await done('convert', at(`run.${ending}`), at(`${ending}.xyz`), '--structure', water)
    expect(said).toContain('5 of 5 frames, 3 atoms')
    const [wanted, found] = [positionsIn('run.xyz'), positionsIn(`${ending}.xyz`)]
    expect(found).toHaveLength(5)
    found.forEach((positions, i) => {
      expect(worst(positions, wanted[i])).toBeLessThan(rounding * 1.001)
    })
  })

  test('the step and the time of every frame, where the format has room', async () => {
    for (const ending of ['dcd', 'xtc']) {
      await done('convert', at(`run.${ending}`), at('times.xyz'), '--structure', water)
      const frames = readXyz(readFileSync(at('times.xyz'), 'utf8'), 'times.xyz')
      expect(frames.map(({ info }) => info?.get('step'))).toEqual(['0', '5', '10', '15', '20'])
      expect(frames.map(({ info }) => Number(info?.get('time_fs')).toFixed(3))).toEqual(
        [0, 2.5, 5, 7.5, 10].map((time) => time.toFixed(3)),
      )
    }
  })
})

test('every second frame is converted where that is asked for', async () => {
  expect(await done('convert', at('run.xyz'), at('half.dcd'), '--every', '2')).toContain('3 of 5 frames')
})

test('runs start from frames of a trajectory', async () => {
  const run = ['run', water, '--frames', at('run.dcd'), '--frame', '2,4', '--steps', '2', '--every', '2']
  await done(...run, '--output', at('again.xyz'))
  const wanted = positionsIn('run.xyz')
  expect(worst(positionsIn('again-frame2.xyz')[0], wanted[1])).toBeLessThan(2e-6)
  expect(worst(positionsIn('again-frame4.xyz')[0], wanted[3])).toBeLessThan(2e-6)
})

test('structure files of other formats convert to trajectories, gzipped too', async () => {
  const gro = 'ions\n1\n    1ION     CL    1   0.100   0.250   0.000\n 0 0 0\n'
  writeFileSync(at('ions.gro.gz'), gzipSync(gro + gro))
  expect(await done('convert', at('ions.gro.gz'), at('ions.xyz'))).toContain('2 of 2 frames, 1 atoms')
  const frames = readXyz(readFileSync(at('ions.xyz'), 'utf8'), 'ions.xyz')
  expect(frames.map(({ atomicNumbers, positions }) => [atomicNumbers[0], ...positions])).toEqual([
    [17, 1, 2.5, 0],
    [17, 1, 2.5, 0],
  ])
})

test('a .pdb file is a structure like any other', async () => {
  const [{ forces }] = JSON.parse(await done('forces', at('run.pdb'), '--json'))
  expect(forces).toHaveLength(3)
})

describe('what cannot be done is said in one sentence', () => {
  test('endings that no format has', async () => {
    expect(await refusal('run', water, '--steps', '2', '--output', at('run.trr'))).toMatch(
      /run\.trr: the ending says what a trajectory file is, and it must be one of \.xyz, /,
    )
    expect(await refusal('convert', at('run.xyz'), at('run.mp4'))).toMatch(/run\.mp4: the ending says/)
  })
  test('elements that nobody names', async () => {
    expect(await refusal('convert', at('run.dcd'), at('x.xyz'))).toMatch(
      /run\.dcd names no elements: add --structure FILE/,
    )
  })
  test('a trajectory of other atoms', async () => {
    writeFileSync(at('two.xyz'), '2\nhydrogen\nH 0 0 0\nH 0 0 0.74\n')
    const words = ['convert', at('run.dcd'), at('x.xyz'), '--structure', at('two.xyz')]
    expect(await refusal(...words)).toMatch(/3 atoms.*2/)
  })
  test('a trajectory that is cut short: the frames before are kept', async () => {
    writeFileSync(at('cut.dcd'), readFileSync(at('run.dcd')).subarray(0, -20))
    expect(await refusal('convert', at('cut.dcd'), at('cut.xyz'), '--structure', water)).toMatch(/frame 5/)
    expect(positionsIn('cut.xyz')).toHaveLength(4)
  })
  test('a file onto itself', async () => {
    expect(await refusal('convert', at('run.xyz'), at('run.xyz'))).toMatch(/would overwrite/)
  })
})
