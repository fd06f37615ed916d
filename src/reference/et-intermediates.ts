/** Names of SPEC section 13 for what the reference computed on its way, so that golden tensors compare. */
import type { OutputNetwork } from './et-output.ts'
import type { Representation, RepresentationGradient } from './et-representation.ts'
import type { EdgeList } from './graph.ts'

/**
 * `edge_*` and `rbf` are sorted like the edge list; `x_l`/`vec_l` are the input of layer l; `grad_<name>` is
 * d(Σ outputs of the network)/d(that tensor), priors not included.
 */
export function etIntermediates(
  edges: EdgeList,
  representation: Representation,
  network: OutputNetwork,
  gradient: RepresentationGradient,
  gNormalized: Float64Array,
): Map<string, Float64Array> {
  const { layers, radial } = representation
  const named = new Map<string, Float64Array>([
    // Upstream's edge_index: a row of sources, then a row of receivers.
    ['edge_index', Float64Array.from([...edges.source, ...edges.receiver])],
    ['edge_weight', edges.distance],
    ['edge_unit', edges.unit],
    ['rbf', radial.phi],
    ['embedding', representation.embedding],
    ['x_norm', representation.normalized],
    ['grad_edge_weight', gradient.distance],
    ['grad_edge_unit', gradient.unit],
    ['grad_rbf', gradient.phi],
    ['grad_x_norm', gNormalized],
  ])
  layers.forEach((tape, l) => {
    named.set(`x_${l}`, tape.x).set(`vec_${l}`, tape.V)
    named.set(`layer${l}_xn`, tape.normalized)
    named.set(`layer${l}_q`, tape.q).set(`layer${l}_k`, tape.k).set(`layer${l}_v`, tape.v)
    named.set(`layer${l}_xagg`, tape.gathered)
    named.set(`layer${l}_dx`, tape.dx).set(`layer${l}_dvec`, tape.dV)
  })
  named.set(`x_${layers.length}`, representation.x).set(`vec_${layers.length}`, representation.V)
  gradient.x.forEach((g, l) => {
    named.set(`grad_x_${l}`, g).set(`grad_vec_${l}`, gradient.V[l])
  })
  network.gated.forEach(({ x, V }, b) => {
    named.set(`out${b}_x`, x).set(`out${b}_v`, V)
  })
  if (network.gated.length === 0) named.set('out_x', network.scalars)
  return named
}
