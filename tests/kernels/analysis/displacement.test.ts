import { describe, expect, test } from 'vitest'
import { type DisplacementOptions, MeanSquareDisplacement } from '../../../src/analysis/displacement.ts'
import { massesOf } from '../../../src/chemistry/center.ts'
import { expectClose, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { elements, scattered, Upload } from './lib/frames.ts'

const gpu = useGpu()

const symbols = ['H', 'O', 'C']

const cases: [string, number, DisplacementOptions][] = [
  ['plain, drift removed', 50, {}],
  ['mass-weighted, drift removed', 700, { average: 'mass' }],
  ['plain, drift kept', 700, { removeDrift: false }],
]

describe.each(cases)('mean-square displacement, %s, of %i atoms', (_, atoms, options) => {
  test('per element and of all, frame by frame', async () => {
    const structure = scattered(atoms, 8)
    const masses = massesOf(structure)
    const total = masses.reduce((sum, mass) => sum + mass, 0)
    const upload = new Upload(gpu(), structure)
    const msd = await MeanSquareDisplacement.create(gpu(), upload.source, { ...options, capacity: 3 })
    const expected: Record<string, number[]> = { H: [], O: [], C: [], all: [] }
    for (let frame = 0; frame < 4; frame++) {
      const moves = floats(`steps ${frame}`, 3 * atoms, 1 + frame).map((x, k) => x + [0.5, -2, 1][k % 3])
      const positions = structure.positions.map((x, k) => Math.fround(x + moves[k]))
      upload.frame(positions, moves)
      upload.take(msd)
      const by = positions.map((x, k) => x - structure.positions[k])
      const drift = [0, 1, 2].map(
        (k) => masses.reduce((sum, mass, i) => sum + mass * by[3 * i + k], 0) / total,
      )
      for (const name of Object.keys(expected)) {
        let [sum, weights] = [0, 0]
        for (let i = 0; i < atoms; i++) {
          if (name !== 'all' && structure.atomicNumbers[i] !== elements[symbols.indexOf(name)]) continue
          const weight = options.average === 'mass' ? masses[i] : 1
          weights += weight
          for (let k = 0; k < 3; k++)
            sum += weight * (by[3 * i + k] - (options.removeDrift === false ? 0 : drift[k])) ** 2
        }
        expected[name].push(sum / weights)
      }
    }
    const report = await msd.read()
    expect(report.samples).toBe(4)
    for (const [name, values] of Object.entries(expected)) {
      // Sixteen roundings of float32 in a row; 1.1e-7 measured at worst.
      expectClose(name, report.series.get(name)!, values.slice(0, 3), 16 * 2 ** -24)
      expectClose(`latest ${name}`, [report.latest.get(name)!], [values[3]], 16 * 2 ** -24)
    }
    msd.reset()
    upload.take(msd)
    expect([...(await msd.read()).latest.values()]).toEqual([0, 0, 0, 0])
    msd.destroy()
    upload.destroy()
  })
})
