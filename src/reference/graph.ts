/**
 * The molecular graph by brute force, and the way gradients on edges return to atoms. SPEC section 4.
 *
 * | SPEC                          | here                              |
 * |-------------------------------|-----------------------------------|
 * | edge e = (j → i)              | `source[e]` = j, `receiver[e]` = i |
 * | v = pos_j − pos_i (an image)  | `vector` [E × 3] (Å)              |
 * | r = |v|                       | `distance` [E] (Å)                |
 * | u = v/r, 0 on self edges      | `unit` [E × 3]                    |
 * | gv = gr u + (gu − (gu·u) u)/r | `edgeVectorAdjoint`               |
 * | gpos_j += gv, gpos_i −= gv    | `positionsAdjoint`                |
 * | dE/dstrain = Σ gv ⊗ v         | `strainAdjoint`                   |
 *
 * Upstream takes one minimum image per pair, which it guarantees to suffice by refusing boxes with an edge
 * below 2 r_up. Here every image within the cutoff is an edge of its own, for any cell and any choice of
 * periodic directions; where upstream allows the box the two rules give the same edges.
 */
import type { Cell, Periodicity } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { imageRanges, latticeOf } from './lattice.ts'

/** Atoms of one or several molecules; the lengths of all arrays agree. */
export interface AtomSystem {
  /** [N × 3] Å, row-major; need not be wrapped into the cell. */
  readonly positions: Float64Array
  /** [N] molecule of every atom, counted from 0; atoms of different molecules never meet. */
  readonly batch: ArrayLike<number>
  /** None (open), one for all molecules, or one per molecule. */
  readonly cells: readonly Cell[]
  /** Which cell vectors repeat. */
  readonly periodic: Periodicity
}

/** Directed edges sorted by (receiver, source, image), as rows of a CSR matrix. */
export interface EdgeList {
  readonly atoms: number
  readonly count: number
  /** [N + 1] edges of receiver i are rowStart[i] … rowStart[i + 1] − 1. */
  readonly rowStart: Int32Array
  readonly receiver: Int32Array
  readonly source: Int32Array
  /** [E × 3] multiples of the cell vectors added to the source's position. */
  readonly image: Int32Array
  /** [E] 1 for the edge of an atom to itself (image 0, r = 0). An atom's own periodic images are ordinary edges. */
  readonly isSelf: Uint8Array
  readonly vector: Float64Array
  readonly distance: Float64Array
  readonly unit: Float64Array
}

/**
 * All edges with lo ≤ r < up, and one self edge per atom whatever lo is.
 * @throws InputError if two atoms of a molecule coincide, or a cell is singular.
 */
export function buildEdges(system: AtomSystem, lo: number, up: number): EdgeList {
  const { positions, batch } = system
  const atoms = positions.length / 3
  const lattices = system.cells.map((cell) => latticeOf(cell, system.periodic))
  const rowStart = new Int32Array(atoms + 1)
  const receiver: number[] = []
  const source: number[] = []
  const image: number[] = []
  const vector: number[] = []
  const distance: number[] = []
  for (let i = 0; i < atoms; i++) {
    const lattice = lattices.length > 1 ? lattices[batch[i]] : (lattices[0] ?? null)
    for (let j = 0; j < atoms; j++) {
      if (batch[j] !== batch[i]) continue
      const d = [0, 1, 2].map((c) => positions[3 * j + c] - positions[3 * i + c])
      const [rangeA, rangeB, rangeC] = imageRanges(lattice, d, up)
      for (let a = rangeA[0]; a <= rangeA[1]; a++) {
        for (let b = rangeB[0]; b <= rangeB[1]; b++) {
          for (let c = rangeC[0]; c <= rangeC[1]; c++) {
            const rows = lattice?.rows
            const v = rows ? d.map((x, k) => x + a * rows[k] + b * rows[3 + k] + c * rows[6 + k]) : d
            const r = Math.hypot(v[0], v[1], v[2])
            const self = i === j && a === 0 && b === 0 && c === 0
            if (!self && r === 0) {
              throw new InputError(`Atoms ${i + 1} and ${j + 1} are at the same position; move one of them.`)
            }
            if (!self && !(r >= lo && r < up)) continue
            receiver.push(i)
            source.push(j)
            image.push(a, b, c)
            vector.push(v[0], v[1], v[2])
            distance.push(r)
          }
        }
      }
    }
    rowStart[i + 1] = receiver.length
  }
  return {
    atoms,
    count: receiver.length,
    rowStart,
    receiver: Int32Array.from(receiver),
    source: Int32Array.from(source),
    image: Int32Array.from(image),
    // Coinciding atoms were refused, so r = 0 means a self edge.
    isSelf: Uint8Array.from(distance, (r) => (r === 0 ? 1 : 0)),
    vector: Float64Array.from(vector),
    distance: Float64Array.from(distance),
    unit: Float64Array.from(vector, (x, k) => x / (distance[Math.floor(k / 3)] || 1)),
  }
}

/** [E] index of the edge that runs the other way (source and receiver exchanged, image negated). */
export function reverseEdges(edges: EdgeList): Int32Array {
  const key = (i: number, j: number, a: number, b: number, c: number) => `${i} ${j} ${a} ${b} ${c}`
  const index = new Map<string, number>()
  const { receiver, source, image } = edges
  for (let e = 0; e < edges.count; e++) {
    index.set(key(receiver[e], source[e], image[3 * e], image[3 * e + 1], image[3 * e + 2]), e)
  }
  return receiver.map((i, e) => {
    // `0 −` instead of a sign, so that −0 does not appear.
    return index.get(key(source[e], i, 0 - image[3 * e], 0 - image[3 * e + 1], 0 - image[3 * e + 2]))!
  })
}

/**
 * Gradient with respect to the edge vectors, [E × 3], from those of distance [E] and unit vector [E × 3].
 * Self edges have constant r = 0 and u = 0: nothing passes.
 */
export function edgeVectorAdjoint(
  edges: EdgeList,
  gDistance: Float64Array,
  gUnit: Float64Array,
): Float64Array {
  const { unit, distance, isSelf } = edges
  const gVector = new Float64Array(3 * edges.count)
  for (let e = 0; e < edges.count; e++) {
    if (isSelf[e]) continue
    const radial =
      gUnit[3 * e] * unit[3 * e] + gUnit[3 * e + 1] * unit[3 * e + 1] + gUnit[3 * e + 2] * unit[3 * e + 2]
    for (let c = 0; c < 3; c++) {
      const u = unit[3 * e + c]
      gVector[3 * e + c] = gDistance[e] * u + (gUnit[3 * e + c] - radial * u) / distance[e]
    }
  }
  return gVector
}

/** Gradient with respect to the positions, [N × 3], from that of the edge vectors [E × 3]. */
export function positionsAdjoint(edges: EdgeList, gVector: Float64Array): Float64Array {
  const gPositions = new Float64Array(3 * edges.atoms)
  for (let e = 0; e < edges.count; e++) {
    for (let c = 0; c < 3; c++) {
      gPositions[3 * edges.source[e] + c] += gVector[3 * e + c]
      gPositions[3 * edges.receiver[e] + c] -= gVector[3 * e + c]
    }
  }
  return gPositions
}

/** dE/dε_ab, nine numbers row-major, for a strain that takes every vector v to (1 + ε) v. */
export function strainAdjoint(vector: Float64Array, gVector: Float64Array): Float64Array {
  const strain = new Float64Array(9)
  for (let k = 0; k < vector.length; k += 3) {
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) strain[3 * a + b] += gVector[k + a] * vector[k + b]
    }
  }
  return strain
}
