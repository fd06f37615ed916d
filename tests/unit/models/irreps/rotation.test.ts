import { describe, expect, test } from 'vitest'
import { MAX_DEGREE } from '../../../../src/models/irreps/irrep.ts'
import {
  irrepMatrix,
  rotationFromAngles,
  rotationGenerators,
  wignerD,
} from '../../../../src/models/irreps/rotation.ts'
import { type Degrees, isTriangle, wigner3j } from '../../../../src/models/irreps/wigner-3j.ts'

const degrees = Array.from({ length: MAX_DEGREE + 1 }, (_, l) => l)
const triples = degrees.flatMap((l1) =>
  degrees.flatMap((l2) => degrees.map((l3): Degrees => [l1, l2, l3]).filter(isTriangle)),
)
const conventions = ['e3nn 0.4', 'e3nn 0.5'] as const

const multiply = (a: Float64Array, b: Float64Array): Float64Array => {
  const width = Math.round(Math.sqrt(a.length))
  return a.map((_, at) => {
    let sum = 0
    for (let n = 0; n < width; n++) sum += a[at - (at % width) + n] * b[n * width + (at % width)]
    return sum
  })
}

const transpose = (a: Float64Array): Float64Array => {
  const width = Math.round(Math.sqrt(a.length))
  return a.map((_, at) => a[(at % width) * width + Math.floor(at / width)])
}

const identity = (width: number): Float64Array =>
  new Float64Array(width * width).map((_, at) => (at % (width + 1) === 0 ? 1 : 0))

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, k) => Math.abs(x - b[k])))

/** Four degrees made one from the other by sums of up to 40² terms, each below one. */
const ROUNDING = 1e-14

const first = rotationFromAngles(0.3, 2.1, -1.2)
const second = rotationFromAngles(-2.6, 0.4, 0.9)

describe('Wigner D matrices', () => {
  test('of a product are the products, and orthogonal', () => {
    const product = wignerD(MAX_DEGREE, multiply(first, second))
    const [a, b] = [wignerD(MAX_DEGREE, first), wignerD(MAX_DEGREE, second)]
    for (const l of degrees) {
      expect(largestDifference(product[l], multiply(a[l], b[l]))).toBeLessThan(ROUNDING)
      expect(largestDifference(multiply(a[l], transpose(a[l])), identity(2 * l + 1))).toBeLessThan(ROUNDING)
    }
  })

  test('of no rotation are no change', () => {
    wignerD(MAX_DEGREE, identity(3)).forEach((d, l) => {
      expect(largestDifference(d, identity(2 * l + 1))).toBeLessThan(ROUNDING)
    })
  })

  test('inversion multiplies by the parity', () => {
    const inversion = identity(3).map((x) => -x)
    for (const degree of degrees) {
      for (const parity of [1, -1] as const) {
        const expected = identity(2 * degree + 1).map((x) => parity * x)
        expect(largestDifference(irrepMatrix({ degree, parity }, inversion), expected)).toBeLessThan(ROUNDING)
      }
    }
  })

  test('generators are their derivatives', () => {
    const h = 1e-4
    const axes = [
      (t: number) => rotationFromAngles(0, t, 0),
      (t: number) => rotationFromAngles(t, 0, 0),
      (t: number) => Float64Array.of(Math.cos(t), -Math.sin(t), 0, Math.sin(t), Math.cos(t), 0, 0, 0, 1),
    ]
    for (const l of degrees) {
      const size = (2 * l + 1) ** 2
      axes.forEach((turn, axis) => {
        const [after, before] = [wignerD(l, turn(h))[l], wignerD(l, turn(-h))[l]]
        const slope = after.map((x, at) => (x - before[at]) / (2 * h))
        const expected = rotationGenerators(l).subarray(axis * size, (axis + 1) * size)
        // The third derivative, l³ at most, times h²/6.
        expect(largestDifference(slope, expected)).toBeLessThanOrEqual(l ** 3 * h ** 2)
      })
    }
  })
})

describe.each(conventions)('Wigner 3j symbols of %s', (convention) => {
  test.each(triples)('(%i, %i, %i) has norm one and does not change under rotation', (...triple) => {
    const { i, j, k, value } = wigner3j(triple, convention)
    expect(value.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 14)
    const [a, b, c] = triple.map((l) => wignerD(l, first)[l])
    const [, w2, w3] = triple.map((l) => 2 * l + 1)
    const dense = new Float64Array((2 * triple[0] + 1) * w2 * w3)
    value.forEach((x, n) => {
      dense[(i[n] * w2 + j[n]) * w3 + k[n]] = x
    })
    const turned = dense.map((_, at) => {
      const [p, q, r] = [Math.floor(at / (w2 * w3)), Math.floor(at / w3) % w2, at % w3]
      const term = (x: number, n: number) =>
        x * a[p * (2 * triple[0] + 1) + i[n]] * b[q * w2 + j[n]] * c[r * w3 + k[n]]
      return value.reduce((sum, x, n) => sum + term(x, n), 0)
    })
    expect(largestDifference(turned, dense)).toBeLessThan(ROUNDING)
  })

  test('(1, 1, 1) is the cross product', () => {
    const { i, j, k, value } = wigner3j([1, 1, 1], convention)
    const epsilon = Array.from(value, (x, n) => [
      i[n],
      j[n],
      k[n],
      Math.round(x * Math.sqrt(6) * 1e12) / 1e12,
    ])
    expect(epsilon).toEqual([
      [0, 1, 2, 1],
      [0, 2, 1, -1],
      [1, 0, 2, -1],
      [1, 2, 0, 1],
      [2, 0, 1, 1],
      [2, 1, 0, -1],
    ])
  })
})

test('the two conventions differ in the orderings of (1, 2, 2), (1, 3, 3) and (1, 4, 4) alone', () => {
  const different = triples.filter(
    (triple) => wigner3j(triple, 'e3nn 0.4').value[0] !== wigner3j(triple, 'e3nn 0.5').value[0],
  )
  expect(different.map((triple) => triple.join('')).sort()).toEqual(
    ['122', '133', '144', '212', '221', '313', '331', '414', '441'].sort(),
  )
})

test('degrees that do not add up, or are too high, have no symbol', () => {
  expect(() => wigner3j([1, 1, 3], 'e3nn 0.4')).toThrow('no Wigner 3j symbol of degrees 1,1,3')
  expect(() => wigner3j([1, 4, 5], 'e3nn 0.4')).toThrow('above 4')
})
