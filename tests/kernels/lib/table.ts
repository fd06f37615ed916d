import { SEGMENT_FLOATS, SEGMENTS } from '../../../src/models/layers/radial-table.ts'
import type { Slots } from '../../../src/models/layers/slots.ts'
import { floats } from './compare.ts'

/** A table of random polynomials, which the reference evaluates from the very same coefficients. */
export interface TestTable {
  readonly data: Float32Array
  readonly constants: {
    readonly SEGMENTS_PER_ANGSTROM: number
    readonly TERMS: number
  }
  /** [E × blocks · channels] values and slopes (per Å) at distances [E] */
  evaluate(distances: Float64Array): { values: Float64Array; slopes: Float64Array }
}

/** Intervals of each segment. */
const COUNTS = Array.from({ length: SEGMENTS }, (_, k) => 1 + (k % 3))
const INTERVALS = COUNTS.reduce((sum, count) => sum + count, 0)

export function randomTable(
  name: string,
  blocks: number,
  { at, width }: Slots,
  cutoff: number,
  terms = 6,
): TestTable {
  const channels = at.length
  const columns = blocks * width
  const coefficients = floats(name, INTERVALS * blocks * channels * terms)
  const data = new Float32Array(SEGMENT_FLOATS + INTERVALS * columns * terms)
  const segments = COUNTS.map((count, k) => ({
    ...{ start: Math.fround((k * cutoff) / SEGMENTS), perAngstrom: Math.fround((count * SEGMENTS) / cutoff) },
    ...{ first: COUNTS.slice(0, k).reduce((sum, n) => sum + n, 0), count },
  }))
  segments.forEach(({ start, perAngstrom, first, count }, k) => {
    data.set([start, perAngstrom, first, count], 4 * k)
  })
  const coefficient = (interval: number, f: number, k: number) =>
    // Later terms are smaller, as in a fit.
    Math.fround(coefficients[(interval * blocks * channels + f) * terms + k] * 0.15 ** k)
  for (let i = 0; i < INTERVALS; i++) {
    for (let f = 0; f < blocks * channels; f++) {
      const column = Math.floor(f / channels) * width + at[f % channels]
      for (let k = 0; k < terms; k++) {
        data[SEGMENT_FLOATS + (i * terms + k) * columns + column] = coefficient(i, f, k)
      }
    }
  }
  return {
    data,
    constants: { SEGMENTS_PER_ANGSTROM: SEGMENTS / cutoff, TERMS: terms },
    evaluate(distances) {
      const values = new Float64Array(distances.length * blocks * channels)
      const slopes = new Float64Array(values.length)
      distances.forEach((r, e) => {
        const { start, perAngstrom, first, count } =
          segments[Math.max(0, Math.min(Math.floor((r * SEGMENTS) / cutoff), SEGMENTS - 1))]
        const scaled = (r - start) * perAngstrom
        const place = Math.max(0, Math.min(Math.floor(scaled), count - 1))
        const interval = first + place
        const t = 2 * (scaled - place) - 1
        for (let f = 0; f < blocks * channels; f++) {
          const out = e * blocks * channels + f
          for (let k = terms - 1; k >= 0; k--) {
            slopes[out] = slopes[out] * t + values[out]
            values[out] = values[out] * t + coefficient(interval, f, k)
          }
          slopes[out] *= 2 * perAngstrom
        }
      })
      return { values, slopes }
    },
  }
}
