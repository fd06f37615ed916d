/**
 * The paths of tensor products: which irreps of two inputs combine to which irrep of the output, with which weights.
 *
 * A path from l1 and l2 to l3 adds √(2 l3 + 1) w Σ C[i, j, k] x[i] y[j] to component k of the output
 * (e3nn's irrep_normalization "component" and path_normalization "none").
 * Source: Equiformer, arXiv:2206.11990, section 4.1 and appendix; e3nn's TensorProduct.
 */
import { type Irrep, isScalar, type Parity, sameIrrep } from './irrep.ts'
import { type Irreps, type IrrepsBlock, irrepsOf, sortIrreps } from './irreps.ts'
import type { Degrees } from './wigner-3j.ts'

export interface TensorProductPath {
  /** Block of the first input. */
  readonly first: number
  /** Block of the second input. */
  readonly second: number
  /** Block of the output. */
  readonly output: number
  readonly degrees: Degrees
  /** √(2 l3 + 1) */
  readonly coefficient: number
  /** First weight of the path in a row of weights. */
  readonly weightOffset: number
}

export interface TensorProduct {
  readonly first: Irreps
  readonly second: Irreps
  readonly output: Irreps
  /** In the order of their weights. */
  readonly paths: readonly TensorProductPath[]
  /** Weights of all paths together. */
  readonly weights: number
}

/** Irreps of the product of two: degrees |l1 − l2| … l1 + l2, parities multiplied. */
const productIrreps = (a: Irrep, b: Irrep): Irrep[] => {
  const least = Math.abs(a.degree - b.degree)
  return Array.from({ length: a.degree + b.degree - least + 1 }, (_, n) => ({
    degree: least + n,
    parity: (a.parity * b.parity) as Parity,
  }))
}

/**
 * The depth-wise tensor product: every channel of the first input meets the one channel of the second, with a weight of
 * its own on every path ("uvu").
 *
 * Paths are made by nested loops over blocks of `first`, blocks of `second` and degrees, for results that are 0e or an
 * irrep of `keep`. Each has an output block of its own; those are sorted by degree, even before odd.
 * @param first blocks of any multiplicity; it is also the number of weights of each of its paths.
 * @param second blocks of multiplicity 1: spherical harmonics.
 */
export function depthwisePaths(first: Irreps, second: Irreps, keep: Irreps): TensorProduct {
  const wanted = (irrep: Irrep) => isScalar(irrep) || keep.blocks.some((block) => sameIrrep(block, irrep))
  const unsorted = first.blocks.flatMap((a, i) =>
    second.blocks.flatMap((b, j) =>
      productIrreps(a, b)
        .filter(wanted)
        .map((result) => ({ first: i, second: j, a, b, result })),
    ),
  )
  const { irreps: output, position } = sortIrreps(
    irrepsOf(unsorted.map(({ a, result }) => ({ ...result, multiplicity: a.multiplicity }))),
  )
  return withWeights(
    { first, second, output },
    unsorted.map((path, p) => ({ ...path, output: position[p], count: path.a.multiplicity })),
  )
}

/**
 * The fully connected tensor product: on every path, all pairs of channels feed all channels of the output ("uvw").
 * Its weights are [multiplicity of first × of second × of output], row-major, path after path in nested loops over blocks of
 * `first`, `second` and `output`.
 */
export function fullyConnectedPaths(first: Irreps, second: Irreps, output: Irreps): TensorProduct {
  const paths = first.blocks.flatMap((a, i) =>
    second.blocks.flatMap((b, j) =>
      output.blocks.flatMap((c, o) =>
        productIrreps(a, b)
          .filter((result) => sameIrrep(result, c))
          .map((result) => ({
            ...{ first: i, second: j, output: o, a, b, result },
            count: a.multiplicity * b.multiplicity * c.multiplicity,
          })),
      ),
    ),
  )
  return withWeights({ first, second, output }, paths)
}

interface UnweightedPath {
  readonly first: number
  readonly second: number
  readonly output: number
  readonly a: IrrepsBlock
  readonly b: IrrepsBlock
  readonly result: Irrep
  /** Weights of the path. */
  readonly count: number
}

function withWeights(
  irreps: Pick<TensorProduct, 'first' | 'second' | 'output'>,
  unweighted: readonly UnweightedPath[],
): TensorProduct {
  let weights = 0
  const paths = unweighted.map(({ first, second, output, a, b, result, count }): TensorProductPath => {
    const weightOffset = weights
    weights += count
    return {
      ...{ first, second, output, weightOffset },
      degrees: [a.degree, b.degree, result.degree],
      coefficient: Math.sqrt(2 * result.degree + 1),
    }
  })
  return { ...irreps, paths, weights }
}
