/**
 * Equiformer as a list of dispatches: forward, then backward. Equiformer SPEC section 12; arXiv:2206.11990.
 *
 * | SPEC                   | here                                                  |
 * |------------------------|-------------------------------------------------------|
 * | x, x1                  | `x`, `middle` [atoms, embedding] of every block, kept |
 * | norm_1(x), norm_2(x1)  | `normed`, transient                                   |
 * | fctp_1(·)              | `ungated` of every block, kept                        |
 * | gradient toward x, x1  | `gradient`                                            |
 */
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import { type AtomFeatures, wholeRows } from '../layers/atom-features.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../layers/equivariant-linear.ts'
import { irrepsGate, irrepsGateAdjoint } from '../layers/irreps-gate.ts'
import { irrepsNorm, irrepsNormAdjoint } from '../layers/irreps-norm.ts'
import type { IrrepsRows } from '../layers/irreps-rows.ts'
import type { ProgramBuilder } from '../layers/program-builder.ts'
import type { UploadedWeights } from '../layers/weight-pack.ts'
import {
  GraphAttentionProgram,
  pullColumns,
  type SharedTensors,
  sharedTensors,
  tableConstants,
} from './attention-program.ts'
import { EdgeTensors } from './edge-tensors.ts'
import type { PackedBlock, PackedEquiformer } from './packed-weights.ts'
import { columnCount, degreeAdjointSource, degreeSource } from './turn-source.ts'

/** Floats per atom of a head's result, as shaders/et/heads/scalar.wgsl reads it. */
const HEAD_STRIDE = 16

export class EquiformerProgramWriter {
  private readonly atoms: AtomBuffers
  private readonly edges: EdgeTensors
  private readonly shared: SharedTensors
  private readonly transient: Readonly<Record<'normed' | 'hidden' | 'ungatedGradient', GPUBufferBinding>>
  private readonly gradients: Readonly<
    Record<'gradient' | 'featureGradient' | 'normedGradient' | 'seed', GPUBufferBinding>
  >

  constructor(
    private readonly builder: ProgramBuilder,
    private readonly packed: PackedEquiformer,
    private readonly weights: UploadedWeights,
  ) {
    this.atoms = builder.atoms
    const { embedding, feature, blocks, head } = packed
    const attentions = [
      ...blocks.map(({ attention }) => attention),
      ...(head.kind === 'attention' ? [head.attention] : []),
    ]
    const degrees = attentions.flatMap(({ merged, values }) =>
      [merged, values].flatMap((rows) => rows.blocks.map(({ block }) => block.degree)),
    )
    const maxDegree = Math.max(1, ...degrees, ...embedding.blocks.map(({ block }) => block.degree))
    const columns = Math.max(columnCount(embedding), ...attentions.map(pullColumns))
    this.edges = new EdgeTensors(this.builder, builder.neighbors, { maxDegree }, columns)
    this.shared = sharedTensors(this.edges, attentions)
    const widest = Math.max(embedding.width, feature.width)
    const gates = [
      ...blocks.map(({ feedForward }) => feedForward.gate),
      ...(head.kind === 'linear' ? [head.gate] : []),
    ]
    const most = (of: (rows: { input: IrrepsRows; output: IrrepsRows }) => number) =>
      Math.max(4, ...gates.map(of))
    this.transient = this.builder.room('transient', {
      normed: widest,
      hidden: most(({ output }) => output.width),
      ungatedGradient: most(({ input }) => input.width),
    })
    this.gradients = this.builder.room('gradients', {
      gradient: embedding.width,
      featureGradient: feature.width,
      normedGradient: widest,
      seed: HEAD_STRIDE,
    })
  }

