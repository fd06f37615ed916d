import { describe, expect, test } from 'vitest'
import { Shape } from '../../../src/analysis/shape.ts'
import { cross, type Vector } from '../../../src/chemistry/cell.ts'
import { massesOf } from '../../../src/chemistry/center.ts'
import { expectClose, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { scattered, Upload } from './lib/frames.ts'

const gpu = useGpu()

/** Sixteen roundings of float32 in a row; 1.2e-7 measured at worst. */
const SUMS = 16 * 2 ** -24

/** The same in float64, written down without regard to rounding. */
function exact(positions: Float64Array, velocities: Float64Array, masses: Float64Array) {
  const row = (data: Float64Array, i: number) =>
    [data[3 * i], data[3 * i + 1], data[3 * i + 2]] as unknown as Vector
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  const sum = (of: (i: number) => readonly number[]) =>
    Array.from(masses).reduce<number[]>((all, _, i) => of(i).map((x, k) => (all[k] ?? 0) + x), [])
  const centre = sum((i) => row(positions, i).map((x) => (masses[i] * x) / total))
  const momentum = sum((i) => row(velocities, i).map((v) => masses[i] * v))
  const arm = (i: number) => row(positions, i).map((x, k) => x - centre[k]) as unknown as Vector
  const angular = sum((i) => cross(arm(i), row(velocities, i)).map((x) => masses[i] * x))
  const gyration = sum((i) => {
    const [x, y, z] = arm(i)
    return [x * x, y * y, z * z, y * z, x * z, x * y].map((s) => (masses[i] * s) / total)
  })
  const last = masses.length - 1
  return {
    centre,
    momentum,
    angular,
    gyration,
    radius: Math.sqrt(gyration[0] + gyration[1] + gyration[2]),
    end: Math.hypot(...row(positions, last).map((x, k) => x - positions[k])),
  }
}

describe.each([1, 5, 256, 777])('shape and motion of %i atoms', (atoms) => {
  test('as in float64, and their statistics over frames', async () => {
    // Far from the origin and in motion as a whole: what must not cost digits.
    const base = scattered(atoms, 6)
    const structure = { ...base, positions: base.positions.map((x, k) => x + [40, -25, 3.5][k % 3]) }
    const masses = massesOf(structure)
    const upload = new Upload(gpu(), structure)
    const shape = await Shape.create(gpu(), upload.source)
    const radii: number[] = []
    const ends: number[] = []
    let expected = exact(structure.positions, structure.positions, masses)
    for (let frame = 0; frame < 4; frame++) {
      const moves = floats(`moves ${frame}`, 3 * atoms, 0.5)
      const positions = structure.positions.map((x, k) => x + moves[k])
      const velocities = floats(`velocities ${frame}`, 3 * atoms, 0.02).map((v) => v + 0.01)
      upload.frame(positions, velocities)
      upload.take(shape)
      expected = exact(positions, velocities, masses)
      radii.push(expected.radius)
      ends.push(expected.end)
    }
    const report = await shape.read()
    expect(report.samples).toBe(4)
    const scale = Math.hypot(...structure.positions.subarray(0, 3))
    expectClose('centre', [...report.centerOfMass, scale], [...expected.centre, scale], SUMS)
    expectClose('momentum', report.momentum, expected.momentum, SUMS)
    if (atoms > 1) {
      expectClose('gyration tensor', report.gyrationTensor, expected.gyration, SUMS)
      // Terms of either sign: the largest single one is the scale of the rounding.
      const most = Math.max(...masses) * 6 * 0.03 * Math.sqrt(atoms)
      expectClose('angular momentum', [...report.angularMomentum, most], [...expected.angular, most], SUMS)
      const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length
      const deviation = (values: number[]) => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)))
      expectClose('radius', [report.radiusOfGyration], [expected.radius], SUMS)
      expectClose('end to end', [report.endToEnd], [expected.end], SUMS)
      for (const [got, values] of [
        [report.radiusStatistics, radii],
        [report.endStatistics, ends],
      ] as const) {
        const scaleOf = mean(values)
        expectClose('mean', [got.mean], [scaleOf], SUMS)
        expect(Math.abs(got.deviation - deviation(values)) / scaleOf).toBeLessThan(SUMS)
      }
    }
    shape.reset()
    upload.take(shape)
    const again = await shape.read()
    expect(again.samples).toBe(1)
    expect(again.radiusStatistics).toEqual({ mean: again.radiusOfGyration, deviation: 0 })
    shape.destroy()
    upload.destroy()
  })
})

test('ends of the user’s choice; a frame is left out while the run stands still or has not moved on', async () => {
  const structure = scattered(7, 3)
  const upload = new Upload(gpu(), structure)
  const shape = await Shape.create(gpu(), { ...upload.source, status: upload.status }, { ends: [2, 5] })
  upload.frame(structure.positions, structure.positions)
  const { positions: x } = structure
  for (const [status, samples] of [
    [{ step: 0 }, 1],
    [{ step: 0 }, 1],
    [{ step: 10 }, 2],
    [{ step: 20, overflow: 5 }, 2],
    [{ step: 30, fault: 9 }, 2],
    [{ step: 40, halted: 1 }, 2],
    [{ step: 20 }, 3],
    // A run that has been taken back to a former state.
    [{ step: 10 }, 4],
  ] as const) {
    upload.say(status)
    upload.take(shape)
    expect((await shape.read()).samples, JSON.stringify(status)).toBe(samples)
  }
  const distance = Math.hypot(...[0, 1, 2].map((k) => x[6 + k] - x[15 + k]))
  expect((await shape.read()).endToEnd).toBeCloseTo(distance, 5)
  shape.destroy()
  upload.destroy()
})

test('ends and masses that make no sense are refused', async () => {
  const upload = new Upload(gpu(), scattered(3, 3))
  await expect(Shape.create(gpu(), upload.source, { ends: [0, 3] })).rejects.toThrow(
    /no atom 4 .*ends with atom 3/,
  )
  const masses = [1, Number.POSITIVE_INFINITY, 1]
  await expect(Shape.create(gpu(), { ...upload.source, masses })).rejects.toThrow(/Atom 2 .*held fast/)
  upload.destroy()
})
