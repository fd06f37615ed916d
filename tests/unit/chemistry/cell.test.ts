import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkCell,
  completeCell,
  heights,
  imagesWithin,
  inverse,
  toCartesian,
  toFractional,
  volume,
  wrap,
} from '../../../src/chemistry/cell.ts'
import { minimumImage, reduceCell } from '../../../src/chemistry/minimum-image.ts'
import type { Cell, Periodicity } from '../../../src/chemistry/structure.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'

const brick: Cell = [2, 0, 0, 0, 3, 0, 0, 0, 4]
const skewed: Cell = [4, 0, 0, 3.5, 5, 0, -6, 7, 8]
/** Å; fc.double would prefer tiny numbers. */
const component = fc.integer({ min: -8000, max: 8000 }).map((n) => n / 997)
/** Cells with a volume worth the name. */
const cells = fc
  .array(component, { minLength: 9, maxLength: 9 })
  .map((numbers) => numbers as unknown as Cell)
  .filter((cell) => volume(cell) > 5 && Math.min(...heights(cell)) > 0.5)
const flags = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean())

/** The shortest image among many, without thinking. */
const bruteForce = (cell: Cell, periodic: Periodicity, x: number, y: number, z: number): number => {
  let best = Number.POSITIVE_INFINITY
  const s = toFractional(inverse(cell), x, y, z)
  const range = (axis: number) => (periodic[axis] ? 12 : 0)
  const start = s.map((value, axis) => (periodic[axis] ? value - Math.round(value) : value))
  for (let i = -range(0); i <= range(0); i++) {
    for (let j = -range(1); j <= range(1); j++) {
      for (let k = -range(2); k <= range(2); k++) {
        const image = toCartesian(cell, [start[0] + i, start[1] + j, start[2] + k])
        best = Math.min(best, Math.hypot(...image))
      }
    }
  }
  return best
}

describe('cell', () => {
  it('has the volume and heights of geometry', () => {
    expect(volume(brick)).toBe(24)
    expect(heights(brick)).toEqual([2, 3, 4])
    expect(volume(skewed)).toBeCloseTo(160, 12)
    // c stands on the plane of a and b, which is z = 0.
    expect(heights(skewed)[2]).toBeCloseTo(8, 12)
  })

  it('goes to fractional coordinates and back', () => {
    fc.assert(
      fc.property(cells, component, component, component, (cell, x, y, z) => {
        const back = toCartesian(cell, toFractional(inverse(cell), x, y, z))
        for (const [k, value] of [x, y, z].entries()) expect(back[k]).toBeCloseTo(value, 9)
      }),
      { numRuns: 200 },
    )
  })

  it('wraps along periodic axes only and by whole vectors', () => {
    const wrapped = wrap(new Float64Array([-0.5, 7, 9, 1, 1, 1]), brick, [true, true, false])
    expect([...wrapped]).toEqual([1.5, 1, 9, 1, 1, 1])
  })

  it('completes rows of zeros on open axes', () => {
    expect(completeCell(brick, [true, true, true])).toBe(brick)
    const wire = completeCell([0, 0, 0, 0, 0, 0, 0, 0, 5], [false, false, true])
    expect(() => checkCell(wire, 'wire')).not.toThrow()
    expect(wire.slice(6)).toEqual([0, 0, 5])
    const slab = completeCell([3, 0, 0, 0, 0, 0, 0, 0, 5], [true, false, true])
    expect(slab).toEqual([3, 0, 0, 0, 1, 0, 0, 0, 5])
  })

  it('refuses what is no cell', () => {
    expect(complaint(() => checkCell([1, 0, 0, 0, 1, 0, 0, 0, Number.NaN], 'a.xyz'))).toBe(
      'a.xyz: cell vector c holds NaN; all nine numbers of a cell must be finite.',
    )
    expect(complaint(() => checkCell([1, 0, 0, 0, 0, 0, 0, 0, 1], 'a.xyz'))).toContain(
      'cell vector b has no length',
    )
    expect(complaint(() => checkCell([1, 2, 3, 2, 4, 6, 0, 0, 1], 'a.xyz'))).toContain('no volume')
    expect(complaint(() => checkCell([0, 1, 0, 1, 0, 0, 0, 0, 1], 'a.xyz'))).toContain('left-handed')
  })
})

describe('minimum image', () => {
  it('finds the shortest image in any cell', () => {
    fc.assert(
      fc.property(cells, flags, component, component, component, (cell, periodic, x, y, z) => {
        const out: [number, number, number] = [0, 0, 0]
        const length = minimumImage(cell, periodic)(x, y, z, out)
        expect(length).toBeCloseTo(Math.hypot(...out), 9)
        const expected = bruteForce(cell, periodic, x, y, z)
        expect(length).toBeLessThanOrEqual(expected + 1e-9)
        // The difference to the input is a lattice vector.
        const s = toFractional(inverse(cell), x - out[0], y - out[1], z - out[2])
        s.forEach((value, axis) => {
          expect(Math.abs(value - (periodic[axis] ? Math.round(value) : 0))).toBeLessThan(1e-7)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('reduces a needle of a cell to a handy one', () => {
    const reduced = reduceCell([1, 0, 0, 1e6, 1, 0, 3e5, -7e5, 1], [true, true, true])
    expect(volume(reduced)).toBeCloseTo(1, 6)
    for (let axis = 0; axis < 3; axis++) {
      expect(Math.hypot(...reduced.slice(3 * axis, 3 * axis + 3))).toBeLessThan(2)
    }
  })

  it('leaves vectors of an open system alone', () => {
    const out: [number, number, number] = [0, 0, 0]
    expect(minimumImage(null, [false, false, false])(30, 40, 0, out)).toBe(50)
    expect(out).toEqual([30, 40, 0])
  })
})

it('images within a distance: a count on a grid, along one, two and three axes', () => {
  const cell: Cell = [3, 0, 0, 1, 4, 0, -1, 0.5, 5]
  for (const periodic of [
    [true, false, false],
    [true, true, false],
    [false, true, true],
    [true, true, true],
  ] as const) {
    let count = 0
    const reach = (axis: number) => (periodic[axis] ? 20 : 0)
    for (let a = -reach(0); a <= reach(0); a++)
      for (let b = -reach(1); b <= reach(1); b++)
        for (let c = -reach(2); c <= reach(2); c++) {
          const r = [0, 1, 2].map((k) => a * cell[k] + b * cell[3 + k] + c * cell[6 + k])
          if (Math.hypot(...r) < 30) count++
        }
    expect(Math.abs(imagesWithin(cell, periodic, 30) / count - 1)).toBeLessThan(0.08)
  }
  expect(imagesWithin(cell, [false, false, false], 30)).toBe(1)
})
