import { describe, expect, test } from 'vitest'
import { flopsOf, type NetworkSize } from '../../../benchmarks/lib/flops.ts'

const small: NetworkSize = { channels: 32, layers: 2, radialFunctions: 16 }
const md17: NetworkSize = { channels: 128, layers: 6, radialFunctions: 32 }
const spice: NetworkSize = { channels: 128, layers: 6, radialFunctions: 64 }

/** Matrix products of TorchMD-NET's energy and forces, counted by PyTorch: SPEC 15; GFLOP, digits as given there. */
const counted: [string, NetworkSize, atoms: number, pairs: number, gigaflop: number, digit: number][] = [
  ['small, alanine dipeptide', small, 22, 402, 0.011, 1e-3],
  ['small, C32H66', small, 98, 2122, 0.055, 1e-3],
  ['small, w400', small, 399, 15351, 0.348, 1e-3],
  ['small, w1000', small, 999, 43057, 0.957, 1e-3],
  ['MD17, alanine dipeptide', md17, 22, 402, 0.32, 1e-3],
  ['MD17, C32H66', md17, 98, 2122, 1.563, 1e-3],
  ['MD17, w400', md17, 399, 15351, 9.112, 1e-3],
  ['MD17, w1000', md17, 999, 43057, 24.71, 1e-2],
  ['SPICE, alanine dipeptide', spice, 22, 484, 0.552, 1e-3],
  ['SPICE, C32H66', spice, 98, 4126, 4.072, 1e-3],
  ['SPICE, w400', spice, 399, 76327, 65.35, 1e-2],
  ['SPICE, w1000', spice, 999, 246435, 209, 1],
]

describe('the account of arithmetic', () => {
  test.each(counted)(
    'upstream products of %s are those that PyTorch counts',
    (_, size, atoms, pairs, gigaflop, digit) => {
      // Within the 3% to which the formula holds upstream, and what the table was rounded by.
      const { upstream } = flopsOf(size, atoms, pairs)
      expect(Math.abs(upstream / 1e9 - gigaflop)).toBeLessThan(0.03 * gigaflop + digit / 2)
    },
  )

  test('products on atoms are the upstream ones without edges and without the first layer’s zero vectors', () => {
    const { products, upstream } = flopsOf(md17, 100, 0)
    expect(upstream - products).toBeCloseTo(2 * 18 * 100 * 128 ** 2, 3)
  })

  test('the work on edges does not depend on the number of radial functions', () => {
    const work = (radialFunctions: number) => flopsOf({ ...md17, radialFunctions }, 22, 402)
    expect(work(64).edges).toBe(work(32).edges)
    expect(work(64).upstream).toBeGreaterThan(work(32).upstream)
    expect(work(32).useful).toBe(work(32).products + work(32).edges)
  })

  test('everything grows in proportion to atoms and pairs', () => {
    const one = flopsOf(spice, 100, 5000)
    const ten = flopsOf(spice, 1000, 50_000)
    for (const key of ['products', 'edges', 'upstream'] as const)
      expect(ten[key] / one[key]).toBeCloseTo(10, 9)
  })
})
