import { describe, expect, test } from 'vitest'
import {
  type RadialFunctions,
  type RadialTable,
  SEGMENT_FLOATS,
  SEGMENTS,
  tabulate,
} from '../../../src/models/layers/radial-table.ts'

const CUTOFF = 5

/** Value and slope of function f at r, in double precision from the table's coefficients. */
function lookUp(table: RadialTable, width: number, f: number, r: number): [number, number] {
  const { segmentsPerAngstrom, terms, data } = table
  const segment = Math.min(Math.floor(r * segmentsPerAngstrom), SEGMENTS - 1)
  const [start, perAngstrom, first, count] = data.subarray(4 * segment, 4 * segment + 4)
  const scaled = (r - start) * perAngstrom
  const place = Math.max(0, Math.min(Math.floor(scaled), count - 1))
  const t = 2 * (scaled - place) - 1
  let [value, slope] = [0, 0]
  for (let k = terms - 1; k >= 0; k--) {
    slope = slope * t + value
    value = value * t + data[SEGMENT_FLOATS + ((first + place) * terms + k) * width + f]
  }
  return [value, slope * 2 * perAngstrom]
}

/** Waves, the faster one with a period of 2π `narrow` Å, an exponential and a constant. */
const known = (narrow: number): RadialFunctions => ({
  values: (r, out) => out.set([Math.sin(3 * r), Math.exp(-r), Math.cos(r / narrow), 1]),
  derivatives: (r, out) => out.set([3 * Math.cos(3 * r), -Math.exp(-r), -Math.sin(r / narrow) / narrow, 0]),
})

/** Largest deviations from the functions over their largest value and slope. */
function errors(table: RadialTable, functions: RadialFunctions): { value: number; slope: number } {
  const exact = new Float64Array(4)
  const slopes = new Float64Array(4)
  let [value, slope, largestValue, largestSlope] = [0, 0, 0, 0]
  for (let r = 0; r < CUTOFF; r += 0.000917) {
    functions.values(r, exact)
    functions.derivatives(r, slopes)
    for (let f = 0; f < 4; f++) {
      const [v, s] = lookUp(table, 4, f, r)
      value = Math.max(value, Math.abs(v - exact[f]))
      slope = Math.max(slope, Math.abs(s - slopes[f]))
      largestValue = Math.max(largestValue, Math.abs(exact[f]))
      largestSlope = Math.max(largestSlope, Math.abs(slopes[f]))
    }
  }
  return { value: value / largestValue, slope: slope / largestSlope }
}

describe('tabulated functions of the distance', () => {
  test('smooth functions need few intervals', () => {
    const smooth: RadialFunctions = {
      values: (r, out) => out.set([Math.sin(3 * r), Math.exp(-r), r, 1]),
      derivatives: (r, out) => out.set([3 * Math.cos(3 * r), -Math.exp(-r), 1, 0]),
    }
    const table = tabulate(smooth, 4, CUTOFF)
    expect(table.intervals).toBeLessThan(16 * SEGMENTS)
    expect(table.data.length).toBe(SEGMENT_FLOATS + table.intervals * 4 * table.terms)
    const { value, slope } = errors(table, smooth)
    expect(value).toBeLessThan(1e-7)
    expect(slope).toBeLessThan(3e-7)
  })

  test('narrower functions get as many intervals as they need', () => {
    const counts = [0.1, 0.02, 0.005].map((narrow) => {
      const table = tabulate(known(narrow), 4, CUTOFF)
      const { value, slope } = errors(table, known(narrow))
      expect(value).toBeLessThan(1e-7) // 3e-8 measured: the rounding of the constant term
      expect(slope).toBeLessThan(3e-7) // 1.8e-7 measured, where the fit stops refining
      expect(table.error).toBeLessThan(2e-7)
      return table.intervals
    })
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
    expect(counts[2]).toBeGreaterThan(counts[0])
  })

  test('where the largest table is too coarse, the error it has is stated', () => {
    // Waves of 3e-4 Å: nothing of the permitted size resolves them.
    const steep: RadialFunctions = {
      values: (r, out) => out.fill(Math.sin(2e4 * r)),
      derivatives: (r, out) => out.fill(2e4 * Math.cos(2e4 * r)),
    }
    const table = tabulate(steep, 4096, CUTOFF)
    expect(table.data.byteLength).toBeLessThanOrEqual(64 * 2 ** 20)
    expect(table.data.byteLength).toBeGreaterThan(60 * 2 ** 20)
    expect(table.error).toBeGreaterThan(0.1)
  })

  test('constants and zeros have no error', () => {
    const constant = (c: number): RadialFunctions => ({
      values: (_, out) => out.fill(c),
      derivatives: () => {},
    })
    const table = tabulate(constant(3), 4, CUTOFF)
    expect(table.error).toBeLessThan(1e-12)
    expect(lookUp(table, 4, 2, 4.99)[0]).toBeCloseTo(3, 6)
    const nothing = tabulate(constant(0), 4, CUTOFF)
    expect(nothing.error).toBe(0)
    expect(nothing.data.subarray(SEGMENT_FLOATS).every((x) => x === 0)).toBe(true)
  })

  test('widths come in fours', () => {
    expect(() => tabulate(known(1), 6, CUTOFF)).toThrow('multiple of 4, not 6')
  })
})
