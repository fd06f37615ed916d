/**
 * From a checkpoint file to an Equivariant Transformer: names of every version since 2021 brought to today's,
 * every shape checked, priors read, and what a user should know put into sentences.
 * SPEC sections 3, 8.4 and 11.
 */
import { InputError } from '../../errors.ts'
import type { Checkpoint, Tensor } from '../../formats/checkpoint.ts'
import { readPriors } from '../priors/read-priors.ts'
import { readHyperparameters } from './hyperparameters.ts'
import {
  type EtHyperparameters,
  type EtParameters,
  float64Of,
  type Prior,
  requireTensor,
} from './parameters.ts'

/** Upstream's name of the architecture in the hyperparameter `model`. */
export const ET_MODEL_NAME = 'equivariant-transformer'

/**
 * Reads and checks a TorchMD-NET Equivariant Transformer.
 * @throws InputError in one sentence that names the file and the hyperparameter or tensor at fault.
 */
export function readEtParameters(checkpoint: Checkpoint): EtParameters {
  const { source, hyperparameters } = checkpoint
  if (hyperparameters === null) {
    throw new InputError(
      `${source} holds tensors but no hyper_parameters, and heads, cutoffs and activations cannot be told from shapes; load the training checkpoint (.ckpt), or add them to the file's metadata.`,
    )
  }
  const tensors = renamed(checkpoint.tensors)
  checkArchitecture(source, hyperparameters.model, tensors)
  const hyper = readHyperparameters(source, hyperparameters, tensors)
  const network = checkedNetwork(source, hyper, tensors)
  const notes = networkNotes(hyper, network, tensors)

  let mean = requireScalar(source, tensors, 'mean')
  let std = requireScalar(source, tensors, 'std')
  let priors: readonly Prior[] = []
  if (hyper.head === 'Scalar') {
    priors = readPriors(source, hyperparameters, tensors, hyper.maxZ)
    notes.push(...priors.flatMap(priorNotes))
    if (hasVectorBiases(network) && priors.length > 0 && (mean !== 0 || std !== 1)) {
      mean = 0
      std = 1
      notes.push(
        'Mean and standard deviation are ignored beside the prior, as upstream did when it wrote this file.',
      )
    }
  } else if (hyperparameters.prior_model) {
    notes.push(`The priors in the file are not used: upstream drops them for the output model ${hyper.head}.`)
  }
  return { hyper, tensors: network, mean, std, priors, notes }
}

function checkArchitecture(source: string, model: unknown, tensors: ReadonlyMap<string, Tensor>): void {
  const looksRight = tensors.has('representation_model.attention_layers.0.vec_proj.weight')
  if (model === ET_MODEL_NAME || (model === undefined && looksRight)) return
  const what = typeof model === 'string' ? `a ${model} model` : 'a model of unknown architecture'
  throw new InputError(
    `${source} holds ${what}, which is not supported; of TorchMD-NET's architectures Tumble runs the ${ET_MODEL_NAME}.`,
  )
}

/** Tensors under HEAD's names, whichever version wrote them. SPEC 11.2. */
function renamed(stored: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const [name, tensor] of stored) {
    const current = name
      .replace(/^model\./, '')
      // Before April 2024 the dense networks of the output model were bare sequences.
      .replace(/^(output_model\.output_network\.\d+\.update_net)\.(\d+)\./, '$1.layers.$2.')
      .replace(/^(output_model\.output_network)\.(\d+)\.(weight|bias)$/, '$1.layers.$2.$3')
      // Before December 2022 there was a single prior, without an index.
      .replace(/^prior_model\.(?!\d+\.)/, 'prior_model.0.')
    tensors.set(current, tensor)
  }
  return tensors
}

interface ExpectedTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Present in some versions only. */
  readonly optional?: boolean
}

