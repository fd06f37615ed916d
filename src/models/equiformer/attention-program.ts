/**
 * Equivariant graph attention as a list of dispatches, forward and backward. Equiformer SPEC section 12; arXiv:2206.11990,
 * section 4.1. Everything on edges is in their frames.
 *
 * | SPEC                          | here                                                   |
 * |-------------------------------|--------------------------------------------------------|
 * | merge_src(x), merge_dst(x)    | `sources`, `receivers` [atoms, merged]                 |
 * | m_e                           | `merged` [edges, merged]                               |
 * | w_e = rad(φ_e)                | `radial` [edges, weights]                              |
 * | a_e, lin(t) (or q_e, or kv)   | `mixed` [edges, product.width], kept                   |
 * | g_e = gate(lin(t))            | `gated` [edges, merged]                                |
 * | v_e                           | `values` [edges, values], kept where it is not in mixed |
 * | α_eh                          | `weights` [edges, heads], kept                         |
 * | o_i                           | `sums` [atoms, values]                                 |
 */
import { cover } from '../../gpu/kernel.ts'
import { type AtomFeatures, wholeRows } from '../layers/atom-features.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../layers/equivariant-linear.ts'
import type { GateRows } from '../layers/gate-rows.ts'
import { WORKGROUP } from '../layers/program-builder.ts'
import type { RadialTable } from '../layers/radial-table.ts'
import type { UploadedWeights } from '../layers/weight-pack.ts'
import { gatePieces, PIECE_WORDS } from './edge-gate.ts'
import type { EdgeProduct } from './edge-product.ts'
import type { EdgeTensors } from './edge-tensors.ts'
import type { PackedAttention } from './packed-attention.ts'
import { productAdjointSource, productSource } from './product-source.ts'
import {
  columnCount,
  headColumns,
  mergeAdjointSource,
  mergeSource,
  type RowPart,
  valuesAdjointSource,
  valuesSource,
} from './turn-source.ts'

/** Tensors that one attention layer after the other uses; each as large as the largest needs it. */
export interface SharedTensors {
  readonly merged: GPUBuffer
  readonly radial: GPUBuffer
  readonly gated: GPUBuffer
  readonly mixedGradient: GPUBuffer
  readonly valuesGradient: GPUBuffer
  readonly gatedGradient: GPUBuffer
  readonly mergedGradient: GPUBuffer
  readonly logitsGradient: GPUBuffer
  /** [atoms, values] */
  readonly sums: GPUBufferBinding
  /** [atoms, merged] */
  readonly sourcesGradient: GPUBufferBinding
  readonly receiversGradient: GPUBufferBinding
}

/** Makes tensors that are large enough for every one of the layers. */
export function sharedTensors(edges: EdgeTensors, layers: readonly PackedAttention[]): SharedTensors {
  const most = (of: (layer: PackedAttention) => number) => Math.max(1, ...layers.map(of))
  const merged = most((layer) => layer.merged.width)
  const values = most((layer) => layer.values.width)
  const { builder } = edges
  return {
    merged: edges.tensor('merged', merged),
    radial: edges.tensor(
      'radial weights',
      most(({ message }) => message.product.weights),
    ),
    gated: edges.tensor('gated', merged),
    mixedGradient: edges.tensor(
      'gradient of mixed',
      most(({ message }) => message.product.width),
    ),
    valuesGradient: edges.tensor('gradient of values', values),
    gatedGradient: edges.tensor('gradient of gated', merged),
    mergedGradient: edges.tensor('gradient of merged', merged),
    logitsGradient: edges.tensor(
      'gradient of logits',
      most(({ heads }) => heads),
    ),
    ...builder.room('edge sums', { sums: values, sourcesGradient: merged, receiversGradient: merged }),
  }
}

/** Columns of the pulls that a layer needs: of merged features, then of values, then of keys. */
export const pullColumns = ({ merged, values, message }: PackedAttention): number =>
  columnCount(merged) + (message.kind === 'dot product' ? 2 : 1) * columnCount(values)

export const tableConstants = ({ segmentsPerAngstrom, terms }: RadialTable): Record<string, number> => ({
  ...{ SEGMENTS_PER_ANGSTROM: segmentsPerAngstrom, TERMS: terms },
})

/** Where values or keys are on edges, in which rows. */
interface OnEdges {
  readonly tensor: GPUBuffer
  readonly gradient: GPUBuffer
  readonly part: RowPart
  /** First of their columns of the pulls. */
  readonly columns: number
}

export class GraphAttentionProgram {
  private readonly atoms: number
  private readonly kept: Readonly<Record<'sources' | 'receivers' | 'query', GPUBufferBinding>>
  private readonly mixed: GPUBuffer
  private readonly values: OnEdges
  private readonly keys: OnEdges | null
  /** [edges, heads] */
  readonly weights: GPUBuffer

