import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colorAt } from '../../../src/viewer/color-maps.ts'
import { isWithin } from '../../../src/viewer/pointing.ts'

describe('a line drawn around atoms', () => {
  const box = [
    [0, 0],
    [10, 0],
    [10, 5],
    [0, 5],
  ] as const

  test('a box has what lies between its sides, whichever way it was drawn', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 15 }), fc.integer({ min: -5, max: 10 }), (i, j) => {
        const [x, y] = [i + 0.5, j + 0.5]
        const inside = x > 0 && x < 10 && y > 0 && y < 5
        expect(isWithin([x, y], box)).toBe(inside)
        expect(isWithin([x, y], [...box].reverse())).toBe(inside)
      }),
    )
  })

  test('a free line may have bays', () => {
    const u = [
      [0, 0],
      [9, 0],
      [9, 9],
      [6, 9],
      [6, 3],
      [3, 3],
      [3, 9],
      [0, 9],
    ] as const
    expect(isWithin([1.5, 8], u)).toBe(true)
    expect(isWithin([4.5, 8], u)).toBe(false)
    expect(isWithin([4.5, 1], u)).toBe(true)
  })
})

describe('scales of colour', () => {
  // matplotlib 3.8: viridis(0.5) = (0.127568, 0.566949, 0.550556), viridis(1.0) = (0.993248, 0.906157, 0.143936).
  test('viridis is the one that people know', () => {
    // The scale leaves out the darkest tenth: its place t is viridis' 0.1 + 0.9 t. The fit errs by a hundredth.
    const middle = colorAt('sequential', 4 / 9)
    ;[0.127568, 0.566949, 0.550556].forEach((x, k) => {
      expect(Math.abs(middle[k] - x)).toBeLessThan(0.02)
    })
    const end = colorAt('sequential', 1)
    ;[0.993248, 0.906157, 0.143936].forEach((x, k) => {
      expect(Math.abs(end[k] - x)).toBeLessThan(0.02)
    })
  })

  test('lightness rises all along, so that grey eyes see the order, too', () => {
    const light = ([r, g, b]: readonly number[]) => 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2
    const all = Array.from({ length: 50 }, (_, i) => light(colorAt('sequential', i / 49)))
    for (let i = 1; i < all.length; i++) expect(all[i]).toBeGreaterThan(all[i - 1])
  })
})
