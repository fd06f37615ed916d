/** Pieces of WGSL that kernels for irreps are written with. */
import { describe, expect, test } from 'vitest'
import { blockKernel, literal, torqueTerms } from '../../../src/models/equiformer/kernel-text.ts'
import { rotationGenerators } from '../../../src/models/irreps/rotation.ts'

/** What WGSL takes for a floating-point number, with a sign before it. */
const FLOAT = /^-?(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d+)?$/

describe('literals', () => {
  test.each([
    ...[0, 1, -1, 3, -17, 16_777_216],
    ...[0.1, -0.1, 1 / 3, Math.sqrt(15), -Math.SQRT1_2],
    ...[1e-7, -2.5e-9, 1e21, -3e30, 1.17549435e-38],
  ])('%d', (value) => {
    const text = literal(value)
    expect(text).toMatch(FLOAT)
    expect(Number(text)).toBe(Math.fround(value))
  })

  test('integers are no integers in WGSL', () => {
    expect(literal(2)).toBe('2.0')
    expect(literal(-0)).toBe('0.0')
  })
})

describe('torques', () => {
  test.each([1, 2, 3])(
    'of degree %i have a term for every element of the generator that is none',
    (degree) => {
      const parts = 2 * degree + 1
      const generators = rotationGenerators(degree)
      for (let axis = 0; axis < 3; axis++) {
        const found = new Float64Array(parts * parts)
        const text = torqueTerms(...([degree, axis, (m: number) => `g${m}`, (n: number) => `x${n}`] as const))
        const terms = text.split(' + ')
        for (const term of terms) {
          const [, factor, m, n] = /^(\S+) \* dot\(g(\d), x(\d)\)$/.exec(term)!
          found[Number(m) * parts + Number(n)] += Number(factor)
        }
        const expected = generators.slice(axis * parts * parts, (axis + 1) * parts * parts).map(Math.fround)
        expect(found).toEqual(expected)
        expect(terms).toHaveLength(expected.filter((value) => value !== 0).length)
      }
    },
  )

  test('of scalars, and of components that vanish, are zero', () => {
    const name = (m: number) => `x${m}`
    expect(torqueTerms(0, 0, name, name)).toBe('0.0')
    expect(torqueTerms(2, 0, name, () => null)).toBe('0.0')
    expect(torqueTerms(1, 0, name, (n) => (n === 1 ? 'r' : null)).split(' + ')).toHaveLength(1)
  })
})

describe('kernels of blocks', () => {
  const functions = [
    ['  row_starts[lane] = 1u;'],
    ['  edges[lane] = row_starts[lane];'],
    ['  frames[lane] = 0.0;'],
  ]
  const names = ['edges', 'row_starts', 'start', 'frames']
  const { source, blocks } = blockKernel({ 'a/b': names }, functions, () => 1)

  test('import what a line has a word for, and no more', () => {
    expect(source([0, 1])).toContain('import package::a::b::{edges, row_starts};\n')
    expect(source([2])).toContain('import package::a::b::{frames};\n')
  })

  test('lead the lanes of every block to its function, in the order of workgroup_id.z', () => {
    const calls = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.includes('(lane);'))
        .map((line) => line.trim())
    expect(blocks).toBe(3)
    expect(source([0])).toContain('fn block_0(lane: u32) {\n  row_starts[lane] = 1u;\n}')
    expect(calls(source([0, 1, 2]))).toEqual([
      'case 0u: { block_0(lane); }',
      'case 1u: { block_1(lane); }',
      'default: { block_2(lane); }',
    ])
    expect(calls(source([2]))).toEqual(['default: { block_2(lane); }'])
    expect(source([2])).not.toContain('block_0')
  })
})
