import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { symbolOf } from '../../src/chemistry/elements.ts'
import { temporaryFolder, tumble } from './lib/tumble.ts'

interface Entry {
  readonly energy: number
  readonly forces: number[][]
  readonly stress?: number[][]
  readonly units: object
  readonly model: string
}

interface Case {
  readonly atomic_numbers: number[]
  readonly positions: number[][]
  readonly box: number[][] | null
  readonly golden: {
    readonly energy: number[]
    readonly forces: number[][]
    readonly yardstick: { readonly energy_max_abs: number; readonly force_max_abs: number }
    readonly force_rms: number
  }
}

const goldenCase = (name: string): Case =>
  JSON.parse(readFileSync(`tests/golden/tmdnet/${name}/case.json`, 'utf8')) as Case

const xyz = ({ atomic_numbers, positions, box }: Case): string =>
  [
    String(atomic_numbers.length),
    box ? `Lattice="${box.flat().join(' ')}" Properties=species:S:1:pos:R:3 pbc="T T T"` : '',
    ...positions.map((position, i) => `${symbolOf(atomic_numbers[i])} ${position.join(' ')}`),
    '',
  ].join('\n')

const furthest = (a: number[][], b: number[][]): number =>
  Math.max(...a.flatMap((row, i) => row.map((x, k) => Math.abs(x - b[i][k]))))

describe('tumble forces', () => {
  test('gives the energy and forces that TorchMD-NET gives, for every frame', async () => {
    const golden = goldenCase('s01_small_water')
    const file = join(temporaryFolder(), 'frames.xyz')
    const moved = { ...golden, positions: golden.positions.map(([x, y, z]) => [x + 3, y - 1, z + 0.5]) }
    writeFileSync(file, xyz(golden) + xyz(moved))
    const { status, stdout } = await tumble(
      ...['forces', file, '--model', 'tests/golden/tmdnet/s01_small_water/model.ckpt', '--json'],
    )
    expect(status).toBe(0)
    const entries = JSON.parse(stdout) as Entry[]
    expect(entries).toHaveLength(2)
    for (const { energy, forces, units, model, stress } of entries) {
      const { yardstick, force_rms } = golden.golden
      expect(Math.abs(energy - golden.golden.energy[0])).toBeLessThan(1e-6)
      expect(furthest(forces, golden.golden.forces)).toBeLessThan(
        Math.max(4 * yardstick.force_max_abs, 2e-5 * force_rms),
      )
      expect(units).toEqual({ energy: 'eV', length: 'Å' })
      expect(model).toContain('model.ckpt')
      expect(stress).toBeUndefined()
    }
  })

  test('converts from the unit that the user states', async () => {
    const golden = goldenCase('s01_small_water')
    const file = join(temporaryFolder(), 'water.xyz')
    writeFileSync(file, xyz(golden))
    const { stdout } = await tumble(
      ...['forces', file, '--model', 'tests/golden/tmdnet/s01_small_water/model.ckpt', '--json'],
      ...['--energy-unit', 'kcal/mol'],
    )
    const [{ energy }] = JSON.parse(stdout) as Entry[]
    expect(energy).toBeCloseTo(golden.golden.energy[0] * 0.0433641, 6)
  })

  test('uses the bundled model if none is named, reads Windows line ends and tabs, prints a table', async () => {
    const { status, stdout, stderr } = await tumble('forces', 'tests/cli/data/windows.xyz')
    expect(status).toBe(0)
    expect(stdout).toMatch(/windows\.xyz: 3 atoms, energy -137\.97/)
    expect(stdout).toMatch(/^ +1 {2}O( +-?\d+\.\d{6}){3}$/m)
    expect(stderr).toMatch(/SwiftShader|llvmpipe|Running on/)
  })

  test('adds the stress of periodic frames', async () => {
    const file = join(temporaryFolder(), 'periodic.xyz')
    writeFileSync(
      file,
      xyz({
        ...goldenCase('s01_small_water'),
        box: [
          [8, 0, 0],
          [0, 8, 0],
          [1, 0, 8],
        ],
      }),
    )
    const { stdout } = await tumble('forces', file, '--json')
    const [{ stress }] = JSON.parse(stdout) as Entry[]
    expect(stress).toHaveLength(3)
    expect(stress?.flat().every(Number.isFinite)).toBe(true)
    expect(stress?.[0][1]).toBeCloseTo(stress?.[1][0] ?? Number.NaN, 6)
  })
})
