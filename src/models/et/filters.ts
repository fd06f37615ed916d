import { activations } from '../../reference/activations.ts'
import { type RadialBasis, radialCount, radialFunction } from '../../reference/radial.ts'
import { type RadialFunctions, type RadialTable, tabulate } from '../layers/radial-table.ts'
import type { Slots } from '../layers/slots.ts'
import type { Numbers } from '../layers/weight-pack.ts'
import type { ActivationName } from './parameters.ts'

/** Basis functions smaller than this at a distance, with their slopes, do not reach the last bit of a float32 filter. */
const NEGLIGIBLE = 1e-14

/** One linear map of the radial basis, with its place among the table's functions. */
export interface FilterBlock {
  /** [outputs, R] and [outputs] */
  readonly weight: Numbers
  readonly bias: Numbers
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
  return (r, values, derivatives) => {
    // Exponential-normal functions are narrow: most of them vanish at any one distance.
    const alive: number[] = []
    const phi: number[] = []
    const slope: number[] = []
    for (let k = 0; k < count; k++) {
      const [value, derivative] = radialFunction(basis, k, r)
      if (Math.abs(value) < NEGLIGIBLE && Math.abs(derivative) < NEGLIGIBLE) continue
      alive.push(k)
      phi.push(value)
      slope.push(derivative)
    }
    let base = 0
    for (const filter of filters) {
      const slots = slotsOf(filter)
      if ('ones' in filter) {
        for (const slot of slots.at) values[base + slot] = 1
      } else {
        const act = filter.activation ? activations[filter.activation] : null
        for (let o = 0; o < slots.at.length; o++) {
          let x = filter.bias[o]
          let dx = 0
          for (let a = 0; a < alive.length; a++) {
            const w = filter.weight[o * count + alive[a]]
            x += w * phi[a]
            dx += w * slope[a]
          }
          const at = base + slots.at[o]
          values[at] = act ? act.value(x) : x
          derivatives[at] = act ? act.derivative(x) * dx : dx
        }
      }
      base += slots.width
    }
  }
}
