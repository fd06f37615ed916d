/** What names and shapes say about an Equiformer's sizes. SPEC section 13. */
import { InputError } from '../../errors.ts'
import type { EquiformerRadialBasis } from '../../reference/irreps/radial-basis.ts'
import type { Irreps } from '../irreps/irreps.ts'
import { parseIrreps } from '../irreps/parse-irreps.ts'
import { OpenQuestion } from '../open-statements.ts'
import { harmonicsUpTo, inferEmbedding, readDegrees } from './infer-irreps.ts'
import { inferFeature, inferHead, inferMlp } from './infer-layers.ts'
import { openStatement } from './open-statements.ts'
import type {
  EquiformerDataset,
  EquiformerHyperparameters,
  EquiformerMessages,
  EquiformerOptions,
} from './parameters.ts'
import { readSignConvention } from './sign-convention.ts'
import type { StoredTensors } from './stored-tensors.ts'

/** Averages over the training set, constants in upstream's programs. SPEC section 12. */
const averages: Readonly<Record<EquiformerDataset, { degree: number; atoms: number }>> = {
  QM9: { degree: 15.57930850982666, atoms: 18.03065905448718 },
  MD17: { degree: 15.57930850982666, atoms: 18.03065905448718 },
  OC20: { degree: 23.395238876342773, atoms: 77.81317 },
}

/** Data sets by the number of atom types that upstream's programs embed. */
const datasets: ReadonlyMap<number, EquiformerDataset> = new Map([
  [5, 'QM9'],
  [64, 'MD17'],
  [84, 'OC20'],
])

/** Å, in all published runs. */
export const USUAL_CUTOFF = 5

/**
 * Sizes of the network, as the file tells them or, where it does not, as they are stated.
 * @throws InputError naming what is missing, as an OpenQuestion where it has to be stated.
 */
export function readHyperparameters(
  tensors: StoredTensors,
  options: EquiformerOptions,
): EquiformerHyperparameters {
  const layers = countLayers(tensors)
  const messages = readMessages(tensors)
  const convention = readSignConvention(tensors)
  const { embedding, harmonics } = options.irrepsNodeEmbedding
    ? statedEmbedding(tensors, parseIrreps(options.irrepsNodeEmbedding))
    : inferEmbedding(tensors)
  const { heads, logits } = readHeads(tensors, messages, options)
  const feature = options.irrepsFeature
    ? parseIrreps(options.irrepsFeature)
    : inferFeature(tensors, embedding, layers)
  const scalars = tensors.size('blocks.0.norm_1.affine_bias')
  const types = tensors.size('atom_embed.atom_type_lin.tp.weight') / scalars
  const dataset = datasets.get(types)
  if (dataset === undefined) {
    throw new InputError(
      `${tensors.source}: the network embeds ${types} types of atoms; known are ${[...datasets].map(([count, name]) => `${count} (${name})`).join(', ')}.`,
    )
  }
  const { degree, atoms } = averages[dataset]
  return {
    ...{ dataset, layers, messages, embedding, harmonics, heads, feature, types, convention },
    ...readRadial(tensors, options),
    head: options.irrepsHead
      ? parseIrreps(options.irrepsHead)
      : inferHead(tensors, messages, embedding, harmonics, heads, logits),
    mlp: options.irrepsMlpMid
      ? parseIrreps(options.irrepsMlpMid)
      : inferMlp(tensors, embedding, feature, layers),
    tags: tensors.hasBelow('tag_embed.') ? tensors.size('tag_embed.atom_type_lin.tp.weight') / scalars : 0,
    averageDegree: degree,
    averageAtoms: atoms,
  }
}

function countLayers(tensors: StoredTensors): number {
  let layers = 0
  while (tensors.hasBelow(`blocks.${layers}.`)) layers++
  if (layers > 0) return layers
  throw new InputError(
    `${tensors.source}: the tensors of the first block, blocks.0.…, are missing; save the whole state_dict of an Equiformer.`,
  )
}

function readMessages(tensors: StoredTensors): EquiformerMessages {
  if (tensors.hasBelow('blocks.0.dpa.')) return 'dot product'
  if (tensors.hasBelow('blocks.0.ga.sep_act.')) return 'nonlinear'
  if (tensors.hasBelow('blocks.0.ga.sep.')) return 'linear'
  throw new InputError(
    `${tensors.source}: the first block has no attention of Equiformer's, which is called blocks.0.ga.sep_act, blocks.0.ga.sep or blocks.0.dpa.`,
  )
}

