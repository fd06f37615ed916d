import { cover, type Resource } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import { ACTIVATIONS } from '../layers/activation.ts'
import { type Operand, partRows, scalarRows } from '../layers/atomwise.ts'
import { ProgramBuilder } from '../layers/program-builder.ts'
import type { PackedTensor, UploadedWeights } from '../layers/weight-pack.ts'
import { etAttention } from './attention.ts'
import { fitsSubgroup, slicesOf } from './edge-lanes.ts'
import { type Features, stateFeatures } from './gated-block.ts'
import { appendHead, headFloats, seedFloats } from './heads.ts'
import type { PackedEt, PackedNorm, PackedTable } from './packed-weights.ts'
import type { EtHyperparameters } from './parameters.ts'

/** Rows of `width` per atom that a layer keeps from forward to backward. */
const KEPT = { state: 4, features: 5, projected: 9, output: 3 } as const
type Kept = Readonly<Record<keyof typeof KEPT, GPUBufferBinding>>

/** Rows of `width` per atom that one layer uses and the next may overwrite. */
const TRANSIENT = {
  joined: 2,
  normalized: 1,
  aggregate: 4,
  outputGradient: 3,
  projectedGradient: 9,
  aggregateGradient: 4,
  normalizedGradient: 1,
  joinedGradient: 2,
} as const

/** Rows of `gradient`: gx, gV (3), gq, gk, gv (3). */
const GRADIENT_ROWS = 9

/**
 * The Equivariant Transformer as a list of dispatches: forward, then backward. SPEC tmdnet 7 to 9;
 * arXiv:2202.02541.
 *
 * | SPEC                      | here                                             |
 * |---------------------------|--------------------------------------------------|
 * | x_l, V_l                  | `state` of layer l [atoms, 4, width], row 0 x, rows 1–3 V |
 * | q, k, v                   | `features` [atoms, 5, width]                     |
 * | P1, P2, P3                | `projected` [atoms, 3, 3, width]                 |
 * | X, Y                      | `aggregate` [atoms, 4, width]                    |
 * | o1, o2, o3                | `output` [atoms, 3, width]                       |
 * | gx, gV, gq, gk, gv        | `gradient` [atoms, 9, width]                     |
 * | gX, gY                    | `aggregateGradient` [atoms, 4, width]            |
 * | f, d ⊗ f                  | `virial` [atoms, 3, 4], the force in w           |
 *
 * Between two sums over edges everything concerns each atom alone and is one dispatch: the end of a layer and the
 * beginning of the next one. Kept from forward to backward, per atom and layer: 21 rows of `width`; per edge nothing:
 * attention is recomputed, and what pulls on an atom is summed where its edges are.
 */
export class EtProgramWriter {
  private readonly builder: ProgramBuilder
  private readonly width: number
  private readonly channelConstants: Record<string, number>
  private readonly edgeConstants: Record<string, number>
  /** Lanes of a workgroup that has one atom and its edges. */
  private readonly lanes: number
  private readonly transient: Readonly<Record<keyof typeof TRANSIENT, GPUBufferBinding>>
  private readonly gradient: GPUBufferBinding
  private readonly seed: GPUBufferBinding
  /** Whether a head's lanes are in one subgroup, and may sum without a barrier. */
  private subgroups = false
  /** u32 0 and 1 */
  private readonly accumulate: readonly GPUBuffer[]

