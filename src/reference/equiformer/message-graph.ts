/**
 * What Equiformer's layers know of the atoms' places: edges, harmonics of their directions, radial functions of their
 * lengths; and the way gradients return from there to the edge vectors. Equiformer SPEC sections 2, 3, 6 and 12.
 *
 * | SPEC                                  | here                                          |
 * |---------------------------------------|-----------------------------------------------|
 * | edge j → i, e = r_j − r_i (an image)  | `edges.source`, `.receiver`, `.vector`        |
 * | Y_e                                   | `harmonics` [E × (L + 1)²]                    |
 * | φ_e                                   | `phi` [E × K]                                 |
 * | ∂E/∂e = (1/d)(I − u uᵀ) Σ gY ∇q + (Σ_k gφ_k φ_k') u | `edgeGradientAdjoint` [E × 3]   |
 *
 * Atoms have no edge to themselves, but to their own periodic images. The cutoff is strict, and nothing vanishes there:
 * energies jump when an edge crosses it, as upstream's do.
 */
import { type AtomSystem, buildEdges, type EdgeList } from '../graph.ts'
import {
  type EquiformerRadialBasis,
  equiformerRadialBasis,
  equiformerRadialBasisAdjoint,
} from '../irreps/radial-basis.ts'
import { sphericalHarmonics, sphericalHarmonicsAdjoint } from '../irreps/spherical-harmonics.ts'

export interface MessageGraph {
  readonly edges: EdgeList
  /** L of the harmonics. */
  readonly maxDegree: number
  readonly basis: EquiformerRadialBasis
  readonly harmonics: Float64Array
  readonly phi: Float64Array
}

/** Sums of the layers' gradients toward harmonics [E × (L + 1)²] and radial functions [E × K]. */
export interface EdgeGradient {
  readonly harmonics: Float64Array
  readonly phi: Float64Array
}

/** The edges without those of atoms to themselves. */
function withoutSelfEdges(edges: EdgeList): EdgeList {
  const kept = Array.from(edges.isSelf.keys()).filter((e) => !edges.isSelf[e])
  const rowStart = new Int32Array(edges.atoms + 1)
  for (const e of kept) rowStart[edges.receiver[e] + 1]++
  for (let i = 0; i < edges.atoms; i++) rowStart[i + 1] += rowStart[i]
  const chosen = <T extends Float64Array | Int32Array | Uint8Array>(values: T, width: number): T =>
    values.filter((_, k) => !edges.isSelf[Math.floor(k / width)]) as T
  return {
    atoms: edges.atoms,
    count: kept.length,
    rowStart,
    receiver: chosen(edges.receiver, 1),
    source: chosen(edges.source, 1),
    image: chosen(edges.image, 3),
    isSelf: new Uint8Array(kept.length),
    vector: chosen(edges.vector, 3),
    distance: chosen(edges.distance, 1),
    unit: chosen(edges.unit, 3),
  }
}

/** @throws InputError if two atoms of a molecule coincide, or a cell is singular. */
export function messageGraph(
  system: AtomSystem,
  basis: EquiformerRadialBasis,
  maxDegree: number,
): MessageGraph {
  const edges = withoutSelfEdges(buildEdges(system, 0, basis.cutoff))
  return {
    edges,
    maxDegree,
    basis,
    harmonics: sphericalHarmonics(maxDegree, edges.vector),
    phi: equiformerRadialBasis(basis, edges.distance),
  }
}

export const zeroEdgeGradient = ({ harmonics, phi }: MessageGraph): EdgeGradient => ({
  harmonics: new Float64Array(harmonics.length),
  phi: new Float64Array(phi.length),
})

/** Gradient with respect to the edge vectors, [E × 3]. */
export function edgeGradientAdjoint(
  { edges, maxDegree, basis }: MessageGraph,
  gradient: EdgeGradient,
): Float64Array {
  const gVector = sphericalHarmonicsAdjoint(maxDegree, edges.vector, gradient.harmonics)
  const gDistance = equiformerRadialBasisAdjoint(basis, edges.distance, gradient.phi)
  return gVector.map((g, k) => g + gDistance[Math.floor(k / 3)] * edges.unit[k])
}

/** Sums of rows with equal `index`, [N × width] from [E × width]: over the edges of a receiver, say. Adjoint of `gatherRows`. */
export function scatterRows(
  atoms: number,
  width: number,
  index: ArrayLike<number>,
  values: Float64Array,
): Float64Array {
  const sums = new Float64Array(atoms * width)
  values.forEach((value, k) => {
    sums[index[Math.floor(k / width)] * width + (k % width)] += value
  })
  return sums
}
