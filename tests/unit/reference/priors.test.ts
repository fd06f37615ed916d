import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors.ts'
import type { Prior } from '../../../src/models/et/parameters.ts'
import {
  coulombPair,
  d2Pair,
  evaluatePrior,
  type PairFunction,
  zblPair,
} from '../../../src/reference/priors.ts'
import { checkAdjoint, slope } from './adjoint.ts'
import { cluster } from './systems.ts'

const angstromAndEv = { distanceScale: 1e-10, energyScale: 1.602176634e-19 }
const zbl = {
  kind: 'ZBL',
  atomicNumbers: Float64Array.of(0, 1, 6, 8),
  cutoffDistance: 4,
  ...angstromAndEv,
} satisfies Prior
const d2 = {
  kind: 'D2',
  rowOfType: Float64Array.of(0, 1, 2, 3),
  c6: Float64Array.of(Number.NaN, 0.14, 1.75, 0.7),
  vdwRadius: Float64Array.of(Number.NaN, 0.1001, 0.1452, 0.1342),
  cutoffDistance: 10,
  ...angstromAndEv,
} satisfies Prior
const coulomb = {
  kind: 'Coulomb',
  lowerSwitchDistance: 0.1,
  upperSwitchDistance: 0.3,
  ...angstromAndEv,
} satisfies Prior
const types = [1, 2, 3, 1, 2, 3]
const charges = [0.4, -0.3, -0.1, 0.2, -0.5, 0.3]

const pairs: [string, Prior, PairFunction][] = [
  ['ZBL', zbl, zblPair(zbl, types)],
  ['D2', d2, d2Pair(d2, types)],
  ['Coulomb', coulomb, coulombPair(coulomb, charges)],
]

describe.each(pairs)('%s', (_, prior, pair) => {
  test('slope of a pair', () => {
    for (const r of [0.7, 1.3, 1.9, 2.8, 3.9]) {
      const expected = slope((x) => pair(1, 2, x[0])[0], Float64Array.of(r), Float64Array.of(1))
      expect(Math.abs(pair(1, 2, r)[1] - expected)).toBeLessThan(1e-8 * (1 + Math.abs(expected)))
    }
  })

  test('forces of a batch', () => {
    const system = cluster([4, 2])
    const evaluate = (positions: Float64Array) =>
      evaluatePrior(prior, { ...system, positions }, 2, types, charges)!
    checkAdjoint(
      { positions: system.positions },
      ({ positions }) => ({
        total: Float64Array.of(evaluate(positions).energies.reduce((a, b) => a + b, 0)),
      }),
      ({ positions }, { total }) => ({ positions: evaluate(positions).gPositions.map((g) => g * total[0]) }),
    )
  })
})

test('two distant charges follow upstream’s literal law', () => {
  // Ten times the physical 14.4 eV Å, because upstream divides by the distance in nm (SPEC 8.4).
  expect(coulombPair(coulomb, [1, 1])(0, 1, 10)[0]).toBeCloseTo(14.3996, 3)
})

test('what a prior cannot work with is said', () => {
  const open = cluster([2])
  const periodic = { ...open, cells: [[9, 0, 0, 0, 9, 0, 0, 0, 9]] as const }
  expect(() => evaluatePrior(d2, periodic, 1, types, undefined)).toThrow('open systems only')
  expect(() => evaluatePrior(coulomb, open, 1, types, undefined)).toThrow('partial charge')
  expect(() => evaluatePrior(zbl, open, 1, [1, 7], undefined)).toThrow(InputError)
  expect(() => evaluatePrior(d2, open, 1, [0, 1], undefined)).toThrow('no parameters for atom type 0')
})
