/** Tables of radial weights against the networks they stand for. */
import { expect, test } from 'vitest'
import { noFunctions, tabulateAffine } from '../../../src/models/equiformer/radial-tables.ts'
import { SEGMENT_FLOATS } from '../../../src/models/layers/radial-table.ts'
import { padded } from '../../../src/models/layers/slots.ts'
import { equiformerRadialBasis } from '../../../src/reference/irreps/radial-basis.ts'
import { radialMlp } from '../../../src/reference/irreps/radial-mlp.ts'
import { equiformerCases } from '../../golden/cases.ts'
import { loadEquiformer } from '../../golden/lib/equiformer.ts'

/** One kind of radial basis each. */
const CASES = ['md17_l2_published', 'qm9_l2_bessel_newsign_small', 'qm9_l2_e3_small']
const cases = (await equiformerCases()).filter(({ name }) => CASES.includes(name))

/** Of the largest weight: coefficients are rounded to float32 twice, and summed. */
const BOUND = 3e-7

test.each(cases)('$name', async (golden) => {
  const { basis, blocks } = await loadEquiformer(golden)
  const { message } = blocks[0].attention
  const { radial } = message.product
  const { outputs } = radial.last
  const functions = noFunctions(radial, padded(outputs))
  functions.weight.set(radial.last.weight)
  functions.bias.set(radial.last.bias!)
  const table = tabulateAffine(basis, radial, functions)
  expect(table.error).toBeLessThan(3e-7)

  const value = (r: number, f: number): number => {
    const [start, density, first, count] = table.data.subarray(
      4 * Math.min(15, Math.floor(r * table.segmentsPerAngstrom)),
    )
    const scaled = (r - start) * density
    const interval = Math.min(Math.floor(scaled), count - 1)
    const t = 2 * (scaled - interval) - 1
    let sum = 0
    for (let k = table.terms - 1; k >= 0; k--) {
      const row = (first + interval) * table.terms + k
      sum = sum * t + table.data[SEGMENT_FLOATS + row * functions.width + f]
    }
    return sum
  }
  const distances = Float64Array.from({ length: 200 }, (_, n) => 0.6 + (4.399 * n) / 200)
  const { weights } = radialMlp(radial, equiformerRadialBasis(basis, distances))
  const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0)
  let worst = 0
  distances.forEach((r, n) => {
    for (let f = 0; f < outputs; f++) {
      worst = Math.max(worst, Math.abs(value(r, f) - weights[n * outputs + f]) / largest)
    }
  })
  if (process.env.TUMBLE_SHOW_ERRORS) console.log(golden.name, worst, table.error, table.intervals, outputs)
  expect(worst).toBeLessThan(BOUND)
})
