import { describe, expect, test } from 'vitest'
import { Forecast, LEAST_EVALUATIONS } from '../../../benchmarks/lib/forecast.ts'
import { estimatePairs } from '../../../benchmarks/lib/pairs.ts'
import type { Structure } from '../../../src/chemistry/structure.ts'

describe('the forecast', () => {
  test('begins with a tenth of the peak', () => {
    expect(new Forecast(1e9).estimate('small', 2e8)).toBeCloseTo(2)
  })

  test('goes by the same model, else by the one before', () => {
    const forecast = new Forecast(1e9)
    forecast.learn('small', 1e9, 2)
    forecast.learn('md17', 1e9, 4)
    expect(forecast.estimate('small', 1e9)).toBeCloseTo(2)
    expect(forecast.estimate('spice', 1e9)).toBeCloseTo(4)
  })

  test('takes the best of the last three', () => {
    const forecast = new Forecast(1e9)
    for (const seconds of [0.1, 2, 1, 5]) forecast.learn('small', 1e9, seconds)
    expect(forecast.estimate('small', 1e9)).toBeCloseTo(1)
  })

  test('refuses what costs more than is allowed, and says what it would cost', () => {
    const forecast = new Forecast(1e9)
    forecast.learn('spice', 1e9, 1)
    expect(forecast.refusal('spice', 3e11, 1000)).toBe('not run: estimated 300 s per step')
    expect(forecast.refusal('spice', 3e9, 10)).toBe('not run: estimated 3.0 s per step')
    expect(forecast.refusal('spice', 3e9, 3 * LEAST_EVALUATIONS)).toBeNull()
  })
})

describe('the estimate of pairs', () => {
  const lattice = (side: number, periodic: boolean): Structure => ({
    name: 'lattice',
    atomicNumbers: new Uint8Array(side ** 3).fill(1),
    positions: Float64Array.from(
      Array.from({ length: side ** 3 }, (_, i) => [
        i % side,
        Math.floor(i / side) % side,
        Math.floor(i / side ** 2),
      ]).flat(),
    ),
    cell: periodic ? [side, 0, 0, 0, side, 0, 0, 0, side] : null,
    periodic: [periodic, periodic, periodic],
  })

  test('counts an atom and its six neighbours on a periodic lattice', () => {
    expect(estimatePairs(lattice(5, true), 1.2)).toBe(7 * 125)
  })

  test('counts images of the same atom where the cutoff exceeds the cell', () => {
    expect(estimatePairs(lattice(1, true), 1.2)).toBe(7)
  })

  test('counts open systems whole where they are small', () => {
    // 27 atoms, 54 bonds.
    expect(estimatePairs(lattice(3, false), 1.2)).toBe(27 + 2 * 54)
  })
})