  /**
   * @param atomWeights [atoms] vec2f: what an atom's contribution is multiplied by, and a number that is not read
   * @param kinds [atoms] row of `packed.start` of every atom
   */
  async write(atomWeights: GPUBuffer, kinds: Uint32Array) {
    const { builder, packed, edges } = this
    const { embedding, feature, blocks } = packed
    edges.begin()
    const kept = blocks.map((block, b) =>
      builder.room(`block ${b}`, {
        x: embedding.width,
        middle: embedding.width,
        ungated: block.feedForward.gate.input.width,
      }),
    )
    const last = builder.room('last features', { x: feature.width }).x
    const attentions = blocks.map(
      ({ attention }, b) =>
        new GraphAttentionProgram(`block ${b}`, attention, this.weights, edges, this.shared),
    )

    this.edgeDegree(kinds, kept[0]?.x ?? last)
    blocks.forEach((block, b) => {
      this.block(block, kept[b], attentions[b], kept[b + 1]?.x ?? last)
    })
    const headAdjoint = this.head(last, atomWeights)
    headAdjoint()
    for (let b = blocks.length - 1; b >= 0; b--) {
      this.blockAdjoint(blocks[b], kept[b], attentions[b], b === blocks.length - 1)
    }
    this.edgeDegreeAdjoint()
    edges.end()
    return { ...(await builder.build()), attentions }
  }

  private edgeDegree(kinds: Uint32Array, x: GPUBufferBinding): void {
    const { builder, packed, edges, atoms, weights } = this
    const { embedding, start, edgeDegree } = packed
    const rows = new Float32Array(atoms.atoms * embedding.width)
    kinds.forEach((kind, i) => {
      rows.set(start.subarray(kind * embedding.width, (kind + 1) * embedding.width), i * embedding.width)
    })
    edges.written(
      'edge degree embedding',
      degreeSource(embedding, edges.degrees),
      atoms.atoms,
      {
        ...edges.list,
        ...{ frames: edges.frames, radial: weights.bind(edgeDegree.data), results: x },
        start: builder.own(builder.gpu.bufferFrom('atom embedding', rows)),
      },
      tableConstants(edgeDegree.table),
    )
  }

  private edgeDegreeAdjoint(): void {
    const { packed, edges, weights } = this
    const { embedding, edgeDegree } = packed
    edges.written(
      'edge degree embedding adjoint',
      degreeAdjointSource(embedding, { stride: edges.pullColumns, first: 0 }, edges.degrees),
      edges.capacity,
      {
        ...edges.list,
        ...{ frames: edges.frames, radial: weights.bind(edgeDegree.data), pulls: edges.pulls },
        gradient: this.gradients.gradient,
      },
      tableConstants(edgeDegree.table),
    )
  }

  private block(
    block: PackedBlock,
    kept: Readonly<Record<'x' | 'middle' | 'ungated', GPUBufferBinding>>,
    attention: GraphAttentionProgram,
    next: GPUBufferBinding,
  ): void {
    const { builder, weights, transient } = this
    const { width } = this.packed.embedding
    const { gate, first, second } = block.feedForward
    const normed = wholeRows(transient.normed, width)
    irrepsNorm(builder, weights, block.attentionNorm, wholeRows(kept.x, width), normed)
    const middle = wholeRows(kept.middle, width)
    attention.forward(normed, middle, wholeRows(kept.x, width))
    irrepsNorm(builder, weights, block.feedForwardNorm, middle, normed)
    const ungated = wholeRows(kept.ungated, gate.input.width)
    const hidden = wholeRows(transient.hidden, gate.output.width)
    equivariantLinear(builder, weights, first, normed, ungated)
    irrepsGate(builder, gate, ungated, hidden)
    const out = second.output.width
    if (block.shortcut) {
      equivariantLinear(builder, weights, block.shortcut, middle, wholeRows(next, out))
      equivariantLinear(builder, weights, second, hidden, wholeRows(next, out), { add: true })
    } else {
      equivariantLinear(builder, weights, second, hidden, wholeRows(next, out), { plus: middle })
    }
  }