  constructor(
    private readonly hyper: EtHyperparameters,
    private readonly packed: PackedEt,
    private readonly weights: UploadedWeights,
    private readonly atoms: AtomBuffers,
    private readonly neighbors: NeighborList,
  ) {
    this.width = packed.width
    this.channelConstants = { HEADS: hyper.heads, HEAD_WIDTH: hyper.channels / hyper.heads }
    const slices = slicesOf(atoms.gpu, this.width / 4, atoms.atoms)
    this.lanes = (slices * this.width) / 4
    this.edgeConstants = {
      ...this.channelConstants,
      WORKGROUP: this.lanes,
      SLICES: slices,
      CUTOFF_LOWER: hyper.cutoffLower,
      CUTOFF_UPPER: hyper.cutoffUpper,
    }
    this.builder = new ProgramBuilder(atoms.gpu, atoms, neighbors, this.channelConstants)
    this.transient = this.builder.room('transient', this.floats(TRANSIENT))
    const gradients = this.builder.room('gradients', {
      gradient: GRADIENT_ROWS * this.width,
      seed: seedFloats(packed.output),
    })
    this.gradient = gradients.gradient
    this.seed = gradients.seed
    this.accumulate = [0, 1].map((flag) =>
      this.builder.own(
        atoms.gpu.bufferFrom(
          'accumulate',
          Uint32Array.of(flag),
          GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
        ),
      ),
    )
  }

  /**
   * @param atomWeights [atoms] vec2f: what an atom's contribution is multiplied by, and its mass in u
   * @param mean what the head adds once per molecule, where it adds it inside
   */
  async write(atomWeights: GPUBuffer, mean: number) {
    const { builder, hyper, packed, width } = this
    this.subgroups = await fitsSubgroup(this.atoms, width / 4 / hyper.heads)
    const kept = packed.layers.map((_, l) => builder.room(`layer ${l}`, this.floats(KEPT)))
    const head = builder.room('head', { state: 4 * width, ...headFloats(packed.output) })
    const states = [...kept.map(({ state }) => state), head.state]

    const embeddingAdjoint = this.embedding(states[0])
    const adjoints = kept.map((tensors, l) => this.attentionLayer(l, tensors, states[l + 1]))
    const { normalized, normalizedGradient } = this.transient
    this.layerNorm(packed.outNorm, head.state, normalized)
    const { properties } = appendHead({
      ...{ builder, weights: this.weights, hyper, output: packed.output, tensors: head, seed: this.seed },
      ...{ width, atomWeights, mean },
      input: this.normed(normalized, head.state, 4),
      target: this.normed(normalizedGradient, this.gradient, GRADIENT_ROWS),
    })
    this.layerNormAdjoint(packed.outNorm, head.state, false)
    for (const adjoint of adjoints.toReversed()) adjoint()
    embeddingAdjoint()
    const layers = packed.layers.map(({ filters }, l) => ({
      features: kept[l].features,
      filters: this.weights.bind(filters.data),
      constants: this.attentionConstants(filters),
    }))
    const attention = etAttention(this.atoms, this.neighbors, hyper.heads, layers)
    return { ...(await builder.build()), properties, attention }
  }

  private floats<Name extends string>(rows: Readonly<Record<Name, number>>): Record<Name, number> {
    const entries = Object.entries(rows) as [Name, number][]
    return Object.fromEntries(entries.map(([name, count]) => [name, count * this.width])) as Record<
      Name,
      number
    >
  }

  /** So many rows of `width` in a tensor that has `rows` of them. */
  private rows(tensor: GPUBufferBinding, rows: number): Operand {
    return { tensor, rows: partRows(this.width, rows * this.width) }
  }

  /** One row of `count` times `width` floats. */
  private row(tensor: GPUBufferBinding, count = 1): Operand & { width: number } {
    return { tensor, rows: scalarRows(count * this.width), width: count * this.width }
  }

  /** Rows of three times `width` for each of xyz. */
  private projection(tensor: GPUBufferBinding): Operand & { width: number } {
    return { tensor, rows: partRows(3 * this.width, 9 * this.width), width: 3 * this.width }
  }

  /** Scalars that have been through a norm, and vectors that have not. */
  private normed(scalars: GPUBufferBinding, state: GPUBufferBinding, rows: number): Features {
    return { scalars: this.row(scalars), vectors: stateFeatures(state, this.width, rows).vectors }
  }

