/** Spherical harmonics, Wigner 3j symbols, Wigner D matrices and edge frames against e3nn's. */
import { describe, expect, test } from 'vitest'
import { MAX_DEGREE } from '../../../src/models/irreps/irrep.ts'
import { rotationFromAngles, rotationGenerators, wignerD } from '../../../src/models/irreps/rotation.ts'
import { type Degrees, type Wigner3j, wigner3j } from '../../../src/models/irreps/wigner-3j.ts'
import { edgeFrame } from '../../../src/reference/irreps/edge-frame.ts'
import {
  harmonicsCount,
  solidHarmonics,
  sphericalHarmonics,
  sphericalHarmonicsAdjoint,
} from '../../../src/reference/irreps/spherical-harmonics.ts'
import { exactWigner3j, expectGolden, part } from '../lib/so3.ts'

/** Row `index` of a [rows × width] tensor. */
const row = (values: Float64Array, width: number, index: number) =>
  values.slice(index * width, (index + 1) * width)

const dense = ({ degrees, i, j, k, value }: Wigner3j): Float64Array => {
  const [a, b, c] = degrees.map((l) => 2 * l + 1)
  const out = new Float64Array(a * b * c)
  value.forEach((x, n) => {
    out[(i[n] * b + j[n]) * c + k[n]] = x
  })
  return out
}

describe('spherical harmonics', () => {
  const { values } = part('spherical_harmonics')
  const vectors = values('vectors')
  const edges = vectors.length / 3
  const count = harmonicsCount(MAX_DEGREE)

  test.each(['component', 'norm', 'integral'] as const)('values, %s normalisation', (normalization) => {
    const y = sphericalHarmonics(MAX_DEGREE, vectors, normalization)
    expectGolden(`Y_${normalization}`, y, values(`Y_${normalization}`))
  })

  test('homogeneous polynomials', () => {
    const golden = values('poly_component_unnormalized')
    for (let e = 0; e < edges; e++) {
      const { values: q } = solidHarmonics(MAX_DEGREE, Array.from(row(vectors, 3, e)))
      expectGolden(`polynomials of vector ${e}`, q, row(golden, count, e))
    }
  })

  test('every gradient', () => {
    const golden = values('dY_component_dvec')
    for (let column = 0; column < count; column++) {
      const seed = new Float64Array(edges * count).map((_, at) => (at % count === column ? 1 : 0))
      const gradient = sphericalHarmonicsAdjoint(MAX_DEGREE, vectors, seed)
      const expected = golden.filter((_, at) => Math.floor(at / 3) % count === column)
      expectGolden(`gradient of column ${column}`, gradient, expected)
    }
  })
})

describe('Wigner 3j symbols', () => {
  const { tensors, values } = part('wigner3j')
  const names = [...tensors.keys()].map((name) => name.replace('w3j_', ''))
  const degreesOf = (name: string) => name.split('_').map(Number) as unknown as Degrees

  test('all 65 up to degree 4 are here', () => {
    expect(names).toHaveLength(65)
    expect(Object.keys(exactWigner3j.entries).sort()).toEqual([...names].sort())
  })

  test.each(names)('%s', (name) => {
    const degrees = degreesOf(name)
    const symbol = wigner3j(degrees, 'e3nn 0.4')
    expectGolden(`w3j_${name}`, dense(symbol), values(`w3j_${name}`))
    const exact = exactWigner3j.entries[name]
    expect(Array.from(symbol.value, (_, n) => [symbol.i[n], symbol.j[n], symbol.k[n]])).toEqual(
      exact.map(([i, j, k]) => [i, j, k]),
    )
    const exactValues = exact.map(([, , , n, d]) => Math.sign(n) * Math.sqrt(Math.abs(n) / d))
    expectGolden(`exact w3j_${name}`, symbol.value, exactValues)
    // Newer e3nn: other signs for the triples listed, the same for all others.
    const sign = exactWigner3j.flip.includes(name) ? -1 : 1
    expect(wigner3j(degrees, 'e3nn 0.5').value).toEqual(symbol.value.map((x) => sign * x))
  })
})

describe('Wigner D matrices', () => {
  const { values } = part('wigner_D')
  const angles = values('angles_alpha_beta_gamma')

  test.each([0, 1, 2, 3, 4, 5])('rotation %i', (n) => {
    const [alpha, beta, gamma] = row(angles, 3, n)
    const rotation = rotationFromAngles(alpha, beta, gamma)
    expectGolden('R', rotation, row(values('R'), 9, n))
    wignerD(MAX_DEGREE, rotation).forEach((d, l) => {
      expectGolden(`D${l}`, d, row(values(`D${l}`), (2 * l + 1) ** 2, n))
    })
  })

  test.each([0, 1, 2, 3, 4])('generators of degree %i', (l) => {
    expectGolden(`J${l}`, rotationGenerators(l), values(`J${l}`))
  })
})

test('edge frames', () => {
  const { values } = part('edge_frame')
  const units = values('u')
  for (let n = 0; n < units.length / 3; n++) {
    const { alpha, beta, rotation } = edgeFrame(Array.from(row(units, 3, n)))
    expectGolden('alpha', [alpha], row(values('alpha'), 1, n))
    expectGolden('beta', [beta], row(values('beta'), 1, n))
    expectGolden('R', rotation, row(values('R'), 9, n))
    wignerD(MAX_DEGREE, rotation).forEach((d, l) => {
      expectGolden(`D${l}`, d, row(values(`D${l}`), (2 * l + 1) ** 2, n))
    })
  }
})
