/** An Equiformer's weights laid out for the GPU, once. */
import type { EquivariantLinear } from '../../reference/irreps/linear.ts'
import { linearPaths } from '../../reference/irreps/linear.ts'
import { alignedPath } from '../irreps/aligned-path.ts'
import { isScalar, sameIrrep } from '../irreps/irrep.ts'
import { irrepsOf } from '../irreps/irreps.ts'
import { type PackedEquivariantLinear, packEquivariantLinear } from '../layers/equivariant-linear.ts'
import { type GateRows, gateRows } from '../layers/gate-rows.ts'
import { type PackedIrrepsNorm, packIrrepsNorm } from '../layers/irreps-norm.ts'
import { type IrrepsRows, irrepsRows, toRows } from '../layers/irreps-rows.ts'
import type { RadialTable } from '../layers/radial-table.ts'
import { type PackedTensor, WeightPack } from '../layers/weight-pack.ts'
import { type PackedAttention, packAttention } from './packed-attention.ts'
import type {
  BlockParameters,
  EdgeDegreeEmbedding,
  EquiformerParameters,
  FeedForwardParameters,
} from './parameters.ts'
import { noFunctions, tabulateAffine } from './radial-tables.ts'
import { columnCount, columnsOf } from './turn-source.ts'

export interface PackedTable {
  readonly table: RadialTable
  readonly data: PackedTensor
}

export interface PackedFeedForward {
  readonly first: PackedEquivariantLinear
  readonly gate: GateRows
  readonly second: PackedEquivariantLinear
}

export interface PackedBlock {
  readonly attentionNorm: PackedIrrepsNorm
  readonly attention: PackedAttention
  readonly feedForwardNorm: PackedIrrepsNorm
  readonly feedForward: PackedFeedForward
  readonly shortcut: PackedEquivariantLinear | null
}

export type PackedHead =
  | {
      readonly kind: 'linear'
      readonly first: PackedEquivariantLinear
      /** of the scalars between both layers */
      readonly gate: GateRows
      readonly second: PackedEquivariantLinear
    }
  | { readonly kind: 'attention'; readonly attention: PackedAttention }

export interface PackedEquiformer {
  readonly pack: WeightPack
  /** Of features between blocks, and after the last one. */
  readonly embedding: IrrepsRows
  readonly feature: IrrepsRows
  /** [tags or 1, types, embedding.width] what an atom is before it knows of any other */
  readonly start: Float32Array
  readonly edgeDegree: PackedTable
  readonly blocks: readonly PackedBlock[]
  readonly norm: PackedIrrepsNorm
  readonly head: PackedHead
  /** The largest error of a table's slope, relative to the largest slope around. */
  readonly tableError: number
}

export function packEquiformer(parameters: EquiformerParameters): PackedEquiformer {
  const { hyper, basis, blocks, norm, head } = parameters
  const pack = new WeightPack()
  const embedding = irrepsRows(hyper.embedding)
  const feature = irrepsRows(hyper.feature)
  const degree = tabulateAffine(
    basis,
    parameters.edgeDegree.radial,
    degreeFunctions(parameters.edgeDegree, embedding, hyper.averageDegree),
  )
  const tables = [degree]
  const attention = (of: BlockParameters['attention']): PackedAttention => {
    const packed = packAttention(pack, basis, of)
    tables.push(packed.message.radial.table)
    return packed
  }
  return {
    ...{ pack, embedding, feature },
    start: startOf(parameters, embedding),
    edgeDegree: { table: degree, data: pack.add(degree.data) },
    blocks: blocks.map((block, b) => {
      const output = b === blocks.length - 1 ? feature : embedding
      return {
        attentionNorm: packIrrepsNorm(pack, block.attentionNorm),
        attention: attention(block.attention),
        feedForwardNorm: packIrrepsNorm(pack, block.feedForwardNorm),
        feedForward: packFeedForward(pack, block.feedForward, embedding, output),
        shortcut: block.shortcut && packEquivariantLinear(pack, block.shortcut, embedding, output),
      }
    }),
    norm: packIrrepsNorm(pack, norm),
    head:
      head.kind === 'attention'
        ? { kind: 'attention', attention: attention(head.attention) }
        : {
            kind: 'linear',
            first: packEquivariantLinear(pack, head.first, feature, irrepsRows(head.first.output)),
            gate: gateRows(head.first.output),
            second: packOnto(pack, head.second),
          },
    tableError: Math.max(...tables.map(({ error }) => error)),
  }
}

