import { expect } from 'vitest'
import { dot, random, slope } from '../../unit/reference/adjoint.ts'

/** Reproducible numbers in scale · [−1, 1) that float32 holds exactly, so that the reference sees the same ones. */
export const floats = (name: string, length: number, scale = 1): Float64Array =>
  random(name, length).map((x) => Math.fround(scale * x))

export const rounded = (values: Float64Array): Float64Array => values.map(Math.fround)

const largest = (values: ArrayLike<number>): number => {
  let most = 0
  for (let k = 0; k < values.length; k++) most = Math.max(most, Math.abs(values[k]))
  return most
}

/** Where TUMBLE_MEASURE is set, prints every error: what the comments beside bounds quote (SwiftShader, x86-64). */
function measured(label: string, error: number): void {
  if (process.env.TUMBLE_MEASURE) console.log(`${label}: ${error.toExponential(1)}`)
}

/** Checks that no element is further off than `bound` times the largest expected element. */
export function expectClose(
  label: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
): void {
  expect(actual.length, label).toBe(expected.length)
  let error = 0
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(actual[k] - expected[k])
    // NaN must win.
    if (!(difference <= error)) error = difference
  }
  const relative = error === 0 ? 0 : error / largest(expected)
  measured(label, relative)
  expect(relative, `${label}: error relative to the largest element`).toBeLessThan(bound)
}

type Arrays = Readonly<Record<string, Float64Array>>

/**
 * Holds gradients that the GPU computed against finite differences of the float64 reference, one input at a time and
 * along a random direction, so that a wrong reference adjoint cannot hide a wrong kernel.
 * @param seeds gradient at every output of `forward`
 * @param gradients what the GPU made of them
 */
export function expectPaired<Inputs extends Arrays>(
  label: string,
  inputs: Inputs,
  forward: (inputs: Inputs) => Arrays,
  seeds: Arrays,
  gradients: Readonly<Partial<Record<keyof Inputs, ArrayLike<number>>>>,
  bound = 3e-7, // 1.2e-7 measured at worst
): void {
  const objective = (changed: Inputs) => {
    const outputs = forward(changed)
    return Object.entries(seeds).reduce((sum, [name, seed]) => sum + dot(outputs[name], seed), 0)
  }
  for (const [name, gradient] of Object.entries(gradients)) {
    if (!gradient) continue
    const direction = random(`direction of ${name}`, gradient.length)
    const expected = slope((x) => objective({ ...inputs, [name]: x }), inputs[name], direction)
    const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction))
    const error = Math.abs(dot(gradient, direction) - expected) / (scale || 1)
    measured(`${label}, pairing toward ${name}`, error)
    expect(error, `${label}: gradient toward ${name} against finite differences`).toBeLessThan(bound)
  }
}
