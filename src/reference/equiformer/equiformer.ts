/**
 * Equiformer in float64: energies, forces, virial and every intermediate. This is the executable specification that the GPU
 * kernels are judged by. Equiformer SPEC sections 2 and 12; Liao and Smidt, arXiv:2206.11990.
 *
 * | SPEC                                           | here                             |
 * |------------------------------------------------|----------------------------------|
 * | atom type index                                | `input.types` [N]                |
 * | per-atom value                                 | `perAtom` [N]                    |
 * | E = (Σ_atoms / √(avg_num_nodes)) std + mean    | `output` [molecules][1]          |
 * | F = −∂(Σ E)/∂r                                 | `forces` [N × 3]                 |
 * | Σ e ⊗ ∂E/∂e                                    | `virial` [3 × 3]                 |
 *
 * Lengths are in Å. Energies are what the network returns unless its parameters were given the mean and standard deviation of
 * its training energies; then they are in the unit of those.
 */
import type { Cell, Periodicity } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import type { EquiformerParameters } from '../../models/equiformer/parameters.ts'
import { type EdgeList, positionsAdjoint, strainAdjoint } from '../graph.ts'
import { equivariantLayerNorm, equivariantLayerNormAdjoint } from '../irreps/layer-norm.ts'
import { addScalarBias } from '../irreps/linear.ts'
import { accumulate, add, gatherRows } from '../rows.ts'
import { graphAttention } from './attention.ts'
import { type BlockTape, block, blockAdjoint } from './block.ts'
import { edgeDegreeEmbedding, edgeDegreeEmbeddingAdjoint } from './edge-degree.ts'
import { energyHead, energyHeadAdjoint } from './energy-head.ts'
import { equiformerIntermediates } from './intermediates.ts'
import { edgeGradientAdjoint, messageGraph, zeroEdgeGradient } from './message-graph.ts'

export interface EquiformerInput {
  /** [N] rows of the atom embedding: atomic numbers, but for QM9's networks. */
  readonly types: ArrayLike<number>
  /** [N × 3] Å */
  readonly positions: Float64Array
  /** [N] molecule of every atom, 0-based; absent: one molecule. */
  readonly batch?: ArrayLike<number>
  /** One cell for all molecules, or one per molecule; absent or []: none. */
  readonly cells?: readonly Cell[]
  /** Which cell vectors repeat; absent: all three. */
  readonly periodic?: Periodicity
  /** [N] for OC20's networks: 0 below the surface, 1 surface, 2 adsorbate. */
  readonly tags?: ArrayLike<number> | null
}

export interface EquiformerResult {
  /** One energy per molecule. */
  readonly output: readonly (readonly [number])[]
  /** [N] contribution of every atom before it is divided, standardised and summed. */
  readonly perAtom: Float64Array
  /** [N × 3] minus the gradient of the sum of all energies. */
  readonly forces: Float64Array
  /** Nine numbers, row-major: derivative of the sum of all energies by a strain of positions and cells. */
  readonly virial: Float64Array
  /** [N × 3] of OC20's vector head, which is no gradient; null for networks without. */
  readonly vectors: Float64Array | null
  readonly edges: EdgeList
  /** Tensors by the names of the golden cases. */
  readonly intermediates: ReadonlyMap<string, Float64Array>
}

/**
 * Evaluates the network.
 * @throws InputError for types and tags outside the embeddings, tags that are missing, or coinciding atoms.
 */
export function evaluateEquiformer(
  parameters: EquiformerParameters,
  input: EquiformerInput,
): EquiformerResult {
  const { hyper, blocks, mean, std } = parameters
  const batch = input.batch ?? new Int32Array(input.types.length)
  const system = {
    ...{ positions: input.positions, batch, cells: input.cells ?? [] },
    periodic: input.periodic ?? ([true, true, true] as const),
  }

  // Forward: from the embeddings through the blocks to the head.
  const graph = messageGraph(system, parameters.basis, hyper.harmonics.blocks.length - 1)
  const { edges } = graph
  checkRows('type', input.types, hyper.types)
  const atomEmbedding = gatherRows(parameters.atomEmbedding, hyper.embedding.dimension, input.types)
  const degree = edgeDegreeEmbedding(parameters.edgeDegree, graph, hyper.averageDegree)
  let x = add(add(atomEmbedding, otherEmbeddings(parameters, input)), degree.features)
  const tapes: BlockTape[] = []
  for (const parameters of blocks) {
    const { out, tape } = block(parameters, graph, x)
    tapes.push(tape)
    x = out
  }
  const normed = equivariantLayerNorm(parameters.norm, x)
  const { perAtom, tape: headTape } = energyHead(parameters.head, graph, normed)
  const vector = parameters.vectorHead && graphAttention(parameters.vectorHead, graph, normed)
  const sums = new Float64Array(Math.max(-1, ...Array.from(batch)) + 1)
  perAtom.forEach((value, i) => {
    sums[batch[i]] += value
  })
  const share = std / Math.sqrt(hyper.averageAtoms)

  // Backward: SPEC section 12, for the sum of all energies.
  const edgeGradient = zeroEdgeGradient(graph)
  const gNormed = energyHeadAdjoint(
    parameters.head,
    graph,
    headTape,
    new Float64Array(perAtom.length).fill(share),
    edgeGradient,
  )
  let gx = equivariantLayerNormAdjoint(parameters.norm, x, gNormed)
  for (let b = blocks.length - 1; b >= 0; b--) {
    gx = blockAdjoint(blocks[b], graph, tapes[b], gx, edgeGradient)
  }
  edgeDegreeEmbeddingAdjoint(parameters.edgeDegree, graph, hyper.averageDegree, degree.tape, gx, edgeGradient)
  const gVector = edgeGradientAdjoint(graph, edgeGradient)

  return {
    output: Array.from(sums, (sum) => [sum * share + mean] as const),
    perAtom,
    forces: positionsAdjoint(edges, gVector).map((g) => 0 - g),
    virial: strainAdjoint(edges.vector, gVector),
    vectors: vector?.out ?? null,
    edges,
    intermediates: equiformerIntermediates({
      ...{ graph, atomEmbedding, degree, blocks, tapes, x, normed, perAtom },
      headTape,
      vector,
    }),
  }
}

/** What atoms are given beside their elements' features, [N × embedding]: by tag, and by the absence of forces. */
function otherEmbeddings(
  { hyper, tagEmbedding, forceBias }: EquiformerParameters,
  { types, tags }: EquiformerInput,
): Float64Array {
  const { embedding } = hyper
  const features = new Float64Array(types.length * embedding.dimension)
  if (forceBias) addScalarBias(embedding, forceBias, features)
  if (tagEmbedding === null) return features
  if (!tags) {
    throw new InputError(
      'The network tells atoms of a surface from adsorbates: give every atom its tag, 0, 1 or 2.',
    )
  }
  checkRows('tag', tags, hyper.tags)
  return accumulate(features, gatherRows(tagEmbedding, embedding.dimension, tags))
}

function checkRows(what: string, rows: ArrayLike<number>, count: number): void {
  for (let i = 0; i < rows.length; i++) {
    if (Number.isInteger(rows[i]) && rows[i] >= 0 && rows[i] < count) continue
    throw new InputError(
      `Atom ${i + 1} has ${what} ${rows[i]}, but this model knows ${what}s 0 to ${count - 1} only.`,
    )
  }
}
