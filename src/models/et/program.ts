import type { Resource } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import { ACTIVATIONS } from '../layers/activation.ts'
import { ProgramBuilder, scalarRows, vectorRows } from '../layers/program-builder.ts'
import type { PackedTensor, UploadedWeights } from '../layers/weight-pack.ts'
import { type Features, stateFeatures } from './gated-block.ts'
import { appendHead } from './heads.ts'
import type { PackedEt, PackedNorm, PackedTable } from './packed-weights.ts'
import type { EtHyperparameters } from './parameters.ts'

/**
 * The Equivariant Transformer as a list of dispatches: forward, then backward. SPEC tmdnet 7 to 9;
 * arXiv:2202.02541.
 *
 * | SPEC                      | here                                             |
 * |---------------------------|--------------------------------------------------|
 * | x_l, V_l                  | `states[l]` [atoms, 4, width], row 0 x, rows 1–3 V |
 * | q, k, v                   | `features` [atoms, 5, width]                     |
 * | P1, P2, P3                | `projected` [atoms, 3, 3, width]                 |
 * | X, Y                      | `aggregate` [atoms, 4, width]                    |
 * | o1, o2, o3                | `output` [atoms, 3, width]                       |
 * | act(a), ga                | `scores` [edges, heads, 2]                       |
 * | gx, gV, gq, gk, gv        | `gradient` [atoms, 9, width]                     |
 * | gX, gY                    | `aggregateGradient` [atoms, 4, width]            |
 * | gu, gr                    | `edgeGradient` [edges, parts, 4]                 |
 *
 * Kept from forward to backward, per atom and layer: 21 rows of `width`; per edge nothing: attention is recomputed.
 */
export class EtProgramWriter {
  private readonly builder: ProgramBuilder
  private readonly width: number
  private readonly channelConstants: Record<string, number>
  private readonly edgeConstants: Record<string, number>
  private readonly gradient: GPUBuffer
  /** Invocations that share an edge's heads in the backward pass. */
  private readonly parts: number
  private readonly edgeGradient: GPUBuffer
  private readonly scores: GPUBuffer
  /** What one layer uses and the next may overwrite. */
  private readonly transient: Readonly<
    Record<
      | 'normalized'
      | 'aggregate'
      | 'outputGradient'
      | 'projectedGradient'
      | 'aggregateGradient'
      | 'normalizedGradient',
      GPUBuffer
    >
  >

  constructor(
    private readonly hyper: EtHyperparameters,
    private readonly packed: PackedEt,
    private readonly weights: UploadedWeights,
    private readonly atoms: AtomBuffers,
    private readonly neighbors: NeighborList,
  ) {
    this.builder = new ProgramBuilder(atoms.gpu, atoms, neighbors)
    this.width = packed.width
    this.channelConstants = { HEADS: hyper.heads, HEAD_WIDTH: hyper.channels / hyper.heads }
    this.edgeConstants = {
      ...this.channelConstants,
      CUTOFF_LOWER: hyper.cutoffLower,
      CUTOFF_UPPER: hyper.cutoffUpper,
    }
    this.gradient = this.builder.perAtom('gradient', 9 * this.width)
    this.parts = partsOf(hyper.heads, atoms.atoms)
    this.edgeGradient = this.builder.perEdge('edge gradient', 4 * this.parts)
    this.scores = this.builder.perEdge('scores', 2 * hyper.heads)
    const rows = (label: string, count: number) => this.builder.perAtom(label, count * this.width)
    this.transient = {
      normalized: rows('norm', 1),
      aggregate: rows('aggregate', 4),
      outputGradient: rows('output gradient', 3),
      projectedGradient: rows('projected gradient', 9),
      aggregateGradient: rows('aggregate gradient', 4),
      normalizedGradient: rows('norm gradient', 1),
    }
  }

  /**
   * @param atomWeights [atoms] vec2f: what an atom's contribution is multiplied by, and its mass in u
   * @param mean what the head adds once per molecule, where it adds it inside
   */
  async write(atomWeights: GPUBuffer, mean: number) {
    const { builder, hyper, width } = this
    const first = this.embedding()
    const layers = this.packed.layers.map((_, l) => l)
    const states = [first.state]
    const adjoints: (() => void)[] = []
    for (const l of layers) {
      const { next, adjoint } = this.attentionLayer(l, states[l])
      states.push(next)
      adjoints.push(adjoint)
    }

    const last = states[states.length - 1]
    const { normalized, normalizedGradient } = this.transient
    this.layerNorm(this.packed.outNorm, last, normalized)
    const input: Features = {
      scalars: { buffer: normalized, stride: width },
      vectors: stateFeatures(last, width).vectors,
    }
    const target: Features = {
      scalars: { buffer: normalizedGradient, stride: width },
      vectors: stateFeatures(this.gradient, width, 9).vectors,
    }
    const head = appendHead({
      builder,
      weights: this.weights,
      hyper,
      output: this.packed.output,
      input,
      target,
      width,
      atomWeights,
      mean,
    })
    this.layerNormAdjoint(this.packed.outNorm, last, normalizedGradient, width, false)

    for (const l of layers.toReversed()) adjoints[l]()
    first.adjoint()
    this.forces()
    return { ...(await builder.build()), properties: head.properties }
  }