/** Every tensor of the network by the table of SPEC section 3; `mean`, `std` and priors apart. */
function expectedTensors(hyper: EtHyperparameters, tensors: ReadonlyMap<string, Tensor>): ExpectedTensor[] {
  const { channels: F, radialFunctions: R, maxZ, distanceInfluence } = hyper
  const half = Math.floor(F / 2)
  const linear = (name: string, outputs: number, inputs: number): ExpectedTensor[] => [
    { name: `${name}.weight`, shape: [outputs, inputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ]
  /** Projections of vectors, which had a bias until February 2022. */
  const vectorLinear = (name: string, outputs: number, inputs: number): ExpectedTensor[] =>
    linear(name, outputs, inputs).map((tensor, k) => ({ ...tensor, optional: k === 1 }))
  const norm = (name: string): ExpectedTensor[] => [
    { name: `${name}.weight`, shape: [F] },
    { name: `${name}.bias`, shape: [F] },
  ]
  const M = 'representation_model'
  const O = 'output_model.output_network'

  const layer = (l: number): ExpectedTensor[] => {
    const A = `${M}.attention_layers.${l}`
    const keys = distanceInfluence === 'keys' || distanceInfluence === 'both'
    const values = distanceInfluence === 'values' || distanceInfluence === 'both'
    return [
      ...norm(`${A}.layernorm`),
      ...linear(`${A}.q_proj`, F, F),
      ...linear(`${A}.k_proj`, F, F),
      ...linear(`${A}.v_proj`, 3 * F, F),
      ...linear(`${A}.o_proj`, 3 * F, F),
      ...vectorLinear(`${A}.vec_proj`, 3 * F, F),
      ...(keys ? linear(`${A}.dk_proj`, F, R) : []),
      ...(values ? linear(`${A}.dv_proj`, 3 * F, R) : []),
    ]
  }
  const gatedBlock = (b: number, inputs: number, outputs: number): ExpectedTensor[] => [
    ...vectorLinear(`${O}.${b}.vec1_proj`, inputs, inputs),
    ...vectorLinear(`${O}.${b}.vec2_proj`, outputs, inputs),
    ...linear(`${O}.${b}.update_net.layers.0`, inputs, 2 * inputs),
    ...linear(`${O}.${b}.update_net.layers.2`, 2 * outputs, inputs),
  ]
  /** The extent head's dense layers; versions of 2024 could have hidden ones between the first and the last. */
  const dense = (): ExpectedTensor[] => {
    let last = 2
    while (tensors.has(`${O}.layers.${last + 2}.weight`)) last += 2
    const layers = linear(`${O}.layers.0`, half, F)
    for (let k = 2; k <= last; k += 2) layers.push(...linear(`${O}.layers.${k}`, k === last ? 1 : half, half))
    return layers
  }
  const needsMasses = hyper.head === 'DipoleMoment' || hyper.head === 'ElectronicSpatialExtent'
  return [
    { name: `${M}.embedding.weight`, shape: [maxZ, F] },
    ...(hyper.radialBasis === 'expnorm'
      ? ['means', 'betas'].map((key) => ({ name: `${M}.distance_expansion.${key}`, shape: [R] }))
      : [{ name: `${M}.distance_expansion.offset`, shape: [R] }]),
    ...(hyper.neighborEmbedding
      ? [
          { name: `${M}.neighbor_embedding.embedding.weight`, shape: [maxZ, F] },
          ...linear(`${M}.neighbor_embedding.distance_proj`, F, R),
          ...linear(`${M}.neighbor_embedding.combine`, F, 2 * F),
        ]
      : []),
    ...Array.from({ length: hyper.layers }, (_, l) => layer(l)).flat(),
    ...norm(`${M}.out_norm`),
    ...(hyper.head === 'ElectronicSpatialExtent'
      ? dense()
      : [...gatedBlock(0, F, half), ...gatedBlock(1, half, 1)]),
    ...(needsMasses ? [{ name: 'output_model.atomic_mass', shape: [119] }] : []),
  ]
}

/** Buffers that are stored beside the network's parameters without changing its numbers. */
const PASSIVE = /^(representation_model\.distance\.box|output_model\.atomic_mass)$/

/** The network's tensors, all there, of the right shape, finite, and no others. */
function checkedNetwork(
  source: string,
  hyper: EtHyperparameters,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const network = new Map<string, Tensor>()
  for (const { name, shape, optional } of expectedTensors(hyper, tensors)) {
    if (optional && !tensors.has(name)) continue
    network.set(name, requireTensor(source, tensors, name, shape))
  }
  if (hyper.radialBasis === 'gauss') {
    const name = 'representation_model.distance_expansion.coeff'
    requireScalar(source, tensors, name)
    network.set(name, tensors.get(name)!)
  }
  for (const [name, tensor] of network) {
    if (float64Of(tensor).every(Number.isFinite)) continue
    throw new InputError(
      `${source}: the tensor ${name} contains numbers that are not finite; the training failed.`,
    )
  }
  for (const name of tensors.keys()) {
    if (!/^(representation|output)_model\./.test(name) || network.has(name) || PASSIVE.test(name)) continue
    throw new InputError(
      `${source}: the tensor ${name} has no place in an ${ET_MODEL_NAME} with these hyperparameters.`,
    )
  }
  return network
}

/** A scalar stored as [] or [1]: training writes either. */
function requireScalar(source: string, tensors: ReadonlyMap<string, Tensor>, name: string): number {
  const shape = tensors.get(name)?.shape.length === 1 ? [1] : []
  return float64Of(requireTensor(source, tensors, name, shape))[0]
}

const hasVectorBiases = (tensors: ReadonlyMap<string, Tensor>): boolean =>
  tensors.has('representation_model.attention_layers.0.vec_proj.bias')

function networkNotes(
  hyper: EtHyperparameters,
  network: ReadonlyMap<string, Tensor>,
  tensors: ReadonlyMap<string, Tensor>,
): string[] {
  const notes: string[] = []
  if (!hyper.vectorCutoff) {
    notes.push(
      `The energy jumps when two atoms cross the cutoff of ${hyper.cutoffUpper} Å, because the model was trained without vector_cutoff; an NVE run does not conserve energy there.`,
    )
  }
  if (hasVectorBiases(network)) {
    notes.push(
      'The file dates from 2021: biases in its vector projections make the output change when the molecule is rotated.',
    )
    if (hyper.cutoffLower > 0) {
      notes.push(
        'Versions of that time had no self edges above a lower cutoff; today they are there, as here.',
      )
    }
    if (hyper.head === 'ElectronicSpatialExtent') {
      notes.push(
        'Versions of that time measured the spatial extent from the origin, not from the centre of mass.',
      )
    }
  }
  if (hyper.types === 'five-et') {
    notes.push(
      'The network tells 28 kinds of atoms apart by element and formal charge (SPICE five-et), so it needs formal charges.',
    )
  }
  if (hyper.meanDivisor === 'atoms + 1') {
    notes.push(
      'The output is the sum over atoms divided by their number plus one, as upstream computes a mean.',
    )
  }
  if (hyper.meanDivisor === 'atoms') {
    notes.push('The output is divided by the number of atoms; newer upstream versions divide by one more.')
  }
  if (hyper.maxNumNeighbors !== null) {
    notes.push(
      `Upstream refuses more than ${hyper.maxNumNeighbors} neighbours per atom (itself included); here every neighbour counts.`,
    )
  }
  if (hyper.boxVectors)
    notes.push('The model brings its own periodic box, used where the structure has none.')
  const others = [...tensors.keys()].filter(
    (name) => !/^(representation_model|output_model|prior_model)\.|^(mean|std)$/.test(name),
  )
  if (others.length > 0)
    notes.push(`Tensors that are not part of the model are ignored: ${others.join(', ')}.`)
  return notes
}

function priorNotes(prior: Prior): string[] {
  switch (prior.kind) {
    case 'Atomref':
      return prior.enabled
        ? []
        : [
            'The reference energies of the atoms are switched off in the file, so energies are relative to them.',
          ]
    case 'ZBL':
      return []
    case 'D2':
      return ['The D2 prior ignores periodic boxes upstream; here it is evaluated for open systems only.']
    case 'Coulomb':
      return [
        'The Coulomb prior needs a partial charge for every atom, is evaluated for open systems only, and follows upstream literally: it is a physical law only for positions in nm.',
      ]
  }
}
