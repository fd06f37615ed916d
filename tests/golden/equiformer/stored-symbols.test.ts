/**
 * Whole networks with Wigner 3j symbols rounded to float32, as upstream computes with them: then nothing is left but the order
 * of sums, and every tensor inside the network has to be upstream's.
 *
 * With exact symbols some are not: a molecule's mirror plane makes pseudoscalars vanish, and layer norms amplify what the
 * rounding of the symbols leaves of them 300-fold. Energies are even in those, so that nobody sees it there.
 */
import { describe, expect, test, vi } from 'vitest'
import { equiformerCases } from '../cases.ts'
import { evaluateCase, largestDifference, loadEquiformer } from '../lib/equiformer.ts'
import { intermediatesOf } from '../lib/intermediates.ts'
import { relativeError } from '../lib/so3.ts'

vi.mock('../../../src/models/irreps/wigner-3j.ts', async (original) => {
  const module = await original<typeof import('../../../src/models/irreps/wigner-3j.ts')>()
  return {
    ...module,
    wigner3j: (...of: Parameters<typeof module.wigner3j>) => {
      const symbol = module.wigner3j(...of)
      // Symbols that contain a scalar are no tensors of the file, but part of upstream's code.
      return of[0].includes(0) ? symbol : { ...symbol, value: symbol.value.map(Math.fround) }
    },
  }
})

const cases = (await equiformerCases()).filter(({ name }) => !name.includes('published'))

/** Sums of float64 in another order, energies and forces being of size 1: 3.6·10⁻¹⁵ at worst. */
const ROUNDING = 1e-13

/** Golden tensors are rounded to float32: by 2⁻²⁴ of an element at most. */
const FLOAT32 = 2 ** -24

test('the ten small networks are here', () => {
  expect(cases).toHaveLength(10)
})

describe.each(cases)('$name', (golden) => {
  test('energies, forces and every tensor inside are upstream’s', async () => {
    const result = evaluateCase(await loadEquiformer(golden), golden)
    const energyError = largestDifference(result.output.flat(), golden.expectedOutput.flat())
    const forceError = largestDifference(result.forces, golden.expectedForces!)
    if (process.env.TUMBLE_SHOW_ERRORS) {
      console.log(
        `${golden.name}: energy ${energyError.toExponential(1)}, forces ${forceError.toExponential(1)}`,
      )
    }
    expect(energyError).toBeLessThan(ROUNDING)
    expect(forceError).toBeLessThan(ROUNDING)

    const tensors = (await intermediatesOf(golden))!
    expect(tensors.size).toBeGreaterThan(15)
    for (const [name, tensor] of tensors) {
      const seen = result.intermediates.get(name)
      expect(seen?.length, name).toBe(tensor.data.length)
      const error = relativeError(seen!, tensor.data as Float32Array)
      if (process.env.TUMBLE_SHOW_ERRORS) console.log(`${golden.name} ${name}: ${error.toExponential(2)}`)
      expect(error, name).toBeLessThanOrEqual(FLOAT32)
    }
    if (golden.name.startsWith('oc20')) expect(result.vectors).toBe(result.intermediates.get('aux_out'))
  })
})
