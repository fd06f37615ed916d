import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inverse, toFractional, volume } from '../../../../src/chemistry/cell.ts'
import { cellOf, parametersOf } from '../../../../src/chemistry/cell-parameters.ts'
import type { Cell } from '../../../../src/chemistry/structure.ts'
import { orient } from '../../../../src/formats/trajectory/orientation.ts'
import { cells, orientedCells } from './lib/frames.ts'

const positions = Float64Array.from({ length: 9 }, (_, i) => 5 * Math.sin(i))
const fractional = (p: Float64Array, cell: Cell) =>
  [0, 3, 6].flatMap((i) => toFractional(inverse(cell), p[i], p[i + 1], p[i + 2]))
const distance = (p: Float64Array, i: number, j: number) =>
  Math.hypot(...[0, 1, 2].map((k) => p[3 * i + k] - p[3 * j + k]))

describe('orient', () => {
  it('turns atoms and cell together, as one rigid body', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const turned = orient(positions, cell)
        const [ax, ay, az, , by, bz, , , cz] = turned.cell!
        expect([ay, az, bz]).toEqual([0, 0, 0])
        expect(Math.min(ax, by, cz)).toBeGreaterThan(0)
        expect(volume(turned.cell!) / volume(cell)).toBeCloseTo(1, 10)
        const [before, after] = [fractional(positions, cell), fractional(turned.positions, turned.cell!)]
        for (const [i, s] of after.entries()) expect(s).toBeCloseTo(before[i], 9)
        for (const [i, j] of [
          [0, 1],
          [0, 2],
          [1, 2],
        ]) {
          expect(distance(turned.positions, i, j)).toBeCloseTo(distance(positions, i, j), 9)
        }
      }),
    )
  })

  it('leaves what lies by the convention to the last bit', () => {
    fc.assert(
      fc.property(orientedCells, (cell) => {
        expect(orient(positions, cell).positions).toBe(positions)
        expect(orient(positions, cell).cell).toBe(cell)
      }),
    )
    expect(orient(positions, null)).toEqual({ positions, cell: null })
  })

  it('turns a cell upside down too', () => {
    const { positions: turned, cell } = orient(Float64Array.of(1, 2, 3), [10, 0, 0, 0, -11, 0, 0, 0, -12])
    expect(cell).toEqual([10, 0, 0, 0, 11, 0, 0, 0, 12])
    for (const [k, x] of [1, -2, -3].entries()) expect(turned[k]).toBeCloseTo(x, 12)
  })
})

describe('lengths and angles', () => {
  it('give the cell back', () => {
    fc.assert(
      fc.property(orientedCells, (cell) => {
        const again = cellOf(parametersOf(cell), 'here')!
        for (const [i, x] of again.entries()) expect(x).toBeCloseTo(cell[i], 9)
      }),
    )
    expect(parametersOf([10, 0, 0, 0, 11, 0, 0, 0, 12])).toEqual({
      lengths: [10, 11, 12],
      angles: [90, 90, 90],
    })
    // Hexagonal.
    expect(cellOf({ lengths: [2, 2, 3], angles: [90, 90, 120] }, 'here')![3]).toBeCloseTo(-1, 12)
  })
})
