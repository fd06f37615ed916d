import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellVector, cross, dot, volume } from '../../../src/chemistry/cell.ts'
import { cellWith, parametersOf } from '../../../src/chemistry/cell-parameters.ts'
import { setCell } from '../../../src/chemistry/edit/cells.ts'
import { type Enclosure, enclose, suggestedCell } from '../../../src/chemistry/edit/enclosing.ts'
import { minimumImage } from '../../../src/chemistry/minimum-image.ts'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'
import { cells } from '../formats/trajectory/lib/frames.ts'
import { all, atoms, cube } from './lib/structures.ts'

const box = (edge: number): Enclosure => ({
  lengths: [edge, edge, edge],
  angles: [90, 90, 90],
  periodic: all,
  scale: false,
})
const water = atoms([
  ['O', 3, 0, -2],
  ['H', 3.76, 0.59, -2],
  ['H', 2.24, 0.59, -2],
])
const between = ({ positions, cell, periodic }: Structure, a: number, b: number) => {
  const [x, y, z] = [0, 1, 2].map((k) => positions[3 * a + k] - positions[3 * b + k])
  return { straight: Math.hypot(x, y, z), nearest: minimumImage(cell, periodic)(x, y, z, [0, 0, 0]) }
}

describe('a cell of lengths and angles', () => {
  it('lies in space as the one before it did', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        const parameters = parametersOf(cell)
        const same = cellWith(parameters, cell)
        for (let i = 0; i < 9; i++) expect(same[i]).toBeCloseTo(cell[i], 6)
        const wide = cellWith({ ...parameters, lengths: [7, 8, 9] }, cell)
        expect(parametersOf(wide).lengths.map((x) => x.toFixed(6))).toEqual([
          '7.000000',
          '8.000000',
          '9.000000',
        ])
        for (const axis of [0, 1, 2]) {
          const along = cross(cellVector(wide, axis), cellVector(cell, axis))
          const product = dot(cellVector(wide, axis), cellVector(cell, axis))
          expect(Math.hypot(...along) / product).toBeCloseTo(0, 6)
          expect(product).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('has its volume', () => {
    const cell = cellWith({ lengths: [4, 5, 6], angles: [70, 80, 100] }, null)
    const [x, y, z] = [70, 80, 100].map((angle) => Math.cos((angle * Math.PI) / 180))
    expect(volume(cell)).toBeCloseTo(120 * Math.sqrt(1 - x * x - y * y - z * z + 2 * x * y * z), 9)
  })

  it.each([
    [[0, 5, 5], [90, 90, 90], 'length a of a cell must be a number of Å above 0, not 0.'],
    [[5, Number.NaN, 5], [90, 90, 90], 'length b of a cell must be a number of Å above 0.'],
    [[5, 5, 5], [90, 180, 90], 'angle β of a cell must lie between 0° and 180°, not 180.'],
    [[5, 5, 5], [30, 40, 80], '30°, 40°, 80° close to no cell'],
    [[5, 5, 5], [120, 120, 120], 'all three less than 360°'],
  ] as const)('says what is wrong with %j, %j', (lengths, angles, words) => {
    expect(complaint(() => cellWith({ lengths, angles }, null))).toContain(words)
  })
})

describe('atoms put into a cell', () => {
  it('stand in the middle of their first one, as they stood to each other', () => {
    const held = enclose(water, box(12))
    expect(held.cell).toEqual(cube(12))
    const reach = [0, 1, 2].map((k) => {
      const places = [0, 1, 2].map((atom) => held.positions[3 * atom + k])
      return Math.min(...places) + Math.max(...places)
    })
    for (const twice of reach) expect(twice).toBeCloseTo(12, 9)
    expect(between(held, 0, 1).straight).toBeCloseTo(between(water, 0, 1).straight, 9)
  })

  it('keep their places in another, whole where the old one had cut them', () => {
    const cut: Structure = {
      ...water,
      cell: cube(5),
      periodic: all,
      positions: water.positions.map((x, i) => (i === 3 ? x - 5 : x)),
    }
    const wide = enclose(cut, box(9))
    expect(between(wide, 0, 1).straight).toBeCloseTo(between(water, 0, 1).straight, 9)
    expect(Array.from(wide.positions.subarray(0, 3))).toEqual([3, 0, -2])
  })

  it('move along where that is asked for, though not along axes that were open', () => {
    const slab: Structure = { ...water, cell: [5, 0, 0, 0, 5, 0, 0, 0, 1], periodic: [true, true, false] }
    const { positions } = enclose(slab, { ...box(10), scale: true })
    water.positions.forEach((x, i) => {
      expect(positions[i]).toBeCloseTo(i % 3 === 2 ? x : 2 * x, 9)
    })
    expect(setCell(slab, cube(10), all).positions).toEqual(water.positions)
  })

  it('are not, where the cell would repeat along no axis', () => {
    expect(complaint(() => enclose(water, { ...box(9), periodic: [false, false, false] }))).toContain(
      'along one axis at least',
    )
  })
})

describe('the cell that is suggested', () => {
  it('leaves room around what has none', () => {
    const { lengths, angles } = suggestedCell(water, 10)
    // Of 1.52, 0.59 and 0 Å, and the room, to the next half.
    expect(lengths).toEqual([12, 11, 10])
    expect(angles).toEqual([90, 90, 90])
  })

  it('is what there is, but for open axes that are too short', () => {
    const cell: Cell = [5, 0, 0, 1, 4, 0, 0, 0, 1]
    const high = atoms([
      ['O', 0, 0, 0],
      ['O', 1, 1, 3.2],
    ])
    const { lengths } = suggestedCell({ ...high, cell, periodic: [true, true, false] }, 10)
    expect(lengths).toEqual([5, Math.hypot(1, 4), 13.5])
    expect(suggestedCell({ ...high, cell: cube(7), periodic: [false, false, false] }, 10).lengths).toEqual([
      7, 7, 7,
    ])
  })
})
