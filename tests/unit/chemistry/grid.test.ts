import fc from 'fast-check'
import { expect, it } from 'vitest'
import { heights } from '../../../src/chemistry/cell.ts'
import { makeGrid } from '../../../src/chemistry/grid.ts'
import { minimumImage, reduceCell } from '../../../src/chemistry/minimum-image.ts'
import type { Cell } from '../../../src/chemistry/structure.ts'

it('finds the pairs that comparing all finds, in cells of every size and shape', () => {
  const number = (most: number) => fc.integer({ min: -100 * most, max: 100 * most }).map((n) => n / 97)
  const edge = fc.integer({ min: 100, max: 2000 }).map((n) => n / 97)
  let [found, direct] = [0, 0]
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number(30), number(30), number(30)), { minLength: 2, maxLength: 25 }),
      fc.tuple(edge, edge, edge, number(20), number(20), number(20)),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      fc.integer({ min: 50, max: 900 }).map((n) => n / 97),
      fc.constantFrom(1, 8),
      (points, [a, b, c, xy, xz, yz], periodic, cutoff, scale) => {
        const cell = [a, 0, 0, xy, b, 0, xz, yz, c].map((x) => scale * x) as unknown as Cell
        const wide = Math.min(...heights(reduceCell(cell, periodic))) > 3.1 * cutoff
        const nearest = minimumImage(cell, periodic)
        const grid = makeGrid(cell, periodic, cutoff, points.length)
        points.forEach(([x, y, z], i) => {
          const expected = points.slice(0, i).flatMap((p, j) => {
            const d = nearest(p[0] - x, p[1] - y, p[2] - z, [0, 0, 0])
            return d <= cutoff ? [`${j} ${d.toFixed(6)}`] : []
          })
          const met: string[] = []
          grid.near(x, y, z, (j, d) => {
            met.push(`${j} ${d.toFixed(6)}`)
            return false
          })
          expect(met.sort()).toEqual(expected.sort())
          found += met.length
          if (wide) direct += met.length
          grid.add(i, x, y, z)
        })
      },
    ),
    { numRuns: 400 },
  )
  // Both ways of finding the nearest image were taken.
  expect(found).toBeGreaterThan(500)
  expect(direct).toBeGreaterThan(20)
})

it('stops when a visit says so', () => {
  const grid = makeGrid(null, [false, false, false], 2, 3)
  for (let i = 0; i < 3; i++) grid.add(i, i / 2, 0, 0)
  let visits = 0
  grid.near(0, 0, 0, () => {
    visits++
    return true
  })
  expect(visits).toBe(1)
})