  private vectors(state: GPUBufferBinding, rows: number): Operand & { width: number } {
    return { ...stateFeatures(state, this.width, rows).vectors, width: this.width }
  }

  private tableConstants({ table }: PackedTable): Record<string, number> {
    return {
      ...this.edgeConstants,
      SEGMENTS_PER_ANGSTROM: table.segmentsPerAngstrom,
      TERMS: table.terms,
    }
  }

  private attentionConstants(filters: PackedTable): Record<string, number> {
    return {
      ...this.tableConstants(filters),
      ATTENTION_ACTIVATION: ACTIVATIONS[this.hyper.attentionActivation],
    }
  }

  private bind(tensor: PackedTensor | null): GPUBufferBinding | null {
    return tensor && this.weights.bind(tensor)
  }

  /** A workgroup for each atom. */
  private get oneEach() {
    return cover(this.atoms.atoms, 1)
  }

  private get list() {
    return { edges: this.neighbors.edges, row_starts: this.neighbors.rowStarts }
  }

  /** Normalizes row 0 of a state. */
  private layerNorm(norm: PackedNorm, state: GPUBufferBinding, y: GPUBufferBinding): void {
    this.builder.operate({
      name: 'layer norm',
      operands: [this.rows(state, 4), this.row(y)],
      outputs: this.width,
      weights: this.weights.bind(norm.weight),
      bias: this.weights.bind(norm.bias),
    })
  }

  private layerNormAdjoint(norm: PackedNorm, state: GPUBufferBinding, residual: boolean): void {
    this.builder.operate({
      name: 'layer norm adjoint',
      operands: [
        this.rows(state, 4),
        this.row(this.transient.normalizedGradient),
        this.rows(this.gradient, GRADIENT_ROWS),
      ],
      outputs: this.width,
      weights: this.weights.bind(norm.weight),
      flags: residual ? ['add'] : [],
    })
  }

  private embedding(state: GPUBufferBinding): () => void {
    const { builder, width, atoms } = this
    const { neighbor } = this.packed
    const { joined, joinedGradient } = this.transient
    const embedding = this.weights.bind(this.packed.embedding)
    if (!neighbor) {
      builder.call(
        'et/embedding',
        {
          constants: { ...this.channelConstants, OUT_STRIDE4: width, WORKGROUP: width / 4 },
          conditions: { NEIGHBORS: false },
        },
        { types: atoms.types, embedding, features: state },
        this.oneEach,
      )
      return () =>
        builder.call(
          'et/embedding_adjoint',
          { conditions: { NEIGHBORS: false } },
          { outputs: atoms.outputs, virial: atoms.virial },
          builder.overAtoms(),
        )
    }
    const neighborEmbedding = this.weights.bind(neighbor.embedding)
    const filters = this.weights.bind(neighbor.filters.data)
    const constants = this.tableConstants(neighbor.filters)
    builder.call(
      'et/embedding',
      { constants: { ...constants, OUT_STRIDE4: width / 2 }, conditions: { NEIGHBORS: true } },
      {
        types: atoms.types,
        embedding,
        neighbor_embedding: neighborEmbedding,
        filters,
        features: joined,
        ...this.list,
      },
      this.oneEach,
    )
    builder.linear({
      input: this.row(joined, 2),
      output: { ...this.rows(state, 4), width },
      weights: this.weights.bind(neighbor.combine.forward),
      bias: this.bind(neighbor.combine.bias),
    })
    return () => {
      builder.linear({
        input: { ...this.rows(this.gradient, GRADIENT_ROWS), width },
        output: this.row(joinedGradient, 2),
        weights: this.weights.bind(neighbor.combine.adjoint),
      })
      builder.call(
        'et/embedding_adjoint',
        { constants, conditions: { NEIGHBORS: true } },
        {
          types: atoms.types,
          neighbor_embedding: neighborEmbedding,
          filters,
          gradient: joinedGradient,
          outputs: atoms.outputs,
          virial: atoms.virial,
          ...this.list,
        },
        this.oneEach,
      )
    }
  }

