/**
 * A depth-wise tensor product with harmonics whose weights a network makes of the distance. Equiformer SPEC sections 7, 9.
 *
 * | SPEC                       | here                                                                  |
 * |----------------------------|-----------------------------------------------------------------------|
 * | w_e = rad(φ_e)             | `tape.weights` [E × weights]                                          |
 * | t_e = DTP(x_e, Y_e, w_e)   | `radialTensorProduct` [E × output]                                    |
 * | gx, gY, gw → gφ            | `radialTensorProductAdjoint`; gY and gφ are added to the edge gradient |
 */
import type { RadialTensorProduct } from '../../models/equiformer/parameters.ts'
import { depthwiseTensorProduct, depthwiseTensorProductAdjoint } from '../irreps/depthwise-tensor-product.ts'
import { type RadialMlpTape, radialMlp, radialMlpAdjoint } from '../irreps/radial-mlp.ts'
import { accumulate } from '../rows.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'

export interface RadialTensorProductTape {
  readonly x: Float64Array
  readonly weights: Float64Array
  readonly radial: RadialMlpTape
}

/** Results [E × output] for features x [E × first] on the edges. */
export function radialTensorProduct(
  { layer, radial }: RadialTensorProduct,
  graph: MessageGraph,
  x: Float64Array,
): { out: Float64Array; tape: RadialTensorProductTape } {
  const { weights, tape } = radialMlp(radial, graph.phi)
  const out = depthwiseTensorProduct(layer, x, graph.harmonics, weights)
  return { out, tape: { x, weights, radial: tape } }
}

/** Gradient with respect to x, [E × first], from the gradient g [E × output]. */
export function radialTensorProductAdjoint(
  { layer, radial }: RadialTensorProduct,
  graph: MessageGraph,
  tape: RadialTensorProductTape,
  g: Float64Array,
  edgeGradient: EdgeGradient,
): Float64Array {
  const gradient = depthwiseTensorProductAdjoint(layer, tape.x, graph.harmonics, tape.weights, g)
  accumulate(edgeGradient.harmonics, gradient.harmonics)
  accumulate(edgeGradient.phi, radialMlpAdjoint(radial, tape.radial, gradient.weights))
  return gradient.x
}
