import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { angle, dihedral, distance, measure } from '../../../src/chemistry/measure.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'
import { atoms, cube } from './lib/structures.ts'

describe('measure', () => {
  /** Seen from above (along 1 → 2, which is −z) the front bond is at twelve o'clock, the one behind at three. */
  const clockwise = atoms([
    ['C', 0, 1, 0],
    ['C', 0, 0, 0],
    ['C', 0, 0, -1],
    ['C', 1, 0, -1],
  ])

  it('knows hand-made figures', () => {
    const triangle = atoms([
      ['O', 3, 0, 0],
      ['O', 0, 0, 0],
      ['O', 0, 4, 0],
      ['O', 5, 5, 0],
    ])
    expect(measure(triangle, [0, 2])).toEqual({ kind: 'distance', value: 5, unit: 'Å' })
    expect(angle(triangle, 0, 1, 2)).toBeCloseTo(90, 12)
    expect(measure(triangle, [0, 1, 3])).toMatchObject({ kind: 'angle', unit: '°' })
    expect(angle(triangle, 0, 1, 3)).toBeCloseTo(45, 12)
  })

  it('signs dihedrals as IUPAC does: clockwise is positive', () => {
    expect(measure(clockwise, [0, 1, 2, 3])).toMatchObject({ kind: 'dihedral', value: 90, unit: '°' })
    expect(dihedral(clockwise, 3, 2, 1, 0)).toBeCloseTo(90, 12)
    const mirrored = { ...clockwise, positions: clockwise.positions.map((x, i) => (i % 3 === 0 ? -x : x)) }
    expect(dihedral(mirrored, 0, 1, 2, 3)).toBeCloseTo(-90, 12)
  })

  it('makes every step by the nearest image', () => {
    const cell = cube(4)
    const scattered = clockwise.positions.map((x, i) => x + 4 * (((i * 7) % 5) - 2))
    const there = { ...clockwise, cell, periodic: [true, true, true] as const, positions: scattered }
    expect(distance(there, 0, 1)).toBeCloseTo(1, 9)
    expect(angle(there, 0, 1, 2)).toBeCloseTo(90, 9)
    expect(dihedral(there, 0, 1, 2, 3)).toBeCloseTo(90, 9)
    expect(distance({ ...there, cell: null }, 0, 1)).toBeGreaterThan(4)
  })

  it('gives back the dihedral that a chain was built with', () => {
    fc.assert(
      fc.property(fc.integer({ min: -179, max: 180 }), (degrees) => {
        const t = (degrees * Math.PI) / 180
        const chain = atoms([
          ['C', 0.3, 1.4, 0.2],
          ['C', 0, 0, 0],
          ['C', 0, 0, -1.5],
          // Clockwise from the front bond, seen along −z.
          ['C', 0.3 * Math.cos(t) + 1.4 * Math.sin(t), 1.4 * Math.cos(t) - 0.3 * Math.sin(t), -1.9],
        ])
        expect(dihedral(chain, 0, 1, 2, 3)).toBeCloseTo(degrees, 9)
      }),
    )
  })

  it('has no number where there is no angle', () => {
    const line = atoms([
      ['C', 0, 0, 0],
      ['C', 1, 0, 0],
      ['C', 2, 0, 0],
      ['C', 2, 0, 0],
    ])
    expect(angle(line, 0, 1, 2)).toBe(180)
    expect(angle(line, 1, 2, 3)).toBeNaN()
    expect(dihedral(line, 0, 1, 2, 3)).toBeNaN()
  })

  it('says what it can measure', () => {
    expect(complaint(() => measure(clockwise, [0]))).toContain('two for a distance')
    expect(complaint(() => measure(clockwise, [0, 1, 0]))).toContain('Atom 1 is there twice')
  })
})
