import type { Slots } from '../../../src/models/layers/slots.ts'
import { floats } from './compare.ts'

/** A table of random polynomials, which the reference evaluates from the very same coefficients. */
export interface TestTable {
  readonly data: Float32Array
  readonly constants: {
    readonly INTERVALS: number
    readonly INTERVALS_PER_ANGSTROM: number
    readonly TERMS: number
  }
  /** [E × blocks · channels] values and slopes (per Å) at distances [E] */
  evaluate(distances: Float64Array): { values: Float64Array; slopes: Float64Array }
}

const INTERVALS = 7

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
  const data = new Float32Array(INTERVALS * columns * terms)
  const coefficient = (interval: number, f: number, k: number) =>
    // Later terms are smaller, as in a fit.
    Math.fround(coefficients[(interval * blocks * channels + f) * terms + k] * 0.5 ** k)
  for (let i = 0; i < INTERVALS; i++) {
    for (let f = 0; f < blocks * channels; f++) {
      const column = Math.floor(f / channels) * width + at[f % channels]
      for (let k = 0; k < terms; k++) {
        data[(i * terms + k) * columns + column] = coefficient(i, f, k)
      }
    }
  }
  return {
    data,
    constants: { INTERVALS, INTERVALS_PER_ANGSTROM: INTERVALS / cutoff, TERMS: terms },
    evaluate(distances) {
      const values = new Float64Array(distances.length * blocks * channels)
      const slopes = new Float64Array(values.length)
      distances.forEach((r, e) => {
        const scaled = (r * INTERVALS) / cutoff
        const interval = Math.min(Math.floor(scaled), INTERVALS - 1)
        const t = 2 * (scaled - interval) - 1
        for (let f = 0; f < blocks * channels; f++) {
          const out = e * blocks * channels + f
          for (let k = terms - 1; k >= 0; k--) {
            slopes[out] = slopes[out] * t + values[out]
            values[out] = values[out] * t + coefficient(interval, f, k)
          }
          slopes[out] *= (2 * INTERVALS) / cutoff
        }
      })
      return { values, slopes }
    },
  }
}
