/** Names of the golden cases for what the reference computed on its way, so that golden tensors compare. */
import type { BlockParameters } from '../../models/equiformer/parameters.ts'
import { joinHeads } from '../irreps/heads.ts'
import type { AttentionTape } from './attention.ts'
import type { BlockTape } from './block.ts'
import type { EnergyHeadTape } from './energy-head.ts'
import type { MessageGraph } from './message-graph.ts'

interface Forward {
  readonly graph: MessageGraph
  readonly atomEmbedding: Float64Array
  readonly degree: { readonly features: Float64Array }
  readonly blocks: readonly BlockParameters[]
  readonly tapes: readonly BlockTape[]
  /** Features after the last block. */
  readonly x: Float64Array
  readonly normed: Float64Array
  readonly perAtom: Float64Array
  readonly headTape: EnergyHeadTape
  readonly vector: { readonly out: Float64Array; readonly tape: AttentionTape } | null
}

/**
 * `edge_*` are sorted like the edge list; `blockN.*` are of block N, `attnN.*` of its attention, and of the heads' that follow
 * the blocks.
 */
export function equiformerIntermediates(forward: Forward): Map<string, Float64Array> {
  const { graph, tapes, blocks, x, headTape, vector } = forward
  const named = new Map<string, Float64Array>([
    ['edge_src', Float64Array.from(graph.edges.source)],
    ['edge_dst', Float64Array.from(graph.edges.receiver)],
    ['edge_vec', graph.edges.vector],
    ['edge_sh', graph.harmonics],
    ['edge_rbf', graph.phi],
    ['atom_embedding', forward.atomEmbedding],
    ['edge_degree_embedding', forward.degree.features],
    ['final_norm', forward.normed],
    ['head_out_per_atom', forward.perAtom],
  ])
  tapes.forEach((tape, b) => {
    const set = (name: string, values: Float64Array) => named.set(`block${b}.${name}`, values)
    set('norm_1', tape.normed)
    set('attn_out', tape.attended)
    set('ffn_out', tape.feedForward)
    set('out', tapes[b + 1]?.x ?? x)
    const { message, values } = tape.attention
    const { head, heads } = blocks[b].attention
    set('radial_weights', message.tape.product.weights)
    if (message.kind === 'nonlinear') {
      set('gated_message', message.tape.gated)
      set('value', joinHeads(head, heads, values))
    }
    if (message.kind === 'linear') set('sep_out', message.tape.joined)
    if (message.kind === 'dot product') set('key_value', message.tape.joined)
  })
  const attentions = tapes.map(({ attention }) => attention)
  if (headTape.kind === 'attention') attentions.push(headTape.attention)
  if (vector) {
    attentions.push(vector.tape)
    named.set('aux_out', vector.out)
  }
  attentions.forEach(({ logits, weights }, n) => {
    named.set(`attn${n}.logits`, logits).set(`attn${n}.alpha`, weights)
  })
  return named
}
