/**
 * How features of irreps lie on the GPU: component after component, so that lanes are channels.
 *
 * A row is the concatenation of its blocks. A block is [2l + 1 parts × width], component m = −l … l outermost, and a part
 * is its channels, padded with zeros to whole vec4s (per attention head where there are several).
 */

import type { Irreps, IrrepsBlock } from '../irreps/irreps.ts'
import { headSlots, type Slots } from './slots.ts'

export interface BlockRows {
  readonly block: IrrepsBlock
  /** First float of the block in a row. */
  readonly offset: number
  /** Components: 2l + 1. */
  readonly parts: number
  /** Floats of one part, a multiple of 4. */
  readonly width: number
  readonly slots: Slots
}

export interface IrrepsRows {
  readonly irreps: Irreps
  /** One for every block of the irreps, in their order. */
  readonly blocks: readonly BlockRows[]
  /** Floats of a row, a multiple of 4. */
  readonly width: number
}

/** @param heads groups that every block's channels are dealt out to, each padded by itself */
export function irrepsRows(irreps: Irreps, heads = 1): IrrepsRows {
  let offset = 0
  const blocks = irreps.blocks.map((block): BlockRows => {
    const slots = headSlots(heads, block.multiplicity / heads)
    const rows = { block, offset, parts: 2 * block.degree + 1, width: slots.width, slots }
    offset += rows.parts * rows.width
    return rows
  })
  return { irreps, blocks, width: offset }
}

/** The place in a row of every element of the irreps' own layout [channels × (2l + 1)], block by block. */
export const placesInRow = ({ blocks }: IrrepsRows): number[] =>
  blocks.flatMap(({ block, offset, parts, width, slots }) =>
    Array.from(
      { length: block.dimension },
      (_, n) => offset + (n % parts) * width + slots.at[Math.floor(n / parts)],
    ),
  )

/** Rows [N × width], zero-padded, of features [N × dimension] in the irreps' own layout. */
export function toRows(rows: IrrepsRows, features: ArrayLike<number>): Float32Array {
  const places = placesInRow(rows)
  const count = features.length / rows.irreps.dimension
  const out = new Float32Array(count * rows.width)
  for (let n = 0; n < features.length; n++) {
    out[Math.floor(n / places.length) * rows.width + places[n % places.length]] = features[n]
  }
  return out
}

/** Features [N × dimension] in the irreps' own layout of rows [N × width]. */
export function fromRows(rows: IrrepsRows, values: ArrayLike<number>): Float64Array {
  const places = placesInRow(rows)
  const count = values.length / rows.width
  return Float64Array.from(
    { length: count * places.length },
    (_, n) => values[Math.floor(n / places.length) * rows.width + places[n % places.length]],
  )
}
