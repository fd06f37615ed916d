import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../../src/errors.ts'
import { isScalar, MAX_DEGREE, type Parity } from '../../../../src/models/irreps/irrep.ts'
import {
  concatIrreps,
  filterIrreps,
  formatIrreps,
  irrepsOf,
  simplifyIrreps,
  sortIrreps,
} from '../../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../../src/models/irreps/parse-irreps.ts'

const block = fc.record({
  multiplicity: fc.nat({ max: 512 }),
  degree: fc.nat({ max: MAX_DEGREE }),
  parity: fc.constantFrom<Parity>(1, -1),
})

describe('irreps out of text', () => {
  test('blocks have their places', () => {
    const irreps = parseIrreps('128x0e+64x1o+32x2e')
    expect(irreps.blocks).toEqual([
      { multiplicity: 128, degree: 0, parity: 1, offset: 0, dimension: 128 },
      { multiplicity: 64, degree: 1, parity: -1, offset: 128, dimension: 192 },
      { multiplicity: 32, degree: 2, parity: 1, offset: 320, dimension: 160 },
    ])
    expect(irreps.dimension).toBe(480)
    expect(irreps.channels).toBe(224)
  })

  test.each([
    ['0e', '1x0e'],
    [' 4 x 0e +1o ', '4x0e+1x1o'],
    ['0y+1y+2y+3y', '1x0e+1x1o+1x2e+1x3o'],
    ['0x1e', '0x1e'],
    ['', ''],
    ['  ', ''],
  ])('%j is %j', (text, expected) => {
    expect(formatIrreps(parseIrreps(text))).toBe(expected)
  })

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.array(block), (blocks) => {
        const irreps = irrepsOf(blocks)
        expect(parseIrreps(formatIrreps(irreps))).toEqual(irreps)
      }),
    )
  })

  test.each([
    ['128x0e+64x1f', '"64x1f" is no block'],
    ['128x0e+', '"" is no block'],
    ['128x0e,64x1e', '"128x0e,64x1e" is no block'],
    ['-1x0e', '"-1x0e" is no block'],
    ['1.5x0e', '"1.5x0e" is no block'],
    ['8x-1e', '"8x-1e" is no block'],
    ['8x0e+4x5o', 'the degree of "4x5o" is above 4'],
    ['99999999999999999999x0e', 'has more than 65536 channels'],
    [`1x0e+${'z'.repeat(1000)}`, 'z...'],
  ])('refuses %s', (text, words) => {
    const read = () => parseIrreps(text)
    expect(read).toThrow(InputError)
    expect(read).toThrow(words)
    expect(read).toThrow(/^Irreps "[^"]*": .{10,180}\.$/)
  })

  test('any text is read or refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseIrreps(text)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }),
    )
  })
})

describe('irreps as data', () => {
  const from = (text: string) => parseIrreps(text)

  test.each([
    ['6x0e+4x0e+2x1e+1x1e', '10x0e+3x1e'],
    ['2x0e+1x1e+3x0e', '2x0e+1x1e+3x0e'],
    ['2x0e+0x1e+3x0e', '5x0e'],
    ['2x0e+2x0o', '2x0e+2x0o'],
    ['0x2e', ''],
  ])('%s simplified is %j', (text, expected) => {
    expect(formatIrreps(simplifyIrreps(from(text)))).toBe(expected)
  })

  test('sorting goes by degree, even before odd, and is stable', () => {
    const { irreps, position } = sortIrreps(from('1x2e+2x1o+3x0o+4x1e+5x0e+6x1o'))
    expect(formatIrreps(irreps)).toBe('5x0e+3x0o+4x1e+2x1o+6x1o+1x2e')
    expect(position).toEqual([5, 3, 1, 2, 0, 4])
  })

  test('filtering closes up', () => {
    const irreps = filterIrreps(from('2x0o+3x1e+4x0e'), (block) => block.degree === 0)
    expect(irreps).toEqual(from('2x0o+4x0e'))
    expect(formatIrreps(filterIrreps(from('2x0o+3x1e+4x0e'), isScalar))).toBe('4x0e')
  })

  test('joining', () => {
    expect(concatIrreps(from('2x0e+1x1o'), from('3x1o'))).toEqual(from('2x0e+1x1o+3x1o'))
  })
})
