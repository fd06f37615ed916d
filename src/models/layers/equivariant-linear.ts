/** Equivariant linear maps on the GPU: a matrix product for every pair of blocks of equal irrep. Equiformer SPEC section 8. */
import { type EquivariantLinear, linearPaths } from '../../reference/irreps/linear.ts'
import { isScalar } from '../irreps/irrep.ts'
import { formatIrreps, type Irreps, type IrrepsBlock } from '../irreps/irreps.ts'
import { type AtomFeatures, operandOf } from './atom-features.ts'
import { scalarRows } from './atomwise.ts'
import type { BlockRows, IrrepsRows } from './irreps-rows.ts'
import type { ProgramBuilder } from './program-builder.ts'
import type { PackedTensor, UploadedWeights, WeightPack } from './weight-pack.ts'

interface PackedPath {
  readonly from: BlockRows
  readonly to: BlockRows
  /** [from.width, to.width] */
  readonly forward: PackedTensor
  /** [to.width, from.width] */
  readonly adjoint: PackedTensor
}

export interface PackedEquivariantLinear {
  readonly input: IrrepsRows
  readonly output: IrrepsRows
  readonly paths: readonly PackedPath[]
  /** Of blocks of the output that have one. */
  readonly biases: ReadonlyMap<BlockRows, PackedTensor>
  /** A matrix of zeros that fits every block without a path; null if there is none. */
  readonly zeros: PackedTensor | null
}

/**
 * Lays a map's weights out for rows of its input and output, as `irrepsRows` or `gateRows` have them.
 * @throws Error if those are rows of other irreps than the map's.
 */
export function packEquivariantLinear(
  pack: WeightPack,
  layer: EquivariantLinear,
  input: IrrepsRows,
  output: IrrepsRows,
): PackedEquivariantLinear {
  const inputOf = rowsOf(layer.input, input)
  const outputOf = rowsOf(layer.output, output)
  const paths = linearPaths(layer.input, layer.output)
    .filter(({ from, to }) => from.multiplicity > 0 && to.multiplicity > 0)
    .map(({ from, to, weightOffset }): PackedPath => {
      const [rowsFrom, rowsTo] = [inputOf(from), outputOf(to)]
      const weight = layer.weight.subarray(weightOffset, weightOffset + from.multiplicity * to.multiplicity)
      // e3nn stores [inputs, outputs], PyTorch's linear layers the transpose: the two ways round change places.
      const { forward: adjoint, adjoint: forward } = pack.addMatrix(weight, rowsFrom.slots, rowsTo.slots)
      return { from: rowsFrom, to: rowsTo, forward, adjoint }
    })
  const biases = new Map<BlockRows, PackedTensor>()
  let biasAt = 0
  for (const block of layer.bias ? layer.output.blocks.filter(isScalar) : []) {
    const bias = layer.bias!.subarray(biasAt, biasAt + block.multiplicity)
    biasAt += block.multiplicity
    biases.set(outputOf(block), pack.addVector(bias, outputOf(block).slots))
  }
  const lonely = [
    ...input.blocks.filter((rows) => !paths.some(({ from }) => from === rows)),
    ...output.blocks.filter((rows) => !paths.some(({ to }) => to === rows)),
  ]
  const widest = Math.max(0, ...lonely.map(({ width }) => width))
  return {
    ...{ input, output, paths, biases },
    zeros: widest > 0 ? pack.add(new Float32Array(4 * widest)) : null,
  }
}

/** The place in a row of a block of irreps. */
function rowsOf(irreps: Irreps, { irreps: placed, blocks }: IrrepsRows): (block: IrrepsBlock) => BlockRows {
  if (formatIrreps(irreps) !== formatIrreps(placed)) {
    throw new Error(`Rows of ${formatIrreps(placed)} do not hold ${formatIrreps(irreps)}.`)
  }
  return (block) => blocks[irreps.blocks.indexOf(block)]
}

interface LinearOptions {
  /** Adds to what the result holds, instead of writing it. */
  readonly add?: boolean
  /** Rows as the result's, that are added to it: the way around a layer. Not with `add`. */
  readonly plus?: AtomFeatures
}

/**
 * Appends y = [y + | plus +] W x + b. Unless it is added to, all of y is written, zeros in padded slots and in blocks that nothing
 * leads to.
 */
export function equivariantLinear(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  packed: PackedEquivariantLinear,
  x: AtomFeatures,
  y: AtomFeatures,
  options: LinearOptions = {},
): void {
  const { output, paths, biases, zeros } = packed
  const products = paths.map(({ from, to, forward }) => ({ from, to, matrix: forward }))
  multiply(builder, weights, { products, target: output, biases, zeros }, x, y, options)
}

/** Appends the adjoint of {@link equivariantLinear}, gx = [gx + | plus +] Wᵀ gy, which writes all of gx likewise. */
export function equivariantLinearAdjoint(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  packed: PackedEquivariantLinear,
  yGradient: AtomFeatures,
  xGradient: AtomFeatures,
  options: LinearOptions = {},
): void {
  const { input, paths, zeros } = packed
  const products = paths.map(({ from, to, adjoint }) => ({ from: to, to: from, matrix: adjoint }))
  multiply(builder, weights, { products, target: input, zeros }, yGradient, xGradient, options)
}

/** A map one way round. */
interface Products {
  readonly products: readonly {
    readonly from: BlockRows
    readonly to: BlockRows
    readonly matrix: PackedTensor
  }[]
  /** Rows of the result. */
  readonly target: IrrepsRows
  readonly biases?: PackedEquivariantLinear['biases']
  readonly zeros: PackedTensor | null
}

function multiply(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  { products, target, biases, zeros }: Products,
  x: AtomFeatures,
  y: AtomFeatures,
  { add = false, plus }: LinearOptions,
): void {
  for (const block of target.blocks.filter(({ width }) => width > 0)) {
    const bias = biases?.get(block)
    const terms = products
      .filter(({ to }) => to === block)
      .map(({ from, matrix }) => ({ input: { ...operandOf(x, from), width: from.width }, matrix }))
    if (terms.length === 0 && (bias || !add)) {
      // Zeros, or what is added alone: four floats that are there in any case, times zeros.
      terms.push({
        input: { tensor: x.tensor, rows: scalarRows(x.stride, x.base), width: 4 },
        matrix: zeros!,
      })
    }
    terms.forEach(({ input, matrix }, n) => {
      builder.linear({
        input,
        output: { ...operandOf(y, block), width: block.width },
        parts: block.parts,
        weights: weights.bind(matrix),
        bias: n === 0 && bias ? weights.bind(bias) : null,
        add: add || n > 0,
        plus: plus && n === 0 ? operandOf(plus, block) : undefined,
      })
    })
  }
}
