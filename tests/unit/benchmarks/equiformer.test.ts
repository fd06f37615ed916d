import { expect, test } from 'vitest'
import { equiformerCheckpoint } from '../../../benchmarks/equiformer.ts'
import { equiformerFlops } from '../../../benchmarks/lib/equiformer-flops.ts'
import { readEquiformerParameters } from '../../../src/models/equiformer/read-parameters.ts'

const parameters = readEquiformerParameters(equiformerCheckpoint())

test('the network of the suite is the published one', () => {
  expect(parameters.count).toBe(3_496_001)
})

test('its arithmetic on aspirin is what was counted on upstream’s: 3.6 GFLOP', () => {
  // BENCHMARKS of the reference: 21 atoms, 304 edges; 0.91 GMAC forward, where some of the edge degree embedding is left out.
  const { upstream, useful } = equiformerFlops(parameters, 21, 304 + 21)
  expect(Math.abs(upstream / 3.64e9 - 1)).toBeLessThan(0.05)
  expect(useful).toBeLessThan(upstream)
})

test('edges without atoms, and atoms without edges', () => {
  const { edges } = equiformerFlops(parameters, 10, 10)
  expect(edges).toBe(0)
  const one = equiformerFlops(parameters, 100, 1000)
  const ten = equiformerFlops(parameters, 1000, 10_000)
  expect(ten.useful / one.useful).toBeCloseTo(10, 9)
})