const statedEmbedding = (
  tensors: StoredTensors,
  embedding: Irreps,
): { embedding: Irreps; harmonics: Irreps } => ({
  embedding,
  harmonics: harmonicsUpTo(
    readDegrees(tensors).harmonics,
    embedding.blocks.some(({ parity }) => parity === -1),
  ),
})

/** H, and how many numbers a head's logit is made of. */
function readHeads(
  tensors: StoredTensors,
  messages: EquiformerMessages,
  options: EquiformerOptions,
): { heads: number; logits: number } {
  if (messages === 'dot product') {
    const { heads } = options
    if (heads === undefined) {
      throw new OpenQuestion(
        `${tensors.source}: the number of attention heads (num_heads) cannot be told from a network with dot-product attention; state it (published ones have 4).`,
        [openStatement('num_heads')],
      )
    }
    if (Number.isInteger(heads) && heads > 0) return { heads, logits: 0 }
    throw new InputError(
      `${tensors.source}: the number of attention heads should be a positive whole number, not ${heads}.`,
    )
  }
  const name = 'blocks.0.ga.alpha_dot'
  const shape = tensors.shape(name)
  if (shape.length !== 3 || shape[0] !== 1) {
    throw new InputError(
      `${tensors.source}: the tensor ${name} has shape [${shape.join(', ')}]; expected [1, heads, channels].`,
    )
  }
  return { heads: shape[1], logits: shape[2] }
}

/** Names of the tensors that K is told by. */
const basisNames: readonly (readonly [kind: EquiformerRadialBasis['kind'], name: string])[] = [
  ['exp', 'rbf.means'],
  ['gaussian', 'rbf.mean'],
  ['bessel', 'rbf.rbf.frequencies'],
]

function readRadial(
  tensors: StoredTensors,
  options: EquiformerOptions,
): Pick<EquiformerHyperparameters, 'radialBasis' | 'radialFunctions' | 'radialWidths' | 'cutoff'> {
  const basis = basisNames.find(([, name]) => tensors.has(name))
  if (!basis) {
    throw new InputError(
      `${tensors.source}: the radial functions are missing; expected a tensor ${basisNames.map(([, name]) => name).join(', ')}.`,
    )
  }
  const [radialBasis, name] = basis
  const radialWidths: number[] = []
  const hidden = (n: number) => `edge_deg_embed.rad.net.${3 * n}`
  while (tensors.has(`${hidden(radialWidths.length)}.bias`)) {
    radialWidths.push(tensors.size(`${hidden(radialWidths.length)}.bias`))
  }
  return {
    radialBasis,
    radialFunctions: tensors.size(name),
    radialWidths,
    cutoff: radialBasis === 'exp' ? storedCutoff(tensors, options) : statedCutoff(tensors, options),
  }
}

/** μ_0 = exp(−rc), rounded to float32, of which rc = 5.0 must come out exactly: edges appear at it. */
function storedCutoff(tensors: StoredTensors, { cutoff }: EquiformerOptions): number {
  const rough = -Math.log(tensors.peek('rbf.means')[0])
  const round = Math.round(rough * 1e4) / 1e4
  const stored = Math.abs(rough - round) < 1e-5 ? round : rough
  if (!(stored > 0)) {
    throw new InputError(
      `${tensors.source}: the first of rbf.means should be exp(−cutoff), but the cutoff would be ${rough} Å.`,
    )
  }
  if (cutoff === undefined || Math.abs(cutoff - stored) < 1e-5) return cutoff ?? stored
  throw new InputError(
    `${tensors.source}: the cutoff is stated as ${cutoff} Å, but rbf.means says ${stored} Å; leave it out.`,
  )
}

function statedCutoff(tensors: StoredTensors, { cutoff = USUAL_CUTOFF }: EquiformerOptions): number {
  if (cutoff > 0 && Number.isFinite(cutoff)) return cutoff
  throw new InputError(`${tensors.source}: the cutoff should be a positive number of Å, not ${cutoff}.`)
}
