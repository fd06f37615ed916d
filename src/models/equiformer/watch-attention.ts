import { cover } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import type { AttentionProgram } from '../attention.ts'
import { WORKGROUP } from '../layers/program-builder.ts'

/**
 * Attention weights of an Equiformer: α of SPEC section 12, for all edges.
 * @param weights of every block [edges, heads], kept from forward to backward
 */
export function watchAttention(
  { gpu, system }: AtomBuffers,
  { edges, rowStarts, capacity }: NeighborList,
  heads: number,
  weights: readonly GPUBuffer[],
): AttentionProgram {
  return {
    layers: weights.length,
    heads,
    capacity,
    async weigh({ layer, head }, { links, ends }) {
      const kernel = await gpu.kernel('equiformer/attention_links', {
        constants: { WORKGROUP, HEADS: heads, HEAD: head },
      })
      return kernel.bind(
        { system, edges, row_starts: rowStarts, weights: weights[layer], links, ends },
        cover(capacity, WORKGROUP),
      )
    },
  }
}
