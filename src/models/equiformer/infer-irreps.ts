/**
 * Irreps out of shapes: no file of Equiformer's tells them, but the sizes of its tensors are sums over them. SPEC section 13.
 *
 * Multiplicities are whole numbers, sums over them linear equations; what is not linear confirms what these leave. Where more
 * than one answer is left, that of all published networks is taken if it is among them; otherwise it has to be stated.
 */
import { InputError } from '../../errors.ts'
import { linearWeights } from '../../reference/irreps/linear.ts'
import { type Irrep, isScalar, type Parity, sameIrrep } from '../irreps/irrep.ts'
import { formatIrreps, type Irreps, irrepsOf } from '../irreps/irreps.ts'
import { depthwisePaths } from '../irreps/tensor-product-paths.ts'
import { OpenQuestion } from '../open-statements.ts'
import { type IrrepsName, openStatement } from './open-statements.ts'
import { wigner3jDegrees } from './sign-convention.ts'
import type { StoredTensors } from './stored-tensors.ts'
import { type LinearEquation, wholeSolutions } from './whole-solutions.ts'

/** What is known of some irreps that are asked for. */
export interface IrrepsQuestion {
  readonly source: string
  /** Upstream's name of it, for messages. */
  readonly name: IrrepsName
  /** Irreps it is made of, each with at least one channel. */
  readonly pattern: readonly Irrep[]
  readonly equations: readonly LinearEquation[]
  /** No multiplicity is larger. */
  readonly most: number
  /** Do all shapes agree with a candidate? */
  readonly fits: (candidate: Irreps) => boolean
  /** What all published networks have, or null where that is no whole number of channels. */
  readonly published: Irreps | null
}

/** The irreps with some multiplicity each. */
export const withMultiplicities = (pattern: readonly Irrep[], multiplicities: readonly number[]): Irreps =>
  irrepsOf(pattern.map((irrep, k) => ({ ...irrep, multiplicity: multiplicities[k] })))

/** `factor` times the channels of each block, or null if that is not whole. */
export function scaledIrreps({ blocks }: Irreps, factor: number): Irreps | null {
  const scaled = blocks.map((block) => ({ ...block, multiplicity: block.multiplicity * factor }))
  return scaled.every(({ multiplicity }) => Number.isInteger(multiplicity)) ? irrepsOf(scaled) : null
}

/** Channels of one irrep in some irreps. */
export const channelsOf = ({ blocks }: Irreps, irrep: Irrep): number =>
  blocks.reduce((sum, block) => sum + (sameIrrep(block, irrep) ? block.multiplicity : 0), 0)

/** Candidates that all shapes agree with; null if there are too many to look at. */
const candidates = ({ pattern, equations, most, fits }: IrrepsQuestion): Irreps[] | null =>
  wholeSolutions(equations, pattern.length, most)
    ?.map((multiplicities) => withMultiplicities(pattern, multiplicities))
    .filter(fits) ?? null

/** @throws OpenQuestion if no irreps have these shapes, or several have. */
export function inferIrreps(question: IrrepsQuestion): Irreps {
  const { source, name, published, fits } = question
  const found = candidates(question)
  if (found?.length === 1) return found[0]
  if (found?.length === 0) {
    throw new OpenQuestion(
      `${source}: no ${name} has the shapes of its tensors; the file is of another architecture, or ${name} has to be stated.`,
      [openStatement(name)],
    )
  }
  if (published && fits(published)) return published
  const examples = found ? `, ${found.slice(0, 2).map(formatIrreps).join(' and ')} among others` : ''
  throw new OpenQuestion(
    `${source}: several ${name} have the shapes of its tensors${examples}; state the one it was trained with.`,
    [openStatement(name, null, found?.length ? { example: formatIrreps(found[0]) } : {})],
  )
}

interface Pattern {
  readonly node: readonly Irrep[]
  readonly harmonics: Irreps
}

const degreesUpTo = (most: number): number[] => Array.from({ length: most + 1 }, (_, l) => l)

/** Spherical harmonics of degrees up to one, in a network that knows parity or one that calls everything even. */
export const harmonicsUpTo = (maxDegree: number, parities: boolean): Irreps =>
  irrepsOf(
    degreesUpTo(maxDegree).map((degree) => ({
      ...{ multiplicity: 1, degree },
      parity: parities && degree % 2 === 1 ? -1 : 1,
    })),
  )