  constructor(
    private readonly label: string,
    private readonly packed: PackedAttention,
    private readonly uploaded: UploadedWeights,
    private readonly edges: EdgeTensors,
    private readonly shared: SharedTensors,
  ) {
    const { merged, values, heads, message } = packed
    const { builder } = edges
    this.atoms = builder.atoms.atoms
    this.kept = builder.room(`attention of ${label}`, {
      ...{ sources: merged.width, receivers: merged.width },
      query: message.kind === 'dot product' ? values.width : 4,
    })
    this.mixed = edges.tensor(`mixed, ${label}`, message.product.width)
    this.weights = edges.tensor(`attention weights, ${label}`, heads)
    const columns = columnCount(merged)
    this.values =
      message.kind === 'nonlinear'
        ? {
            tensor: edges.tensor(`values, ${label}`, values.width),
            gradient: shared.valuesGradient,
            part: { stride: values.width, base: 0 },
            columns,
          }
        : { tensor: this.mixed, gradient: shared.mixedGradient, part: message.values, columns }
    this.keys =
      message.kind === 'dot product'
        ? {
            ...{ tensor: this.mixed, gradient: shared.mixedGradient, part: message.keys },
            columns: columns + columnCount(values),
          }
        : null
  }

  /** Appends out = [plus +] attention(x). */
  forward(x: AtomFeatures, out: AtomFeatures, plus?: AtomFeatures): void {
    const { packed, uploaded, edges, shared, kept } = this
    const { builder } = edges
    const { values, message } = packed
    const linear = (layer: PackedAttention['source'], to: GPUBufferBinding) =>
      equivariantLinear(builder, uploaded, layer, x, wholeRows(to, layer.output.width))
    linear(packed.source, kept.sources)
    linear(packed.receiver, kept.receivers)
    if (message.kind === 'dot product') linear(message.query, kept.query)
    this.merge()
    const { table, data } = message.radial
    edges.perEdge(
      'equiformer/radial_weights',
      message.product.weights / 4,
      { WEIGHTS4: message.product.weights / 4, ...tableConstants(table) },
      { ...edges.list, radial: uploaded.bind(data), results: shared.radial },
    )
    this.product('message product', message.product, shared.merged, this.mixed, shared.radial)
    if (message.kind === 'nonlinear') {
      this.gate('equiformer/gate', message.gate, { ungated: this.mixed, gated: shared.gated })
      this.product('value product', message.value, shared.gated, this.values.tensor)
    }
    this.logits()
    edges.builder.call(
      'equiformer/softmax',
      { constants: { HEADS: packed.heads } },
      { ...edges.list, weights: this.weights },
      builder.overAtoms(packed.heads),
    )
    this.sum(this.values, this.weights, shared.sums)
    equivariantLinear(builder, uploaded, packed.project, wholeRows(shared.sums, values.width), out, { plus })
  }

  /** Appends gx = the gradient toward x, from that toward the output; pulls are added to. */
  backward(outGradient: AtomFeatures, xGradient: AtomFeatures): void {
    const { packed, uploaded, edges, shared, kept } = this
    const { builder } = edges
    const { merged, values, message, heads } = packed
    const sums = wholeRows(shared.sums, values.width)
    equivariantLinearAdjoint(builder, uploaded, packed.project, outGradient, sums)
    this.sumAdjoint(this.values, this.weights, shared.sums)
    this.headSums(this.values, shared.logitsGradient)
    builder.call(
      'equiformer/softmax_adjoint',
      { constants: { HEADS: heads } },
      { row_starts: edges.list.row_starts, weights: this.weights, gradient: shared.logitsGradient },
      builder.overAtoms(heads),
    )
    if (message.kind === 'nonlinear') {
      this.productAdjoint('value product adjoint', message.value, shared.valuesGradient, shared.gatedGradient)
      this.gate('equiformer/gate_adjoint', message.gate, {
        ...{ ungated: this.mixed, gated_gradient: shared.gatedGradient },
        ungated_gradient: shared.mixedGradient,
      })
    }
    if (this.keys) {
      this.sumAdjoint(this.keys, shared.logitsGradient, kept.query)
    } else if (message.kind !== 'dot product') {
      const { first, width, alphaDot } = message.logits
      edges.perEdge('equiformer/logits_adjoint', (heads * width) / 4, this.logitConstants(first, width), {
        row_starts: edges.list.row_starts,
        features: this.mixed,
        alpha_dot: uploaded.bind(alphaDot),
        logits: shared.logitsGradient,
        gradient: shared.mixedGradient,
      })
    }
    this.merge()
    this.productAdjoint(
      'message product adjoint',
      message.product,
      shared.mixedGradient,
      shared.mergedGradient,
    )
    edges.written('merge adjoint', mergeAdjointSource(merged, edges.degrees), this.atoms, {
      ...edges.list,
      ...{ frames: edges.frames, reverse: edges.reverse, features: shared.mergedGradient },
      results: shared.sourcesGradient,
      others_results: shared.receiversGradient,
    })
    const adjoint = (layer: PackedAttention['source'], from: GPUBufferBinding, add: boolean) =>
      equivariantLinearAdjoint(builder, uploaded, layer, wholeRows(from, layer.output.width), xGradient, {
        add,
      })
    adjoint(packed.source, shared.sourcesGradient, false)
    adjoint(packed.receiver, shared.receiversGradient, true)
    if (this.keys && message.kind === 'dot product') {
      this.sum(this.keys, shared.logitsGradient, shared.sums)
      adjoint(message.query, shared.sums, true)
    }
  }

