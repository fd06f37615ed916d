/**
 * The edge degree embedding: what an atom knows of its neighbours' directions and distances before any message.
 * Equiformer SPEC section 12; arXiv:2206.11990, section 4.2.
 *
 * | SPEC                                | here                                    |
 * |-------------------------------------|-----------------------------------------|
 * | s, equal for all atoms              | `embedding.scalars`                     |
 * | t_e = DTP(s, Y_e, rad(φ_e))         | `radialTensorProduct` of its scalar paths |
 * | Σ_{e → i} proj(t_e) / √(avg_degree) | `edgeDegreeEmbedding` [N × embedding]   |
 */
import type { EdgeDegreeEmbedding, RadialTensorProduct } from '../../models/equiformer/parameters.ts'
import { addScalarBias, equivariantLinear, equivariantLinearAdjoint } from '../irreps/linear.ts'
import { gatherRows } from '../rows.ts'
import { type EdgeGradient, type MessageGraph, scatterRows } from './message-graph.ts'
import {
  type RadialTensorProductTape,
  radialTensorProduct,
  radialTensorProductAdjoint,
} from './radial-tensor-product.ts'

/** The product on its paths from scalars; the others are multiplied by zeros. */
function scalarPaths({ layer, radial }: EdgeDegreeEmbedding): RadialTensorProduct {
  const { product, convention } = layer
  const paths = product.paths.filter(({ degrees }) => degrees[0] === 0)
  return { layer: { product: { ...product, paths }, convention }, radial }
}

/** Features [N × embedding]. */
export function edgeDegreeEmbedding(
  embedding: EdgeDegreeEmbedding,
  graph: MessageGraph,
  averageDegree: number,
): { features: Float64Array; tape: RadialTensorProductTape } {
  const { edges } = graph
  const { first } = embedding.layer.product
  const x = new Float64Array(edges.count * first.dimension)
  addScalarBias(first, embedding.scalars, x)
  const { out, tape } = radialTensorProduct(scalarPaths(embedding), graph, x)
  const projected = equivariantLinear(embedding.project, out)
  const { dimension } = embedding.project.output
  const features = scatterRows(edges.atoms, dimension, edges.receiver, projected)
  return { features: features.map((sum) => sum / Math.sqrt(averageDegree)), tape }
}

/** Adds to the edge gradient, from the gradient g [N × embedding] of the features. */
export function edgeDegreeEmbeddingAdjoint(
  embedding: EdgeDegreeEmbedding,
  graph: MessageGraph,
  averageDegree: number,
  tape: RadialTensorProductTape,
  g: Float64Array,
  edgeGradient: EdgeGradient,
): void {
  const { dimension } = embedding.project.output
  const scaled = g.map((value) => value / Math.sqrt(averageDegree))
  const gProjected = gatherRows(scaled, dimension, graph.edges.receiver)
  const gOut = equivariantLinearAdjoint(embedding.project, gProjected)
  radialTensorProductAdjoint(scalarPaths(embedding), graph, tape, gOut, edgeGradient)
}