const packOnto = (pack: WeightPack, layer: EquivariantLinear): PackedEquivariantLinear =>
  packEquivariantLinear(pack, layer, irrepsRows(layer.input), irrepsRows(layer.output))

function packFeedForward(
  pack: WeightPack,
  { first, hidden, second }: FeedForwardParameters,
  input: IrrepsRows,
  output: IrrepsRows,
): PackedFeedForward {
  const gate = gateRows(hidden)
  return {
    first: packEquivariantLinear(pack, first, input, gate.input),
    gate,
    second: packEquivariantLinear(pack, second, gate.output, output),
  }
}

/** The embeddings of an atom's element and of its tag, and what stands for forces that are not given. */
function startOf(
  { hyper, atomEmbedding, tagEmbedding, forceBias }: EquiformerParameters,
  rows: IrrepsRows,
): Float32Array {
  const { dimension, blocks } = hyper.embedding
  const scalars = blocks
    .filter(isScalar)
    .flatMap(({ offset, multiplicity }) => Array.from({ length: multiplicity }, (_, u) => offset + u))
  const start = new Float64Array(Math.max(1, hyper.tags) * atomEmbedding.length)
  for (let n = 0; n < start.length; n++) {
    const tag = Math.floor(n / atomEmbedding.length)
    start[n] =
      atomEmbedding[n % atomEmbedding.length] + (tagEmbedding?.[tag * dimension + (n % dimension)] ?? 0)
  }
  for (let row = 0; forceBias && row < start.length; row += dimension) {
    scalars.forEach((at, k) => {
      start[row + at] += forceBias[k]
    })
  }
  return toRows(rows, start)
}

/**
 * All that the edge degree embedding owes to the distance: its paths begin with constant scalars, and in an edge's frame they
 * end with m = 0, so that R_lc(d) = Σ_u W[u, c] factor s[u] w[u](d) / √(average degree) is all there is.
 */
function degreeFunctions(
  { layer, radial, scalars, project }: EdgeDegreeEmbedding,
  rows: IrrepsRows,
  averageDegree: number,
) {
  const { product, convention } = layer
  const functions = noFunctions(radial, 4 * columnCount(rows))
  const hidden = radial.last.inputs
  const columns = columnsOf(rows, 0)
  const share = 1 / Math.sqrt(averageDegree)
  const scalarBlocks = product.first.blocks.filter(isScalar)
  const firstScalar = new Map(
    scalarBlocks.map((block, n) => [
      product.first.blocks.indexOf(block),
      scalarBlocks.slice(0, n).reduce((sum, { multiplicity }) => sum + multiplicity, 0),
    ]),
  )
  for (const { from, to, weightOffset } of linearPaths(project.input, project.output)) {
    const path = product.paths.find(({ output }) => output === project.input.blocks.indexOf(from))!
    const first = firstScalar.get(path.first)
    if (first === undefined) continue
    const factor = alignedPath(path.degrees, convention).factor[to.degree]
    const target = rows.blocks.find(({ block }) => sameIrrep(block, to))!
    for (let w = 0; w < to.multiplicity; w++) {
      const f = 4 * columns.get(target)! + target.slots.at[w]
      for (let u = 0; u < from.multiplicity; u++) {
        const value =
          share * factor * scalars[first + u] * project.weight[weightOffset + u * to.multiplicity + w]
        const from = path.weightOffset + u
        functions.bias[f] += value * (radial.last.bias?.[from] ?? 0)
        for (let k = 0; k < hidden; k++) {
          functions.weight[f * hidden + k] += value * radial.last.weight[from * hidden + k]
        }
      }
    }
  }
  let scalar = 0
  for (const to of project.bias ? project.output.blocks.filter(isScalar) : []) {
    const target = rows.blocks.find(({ block }) => sameIrrep(block, to))!
    for (let w = 0; w < to.multiplicity; w++) {
      functions.bias[4 * columns.get(target)! + target.slots.at[w]] += share * project.bias![scalar++]
    }
  }
  return functions
}

/** One number per atom. */
export const oneScalar = irrepsRows(irrepsOf([{ multiplicity: 1, degree: 0, parity: 1 }]))
