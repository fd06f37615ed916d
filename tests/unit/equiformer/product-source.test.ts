/** What is written for a tensor product: the coefficients that are not zero, each where it belongs, and nothing else. */
import { describe, expect, test } from 'vitest'
import type { ProductPath } from '../../../src/models/equiformer/edge-product.ts'
import { literal } from '../../../src/models/equiformer/kernel-text.ts'
import { productAdjointSource, productSource } from '../../../src/models/equiformer/product-source.ts'
import { alignedPath } from '../../../src/models/irreps/aligned-path.ts'
import { sameIrrep } from '../../../src/models/irreps/irrep.ts'
import { type ProductShape, testProduct } from './lib/products.ts'
import { bindingNames, blocksOf, floatsIn, idleImports } from './lib/written.ts'

const shapes: Readonly<Record<string, ProductShape>> = {
  'radial weights': {
    ...{ features: '5x0e+3x1e+2x2e', harmonics: '0e+1e+2e', shared: false },
    outputs: ['5x0e+3x1e+2x2e', '6x0e'],
  },
  'shared weights and parity': {
    ...{ features: '4x0e+2x0o+3x1o+2x1e', harmonics: '0e+1o', shared: true, convention: 'e3nn 0.4' },
    outputs: ['5x0e+2x0o+3x1e+2x1o'],
  },
}

/** Coefficients of a path that are not zero. */
const factorsOf = ({ source, factor }: ProductPath): string[] =>
  Array.from(factor, literal).filter((_, m) => source[m] >= 0)

/** How often every text occurs. */
function counts(texts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1)
  return found
}

/** Checks that a function has every coefficient once for each edge that it takes, and no other number. */
function expectFactors(body: string, factors: readonly string[]): void {
  const expected = counts(factors)
  const found = counts(floatsIn(body).filter((text) => text !== '0.0'))
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
  const edges = [...found].map(([text, count]) => count / expected.get(text)!)
  expect(edges[0]).toSatisfy(Number.isInteger)
  expect(new Set(edges).size, 'a coefficient occurs as often as any other').toBe(1)
}

describe.each(Object.keys(shapes))('product, %s', (name) => {
  const product = testProduct(shapes[name])
  const { packed, tensorProduct } = product
  const { paths } = tensorProduct.product
  const forward = productSource(packed)
  const radial = !shapes[name].shared
  const adjoint = productAdjointSource(packed, radial ? { stride: 9, first: 0 } : null)

  test('coefficients are those of the paths in the frame', () => {
    const used = new Set(packed.results.flatMap(({ uses }) => uses.map(({ path }) => path)))
    expect(used.size).toBe(paths.length)
    ;[...used].forEach((path) => {
      const { degrees } = paths.find(({ weightOffset }, p) => packedPath(p) === path && weightOffset >= 0)!
      const { source, factor } = alignedPath(degrees, tensorProduct.convention)
      expect([...path.source]).toEqual([...source])
      expect([...path.factor]).toEqual([...factor])
    })
  })

  /** Paths as the results have them, in the order of the product's. */
  const packedPath = (p: number): ProductPath | undefined => {
    const block = tensorProduct.product.output.blocks[paths[p].output]
    const same = paths.filter((other) => sameIrrep(tensorProduct.product.output.blocks[other.output], block))
    return packed.results.find((result) => sameIrrep(result, block))?.uses[same.indexOf(paths[p])]?.path
  }

  test('every block of the results has the products of its paths', () => {
    const bodies = blocksOf(forward)
    expect(bodies).toHaveLength(packed.results.length)
    bodies.forEach((body, b) => {
      expectFactors(
        body,
        packed.results[b].uses.flatMap(({ path }) => factorsOf(path)),
      )
    })
  })

  test('every block of the features has those of the paths that begin there, in the adjoint', () => {
    const bodies = blocksOf(adjoint)
    expect(bodies).toHaveLength(packed.input.blocks.length)
    bodies.forEach((body, b) => {
      const from = packed.input.blocks[b]
      const uses = [...new Set(packed.results.flatMap((result) => result.uses.map(({ path }) => path)))]
      const factors = uses.filter((path) => path.from === from).flatMap(factorsOf)
      // Before the torque, whose numbers are the generators'.
      const [products] = body.split('pulls[')
      expectFactors(
        products.slice(0, products.includes('results[') ? products.indexOf('results[') : undefined),
        radial ? [...factors, ...factors] : factors,
      )
    })
  })

  test('both can be linked, and import no more than they use', async () => {
    expect(idleImports(forward)).toEqual([])
    expect(idleImports(adjoint)).toEqual([])
    const shared = ['matrices', 'results', 'row_starts', 'system']
    expect(await bindingNames(forward)).toEqual([...shared, 'features', ...(radial ? ['radial'] : [])].sort())
    expect(await bindingNames(adjoint)).toEqual(
      [...shared, 'gradient', ...(radial ? ['edges', 'features', 'pulls', 'radial'] : [])].sort(),
    )
  })

  test('every block has lanes for all its channels and edges, at most one for four channels of an edge', () => {
    const widths = [packed.results, packed.input.blocks].map((blocks) => blocks.map(({ width }) => width / 4))
    ;[forward, adjoint].forEach((kernel, k) => {
      expect(kernel.blocks).toBe(widths[k].length)
      widths[k].forEach((width, b) => {
        const counts = [0, 1, 100, 101].map((edges) => kernel.lanes(b, edges))
        expect(counts[0]).toBe(0)
        expect(counts[1]).toBeGreaterThan(0)
        expect(counts[1]).toBeLessThanOrEqual(width)
        expect(counts[2]).toBeLessThanOrEqual(100 * width)
        expect(counts[3]).toBeGreaterThanOrEqual(counts[2])
      })
    })
  })
})