function patternUpTo(node: number, harmonics: number, parities: boolean): Pattern {
  const kinds: readonly Parity[] = parities ? [1, -1] : [1]
  return {
    node: degreesUpTo(node).flatMap((degree) => kinds.map((parity) => ({ degree, parity }))),
    harmonics: harmonicsUpTo(harmonics, parities),
  }
}

/** Highest degrees of node features and of harmonics. @throws InputError if no product tells them. */
export function readDegrees(tensors: StoredTensors): { node: number; harmonics: number } {
  let [node, harmonics] = [0, 0]
  for (const name of tensors.names) {
    if (!name.startsWith('edge_deg_embed.dw.')) continue
    const [l1, l2, l3] = wigner3jDegrees(name) ?? [0, 0, 0]
    node = Math.max(node, l1, l3)
    harmonics = Math.max(harmonics, l2)
  }
  if (node > 0) return { node, harmonics }
  throw new InputError(
    `${tensors.source}: degrees cannot be told, because the tensors edge_deg_embed.dw.tp._compiled_main_left_right._w3j_… are missing; save the whole state_dict of an Equiformer, buffers included.`,
  )
}

/** Equations and confirmation for the irreps between blocks. */
function embeddingQuestion(tensors: StoredTensors, { node, harmonics }: Pattern): IrrepsQuestion {
  const keep = withMultiplicities(
    node,
    node.map(() => 1),
  )
  const attention = tensors.hasBelow('blocks.0.dpa.') ? 'blocks.0.dpa' : 'blocks.0.ga'
  const sizes = {
    scalars: tensors.size('blocks.0.norm_1.affine_bias'),
    channels: tensors.size('blocks.0.norm_1.affine_weight'),
    dimension: tensors.size('atom_embed.atom_type_lin.tp.output_mask'),
    paths: tensors.size('edge_deg_embed.rad.offset'),
    products: tensors.size('edge_deg_embed.dw.tp.output_mask'),
    projection: tensors.size('edge_deg_embed.proj.tp.weight'),
    merging: tensors.size(`${attention}.merge_src.tp.weight`),
  }
  const alone = node.map((irrep) => depthwisePaths(withMultiplicities([irrep], [1]), harmonics, keep))
  const equation = (coefficients: readonly number[], sum: number): LinearEquation => ({ coefficients, sum })
  const equations = [
    equation(node.map(isScalar).map(Number), sizes.scalars),
    equation(
      node.map(() => 1),
      sizes.channels,
    ),
    equation(
      node.map(({ degree }) => 2 * degree + 1),
      sizes.dimension,
    ),
    equation(
      alone.map(({ weights }) => weights),
      sizes.paths,
    ),
    equation(
      alone.map(({ output }) => output.dimension),
      sizes.products,
    ),
  ]
  if (tensors.has(`${attention}.sep_alpha.tp.weight`)) {
    const logits = tensors.size(`${attention}.sep_alpha.bias.0`)
    const scalars = alone.map(({ output }) => channelsOf(output, { degree: 0, parity: 1 }))
    equations.push(equation(scalars, tensors.size(`${attention}.sep_alpha.tp.weight`) / logits))
  }
  return {
    source: tensors.source,
    name: 'irreps_node_embedding',
    pattern: node,
    equations,
    most: sizes.channels,
    fits: (embedding) =>
      linearWeights(depthwisePaths(embedding, harmonics, embedding).output, embedding) === sizes.projection &&
      linearWeights(embedding, embedding) === sizes.merging,
    published: null,
  }
}

/**
 * Irreps between blocks, and of the harmonics: without parity if that fits, otherwise with every irrep in both parities.
 * @throws OpenQuestion if neither fits, or more than one answer is left.
 */
export function inferEmbedding(tensors: StoredTensors): { embedding: Irreps; harmonics: Irreps } {
  const degrees = readDegrees(tensors)
  const [plain, both] = [false, true].map((parities) =>
    patternUpTo(degrees.node, degrees.harmonics, parities),
  )
  const question = embeddingQuestion(tensors, plain)
  const pattern = candidates(question)?.length === 0 ? both : plain
  return { embedding: inferIrreps(embeddingQuestion(tensors, pattern)), harmonics: pattern.harmonics }
}
