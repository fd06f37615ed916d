import { type Activation, activations } from '../../reference/activations.ts'
import { type RadialBasis, radialCount, radialFunction } from '../../reference/radial.ts'
import { type RadialFunctions, type RadialTable, tabulateAlike } from '../layers/radial-table.ts'
import type { Slots } from '../layers/slots.ts'
import type { ActivationName } from './parameters.ts'

/** Basis functions smaller than this at a distance, with their slopes, do not reach the last bit of a float32 filter. */
const NEGLIGIBLE = 1e-10

/** One linear map of the radial basis, with its place among the table's functions. */
export interface FilterBlock {
  /** [outputs, R] and [outputs] */
  readonly weight: Float64Array
  readonly bias: Float64Array
  readonly slots: Slots
  /** null leaves W φ + b as it is */
  readonly activation: ActivationName | null
}

/** A block that is one everywhere: what a network without this filter multiplies by. */
export type Filter = FilterBlock | { readonly ones: Slots }

/**
 * Tabulates act(W φ(r) + b) of several blocks side by side, in double precision. SPEC tmdnet 5 and 7.
 * @param layers the same blocks for each of several layers, whose tables get the same intervals
 * @param cutoff Å
 */
export function tabulateFilters(
  basis: RadialBasis,
  layers: readonly (readonly Filter[])[],
  cutoff: number,
): RadialTable[] {
  const width = layers[0].reduce((sum, filter) => sum + slotsOf(filter).width, 0)
  return tabulateAlike(
    layers.map((filters) => filterFunctions(basis, filters)),
    width,
    cutoff,
  )
}

const slotsOf = (filter: Filter): Slots => ('ones' in filter ? filter.ones : filter.slots)

function filterFunctions(basis: RadialBasis, filters: readonly Filter[]): RadialFunctions {
  const count = radialCount(basis)
  const phi = new Float64Array(count)
  const slope = new Float64Array(count)
  const blocks = placed(filters).map(({ filter, base }) => ({
    base,
    ...('ones' in filter ? { ones: filter.ones } : prepared(filter, count)),
  }))
  /** Exponential-normal functions are narrow: most of them vanish at any one distance, and are set to 0. */
  const evaluateBasis = (r: number): void => {
    for (let k = 0; k < count; k++) {
      const [value, derivative] = radialFunction(basis, k, r)
      const gone = Math.abs(value) < NEGLIGIBLE && Math.abs(derivative) < NEGLIGIBLE
      phi[k] = gone ? 0 : value
      slope[k] = gone ? 0 : derivative
    }
  }
  return {
    values(r, out) {
      evaluateBasis(r)
      for (const block of blocks) {
        if ('ones' in block) {
          for (const slot of block.ones.at) out[block.base + slot] = 1
          continue
        }
        const { x, at, base, activation } = block
        affine(block, phi, x)
        for (let o = 0; o < at.length; o++) out[base + at[o]] = activation ? activation.value(x[o]) : x[o]
      }
    },
    derivatives(r, out) {
      evaluateBasis(r)
      for (const block of blocks) {
        if ('ones' in block) continue
        const { x, dx, at, base, activation } = block
        affine(block, phi, x)
        linear(block, slope, dx)
        for (let o = 0; o < at.length; o++)
          out[base + at[o]] = activation ? activation.derivative(x[o]) * dx[o] : dx[o]
      }
    },
  }
}

/** Each filter with the first place of its functions in a row. */
function placed(filters: readonly Filter[]): { filter: Filter; base: number }[] {
  let base = 0
  return filters.map((filter) => {
    const place = { filter, base }
    base += slotsOf(filter).width
    return place
  })
}

interface Prepared {
  /** [R, outputs]: transposed, so that the product below runs along memory */
  readonly weight: Float64Array
  readonly bias: Float64Array
  readonly at: Uint32Array
  readonly activation: Activation | null
  /** room for the results, [outputs] */
  readonly x: Float64Array
  readonly dx: Float64Array
}

function prepared({ weight, bias, slots, activation }: FilterBlock, count: number): Prepared {
  const outputs = slots.at.length
  const transposed = new Float64Array(weight.length)
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < count; k++) transposed[k * outputs + o] = weight[o * count + k]
  }
  return {
    weight: transposed,
    bias,
    at: slots.at,
    activation: activation && activations[activation],
    x: new Float64Array(outputs),
    dx: new Float64Array(outputs),
  }
}

function linear({ weight }: Prepared, vector: Float64Array, out: Float64Array, start?: Float64Array): void {
  const outputs = out.length
  if (start) out.set(start)
  else out.fill(0)
  for (let k = 0; k < vector.length; k++) {
    const factor = vector[k]
    if (factor === 0) continue
    const row = k * outputs
    for (let o = 0; o < outputs; o++) out[o] += factor * weight[row + o]
  }
}

const affine = (block: Prepared, vector: Float64Array, out: Float64Array): void =>
  linear(block, vector, out, block.bias)
