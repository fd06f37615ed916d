import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Frames } from '../../../src/app/playing/frames.ts'
import { measuredAt, placesOf, seriesOf } from '../../../src/app/playing/geometry.ts'
import { FrameClock, placeAfter } from '../../../src/app/playing/pacing.ts'
import { Rows } from '../../../src/app/playing/rows.ts'
import { temperaturesOf } from '../../../src/app/playing/temperatures.ts'
import type { Trajectory } from '../../../src/app/playing/trajectory.ts'
import { drawVelocities } from '../../../src/dynamics/velocities.ts'
import { readXyz } from '../../../src/formats/index.ts'

describe('rows', () => {
  it.each([1, 3, 1000, 400_000])('of %d numbers stay where they were put, across blocks', (width) => {
    const rows = new Rows(width)
    const count = width > 1000 ? 3 : 600
    for (let row = 0; row < count; row++) rows.push(new Float32Array(width).fill(row), [0.5])
    expect(rows.length).toBe(count)
    for (const row of [0, 1, count >> 1, count - 1]) {
      const values = rows.at(row)
      expect(values.length).toBe(width)
      expect([values[0], values[width - 1]]).toEqual([row - 0.5, row - 0.5])
    }
  })

  it('take an origin away before they are rounded', () => {
    const rows = new Rows(3)
    rows.push([1000.00001, 2, 3], [1000, 2, 0])
    expect([...rows.at(0)]).toEqual([Math.fround(1000.00001 - 1000), 0, 3])
  })
})

describe('the place in a trajectory', () => {
  it('goes on, around, or stops at the last frame', () => {
    expect(placeAfter(3, 2, 10, false)).toEqual({ frame: 5, ended: false })
    expect(placeAfter(9, 1, 10, true)).toEqual({ frame: 0, ended: false })
    expect(placeAfter(9, 1, 10, false)).toEqual({ frame: 9, ended: true })
    expect(placeAfter(8, 1, 10, false)).toEqual({ frame: 9, ended: false })
    expect(placeAfter(0, 25, 10, true)).toEqual({ frame: 5, ended: false })
    expect(placeAfter(0, 1, 1, false)).toEqual({ frame: 0, ended: true })
  })

  it('follows the time that passes, whatever the pictures per second', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 0.2, noNaN: true }), { minLength: 1 }), (waits) => {
        const clock = new FrameClock()
        const frames = waits.reduce((sum, seconds) => sum + clock.pass(seconds, 30), 0)
        const due = 30 * waits.reduce((sum, seconds) => sum + seconds, 0)
        // What is left over is less than a frame, and a rounding.
        expect(frames).toBeLessThanOrEqual(due + 1e-6)
        expect(frames).toBeGreaterThan(due - 1 - 1e-6)
      }),
    )
  })

  it('does not catch up with a browser that has slept', () => {
    expect(new FrameClock().pass(60, 30)).toBeLessThan(10)
  })
})

const [water] = readXyz('3\n\nO 0 0 0\nH 0.96 0 0\nH 0 0.96 0\n', 'water.xyz')

function stretched(times: readonly (number | null)[], velocities?: Float64Array): Trajectory {
  const frames = new Frames(3, [0, 0, 0])
  times.forEach((time, index) => {
    const positions = water.positions.map((x) => x * (1 + index))
    frames.push({ positions, time, cell: null, velocities })
  })
  return { name: 'stretched.xyz', structure: water, frames }
}

describe('what is measured in frames', () => {
  it('is a distance in each of them', () => {
    const shown = stretched([0, 500, 1000])
    expect(measuredAt(shown, 2, [0, 1])).toBeCloseTo(2.88, 6)
    expect(measuredAt(shown, 1, [1, 0, 2])).toBeCloseTo(90, 4)
    const { times, values } = seriesOf(shown, [1, 0])
    expect(times).toEqual([0, 0.5, 1])
    expect(values).toEqual([0.96, 1.92, 2.88].map((x) => expect.closeTo(x, 6)))
  })

  it('has frame numbers for times that a file lacks, or that stand still', () => {
    expect(placesOf(stretched([null, null]))).toEqual([1, 2])
    expect(placesOf(stretched([0, null]))).toEqual([1, 2])
    expect(placesOf(stretched([0, 0]))).toEqual([1, 2])
    expect(placesOf(stretched([5, 4, 6]))).toEqual([1, 2, 3])
  })

  it('is the temperature that velocities were drawn for', () => {
    const velocities = drawVelocities(water, 250, 3, new Set(), true)
    expect(temperaturesOf(stretched([0, 1], velocities))).toEqual([
      ...[expect.closeTo(250, 2), expect.closeTo(250, 2)],
    ])
    expect(temperaturesOf(stretched([0, 1]))).toBeNull()
  })
})