  private attentionLayer(l: number, kept: Kept, next: GPUBufferBinding): () => void {
    const { builder, width, hyper } = this
    const layer = this.packed.layers[l]
    const { state, features, projected, output } = kept
    const { normalized, aggregate } = this.transient
    const filters = this.weights.bind(layer.filters.data)
    const constants = this.attentionConstants(layer.filters)
    const conditions = { VECTOR_CUTOFF: hyper.vectorCutoff, SUBGROUPS: this.subgroups }

    this.layerNorm(layer.norm, state, normalized)
    builder.linear({
      input: this.row(normalized),
      output: this.row(features, 5),
      weights: this.weights.bind(layer.attention.forward),
      bias: this.bind(layer.attention.bias),
    })
    // Without a bias, layer 0 projects zero vectors to zeros: the buffer is that already.
    if (l > 0 || layer.vector.bias !== null) {
      builder.linear({
        parts: 3,
        input: this.vectors(state, 4),
        output: this.projection(projected),
        weights: this.weights.bind(layer.vector.forward),
        bias: this.bind(layer.vector.bias),
      })
    }
    builder.call(
      'et/attention',
      { constants, conditions },
      { state, features, filters, aggregate, ...this.list },
      this.oneEach,
    )
    builder.linear({
      input: { ...this.rows(aggregate, 4), width },
      output: this.row(output, 3),
      weights: this.weights.bind(layer.output.forward),
      bias: this.bind(layer.output.bias),
    })
    builder.operate({
      name: 'update',
      operands: [
        this.rows(state, 4),
        this.projection(projected),
        this.rows(aggregate, 4),
        this.rows(output, 3),
        this.rows(next, 4),
      ],
      outputs: width,
    })
    return () => this.attentionLayerAdjoint(l, kept, { constants, conditions, filters })
  }

  private attentionLayerAdjoint(
    l: number,
    { state, features, projected, output }: Kept,
    {
      constants,
      conditions,
      filters,
    }: { constants: Record<string, number>; conditions: Record<string, boolean>; filters: Resource },
  ): void {
    const { builder, width, hyper, atoms, gradient } = this
    const layer = this.packed.layers[l]
    const { outputGradient, projectedGradient, aggregateGradient, normalizedGradient } = this.transient
    builder.operate({
      name: 'update adjoint',
      operands: [
        this.rows(gradient, GRADIENT_ROWS),
        this.projection(projected),
        this.rows(output, 3),
        this.rows(outputGradient, 3),
        this.projection(projectedGradient),
        this.rows(aggregateGradient, 4),
      ],
      outputs: width,
    })
    builder.linear({
      input: this.row(outputGradient, 3),
      output: { ...this.rows(aggregateGradient, 4), width },
      weights: this.weights.bind(layer.output.adjoint),
    })
    builder.call(
      'et/attention_adjoint',
      { constants, conditions },
      {
        ...{ state, features, filters, aggregate_gradient: aggregateGradient, gradient, ...this.list },
        virial: atoms.virial,
        accumulate: this.accumulate[l < hyper.layers - 1 ? 1 : 0],
      },
      this.oneEach,
    )
    if (l > 0) {
      builder.linear({
        parts: 3,
        input: this.projection(projectedGradient),
        output: this.vectors(gradient, GRADIENT_ROWS),
        weights: this.weights.bind(layer.vector.adjoint),
        add: true,
      })
    }
    const { attention } = layer
    builder.linear({
      input: { tensor: gradient, rows: scalarRows(GRADIENT_ROWS * width, 4 * width), width: 5 * width },
      output: this.row(normalizedGradient),
      weights: this.weights.bind(attention.adjoint),
    })
    this.layerNormAdjoint(layer.norm, state, true)
  }
}
