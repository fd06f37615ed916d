/** Tools for holding hand-derived gradients against finite differences. */
import { expect } from 'vitest'
import { fnv1a, uniform } from '../../../src/cli/golden/weights-generator.ts'

/** Reproducible numbers in [−1, 1), different for every name. */
export const random = (name: string, length: number): Float64Array => {
  const hash = fnv1a(name)
  return new Float64Array(length).map((_, k) => uniform(hash, k))
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
  return sum
}

/** Central difference of f at x along a direction. */
export function slope(
  f: (x: Float64Array) => number,
  x: Float64Array,
  direction: Float64Array,
  step = 1e-5,
): number {
  const at = (h: number) => f(x.map((value, k) => value + h * direction[k]))
  // Richardson's step removes the error of order h².
  const coarse = (at(2 * step) - at(-2 * step)) / (4 * step)
  const fine = (at(step) - at(-step)) / (2 * step)
  return (4 * fine - coarse) / 3
}

type Arrays = Readonly<Record<string, Float64Array>>

/**
 * For every input that `adjoint` returns a gradient of, compares gradient · direction with the finite difference
 * of (outputs · seed), for a random seed of the outputs and a random direction.
 */
export function checkAdjoint<Inputs extends Arrays>(
  inputs: Inputs,
  forward: (inputs: Inputs) => Arrays,
  adjoint: (inputs: Inputs, seeds: Arrays) => Readonly<Record<string, Float64Array | null>>,
): void {
  const seeds = Object.fromEntries(
    Object.entries(forward(inputs)).map(([name, value]) => [name, random(`seed ${name}`, value.length)]),
  )
  const objective = (changed: Inputs) =>
    Object.entries(forward(changed)).reduce((sum, [name, value]) => sum + dot(value, seeds[name]), 0)
  const gradients = Object.entries(adjoint(inputs, seeds))
  expect(gradients.length).toBeGreaterThan(0)
  for (const [name, gradient] of gradients) {
    if (gradient === null) continue
    const direction = random(`direction ${name}`, inputs[name].length)
    const expected = slope((x) => objective({ ...inputs, [name]: x }), inputs[name], direction)
    const error = Math.abs(dot(gradient, direction) - expected) / (Math.abs(expected) + 1e-3)
    expect(error, `gradient toward ${name}`).toBeLessThan(1e-7)
  }
}
