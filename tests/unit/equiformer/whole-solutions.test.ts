import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wholeSolutions } from '../../../src/models/equiformer/whole-solutions.ts'

const sums = (rows: readonly (readonly number[])[], x: readonly number[]) =>
  rows.map((coefficients) => ({
    coefficients,
    sum: coefficients.reduce((total, c, k) => total + c * x[k], 0),
  }))

describe('whole solutions', () => {
  test('of as many equations as unknowns', () => {
    const rows = [
      [1, 1, 1],
      [1, 3, 5],
      [3, 6, 6],
    ]
    expect(wholeSolutions(sums(rows, [128, 64, 32]), 3, 1000)).toEqual([[128, 64, 32]])
  })

  test('of fewer equations: all that are positive and not too large', () => {
    expect(wholeSolutions(sums([[1, 1]], [2, 2]), 2, 1000)).toEqual([
      [3, 1],
      [2, 2],
      [1, 3],
    ])
    expect(wholeSolutions(sums([[1, 1]], [2, 2]), 2, 2)).toEqual([[2, 2]])
  })

  test('none where equations contradict, or only fractions would do', () => {
    const contradicting = [
      { coefficients: [1, 1], sum: 4 },
      { coefficients: [2, 2], sum: 9 },
    ]
    expect(wholeSolutions(contradicting, 2, 100)).toEqual([])
    expect(wholeSolutions([{ coefficients: [2], sum: 9 }], 1, 100)).toEqual([])
  })

  test('equations that say the same twice do no harm', () => {
    const rows = [
      [1, 2],
      [2, 4],
      [1, 1],
    ]
    expect(wholeSolutions(sums(rows, [7, 5]), 2, 100)).toEqual([[7, 5]])
  })

  test('no guessing with three free unknowns', () => {
    expect(wholeSolutions([{ coefficients: [1, 1, 1, 1], sum: 10 }], 4, 10)).toBeNull()
  })

  test('what was put in is found', () => {
    const row = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 4 })
    const answer = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 6 }), answer, (rows, x) => {
        const found = wholeSolutions(sums(rows, x), 4, 30)
        if (found) expect(found).toContainEqual(x)
      }),
    )
  })
})
