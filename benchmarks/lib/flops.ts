/**
 * What one evaluation of energy and forces of an Equivariant Transformer costs, counted from its sizes and not from the
 * kernels that happen to do it: N atoms, E directed pairs (each atom's pair with itself included), F channels, L layers,
 * R radial functions. A multiplication and an addition count as one operation each.
 *
 * Two accounts are kept apart:
 *
 * - `upstream`: the matrix products that TorchMD-NET does, radial ones on every edge among them. By this number engines
 *   are compared whatever they do.
 * - `useful`: what is left to do when the radial filters are polynomials of the distance: the products on atoms, and the
 *   element-wise work on edges once forward and once backward. Nothing is counted that an engine does twice, or on padding.
 *   Fractions of the adapter's peak are of this one.
 *
 * Left out of both, because they do not grow with F² or with E·F: layer norms, activations, neighbour search, integrator.
 */

export interface NetworkSize {
  /** F */
  readonly channels: number
  /** L */
  readonly layers: number
  /** R */
  readonly radialFunctions: number
}

export interface FlopAccount {
  /** products on atoms, forward and adjoint */
  readonly products: number
  /** element-wise work on edges, forward and adjoint */
  readonly edges: number
  /** products + edges */
  readonly useful: number
  /** TorchMD-NET's matrix products, forward and adjoint */
  readonly upstream: number
}

/** Forward products on atoms, in N·F²: q, k, v (3 blocks) and o (3 blocks), 8 F×F blocks in all. */
const ATTENTION = 16
/** The vector projection: three F×F blocks on three components. */
const VECTORS = 18
/** The neighbour embedding's combination of 2F columns to F. */
const COMBINE = 4
/** Both gated blocks of the scalar head. */
const HEAD = 17.5
/** An adjoint with respect to the inputs does each product once more, with the weights transposed. */
export const WITH_ADJOINT = 2

/** Terms of a filter's polynomial: Horner's rule takes 2 operations a term after the first, 4 with the slope. */
const TERMS = 6
const VALUE = 2 * (TERMS - 1)
const VALUE_AND_SLOPE = 4 * (TERMS - 1)
/** Of a function of the distance, forward and backward. */
export const POLYNOMIAL = VALUE + VALUE_AND_SLOPE

/** Per edge, channel and layer. */
const EDGE_FORWARD =
  4 * VALUE + // dk, and dv of s, w1, w2
  3 + // a += q k dk
  3 + // s, w1, w2 = v dv
  3 + // their damping by the cutoff
  2 + // X += A s
  12 // Y += V w1 + u w2, three components

/** Per edge, channel and layer. */
const EDGE_ADJOINT =
  4 * VALUE_AND_SLOPE +
  5 + // gX v_s, its products with dv_s and with the slope
  10 + // gw1 = Σ gV V over components, times v, with value and slope
  10 + // gw2 = Σ gV u likewise
  7 + // gu += gV v dv_w2
  3 + // q k dk'
  3 + // gq
  3 + // gk
  3 + // gs
  4 + // gw1 and gw2 toward v
  2 + // damping by the cutoff
  7 // gV += gV w1

/** Per edge and channel: filter and sum forward, filter with slope and two sums backward. */
const EDGE_EMBEDDING = VALUE + 2 + VALUE_AND_SLOPE + 4

/** @param pairs E, pairs of an atom with itself included */
export function flopsOf({ channels, layers, radialFunctions }: NetworkSize, atoms: number, pairs: number) {
  const square = atoms * channels ** 2
  const radial = pairs * channels * radialFunctions
  const outsideLayers = (COMBINE + HEAD) * square
  // Vectors are zero before the first layer: nobody needs to project them.
  const products =
    WITH_ADJOINT * (layers * ATTENTION * square + (layers - 1) * VECTORS * square + outsideLayers)
  const edges = pairs * channels * (layers * (EDGE_FORWARD + EDGE_ADJOINT) + EDGE_EMBEDDING)
  // Four filters of F channels in each layer, one in the embedding, each a product with R radial functions.
  const upstream =
    WITH_ADJOINT * (layers * ((ATTENTION + VECTORS) * square + 8 * radial) + 2 * radial + outsideLayers)
  return { products, edges, useful: products + edges, upstream } satisfies FlopAccount
}
