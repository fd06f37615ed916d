/**
 * Attention heads of irreps features: every block's channels are dealt out in consecutive groups, one group to each head.
 * Equiformer SPEC section 12 (`Vec2AttnHeads`, `AttnHeads2Vec`).
 *
 * Splitting only moves numbers, hence joining is its adjoint and its inverse, and the other way round.
 */
import { type Irreps, irrepsOf } from '../../models/irreps/irreps.ts'

/** Irreps of all heads together, block by block. */
export const joinedIrreps = (head: Irreps, heads: number): Irreps =>
  irrepsOf(head.blocks.map((block) => ({ ...block, multiplicity: heads * block.multiplicity })))

/** [heads × head.dimension] the place in a row of the joined features of every element of the split ones. */
function joinedPlaces(head: Irreps, heads: number): number[] {
  return Array.from({ length: heads }, (_, h) =>
    head.blocks.flatMap(({ offset, dimension }) =>
      Array.from({ length: dimension }, (_, n) => heads * offset + h * dimension + n),
    ),
  ).flat()
}

/** [N × heads × head.dimension] from [N × joinedIrreps]. */
export function splitHeads(head: Irreps, heads: number, joined: Float64Array): Float64Array {
  const places = joinedPlaces(head, heads)
  return joined.map((_, at) => joined[at - (at % places.length) + places[at % places.length]])
}

/** [N × joinedIrreps] from [N × heads × head.dimension]. */
export function joinHeads(head: Irreps, heads: number, split: Float64Array): Float64Array {
  const places = joinedPlaces(head, heads)
  const joined = new Float64Array(split.length)
  split.forEach((value, at) => {
    joined[at - (at % places.length) + places[at % places.length]] = value
  })
  return joined
}
