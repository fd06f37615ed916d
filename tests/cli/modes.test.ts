import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readXyz } from '../../src/formats/index.ts'
import { temporaryFolder, tumble } from './lib/tumble.ts'

const water = 'tests/cli/data/water.xyz'

test('three modes of water, with an animation of each', async () => {
  const output = join(temporaryFolder(), 'modes.xyz')
  const { status, stdout } = await tumble('modes', water, '--output', output, '--json')
  expect(status).toBe(0)
  const { modes, removed } = JSON.parse(stdout)
  expect(removed).toBe(6)
  const wavenumbers = modes.map(({ wavenumber }: { wavenumber: number }) => wavenumber)
  // Bend, symmetric and antisymmetric stretch, as any force field has them.
  expect(wavenumbers).toHaveLength(3)
  expect(wavenumbers[0]).toBeGreaterThan(1300)
  expect(wavenumbers[0]).toBeLessThan(1800)
  expect(wavenumbers[1]).toBeGreaterThan(3300)
  expect(wavenumbers[2]).toBeLessThan(4200)
  const frames = readXyz(readFileSync(output, 'utf8'), output)
  expect(frames).toHaveLength(60)
  expect(frames.map(({ info }) => info?.get('mode'))).toEqual(
    ['1', '2', '3'].flatMap((mode) => new Array(20).fill(mode)),
  )
})

test('people get a table, and a note where the structure is not relaxed', async () => {
  const { status, stdout, stderr } = await tumble('modes', water)
  expect(status).toBe(0)
  expect(stdout).toMatch(/^ {3}1 +1\d\d\d\.\d/m)
  expect(stdout).toMatch(/zero-point energy +0\.5\d+ eV/)
  expect(stderr).toContain('not at a minimum')
})
