import { cover } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import type { AttentionProgram } from '../attention.ts'
import { WORKGROUP } from '../layers/program-builder.ts'

/** What a layer's weights are computed from anew. */
export interface EtAttentionLayer {
  /** [atoms, 5, width] q and k first; kept from forward to backward */
  readonly features: GPUBufferBinding
  /** the layer's table */
  readonly filters: GPUBufferBinding
  /** those of shaders/et/attention_weights.wgsl, but for the head */
  readonly constants: Readonly<Record<string, number>>
}

/** Attention weights of an Equivariant Transformer: A of SPEC tmdnet 7.2 times C(r), for all edges. */
export function etAttention(
  { gpu, system }: AtomBuffers,
  { edges, rowStarts, capacity }: NeighborList,
  heads: number,
  layers: readonly EtAttentionLayer[],
): AttentionProgram {
  return {
    layers: layers.length,
    heads,
    capacity,
    async weigh({ layer, head }, { links, ends }) {
      const { features, filters, constants } = layers[layer]
      const kernel = await gpu.kernel('et/attention_weights', {
        constants: { ...constants, WORKGROUP, HEAD: head },
      })
      return kernel.bind(
        { system, edges, row_starts: rowStarts, features, filters, links, ends },
        cover(capacity, WORKGROUP),
      )
    },
  }
}
