/**
 * What one evaluation of energy and forces of an Equiformer with nonlinear messages costs, counted from its layers as
 * `flops.ts` counts the Equivariant Transformer's, and by the same two accounts:
 *
 * - `upstream`: linear layers on atoms and edges, radial networks, and the tensor products' terms that are not zero.
 * - `useful`: what is left in the frames of edges, where a product is one multiplication a component and rows of the
 *   following matrices that meet only zeros are left out, turns into frames and out of them included, with radial networks as
 *   polynomials of the distance.
 */
import type { AttentionParameters, EquiformerParameters } from '../../src/models/equiformer/parameters.ts'
import { alignedPath } from '../../src/models/irreps/aligned-path.ts'
import type { Irreps } from '../../src/models/irreps/irreps.ts'
import { wigner3j } from '../../src/models/irreps/wigner-3j.ts'
import type { DepthwiseTensorProduct } from '../../src/reference/irreps/depthwise-tensor-product.ts'
import { type EquivariantLinear, linearPaths } from '../../src/reference/irreps/linear.ts'
import type { RadialMlp } from '../../src/reference/irreps/radial-mlp.ts'
import { type FlopAccount, POLYNOMIAL, WITH_ADJOINT } from './flops.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Multiplications, each with an addition, of a linear layer on one row. */
const linear = ({ input, output }: EquivariantLinear): number =>
  sum(linearPaths(input, output).map(({ from, to }) => from.multiplicity * to.dimension))

/** Components of a path's result that are not zero in the edge's frame. */
const components = ({ product, convention }: DepthwiseTensorProduct, p: number): number =>
  alignedPath(product.paths[p].degrees, convention).source.filter((n) => n >= 0).length

/** A linear layer behind a tensor product, in the edge's frame. */
const linearInFrame = ({ input, output }: EquivariantLinear, product: DepthwiseTensorProduct): number =>
  sum(
    linearPaths(input, output).map(({ from, to }) => {
      const path = product.product.paths.findIndex((path) => path.output === input.blocks.indexOf(from))
      return from.multiplicity * to.multiplicity * components(product, path)
    }),
  )

/** Terms of a tensor product: each a product of three numbers that is added to a fourth. */
const terms = ({ product, convention }: DepthwiseTensorProduct): number =>
  sum(
    product.paths.map(({ first, degrees }) => {
      return product.first.blocks[first].multiplicity * wigner3j(degrees, convention).value.length
    }),
  )

const termsInFrame = (layer: DepthwiseTensorProduct): number =>
  sum(
    layer.product.paths.map(
      ({ first }, p) => layer.product.first.blocks[first].multiplicity * components(layer, p),
    ),
  )

const radial = ({ hidden, last }: RadialMlp): number =>
  sum([...hidden.map((layer) => layer.linear), last].map(({ inputs, outputs }) => inputs * outputs))

/** A turn of features into a frame or out of it. */
const turn = ({ blocks }: Irreps): number =>
  sum(blocks.map(({ multiplicity, degree }) => (degree === 0 ? 0 : multiplicity * (2 * degree + 1) ** 2)))

/** Multiply-adds of a forward pass, per atom and per edge. */
interface Cost {
  readonly atom: number
  readonly upstreamEdge: number
  readonly usefulEdge: number
  /** Functions of the distance on an edge. */
  readonly functions: number
}

function attention({ source, receiver, message, project, head, heads }: AttentionParameters): Cost {
  if (message.kind !== 'nonlinear') throw new Error('Only nonlinear messages are counted.')
  const { product, linear: mix, alpha, valueProduct, value } = message
  const values = heads * head.dimension
  return {
    atom: linear(source) + linear(receiver) + linear(project),
    upstreamEdge:
      radial(product.radial) +
      terms(product.layer) +
      linear(mix) +
      linear(alpha) +
      terms(valueProduct) +
      linear(value) +
      values,
    usefulEdge:
      turn(source.output) +
      termsInFrame(product.layer) +
      linearInFrame(mix, product.layer) +
      linearInFrame(alpha, product.layer) +
      // Weights that all edges share are in the matrix.
      linearInFrame(value, valueProduct) +
      turn(value.output) +
      values,
    functions: product.layer.product.weights,
  }
}

/** @param pairs directed pairs, those of an atom with itself included, which this network does not have */
export function equiformerFlops(
  { blocks, edgeDegree, head, hyper }: EquiformerParameters,
  atoms: number,
  pairs: number,
): FlopAccount {
  if (head.kind !== 'linear') throw new Error('Only linear heads are counted.')
  const attentions = blocks.map((block) => attention(block.attention))
  const feedForward = blocks.map(({ feedForward: { first, second }, shortcut }) =>
    sum([first, second, ...(shortcut ? [shortcut] : [])].map(linear)),
  )
  const perAtom = sum([
    ...attentions.map(({ atom }) => atom),
    ...feedForward,
    linear(head.first),
    linear(head.second),
  ])
  const edges = pairs - atoms
  const degree = radial(edgeDegree.radial) + terms(edgeDegree.layer) + linear(edgeDegree.project)
  const functions = sum(attentions.map((cost) => cost.functions)) + hyper.embedding.channels
  const products = WITH_ADJOINT * 2 * atoms * perAtom
  const onEdges =
    WITH_ADJOINT * 2 * edges * (sum(attentions.map((cost) => cost.usefulEdge)) + hyper.embedding.dimension) +
    edges * functions * POLYNOMIAL
  const upstreamEdges = 2 * edges * (sum(attentions.map((cost) => cost.upstreamEdge)) + degree)
  return {
    products,
    edges: onEdges,
    useful: products + onEdges,
    upstream: products + WITH_ADJOINT * upstreamEdges,
  }
}
