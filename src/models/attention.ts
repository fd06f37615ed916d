import type { Dispatch } from '../gpu/kernel.ts'

/** A model whose atoms weigh their neighbours with so many heads in each of so many layers. */
export interface AttentionSize {
  readonly layers: number
  readonly heads: number
}

/** One head of one layer, both counted from 0. */
export interface AttentionHead {
  readonly layer: number
  readonly head: number
}

/** Room for one head's weights of all edges, in the order of the neighbour list; zeros where there is no edge. */
export interface AttentionLinks {
  /** [capacity] vec4f: xyz from receiver to source in Å, 0 for an atom's edge to itself; w the weight */
  readonly links: GPUBuffer
  /** [capacity] two u32: the receiver, which weighs, and the source, which is weighed */
  readonly ends: GPUBuffer
}

/** The weights that a force program's last evaluation gave to neighbours, for those who want to look at them. */
export interface AttentionProgram extends AttentionSize {
  /** Edges that {@link AttentionLinks} must have room for. */
  readonly capacity: number
  /** What writes one head's weights, from what the evaluation has kept; it changes nothing that forces come from. */
  weigh(of: AttentionHead, into: AttentionLinks): Promise<Dispatch>
}
