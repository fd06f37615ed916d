/** How products are packed: matrices and their transposes, weights, biases. */
import { describe, expect, test } from 'vitest'
import { packEdgeProduct, weightColumns } from '../../../src/models/equiformer/edge-product.ts'
import { type ProductShape, testProduct } from './lib/products.ts'

const shape: ProductShape = {
  ...{ features: '5x0e+2x0o+3x1o+2x1e', harmonics: '0e+1o', shared: false },
  outputs: ['4x0e+2x1o', '6x0e+2x1e'],
}
const radial = testProduct(shape)
const shared = testProduct({ ...shape, shared: true })

const matrices = ({ pack, packed }: typeof radial) => ({
  ...{ forward: pack.valuesOf(packed.forward), adjoint: pack.valuesOf(packed.adjoint) },
})

describe('matrices', () => {
  test.each([radial, shared])('are packed both ways around', (product) => {
    const { forward, adjoint } = matrices(product)
    let entries = 0
    for (const { first, rows, width } of product.packed.results) {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < width; c++) {
          const value = forward[first + r * width + c]
          expect(adjoint[first + c * rows + r]).toBe(value)
          if (value !== 0) entries++
        }
      }
    }
    // Every weight of every layer once.
    expect(entries).toBe(product.layers.reduce((sum, { weight }) => sum + weight.length, 0))
  })

  test('have their own parts of the tensor, in whole vec4s', () => {
    const { results, input } = radial.packed
    for (const { first, rows, width } of results) {
      expect([first % 4, rows % 4, width % 4]).toEqual([0, 0, 0])
      const others = results.filter((other) => other.first < first)
      for (const other of others) expect(other.first + other.rows * other.width).toBeLessThanOrEqual(first)
    }
    expect(radial.packed.width).toBe(radial.outputs.reduce((sum, rows) => sum + rows.width, 0))
    expect(input).toBe(radial.input)
  })

  test('have the weights in them that all edges share', () => {
    const { tensorProduct, input } = radial
    const { at, width } = weightColumns(tensorProduct, input)
    const inRow = new Float64Array(width)
    at.forEach((slot, w) => {
      inRow[slot] = shared.shared![w]
    })
    const [own, folded] = [matrices(radial).forward, matrices(shared).forward]
    for (const { first, rows, width, uses } of shared.packed.results) {
      for (let r = 0; r < rows; r++) {
        const { path, row } = uses.findLast((use) => use.row <= r)!
        const weight = inRow[path.weights + r - row]
        for (let c = 0; c < width; c++) {
          const at = first + r * width + c
          // Rounded once instead of twice.
          expect(folded[at]).toBeCloseTo(own[at] * weight, 6)
        }
      }
    }
    expect([radial.packed.weights, shared.packed.weights]).toEqual([width, 0])
  })
})

test('scalars alone have a bias, with zeros in padded slots', () => {
  const { forward } = matrices(radial)
  const biases = radial.packed.results.map(({ bias, width }) =>
    bias === null ? null : [...forward.subarray(bias, bias + width)],
  )
  const [first, second] = radial.layers.map(({ bias }) => [...bias!])
  expect(biases).toEqual([first, null, [...second, 0, 0], null])
})

test('weights of a path are padded as its features are, and no two have one place', () => {
  const { at, width, first } = weightColumns(radial.tensorProduct, radial.input)
  expect(new Set(at).size).toBe(radial.tensorProduct.product.weights)
  expect(Math.max(...at)).toBeLessThan(width)
  expect(first.every((column) => column % 4 === 0)).toBe(true)
})

test('results of another irrep than a layer gives are refused', () => {
  const { pack, tensorProduct, input, layers } = radial
  const [layer] = layers
  const pseudo = [{ degree: 0, parity: -1 as const, offset: 0, width: 8 }]
  expect(() =>
    packEdgeProduct(pack, tensorProduct, input, null, pseudo, [
      { layer, place: (_, slot) => ({ block: 0, slot }) },
    ]),
  ).toThrow()
  expect(() =>
    packEdgeProduct(pack, tensorProduct, input, null, pseudo, [
      { layer, place: (_, slot) => ({ block: 1, slot }) },
    ]),
  ).toThrow()
})
