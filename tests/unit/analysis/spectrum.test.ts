import { describe, expect, test } from 'vitest'
import { normalizePairs } from '../../../src/analysis/pair-distribution.ts'
import { vibrationalSpectrum } from '../../../src/analysis/spectrum.ts'

const SPEED_OF_LIGHT = 2.99792458e-5 // cm/fs

describe('vibrational spectrum', () => {
  test('the integral over frequency is C(0)/2, whatever the correlation does later', () => {
    const correlation = Float64Array.from(
      { length: 200 },
      (_, l) => 3 * Math.cos(0.4 * l) * Math.exp(-l / 90),
    )
    const { wavenumbers, intensities } = vibrationalSpectrum(correlation, { interval: 1.5 })
    const spacing = SPEED_OF_LIGHT * (wavenumbers[1] - wavenumbers[0])
    // Trapezoids are exact for a sum of cosines of fewer periods than there are points.
    const ends = (intensities[0] + intensities.at(-1)!) / 2
    const integral = spacing * (intensities.reduce((sum, s) => sum + s, 0) - ends)
    expect(wavenumbers.at(-1)! * SPEED_OF_LIGHT * 2 * 1.5).toBeCloseTo(1, 9)
    expect(integral).toBeCloseTo(1.5, 9)
  })

  test('a line that ends suddenly makes no ripples', () => {
    const correlation = Float64Array.from({ length: 200 }, (_, l) => Math.cos(0.4 * Math.PI * l))
    const { wavenumbers, intensities } = vibrationalSpectrum(correlation, { interval: 1 })
    const line = 0.4 * wavenumbers.at(-1)!
    // Hann's side lobes fall as the third power of the distance in line widths, an untapered line's as the first.
    const away = intensities.filter((_, k) => Math.abs(wavenumbers[k] - line) > 40 * wavenumbers[4])
    expect(Math.max(...away.map(Math.abs)) / Math.max(...intensities)).toBeLessThan(1e-3)
  })

  test('stops where it is told to', () => {
    const { wavenumbers } = vibrationalSpectrum(new Float64Array(64).fill(1), { interval: 1, maximum: 2000 })
    expect(wavenumbers.at(-1)).toBeLessThanOrEqual(2000)
    expect(wavenumbers.at(-1)! + wavenumbers[1]).toBeGreaterThan(2000)
  })

  test.each([
    [[1], 1],
    [[1, 0.5], 0],
  ])('refuses %j at %d fs', (correlation, interval) => {
    expect(() => vibrationalSpectrum(correlation, { interval })).toThrow(/lags|positive/)
  })
})

describe('pairs by distance', () => {
  const common = { samples: 4, width: 0.5, atoms: [3, 3] as const, same: true }

  test('a crystal’s coordination and g(r)', () => {
    // Each of 3 atoms meets 6 others between 1 and 1.5 Å: 9 pairs a frame.
    const { values, coordination } = normalizePairs(Float64Array.of(0, 0, 36, 0), { ...common, volume: 10 })
    expect([...coordination]).toEqual([0, 0, 6, 6])
    const shell = (4 / 3) * Math.PI * (1.5 ** 3 - 1)
    expect(values[2]).toBeCloseTo(6 / (shell * (3 / 10)), 12)
  })

  test('an open system’s density of distances has the integral 1', () => {
    const { values } = normalizePairs(Float64Array.of(2, 6, 3, 1), { ...common, volume: null })
    expect(0.5 * values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
  })

  test('unlike elements: each of the first meets so many of the second', () => {
    const mixed = { ...common, atoms: [2, 5] as const, same: false, volume: 10 }
    const { values, coordination } = normalizePairs(Float64Array.of(0, 24), mixed)
    expect(coordination[1]).toBe(3)
    expect(values[1]).toBeCloseTo(3 / ((4 / 3) * Math.PI * (1 - 0.125) * (5 / 10)), 12)
  })
})