  private merge(): void {
    const { edges, packed, shared, kept } = this
    edges.written('merge', mergeSource(packed.merged, edges.degrees), edges.capacity, {
      ...edges.list,
      frames: edges.frames,
      ...{ features: kept.sources, others: kept.receivers, results: shared.merged },
    })
  }

  private product(
    label: string,
    product: EdgeProduct,
    features: GPUBuffer,
    results: GPUBuffer,
    radial?: GPUBuffer,
  ): void {
    const { edges, uploaded } = this
    edges.written(label, productSource(product), edges.capacity, {
      row_starts: edges.list.row_starts,
      ...{ features, results, matrices: uploaded.bind(product.forward) },
      ...(radial && { radial }),
    })
  }

  private productAdjoint(label: string, product: EdgeProduct, gradient: GPUBuffer, results: GPUBuffer): void {
    const { edges, uploaded, packed, shared } = this
    const { table, data } = packed.message.radial
    const radial = product.weights > 0
    edges.written(
      label,
      productAdjointSource(product, radial ? { stride: edges.pullColumns, first: 0 } : null),
      edges.capacity,
      {
        row_starts: edges.list.row_starts,
        ...{ gradient, results, matrices: uploaded.bind(product.adjoint) },
        ...(radial && {
          ...{ edges: edges.list.edges, pulls: edges.pulls, features: shared.merged },
          radial: uploaded.bind(data),
        }),
      },
      radial ? tableConstants(table) : {},
    )
  }

  private gate(kernel: string, gate: GateRows, resources: Record<string, GPUBuffer>): void {
    const { edges, packed } = this
    const pieces = gatePieces(gate)
    const most = Math.max(...gate.output.blocks.map(({ width }) => width / 4))
    const [x, y] = cover(edges.capacity * most, WORKGROUP)
    edges.builder.call(
      kernel,
      { constants: { UNGATED4: packed.message.product.width / 4, GATED4: gate.output.width / 4 } },
      {
        row_starts: edges.list.row_starts,
        pieces: edges.table('pieces of a gate', pieces),
        ...resources,
      },
      [x, y, pieces.length / PIECE_WORDS],
    )
  }

  private logitConstants(first: number, width: number): Record<string, number> {
    const { heads, message } = this.packed
    return { HEADS: heads, STRIDE4: message.product.width / 4, FIRST4: first / 4, ALPHA4: width / 4 }
  }

  private logits(): void {
    const { edges, packed, uploaded, kept } = this
    const { message, heads } = packed
    if (message.kind === 'dot product') {
      // Before there are weights, zeros stand for them: what is wanted are the scalar products alone.
      this.sumAdjoint(this.keys!, edges.tensor(`no weights, ${this.label}`, heads), kept.query)
      this.headSums(this.keys!, this.weights)
      return
    }
    const { first, width, alphaDot } = message.logits
    edges.perEdge('equiformer/logits', heads, this.logitConstants(first, width), {
      row_starts: edges.list.row_starts,
      features: this.mixed,
      alpha_dot: uploaded.bind(alphaDot),
      logits: this.weights,
    })
  }

  /** Sums over an atom's edges, weighed. */
  private sum({ tensor, part }: OnEdges, weights: GPUBuffer, results: GPUBufferBinding): void {
    const { edges, packed } = this
    edges.written(
      'sum of values',
      valuesSource(packed.values, packed.heads, part, edges.degrees),
      this.atoms,
      {
        ...edges.list,
        ...{ frames: edges.frames, features: tensor, weights, results },
      },
    )
  }

  private sumAdjoint(on: OnEdges, weights: GPUBuffer, gradient: GPUBufferBinding): void {
    const { edges, packed } = this
    edges.written(
      'sum of values adjoint',
      valuesAdjointSource(
        ...([packed.values, packed.heads, on.part] as const),
        { stride: edges.pullColumns, first: on.columns },
        edges.degrees,
      ),
      edges.capacity,
      {
        ...edges.list,
        ...{ frames: edges.frames, pulls: edges.pulls, weights },
        ...{ features: gradient, others: on.tensor, results: on.gradient },
      },
    )
  }

  /** What `sumAdjoint` has left of scalar products, by head. */
  private headSums({ columns }: OnEdges, sums: GPUBuffer): void {
    const { edges, packed } = this
    const { values, heads } = packed
    const blocks = headColumns(values, heads, columns)
    edges.perEdge(
      'equiformer/head_sums',
      heads,
      { HEADS: heads, PULLS: edges.pullColumns, BLOCKS: blocks.length / 2 },
      {
        row_starts: edges.list.row_starts,
        blocks: edges.table('columns of heads', blocks),
        ...{ pulls: edges.pulls, sums },
      },
    )
  }
}
