/**
 * From atoms to molecules: what each output head makes of the atoms' features. SPEC sections 8.2 and 8.3.
 *
 * | SPEC                                  | here                                    |
 * |---------------------------------------|-----------------------------------------|
 * | e_i [1], w_i [3]                      | `scalars` [N], `vectors` [N × 3]        |
 * | c_mol = Σ m pos / Σ m                 | `centersOfMass` [molecules × 3] (Å)     |
 * | p_i                                   | `atomOutputs` [N × width]               |
 * | Scalar: p = e                         | width 1                                 |
 * | DipoleMoment: p = e (pos − c) + w     | width 3; the molecule's output is |Σ p| |
 * | ElectronicSpatialExtent: p = |pos − c|² e | width 1                             |
 * | VectorOutput: p = w                   | width 3                                 |
 *
 * With periodic cells the dipole and extent heads use raw positions, as upstream does.
 */
import type { EtHead } from '../models/et/parameters.ts'

/** Which atoms form which molecule. */
export interface Molecules {
  readonly count: number
  /** [N] */
  readonly batch: ArrayLike<number>
}

/** Columns of p_i. */
export const outputWidth = (head: EtHead): 1 | 3 =>
  head === 'DipoleMoment' || head === 'VectorOutput' ? 3 : 1

/** pos − c [N × 3] and each atom's share m_i/Σm of its molecule's mass [N]; `masses` [N] in u. */
export function centered(
  molecules: Molecules,
  positions: Float64Array,
  masses: Float64Array,
): { offsets: Float64Array; shares: Float64Array } {
  const { count, batch } = molecules
  const total = new Float64Array(count)
  masses.forEach((mass, i) => {
    total[batch[i]] += mass
  })
  const shares = masses.map((mass, i) => mass / total[batch[i]])
  const centers = new Float64Array(3 * count)
  positions.forEach((x, k) => {
    centers[3 * batch[Math.floor(k / 3)] + (k % 3)] += shares[Math.floor(k / 3)] * x
  })
  return { offsets: positions.map((x, k) => x - centers[3 * batch[Math.floor(k / 3)] + (k % 3)]), shares }
}

/** p [N × width] before standardisation. `offsets` [N × 3] = pos − c is read by the dipole and extent heads. */
export function atomOutputs(
  head: EtHead,
  scalars: Float64Array,
  vectors: Float64Array,
  offsets: Float64Array,
): Float64Array {
  switch (head) {
    case 'Scalar':
      return scalars.slice()
    case 'VectorOutput':
      return vectors.slice()
    case 'DipoleMoment':
      return vectors.map((w, k) => scalars[Math.floor(k / 3)] * offsets[k] + w)
    case 'ElectronicSpatialExtent':
      return scalars.map((e, i) => e * squaredLength(offsets, i))
  }
}

/** Gradients of p with respect to e [N], w [N × 3] and the offsets pos − c [N × 3]. */
export function atomOutputsAdjoint(
  head: EtHead,
  scalars: Float64Array,
  offsets: Float64Array,
  gp: Float64Array,
): { scalars: Float64Array; vectors: Float64Array; offsets: Float64Array } {
  const none = { scalars: new Float64Array(scalars.length), vectors: new Float64Array(3 * scalars.length) }
  const still = new Float64Array(offsets.length)
  switch (head) {
    case 'Scalar':
      return { ...none, scalars: gp, offsets: still }
    case 'VectorOutput':
      return { ...none, vectors: gp, offsets: still }
    case 'DipoleMoment':
      return {
        scalars: scalars.map((_, i) =>
          [0, 1, 2].reduce((sum, c) => sum + gp[3 * i + c] * offsets[3 * i + c], 0),
        ),
        vectors: gp,
        offsets: gp.map((g, k) => g * scalars[Math.floor(k / 3)]),
      }
    case 'ElectronicSpatialExtent':
      return {
        ...none,
        scalars: gp.map((g, i) => g * squaredLength(offsets, i)),
        offsets: offsets.map((x, k) => 2 * gp[Math.floor(k / 3)] * scalars[Math.floor(k / 3)] * x),
      }
  }
}

/** Gradient with respect to the positions [N × 3] from that of the offsets pos − c. */
export function centeredAdjoint(
  molecules: Molecules,
  shares: Float64Array,
  gOffsets: Float64Array,
): Float64Array {
  const total = new Float64Array(3 * molecules.count)
  gOffsets.forEach((g, k) => {
    total[3 * molecules.batch[Math.floor(k / 3)] + (k % 3)] += g
  })
  return gOffsets.map((g, k) => {
    const atom = Math.floor(k / 3)
    return g - shares[atom] * total[3 * molecules.batch[atom] + (k % 3)]
  })
}

/** Σ over the atoms of each molecule: [molecules × width] from [N × width]. */
export function sumOverMolecules(molecules: Molecules, values: Float64Array): Float64Array {
  const width = values.length / molecules.batch.length
  const sums = new Float64Array(molecules.count * width)
  values.forEach((value, k) => {
    sums[molecules.batch[Math.floor(k / width)] * width + (k % width)] += value
  })
  return sums
}

/** Number each molecule's sum is divided by: 1, its atoms, or its atoms + 1. SPEC 8.2, step 4. */
export function divisors(molecules: Molecules, rule: 'one' | 'atoms' | 'atoms + 1'): Float64Array {
  const counts = sumOverMolecules(molecules, new Float64Array(molecules.batch.length).fill(1))
  return counts.map((count) => (rule === 'one' ? 1 : rule === 'atoms' ? count : count + 1))
}

/** The head's last step: a dipole's length [molecules], otherwise the values themselves. */
export function finalOutputs(head: EtHead, sums: Float64Array): Float64Array {
  if (head !== 'DipoleMoment') return sums
  return new Float64Array(sums.length / 3).map((_, m) => Math.sqrt(squaredLength(sums, m)))
}

/** Gradient with respect to the sums for the sum of all outputs: what the backward pass starts from. */
export function finalOutputsGradient(head: EtHead, sums: Float64Array): Float64Array {
  if (head !== 'DipoleMoment') return new Float64Array(sums.length).fill(1)
  // A vanishing dipole has no direction; 0 is what upstream's norm gives there.
  return sums.map((x, k) => x / (Math.sqrt(squaredLength(sums, Math.floor(k / 3))) || 1))
}

const squaredLength = (vectors: Float64Array, row: number): number =>
  vectors[3 * row] ** 2 + vectors[3 * row + 1] ** 2 + vectors[3 * row + 2] ** 2
