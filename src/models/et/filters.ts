import { activations } from '../../reference/activations.ts'
import { type RadialBasis, radialCount, radialFunction } from '../../reference/radial.ts'
import { type RadialFunctions, type RadialTable, tabulate } from '../layers/radial-table.ts'
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
 * @param cutoff Å
 */
export function tabulateFilters(basis: RadialBasis, filters: readonly Filter[], cutoff: number): RadialTable {
  const width = filters.reduce((sum, filter) => sum + slotsOf(filter).width, 0)
  return tabulate(filterFunctions(basis, filters), width, cutoff)
}

const slotsOf = (filter: Filter): Slots => ('ones' in filter ? filter.ones : filter.slots)

function filterFunctions(basis: RadialBasis, filters: readonly Filter[]): RadialFunctions {
  const count = radialCount(basis)
  const alive = new Uint32Array(count)
  const phi = new Float64Array(count)
  const slope = new Float64Array(count)
  /** Exponential-normal functions are narrow: most of them vanish at any one distance. */
  const evaluateBasis = (r: number): number => {
    let n = 0
    for (let k = 0; k < count; k++) {
      const [value, derivative] = radialFunction(basis, k, r)
      if (Math.abs(value) < NEGLIGIBLE && Math.abs(derivative) < NEGLIGIBLE) continue
      alive[n] = k
      phi[n] = value
      slope[n++] = derivative
    }
    return n
  }
  const product = ({ weight }: FilterBlock, output: number, n: number, vector: Float64Array): number => {
    let sum = 0
    for (let a = 0; a < n; a++) sum += weight[output * count + alive[a]] * vector[a]
    return sum
  }
  /** Visits every function with a basis behind it, by its place in the row. */
  const visit = (
    write: (filter: FilterBlock, output: number, at: number) => void,
    one: (at: number) => void,
  ) => {
    let base = 0
    for (const filter of filters) {
      const { at, width } = slotsOf(filter)
      for (let o = 0; o < at.length; o++) {
        if ('ones' in filter) one(base + at[o])
        else write(filter, o, base + at[o])
      }
      base += width
    }
  }
  return {
    values(r, out) {
      const n = evaluateBasis(r)
      visit(
        (filter, o, at) => {
          const x = filter.bias[o] + product(filter, o, n, phi)
          out[at] = filter.activation ? activations[filter.activation].value(x) : x
        },
        (at) => {
          out[at] = 1
        },
      )
    },
    derivatives(r, out) {
      const n = evaluateBasis(r)
      visit(
        (filter, o, at) => {
          const dx = product(filter, o, n, slope)
          if (filter.activation) {
            const x = filter.bias[o] + product(filter, o, n, phi)
            out[at] = activations[filter.activation].derivative(x) * dx
          } else out[at] = dx
        },
        () => {},
      )
    },
  }
}