  private tableConstants({ table }: PackedTable): Record<string, number> {
    return {
      ...this.edgeConstants,
      INTERVALS: table.intervals,
      INTERVALS_PER_ANGSTROM: table.intervalsPerAngstrom,
      TERMS: table.terms,
    }
  }

  private bind(tensor: PackedTensor | null): Resource | null {
    return tensor && this.weights.bind(tensor)
  }

  private get list() {
    return { edges: this.neighbors.edges, row_starts: this.neighbors.rowStarts }
  }

  /** Normalizes row 0 of a state. */
  private layerNorm(norm: PackedNorm, state: GPUBuffer, y: GPUBuffer): void {
    this.builder.call(
      'common/layer_norm',
      { constants: { ...this.channelConstants, IN_STRIDE4: this.width } },
      { x: state, weight: this.weights.bind(norm.weight), bias: this.weights.bind(norm.bias), y },
      this.builder.overAtoms(),
    )
  }

  private layerNormAdjoint(
    norm: PackedNorm,
    state: GPUBuffer,
    gy: GPUBuffer,
    stride: number,
    residual: boolean,
  ): void {
    this.builder.call(
      'common/layer_norm_adjoint',
      {
        constants: {
          ...this.channelConstants,
          IN_STRIDE4: this.width,
          GY_STRIDE4: stride / 4,
          OUT_STRIDE4: (9 * this.width) / 4,
        },
        conditions: { RESIDUAL: residual },
      },
      { x: state, weight: this.weights.bind(norm.weight), gy, gradient: this.gradient },
      this.builder.overAtoms(),
    )
  }

