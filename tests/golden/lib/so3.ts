/** Golden parts of Equiformer: the files of tests/golden/equiformer/so3, and how results are compared with them. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Tensor } from '../../../src/formats/checkpoint.ts'
import { readSafetensors } from '../../../src/formats/safetensors.ts'

const folder = fileURLToPath(new URL('../equiformer/so3/', import.meta.url))

/** What index.json says of a file: a description, irreps, paths. */
// biome-ignore lint/suspicious/noExplicitAny: every kind of file has entries of its own
type Entry = Readonly<Record<string, any>>

const index: Readonly<Record<string, Entry>> = JSON.parse(readFileSync(`${folder}index.json`, 'utf8'))

/** Names of all parts that index.json lists. */
export const partNames: readonly string[] = Object.keys(index)

/** Parts whose tensors are here. */
export const storedParts = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => file.replace('.safetensors', ''))

export interface Part {
  readonly entry: Entry
  readonly tensors: ReadonlyMap<string, Tensor>
  /** A tensor of float64, row-major. */
  readonly values: (tensor: string) => Float64Array
}

export function part(name: string): Part {
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(`${folder}${name}.safetensors`)), name)
  const values = (tensor: string): Float64Array => {
    const data = tensors.get(tensor)?.data
    if (!(data instanceof Float64Array)) throw new Error(`${name} has no float64 tensor ${tensor}.`)
    return data
  }
  return { entry: index[name], tensors, values }
}

/** Exact Wigner 3j symbols: `[i, j, k, n, d]` stands for C[i, j, k] = sign(n) √(|n|/d). */
export const exactWigner3j: {
  readonly flip: readonly string[]
  readonly entries: Readonly<Record<string, readonly (readonly number[])[]>>
} = JSON.parse(readFileSync(`${folder}wigner3j_sparse.json`, 'utf8'))

/** Largest difference, in units of the tensor's largest magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, largest] = [0, 0]
  for (let k = 0; k < expected.length; k++) {
    difference = Math.max(difference, Math.abs(actual[k] - expected[k]))
    largest = Math.max(largest, Math.abs(expected[k]))
    // Math.max would keep it, but let it fail by name.
    if (Number.isNaN(actual[k])) return Number.NaN
  }
  return difference / (largest || 1)
}

/**
 * Float64 against float64: sums of some hundred terms, each rounded to 10⁻¹⁶, in another order.
 * The largest error seen is 3·10⁻¹⁵ (README beside the files).
 */
const TOLERANCE = 1e-13

/** Holds values against golden ones of the same number. */
export function expectGolden(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length, what).toBe(expected.length)
  const error = relativeError(actual, expected)
  if (process.env.TUMBLE_SHOW_ERRORS) console.log(`${what}: ${error.toExponential(1)}`)
  expect(error, what).toBeLessThan(TOLERANCE)
}
