import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { centerOfGeometry, centerOfMass, massesOf, translated } from '../../../src/chemistry/center.ts'
import { minimumImage } from '../../../src/chemistry/minimum-image.ts'
import type { Cell, Periodicity, Structure } from '../../../src/chemistry/structure.ts'
import { checkStructure } from '../../../src/chemistry/validate.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'

const open: Periodicity = [false, false, false]
const all: Periodicity = [true, true, true]

const structure = (
  numbers: number[],
  positions: number[],
  cell: Cell | null = null,
  periodic = open,
): Structure => ({
  name: 'a.xyz',
  atomicNumbers: Uint8Array.from(numbers),
  positions: Float64Array.from(positions),
  cell,
  periodic,
})

describe('checkStructure', () => {
  it('accepts water', () => {
    expect(() => checkStructure(structure([8, 1, 1], [0, 0, 0, 0.96, 0, 0, -0.24, 0.93, 0]))).not.toThrow()
  })

  it('names what is wrong', () => {
    expect(complaint(() => checkStructure(structure([], [])))).toContain('no atoms')
    expect(complaint(() => checkStructure(structure([8, 1], [0, 0, 0, 1, Number.NaN, 0])))).toBe(
      'a.xyz: coordinate y of atom 2 (H) is NaN; it must be a finite number of Å.',
    )
    expect(complaint(() => checkStructure(structure([8, 6, 1], [0, 0, 0, 5, 5, 5, 0.05, 0, 0])))).toBe(
      'a.xyz: atom 1 (O) and atom 3 (H) are 0.050 Å apart; remove one of them, or check that positions are in Å.',
    )
    expect(complaint(() => checkStructure(structure([8], [0, 0, 0], null, all)))).toContain('has no cell')
    expect(complaint(() => checkStructure(structure([8, 1], [0, 0, 0])))).toContain('3 coordinates')
  })

  it('sees atoms that meet through the cell', () => {
    const cell: Cell = [5, 0, 0, 2, 5, 0, 0, 0, 5]
    const pair = [0.01, 0.01, 0.01, 6.97, 4.98, 4.99]
    expect(complaint(() => checkStructure(structure([8, 1], pair, cell, all)))).toContain(
      'through the periodic cell',
    )
    expect(() => checkStructure(structure([8, 1], pair, cell, [true, false, true]))).not.toThrow()
    expect(
      complaint(() => checkStructure(structure([8], [0, 0, 0], [0.05, 0, 0, 0, 5, 0, 0, 0, 5], all))),
    ).toContain('own images')
  })

  it('agrees with comparing all pairs', () => {
    const coordinate = fc.integer({ min: -300, max: 300 }).map((n) => n / 97)
    const edge = fc.integer({ min: 30, max: 300 }).map((n) => n / 97)
    const tilt = fc.integer({ min: -200, max: 200 }).map((n) => n / 97)
    const points = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(
        points,
        fc.tuple(edge, edge, edge, tilt, tilt, tilt),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (atoms, [a, b, c, xy, xz, yz], periodic) => {
          const cell: Cell = [a, 0, 0, xy, b, 0, xz, yz, c]
          const nearest = minimumImage(cell, periodic)
          let close = false
          atoms.forEach((p, i) => {
            atoms.slice(0, i).forEach((q) => {
              if (nearest(p[0] - q[0], p[1] - q[1], p[2] - q[2], [0, 0, 0]) < 0.1) close = true
            })
          })
          const check = () =>
            checkStructure(
              structure(
                atoms.map(() => 6),
                atoms.flat(),
                cell,
                periodic,
              ),
            )
          if (close) expect(complaint(check)).toContain('apart')
          else expect(check).not.toThrow()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('stays linear for far-flung systems', () => {
    const count = 20_000
    const positions = Float64Array.from(
      { length: 3 * count },
      (_, i) => Math.floor(i / 3) * (i % 3 === 0 ? 1.5 : 0.3),
    )
    positions[0] = -1e12
    const start = performance.now()
    checkStructure({ ...structure([], []), atomicNumbers: new Uint8Array(count).fill(6), positions })
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('centres', () => {
  const heavy = { ...structure([1, 1], [0, 0, 0, 3, 0, 0]), masses: Float64Array.of(1, 2) }
  it('weighs with the masses of the structure', () => {
    expect(centerOfMass(heavy)).toEqual([2, 0, 0])
    expect(centerOfGeometry(heavy)).toEqual([1.5, 0, 0])
    expect([...massesOf(structure([8], [0, 0, 0]))]).toEqual([15.999])
  })
  it('moves all atoms', () => {
    expect([...translated(heavy, [1, 2, 3]).positions]).toEqual([1, 2, 3, 4, 2, 3])
  })
})
