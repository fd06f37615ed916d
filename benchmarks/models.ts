/** The force fields of the suite: the bundled one, and two of the sizes people train, with weights made by formula. */
import { fnv1a, uniform } from '../src/cli/golden/weights-generator.ts'
import { InputError } from '../src/errors.ts'
import type { Checkpoint, Plain, Tensor } from '../src/formats/checkpoint.ts'
import { readCheckpoint } from '../src/formats/index.ts'
import { readEquiformerParameters } from '../src/models/equiformer/read-parameters.ts'
import type { ForceField } from '../src/models/force-field.ts'
import { loadForceField } from '../src/models/registry.ts'
import { equiformerCheckpoint } from './equiformer.ts'
import type { Host } from './host.ts'
import { equiformerFlops } from './lib/equiformer-flops.ts'
import { type FlopAccount, flopsOf, type NetworkSize } from './lib/flops.ts'

export const MODEL_NAMES = ['small', 'md17', 'spice', 'equiformer'] as const
export type ModelName = (typeof MODEL_NAMES)[number]
type GeneratedName = Exclude<ModelName, 'small' | 'equiformer'>

export interface Model {
  readonly name: ModelName
  readonly field: ForceField
  /** Arithmetic of one evaluation of so many atoms and directed pairs. */
  readonly flops: (atoms: number, pairs: number) => FlopAccount
  /** Å */
  readonly cutoff: number
  /**
   * fs. Weights made by formula know no chemistry: atoms are then moved so little that they stay where they are, and the
   * arithmetic of a step is the same.
   */
  readonly timestep: number
  /** s to read the file (or make the weights) and to lay it out for the GPU */
  readonly secondsToLoad: number
}

const BUNDLED = 'models/et-gfn2-small.safetensors'
const TIMESTEP = 0.5
const STANDSTILL = 1e-4
const MAX_Z = 100

/** Sizes of TorchMD-NET's own examples: ET-MD17.yaml, and five-et of openmm/spice-models. */
const generated: Readonly<Record<GeneratedName, NetworkSize & { heads: number; cutoff: number }>> = {
  md17: { channels: 128, layers: 6, radialFunctions: 32, heads: 8, cutoff: 5 },
  spice: { channels: 128, layers: 6, radialFunctions: 64, heads: 8, cutoff: 10 },
}

export async function loadModel(host: Host, name: ModelName): Promise<Model> {
  const began = performance.now()
  const checkpoint = await checkpointOf(host, name)
  const field = loadForceField(checkpoint)
  return {
    name,
    field,
    flops: flopsFor(name, checkpoint),
    cutoff: field.range.upper,
    timestep: name === 'small' ? TIMESTEP : STANDSTILL,
    secondsToLoad: (performance.now() - began) / 1000,
  }
}

async function checkpointOf(host: Host, name: ModelName): Promise<Checkpoint> {
  if (name === 'small') return readCheckpoint(await host.read(BUNDLED), BUNDLED)
  return name === 'equiformer' ? equiformerCheckpoint() : generatedCheckpoint(name)
}

function flopsFor(name: ModelName, checkpoint: Checkpoint): Model['flops'] {
  if (name === 'equiformer') {
    const parameters = readEquiformerParameters(checkpoint)
    return (atoms, pairs) => equiformerFlops(parameters, atoms, pairs)
  }
  const { embedding_dimension, num_layers, num_rbf } = checkpoint.hyperparameters!
  const size: NetworkSize = {
    channels: Number(embedding_dimension),
    layers: Number(num_layers),
    radialFunctions: Number(num_rbf),
  }
  return (atoms, pairs) => flopsOf(size, atoms, pairs)
}

/** A checkpoint of that size whose weights are the same everywhere and at any time. */
export function generatedCheckpoint(name: GeneratedName): Checkpoint {
  const size = generated[name]
  if (!size) throw new InputError(`There is no benchmark model called ${name}.`)
  const { channels: F, layers, radialFunctions: R, heads, cutoff } = size
  const tensors = new Map<string, Tensor>()
  const put = (key: string, shape: readonly number[], value: (k: number) => number) =>
    tensors.set(key, {
      dtype: 'float32',
      shape,
      data: Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, k) => value(k)),
    })
  const random = (key: string, shape: readonly number[], scale: number) => {
    const hash = fnv1a(`${name}/${key}`)
    put(key, shape, (k) => scale * uniform(hash, k))
  }
  // Xavier's range, as upstream initialises its layers.
  const weight = (key: string, outputs: number, inputs: number) =>
    random(`${key}.weight`, [outputs, inputs], Math.sqrt(6 / (inputs + outputs)))
  const linear = (key: string, outputs: number, inputs: number) => {
    weight(key, outputs, inputs)
    put(`${key}.bias`, [outputs], () => 0)
  }
  const norm = (key: string) => {
    put(`${key}.weight`, [F], () => 1)
    put(`${key}.bias`, [F], () => 0)
  }

  const M = 'representation_model'
  random(`${M}.embedding.weight`, [MAX_Z, F], 1)
  // Upstream's exponential-normal basis: equally spaced in exp(−5 r / cutoff), from the cutoff to 0.
  const start = Math.exp(-5)
  put(`${M}.distance_expansion.means`, [R], (k) => start + ((1 - start) * k) / (R - 1))
  put(`${M}.distance_expansion.betas`, [R], () => ((2 / R) * (1 - start)) ** -2)
  random(`${M}.neighbor_embedding.embedding.weight`, [MAX_Z, F], 1)
  linear(`${M}.neighbor_embedding.distance_proj`, F, R)
  linear(`${M}.neighbor_embedding.combine`, F, 2 * F)
  for (let l = 0; l < layers; l++) {
    const A = `${M}.attention_layers.${l}`
    norm(`${A}.layernorm`)
    linear(`${A}.q_proj`, F, F)
    linear(`${A}.k_proj`, F, F)
    linear(`${A}.v_proj`, 3 * F, F)
    linear(`${A}.o_proj`, 3 * F, F)
    weight(`${A}.vec_proj`, 3 * F, F)
    linear(`${A}.dk_proj`, F, R)
    linear(`${A}.dv_proj`, 3 * F, R)
  }
  norm(`${M}.out_norm`)
  const widths = [F, F / 2, 1]
  for (let block = 0; block < 2; block++) {
    const [inputs, outputs] = widths.slice(block)
    const G = `output_model.output_network.${block}`
    weight(`${G}.vec1_proj`, inputs, inputs)
    weight(`${G}.vec2_proj`, outputs, inputs)
    linear(`${G}.update_net.layers.0`, inputs, 2 * inputs)
    linear(`${G}.update_net.layers.2`, 2 * outputs, inputs)
  }
  put('mean', [], () => 0)
  put('std', [], () => 1)
  const hyperparameters: { [key: string]: Plain } = {
    model: 'equivariant-transformer',
    embedding_dimension: F,
    num_layers: layers,
    num_heads: heads,
    num_rbf: R,
    rbf_type: 'expnorm',
    activation: 'silu',
    attn_activation: 'silu',
    neighbor_embedding: true,
    distance_influence: 'both',
    cutoff_lower: 0,
    cutoff_upper: cutoff,
    max_z: MAX_Z,
    max_num_neighbors: 128,
    vector_cutoff: true,
    output_model: 'Scalar',
    reduce_op: 'add',
    prior_model: null,
  }
  return {
    source: `benchmark-${name}`,
    container: 'safetensors',
    tensors,
    hyperparameters,
    metadata: { units: 'eV' },
  }
}