  private blockAdjoint(
    block: PackedBlock,
    kept: Readonly<Record<'x' | 'middle' | 'ungated', GPUBufferBinding>>,
    attention: GraphAttentionProgram,
    isLast: boolean,
  ): void {
    const { builder, weights, transient, gradients } = this
    const { width } = this.packed.embedding
    const { gate, first, second } = block.feedForward
    const gradient = wholeRows(gradients.gradient, width)
    const incoming = isLast ? this.featureGradient : gradient
    const hidden = wholeRows(transient.hidden, gate.output.width)
    const ungatedGradient = wholeRows(transient.ungatedGradient, gate.input.width)
    const normedGradient = wholeRows(gradients.normedGradient, width)
    equivariantLinearAdjoint(builder, weights, second, incoming, hidden)
    irrepsGateAdjoint(builder, gate, wholeRows(kept.ungated, gate.input.width), hidden, ungatedGradient)
    equivariantLinearAdjoint(builder, weights, first, ungatedGradient, normedGradient)
    if (block.shortcut) equivariantLinearAdjoint(builder, weights, block.shortcut, incoming, gradient)
    irrepsNormAdjoint(
      ...([
        builder,
        weights,
        block.feedForwardNorm,
        wholeRows(kept.middle, width),
        normedGradient,
        gradient,
      ] as const),
      { add: true },
    )
    attention.backward(gradient, normedGradient)
    irrepsNormAdjoint(
      ...([
        builder,
        weights,
        block.attentionNorm,
        wholeRows(kept.x, width),
        normedGradient,
        gradient,
      ] as const),
      { add: true },
    )
  }

  /** Appends norm and head, the energies and the gradient's beginning; what it returns appends their adjoint. */
  private head(x: GPUBufferBinding, atomWeights: GPUBuffer): () => void {
    const { builder, packed, weights, transient, gradients, atoms } = this
    const { head, norm, feature } = packed
    const input = wholeRows(x, feature.width)
    const normed = wholeRows(transient.normed, feature.width)
    const tensors = builder.room('head', {
      atomwise: HEAD_STRIDE,
      hidden: head.kind === 'linear' ? head.gate.input.width : 4,
    })
    const atomwise = wholeRows(tensors.atomwise, HEAD_STRIDE)
    const seed = wholeRows(gradients.seed, HEAD_STRIDE)
    const normedGradient = wholeRows(gradients.normedGradient, feature.width)
    irrepsNorm(builder, weights, norm, input, normed)
    const adjoint =
      head.kind === 'linear'
        ? this.linearHead(head, normed, wholeRows(tensors.hidden, head.gate.input.width), atomwise)
        : this.attentionHead(head, normed, atomwise)
    builder.call(
      'et/heads/scalar',
      {},
      {
        weights: atomWeights,
        ...{ atomwise: tensors.atomwise, seed: gradients.seed, outputs: atoms.outputs },
      },
      builder.overAtoms(),
    )
    return () => {
      adjoint(seed, normedGradient)
      irrepsNormAdjoint(builder, weights, norm, input, normedGradient, this.featureGradient)
    }
  }

  /** Toward the last features, which are those between blocks where the last block changes no irreps. */
  private get featureGradient(): AtomFeatures {
    const { gradients, packed } = this
    const changes = packed.blocks.at(-1)?.shortcut
    return wholeRows(changes ? gradients.featureGradient : gradients.gradient, packed.feature.width)
  }

  private linearHead(
    { first, gate, second }: Extract<PackedEquiformer['head'], { kind: 'linear' }>,
    x: AtomFeatures,
    ungated: AtomFeatures,
    out: AtomFeatures,
  ) {
    const { builder, weights, transient } = this
    const hidden = wholeRows(transient.hidden, gate.output.width)
    equivariantLinear(builder, weights, first, x, ungated)
    irrepsGate(builder, gate, ungated, hidden)
    equivariantLinear(builder, weights, second, hidden, out)
    return (gradient: AtomFeatures, xGradient: AtomFeatures) => {
      const ungatedGradient = wholeRows(transient.ungatedGradient, gate.input.width)
      equivariantLinearAdjoint(builder, weights, second, gradient, hidden)
      irrepsGateAdjoint(builder, gate, ungated, hidden, ungatedGradient)
      equivariantLinearAdjoint(builder, weights, first, ungatedGradient, xGradient)
    }
  }

  private attentionHead(
    { attention }: Extract<PackedEquiformer['head'], { kind: 'attention' }>,
    x: AtomFeatures,
    out: AtomFeatures,
  ) {
    const program = new GraphAttentionProgram('head', attention, this.weights, this.edges, this.shared)
    program.forward(x, out)
    return (gradient: AtomFeatures, xGradient: AtomFeatures) => program.backward(gradient, xGradient)
  }
}
