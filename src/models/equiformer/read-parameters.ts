/**
 * From a checkpoint file to an Equiformer: sizes out of names and shapes, every tensor in its place, and what a user should
 * know put into sentences. SPEC sections 12 and 13.
 */
import { InputError } from '../../errors.ts'
import type { Checkpoint } from '../../formats/checkpoint.ts'
import { gateInput } from '../../reference/irreps/gate.ts'
import { addScalarBias } from '../../reference/irreps/linear.ts'
import { isScalar } from '../irreps/irrep.ts'
import { filterIrreps, formatIrreps, type Irreps, irrepsOf } from '../irreps/irreps.ts'
import { readHyperparameters, USUAL_CUTOFF } from './hyperparameters.ts'
import { scalarIrreps } from './infer-layers.ts'
import type {
  BlockParameters,
  EdgeDegreeEmbedding,
  EnergyHead,
  EquiformerHyperparameters,
  EquiformerOptions,
  EquiformerParameters,
} from './parameters.ts'
import { readAttention, readAttentionHead } from './read-attention.ts'
import {
  checkGate,
  productWithHarmonics,
  readLinear,
  readNorm,
  readRadialBasis,
  readRadialProduct,
} from './read-layers.ts'
import { withOptionsInFile } from './stated-options.ts'
import { StoredTensors } from './stored-tensors.ts'

/**
 * Reads and checks an Equiformer.
 * @param given what the file does not tell, or tells wrongly.
 * @throws InputError in one sentence that names the file and the tensor that is missing, fits no layer or leaves something
 * open.
 */
export function readEquiformerParameters(
  checkpoint: Checkpoint,
  given: EquiformerOptions = {},
): EquiformerParameters {
  const options = withOptionsInFile(checkpoint, given)
  const tensors = new StoredTensors(checkpoint)
  const hyper = readHyperparameters(tensors, options)
  const { mean, std } = standardisation(checkpoint.source, options)
  const parameters = {
    hyper,
    basis: readRadialBasis(tensors, hyper),
    atomEmbedding: readTable(tensors, 'atom_embed.atom_type_lin', hyper.types, hyper),
    tagEmbedding: hyper.tags > 0 ? readTable(tensors, 'tag_embed.atom_type_lin', hyper.tags, hyper) : null,
    forceBias: readForceBias(tensors, hyper),
    edgeDegree: readEdgeDegree(tensors, hyper),
    blocks: Array.from({ length: hyper.layers }, (_, b) => readBlock(tensors, hyper, b)),
    norm: readNorm(tensors, 'norm', hyper.feature),
    head: readEnergyHead(tensors, hyper),
    vectorHead: tensors.hasBelow('auxiliary_head.')
      ? readAttentionHead(tensors, 'auxiliary_head', hyper, vectorOf(hyper))
      : null,
  }
  // Its denoising of positions is for training.
  if (tensors.hasBelow('denoising_pos_head.')) {
    readAttentionHead(tensors, 'denoising_pos_head', hyper, vectorOf(hyper))
  }
  const [stray] = tensors.rest()
  if (stray !== undefined) {
    throw new InputError(
      `${tensors.source}: the tensor ${stray} fits no layer of an Equiformer with ${hyper.layers} blocks of ${formatIrreps(hyper.embedding)} and ${hyper.messages} messages.`,
    )
  }
  return { ...parameters, mean, std, count: tensors.parameters(), notes: notesOn(hyper, options) }
}

/** What outputs are multiplied by, and what is added. */
function standardisation(
  source: string,
  { mean = 0, std = 1 }: EquiformerOptions,
): { readonly mean: number; readonly std: number } {
  if (std > 0 && Number.isFinite(std) && Number.isFinite(mean)) return { mean, std }
  throw new InputError(
    Number.isFinite(mean)
      ? `${source}: the standard deviation of the training energies (task_std) should be a positive number, not ${std}.`
      : `${source}: the mean of the training energies (task_mean) should be a number, not ${mean}.`,
  )
}

/** One vector: in a network that knows parity, odd as positions are. */
const vectorOf = ({ harmonics }: EquiformerHyperparameters): Irreps =>
  irrepsOf([{ multiplicity: 1, degree: 1, parity: harmonics.blocks[1]?.parity ?? 1 }])

