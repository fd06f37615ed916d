/**
 * A depth-wise tensor product and the linear layers that follow it, as kernels compute them on each edge, in the edge's frame:
 *
 *   y_o[m, c] = bias[c] + Σ_paths Σ_u matrix_o[path u, c] w[path u] factor_path[m] x_path[±m, u]
 *
 * In that frame a path is one multiplication per component (`alignedPath`; eSCN, arXiv:2302.03655), so that the product never
 * has to be in memory: it is made where the matrix needs it. Weights w come from the distance, or are the same for all
 * edges; then the matrix has them.
 */
import type { DepthwiseTensorProduct } from '../../reference/irreps/depthwise-tensor-product.ts'
import type { EquivariantLinear } from '../../reference/irreps/linear.ts'
import { type AlignedPath, alignedPath } from '../irreps/aligned-path.ts'
import { type Irrep, isScalar, sameIrrep } from '../irreps/irrep.ts'
import type { IrrepsBlock } from '../irreps/irreps.ts'
import type { BlockRows, IrrepsRows } from '../layers/irreps-rows.ts'
import type { PackedTensor, WeightPack } from '../layers/weight-pack.ts'

/** Channels of one irrep in a row of results. */
export interface ResultBlock extends Irrep {
  /** First float in a row. */
  readonly offset: number
  /** Floats of one component, a multiple of 4. */
  readonly width: number
}

/** A linear layer that reads the product, and where its results go. */
export interface ResultLayer {
  readonly layer: EquivariantLinear
  /** The block of the results, and the slot in a component of it, of a channel of an output block. */
  place(block: IrrepsBlock, channel: number): { readonly block: number; readonly slot: number }
}

/** One path from features to the product. */
export interface ProductPath extends AlignedPath {
  /** Block of the features. */
  readonly from: BlockRows
  readonly degree: number
  /** First float of its weights in a row of weights. */
  readonly weights: number
}

/** A path as one block of the results has it. */
export interface PathUse {
  readonly path: ProductPath
  /** First of the path's rows in the block's matrix. */
  readonly row: number
}

export interface ResultMatrix extends ResultBlock {
  readonly uses: readonly PathUse[]
  /** Rows of the matrix: inputs. */
  readonly rows: number
  /** First float of the matrix [rows, width] in `forward`, and of its transpose [width, rows] in `adjoint`. */
  readonly first: number
  /** First float of the bias [width] in `forward`; null for none. */
  readonly bias: number | null
}

export interface EdgeProduct {
  readonly input: IrrepsRows
  /** Floats in a row of results. */
  readonly width: number
  readonly results: readonly ResultMatrix[]
  /** Floats of a row of radial weights; 0 where weights are shared. */
  readonly weights: number
  readonly forward: PackedTensor
  readonly adjoint: PackedTensor
}

/** Where a row of radial weights has those of each path. */
export interface WeightColumns {
  /** [product.weights] slot of each weight */
  readonly at: Uint32Array
  readonly width: number
  /** [paths] first float of a path */
  readonly first: readonly number[]
}

/** Weights path after path, each padded as its block of the features is. */
export function weightColumns({ product }: DepthwiseTensorProduct, input: IrrepsRows): WeightColumns {
  const at = new Uint32Array(product.weights)
  const first: number[] = []
  let width = 0
  for (const path of product.paths) {
    const { slots } = input.blocks[path.first]
    first.push(width)
    slots.at.forEach((slot, u) => {
      at[path.weightOffset + u] = width + slot
    })
    width += slots.width
  }
  return { at, width, first }
}

/**
 * @param shared [product.weights] of all edges; null where radial weights come in rows of `weightColumns`
 * @param blocks what a row of results has
 */
export function packEdgeProduct(
  pack: WeightPack,
  tensorProduct: DepthwiseTensorProduct,
  input: IrrepsRows,
  shared: Float64Array | null,
  blocks: readonly ResultBlock[],
  layers: readonly ResultLayer[],
): EdgeProduct {
  const { product, convention } = tensorProduct
  const columns = weightColumns(tensorProduct, input)
  const paths = product.paths.map(
    (path, p): ProductPath => ({
      ...alignedPath(path.degrees, convention),
      from: input.blocks[path.first],
      degree: path.degrees[2],
      weights: columns.first[p],
    }),
  )
  const pathOfBlock = new Map(product.paths.map((path, p) => [path.output, p]))

  let size = 0
  const results = blocks.map((block): ResultMatrix => {
    let rows = 0
    const uses: PathUse[] = []
    product.paths.forEach((path, p) => {
      if (!sameIrrep(product.output.blocks[path.output], block)) return
      uses.push({ path: paths[p], row: rows })
      rows += paths[p].from.width
    })
    const first = size
    size += rows * block.width
    return { ...block, uses, rows, first, bias: null }
  })
  const biased = results.map((result) => {
    if (result.degree !== 0 || result.parity !== 1) return result
    const bias = size
    size += result.width
    return { ...result, bias }
  })

  const forward = new Float32Array(size)
  const adjoint = new Float32Array(size)
  const rowOf = (block: number, p: number) => biased[block].uses.find(({ path }) => path === paths[p])!.row
  for (const { layer, place } of layers) {
    let weightOffset = 0
    for (const [b, from] of layer.input.blocks.entries()) {
      const p = pathOfBlock.get(b)!
      const { at } = paths[p].from.slots
      const scale = (u: number) => (shared ? shared[product.paths[p].weightOffset + u] : 1)
      for (const to of layer.output.blocks) {
        if (!sameIrrep(from, to)) continue
        for (let w = 0; w < to.multiplicity; w++) {
          const { block, slot } = place(to, w)
          const { first, width, rows } = biased[block]
          const row = rowOf(block, p)
          for (let u = 0; u < from.multiplicity; u++) {
            const value = layer.weight[weightOffset + u * to.multiplicity + w] * scale(u)
            forward[first + (row + at[u]) * width + slot] = value
            adjoint[first + slot * rows + row + at[u]] = value
          }
        }
        weightOffset += from.multiplicity * to.multiplicity
      }
    }
    if (!layer.bias) continue
    let scalar = 0
    for (const to of layer.output.blocks.filter(isScalar)) {
      for (let w = 0; w < to.multiplicity; w++, scalar++) {
        const { block, slot } = place(to, w)
        forward[biased[block].bias! + slot] = layer.bias[scalar]
      }
    }
  }
  return {
    input,
    width: blocks.reduce((sum, { degree, width }) => sum + (2 * degree + 1) * width, 0),
    results: biased,
    weights: shared ? 0 : columns.width,
    forward: pack.add(forward),
    adjoint: pack.add(adjoint),
  }
}