  private embedding(): { state: GPUBuffer; adjoint(): void } {
    const { builder, width, atoms } = this
    const { neighbor } = this.packed
    const state = builder.perAtom('state 0', 4 * width)
    const embedding = this.weights.bind(this.packed.embedding)
    if (!neighbor) {
      builder.call(
        'et/embedding',
        { constants: { ...this.channelConstants, OUT_STRIDE4: width }, conditions: { NEIGHBORS: false } },
        { types: atoms.types, embedding, features: state },
        builder.overAtoms(width / 4),
      )
      return { state, adjoint: () => {} }
    }
    const joined = builder.perAtom('embedding joined', 2 * width)
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
      builder.overAtoms(width / 4),
    )
    builder.linear({
      label: 'embedding combine',
      input: { buffer: joined, rows: scalarRows(2 * width), width: 2 * width },
      output: { buffer: state, rows: scalarRows(4 * width), width },
      weights: this.weights.bind(neighbor.combine.forward),
      bias: this.bind(neighbor.combine.bias),
    })
    const adjoint = () => {
      const joinedGradient = builder.perAtom('embedding joined gradient', 2 * width)
      builder.linear({
        label: 'embedding combine adjoint',
        input: { buffer: this.gradient, rows: scalarRows(9 * width), width },
        output: { buffer: joinedGradient, rows: scalarRows(2 * width), width: 2 * width },
        weights: this.weights.bind(neighbor.combine.adjoint),
      })
      builder.call(
        'et/embedding_adjoint',
        { constants: { ...constants, PARTS: this.parts } },
        {
          types: atoms.types,
          neighbor_embedding: neighborEmbedding,
          filters,
          gradient: joinedGradient,
          edge_gradient: this.edgeGradient,
          ...this.list,
        },
        builder.overEdges(this.parts),
      )
    }
    return { state, adjoint }
  }

  private attentionLayer(l: number, state: GPUBuffer): { next: GPUBuffer; adjoint(): void } {
    const { builder, width, hyper } = this
    const layer = this.packed.layers[l]
    const name = `layer ${l}`
    const { normalized, aggregate } = this.transient
    const features = builder.perAtom(`${name} q k v`, 5 * width)
    const projected = builder.perAtom(`${name} projected`, 9 * width)
    const output = builder.perAtom(`${name} output`, 3 * width)
    const next = builder.perAtom(`state ${l + 1}`, 4 * width)
    const filters = this.weights.bind(layer.filters.data)
    const constants = {
      ...this.tableConstants(layer.filters),
      ATTENTION_ACTIVATION: ACTIVATIONS[hyper.attentionActivation],
    }
    const conditions = { VECTOR_CUTOFF: hyper.vectorCutoff }
    // Without a bias, layer 0 projects zero vectors to zeros: the buffer is that already.
    const projects = l > 0 || layer.vector.bias !== null

    this.layerNorm(layer.norm, state, normalized)
    builder.linear({
      label: `${name} q k v`,
      input: { buffer: normalized, rows: scalarRows(width), width },
      output: { buffer: features, rows: scalarRows(5 * width), width: 5 * width },
      weights: this.weights.bind(layer.attention.forward),
      bias: this.bind(layer.attention.bias),
    })
    if (projects) {
      builder.linear({
        label: `${name} vector projection`,
        input: { buffer: state, rows: vectorRows(width, 4 * width, width), width },
        output: { buffer: projected, rows: vectorRows(3 * width), width: 3 * width },
        weights: this.weights.bind(layer.vector.forward),
        bias: this.bind(layer.vector.bias),
      })
    }
    builder.call(
      'et/scores',
      { constants },
      { features, filters, scores: this.scores, ...this.list },
      builder.overEdges(hyper.heads),
    )
    builder.call(
      'et/messages',
      { constants, conditions },
      { state, features, filters, scores: this.scores, aggregate, ...this.list },
      builder.overAtoms(width / 4),
    )
    builder.linear({
      label: `${name} output projection`,
      input: { buffer: aggregate, rows: scalarRows(4 * width), width },
      output: { buffer: output, rows: scalarRows(3 * width), width: 3 * width },
      weights: this.weights.bind(layer.output.forward),
      bias: this.bind(layer.output.bias),
    })
    builder.call(
      'et/update',
      { constants: this.channelConstants },
      { state, projected, aggregate, output, next_state: next },
      builder.overAtoms(width / 4),
    )

    const adjoint = () => {
      const { outputGradient, projectedGradient, aggregateGradient, normalizedGradient } = this.transient
      builder.call(
        'et/update_adjoint',
        { constants: this.channelConstants },
        {
          gradient: this.gradient,
          projected,
          output,
          output_gradient: outputGradient,
          projected_gradient: projectedGradient,
          aggregate_gradient: aggregateGradient,
        },
        builder.overAtoms(width / 4),
      )
      builder.linear({
        label: `${name} output projection adjoint`,
        input: { buffer: outputGradient, rows: scalarRows(3 * width), width: 3 * width },
        output: { buffer: aggregateGradient, rows: scalarRows(4 * width), width },
        weights: this.weights.bind(layer.output.adjoint),
      })
      const shared = {
        ...{ state, features, filters, scores: this.scores, aggregate_gradient: aggregateGradient },
        ...this.list,
      }
      builder.call(
        'et/edge_adjoint',
        {
          constants: { ...constants, PARTS: this.parts },
          conditions: { ...conditions, ACCUMULATE: l < hyper.layers - 1 },
        },
        { ...shared, edge_gradient: this.edgeGradient },
        builder.overEdges(this.parts),
      )
      builder.call(
        'et/node_adjoint',
        { constants, conditions },
        { ...shared, gradient: this.gradient },
        builder.overAtoms(width / 4),
      )
      if (l > 0) {
        builder.linear({
          label: `${name} vector projection adjoint`,
          input: { buffer: projectedGradient, rows: vectorRows(3 * width), width: 3 * width },
          output: { buffer: this.gradient, rows: vectorRows(width, 9 * width, width), width },
          weights: this.weights.bind(layer.vector.adjoint),
          add: true,
        })
      }
      builder.linear({
        label: `${name} q k v adjoint`,
        input: { buffer: this.gradient, rows: scalarRows(9 * width, 4 * width), width: 5 * width },
        output: { buffer: normalizedGradient, rows: scalarRows(width), width },
        weights: this.weights.bind(layer.attention.adjoint),
      })
      this.layerNormAdjoint(layer.norm, state, normalizedGradient, width, true)
    }
    return { next, adjoint }
  }

  private forces(): void {
    const { builder, atoms, parts } = this
    builder.call(
      'common/gather_forces',
      { constants: { PARTS: parts } },
      { edge_gradient: this.edgeGradient, outputs: atoms.outputs, virial: atoms.virial, ...this.list },
      builder.overAtoms(),
    )
  }
}

/** Enough to keep any GPU busy. */
const BUSY = 65_536
/** Edges that an atom has at least, in molecules and matter. */
const LEAST_EDGES = 16

/**
 * How many invocations share an edge's heads: all the parallelism there is in a molecule, one in matter, whose gradients
 * then take least memory. A function of the number of atoms alone, so that a run has the same bits whatever its list grew to.
 */
export function partsOf(heads: number, atoms: number): number {
  const divisors = Array.from({ length: heads }, (_, k) => k + 1).filter((parts) => heads % parts === 0)
  return divisors.find((parts) => parts * atoms * LEAST_EDGES >= BUSY) ?? heads
}