/** [count × embedding dimension]: a row of weights on the scalars, and the bias, for each of `count` kinds. */
function readTable(
  tensors: StoredTensors,
  name: string,
  count: number,
  { embedding }: EquiformerHyperparameters,
): Float64Array {
  const { weight, bias } = readLinear(tensors, name, scalarIrreps(count), embedding, { bias: true })
  const table = new Float64Array(count * embedding.dimension)
  const scalars = weight.length / count
  for (let row = 0; row < count; row++) {
    addScalarBias(
      embedding,
      weight.subarray(row * scalars, (row + 1) * scalars),
      table.subarray(row * embedding.dimension, (row + 1) * embedding.dimension),
    )
  }
  if (bias) addScalarBias(embedding, bias, table)
  return table
}

/** DeNS takes forces as an input in training only; of the embedding of none its bias is left. */
const readForceBias = (tensors: StoredTensors, hyper: EquiformerHyperparameters): Float64Array | null =>
  tensors.hasBelow('force_embed.')
    ? readLinear(tensors, 'force_embed', hyper.harmonics, hyper.embedding, { bias: true }).bias
    : null

function readEdgeDegree(tensors: StoredTensors, hyper: EquiformerHyperparameters): EdgeDegreeEmbedding {
  const { embedding } = hyper
  const layer = productWithHarmonics(hyper, embedding, embedding)
  const names = { product: 'edge_deg_embed.dw', radial: 'edge_deg_embed.rad' }
  const { weight, bias } = readLinear(tensors, 'edge_deg_embed.exp', scalarIrreps(1), embedding, {
    bias: true,
  })
  return {
    ...readRadialProduct(tensors, names, hyper, layer),
    scalars: weight.map((w, u) => w + (bias?.[u] ?? 0)),
    project: readLinear(tensors, 'edge_deg_embed.proj', layer.product.output, embedding, { bias: true }),
  }
}

function readBlock(tensors: StoredTensors, hyper: EquiformerHyperparameters, b: number): BlockParameters {
  const name = `blocks.${b}`
  const { embedding, mlp, feature, layers, messages } = hyper
  const output = b === layers - 1 ? feature : embedding
  const attention = messages === 'dot product' ? `${name}.dpa` : `${name}.ga`
  const first = readLinear(tensors, `${name}.ffn.fctp_1`, embedding, gateInput(mlp), { bias: true })
  checkGate(tensors, `${name}.ffn.fctp_1.gate`, mlp)
  const shortcut = `${name}.ffn_shortcut`
  return {
    attentionNorm: readNorm(tensors, `${name}.norm_1`, embedding),
    attention: readAttention(tensors, attention, hyper, {
      ...{ input: embedding, merged: embedding, output: embedding },
    }),
    feedForwardNorm: readNorm(tensors, `${name}.norm_2`, embedding),
    feedForward: {
      first,
      hidden: mlp,
      second: readLinear(tensors, `${name}.ffn.fctp_2`, mlp, output, { bias: true }),
    },
    shortcut: tensors.hasBelow(`${shortcut}.`)
      ? readLinear(tensors, shortcut, embedding, output, { bias: true })
      : null,
  }
}

function readEnergyHead(tensors: StoredTensors, hyper: EquiformerHyperparameters): EnergyHead {
  const { feature } = hyper
  if (tensors.hasBelow('head.merge_src.')) {
    return { kind: 'attention', attention: readAttentionHead(tensors, 'head', hyper, scalarIrreps(1)) }
  }
  const name = tensors.hasBelow('energy_head.') ? 'energy_head' : 'head'
  const scalars = scalarIrreps(filterIrreps(feature, isScalar).channels)
  return {
    kind: 'linear',
    first: readLinear(tensors, `${name}.0`, feature, scalars, { bias: true }),
    second: readLinear(tensors, `${name}.2`, scalars, scalarIrreps(1), { bias: true }),
  }
}

function notesOn(hyper: EquiformerHyperparameters, options: EquiformerOptions): string[] {
  const { cutoff, radialBasis, dataset } = hyper
  const notes = [
    `The energy jumps when two atoms cross the cutoff of ${cutoff} Å, because messages do not vanish there; an NVE run does not conserve energy.`,
  ]
  if (radialBasis !== 'exp' && options.cutoff === undefined) {
    notes.push(`The file does not tell its cutoff; ${USUAL_CUTOFF} Å is assumed, as in published runs.`)
  }
  if (options.std === undefined) {
    notes.push(
      'The mean and standard deviation of the training energies have to be stated; until then energies are what the network returns, not in any unit.',
    )
  } else if (options.mean === undefined) {
    notes.push('The mean of the training energies is not stated: energies lack that constant, forces do not.')
  }
  if (dataset === 'OC20') {
    notes.push(
      'Upstream keeps at most the nearest 500 neighbours of an atom in periodic systems; here every neighbour within the cutoff counts.',
    )
  }
  return notes
}
