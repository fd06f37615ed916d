import { describe, expect, test } from 'vitest'
import { concatSlots, headSlots, padded, plainSlots } from '../../../src/models/layers/slots.ts'

describe('slots of channels in padded rows', () => {
  test('widths are multiples of four', () => {
    expect([0, 1, 4, 5, 48].map(padded)).toEqual([0, 4, 4, 8, 48])
  })

  test('usual widths are not padded', () => {
    const { at, width } = headSlots(8, 16)
    expect(width).toBe(128)
    expect(Array.from(at)).toEqual(Array.from({ length: 128 }, (_, c) => c))
  })

  test('each head is padded by itself, so that no vec4 straddles two', () => {
    const { at, width } = headSlots(3, 5)
    expect(width).toBe(24)
    expect(Array.from(at)).toEqual([0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 16, 17, 18, 19, 20])
  })

  test('parts joined end to end keep their padding', () => {
    const { at, width } = concatSlots(headSlots(2, 3), plainSlots(1), plainSlots(4))
    expect(width).toBe(16)
    expect(Array.from(at)).toEqual([0, 1, 2, 4, 5, 6, 8, 12, 13, 14, 15])
  })
})
