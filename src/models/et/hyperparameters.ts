/**
 * What a TorchMD-NET checkpoint says about itself: hyperparameters, energy unit, elements.
 * SPEC sections 2, 11.1, 11.5.
 */
import { speciesOf } from '../../chemistry/elements.ts'
import type { Cell } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import type { Checkpoint, Plain, Tensor } from '../../formats/checkpoint.ts'
import { type PlainDictionary, parsed } from '../../formats/plain.ts'
import { energyUnits, statedEnergyUnit } from '../energy-unit.ts'
import type { EnergyUnit } from '../force-field.ts'
import {
  type ActivationName,
  type EtHead,
  type EtHyperparameters,
  type EtParameters,
  float64Of,
} from './parameters.ts'
import { spiceTypes } from './spice-types.ts'

const activationNames: Readonly<Record<string, ActivationName>> = {
  silu: 'silu',
  swish: 'silu',
  ssp: 'ssp',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  mish: 'mish',
}

const heads: Readonly<Record<string, EtHead>> = {
  Scalar: 'Scalar',
  DipoleMoment: 'DipoleMoment',
  ElectronicSpatialExtent: 'ElectronicSpatialExtent',
  VectorOutput: 'VectorOutput',
}

const same = <T extends string>(...names: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(names.map((name) => [name, name]))

/** Keys that upstream wrote before 0.2.5 only. Their presence dates a file. */
const OLD_KEYS = ['ema_alpha_dy', 'energy_weight', 'force_weight', 'distributed_backend']

/**
 * Hyperparameters that change the network's numbers. Where a key is absent, upstream's default is taken; what
 * has no default is read off the tensors (in HEAD's names) where their shapes can tell, and otherwise missed
 * by name.
 * @throws InputError in one sentence for anything missing or unknown.
 */
export function readHyperparameters(
  source: string,
  values: PlainDictionary,
  tensors: ReadonlyMap<string, Tensor>,
): EtHyperparameters {
  const { choice, count, number, flag } = keyReader(source, values)
  const shape = (name: string): readonly number[] => tensors.get(`representation_model.${name}`)?.shape ?? []
  const has = (name: string): boolean => tensors.has(`representation_model.${name}`)

  const channels = count('embedding_dimension', shape('embedding.weight')[1])
  const maxZ = count('max_z', shape('embedding.weight')[0])
  const storedHeads = count('num_heads')
  if (channels % storedHeads !== 0) {
    throw new InputError(
      `${source}: num_heads ${storedHeads} does not divide embedding_dimension ${channels}.`,
    )
  }
  const cutoffLower = number('cutoff_lower')
  const cutoffUpper = number('cutoff_upper')
  if (!(cutoffLower >= 0 && cutoffUpper > cutoffLower)) {
    throw new InputError(
      `${source}: cutoff_lower ${cutoffLower} and cutoff_upper ${cutoffUpper} do not make a range of distances.`,
    )
  }
  const atomFilter = values.atom_filter
  if (typeof atomFilter === 'number' && atomFilter > -1) {
    throw new InputError(
      `${source}: models with atom_filter (here ${atomFilter}) are not supported; upstream cannot evaluate them either.`,
    )
  }
  const keysFiltered = has('attention_layers.0.dk_proj.weight')
  const valuesFiltered = has('attention_layers.0.dv_proj.weight')
  const reduce = choice('reduce_op', { ...same('add', 'mean'), sum: 'add' })
  return {
    channels,
    maxZ,
    cutoffLower,
    cutoffUpper,
    heads: storedHeads,
    layers: count('num_layers', layerCount(tensors)),
    radialFunctions: count(
      'num_rbf',
      (has('distance_expansion.means')
        ? shape('distance_expansion.means')
        : shape('distance_expansion.offset'))[0],
    ),
    radialBasis: choice(
      'rbf_type',
      same('expnorm', 'gauss'),
      has('distance_expansion.offset') ? 'gauss' : 'expnorm',
    ),
    activation: choice('activation', activationNames),
    attentionActivation: choice('attn_activation', activationNames),
    neighborEmbedding: flag('neighbor_embedding', has('neighbor_embedding.embedding.weight')),
    distanceInfluence: choice(
      'distance_influence',
      same('keys', 'values', 'both', 'none'),
      keysFiltered ? (valuesFiltered ? 'both' : 'keys') : valuesFiltered ? 'values' : 'none',
    ),
    maxNumNeighbors: typeof values.max_num_neighbors === 'number' ? values.max_num_neighbors : null,
    vectorCutoff: flag('vector_cutoff', false),
    boxVectors: boxOf(source, values.box_vecs, tensors.get('representation_model.distance.box')),
    head: choice('output_model', heads),
    reduce,
    meanDivisor: reduce === 'add' ? 'one' : OLD_KEYS.some((key) => key in values) ? 'atoms' : 'atoms + 1',
    types: maxZ === spiceTypes.length && (values.dataset ?? 'HDF5') === 'HDF5' ? 'five-et' : 'atomic number',
  }
}

/** Functions that read one key each, or say which key is wrong and how. */
function keyReader(source: string, values: PlainDictionary) {
  const missing = (key: string): InputError =>
    new InputError(`${source}: the hyperparameter ${key} is missing, and nothing else in the file tells it.`)
  const shown = (value: Plain): string => (typeof value === 'string' ? `"${value}"` : String(value))

  const number = (key: string, fallback?: number): number => {
    const value = values[key] ?? fallback
    if (value === undefined || value === null) throw missing(key)
    const read = typeof value === 'bigint' ? Number(value) : value
    if (typeof read === 'number' && Number.isFinite(read)) return read
    throw new InputError(`${source}: the hyperparameter ${key} should be a number, but is ${shown(value)}.`)
  }
  const count = (key: string, fallback?: number): number => {
    const value = number(key, fallback)
    if (Number.isInteger(value) && value > 0) return value
    throw new InputError(
      `${source}: the hyperparameter ${key} should be a positive whole number, but is ${value}.`,
    )
  }
  const flag = (key: string, fallback: boolean): boolean => {
    const value = values[key] ?? fallback
    if (typeof value === 'boolean') return value
    throw new InputError(
      `${source}: the hyperparameter ${key} should be true or false, but is ${shown(value)}.`,
    )
  }
  const choice = <T extends string>(key: string, names: Readonly<Record<string, T>>, fallback?: T): T => {
    const value = values[key] ?? fallback
    if (value === undefined || value === null) throw missing(key)
    if (typeof value === 'string' && Object.hasOwn(names, value)) return names[value]
    const known = Object.keys(names).join(', ')
    throw new InputError(`${source}: the hyperparameter ${key} is ${shown(value)}; supported are ${known}.`)
  }
  return { number, count, flag, choice }
}

function layerCount(tensors: ReadonlyMap<string, Tensor>): number | undefined {
  let layers = 0
  while (tensors.has(`representation_model.attention_layers.${layers}.q_proj.weight`)) layers++
  return layers || undefined
}

/** The model's own box from `box_vecs`, else from the buffer `distance.box`, where zeros mean none. */
function boxOf(source: string, value: Plain | undefined, buffer: Tensor | undefined): Cell | null {
  if (value !== undefined && value !== null) {
    const rows = Array.isArray(value) ? (value as readonly Plain[]).flat() : []
    if (rows.length === 9 && rows.every((x) => typeof x === 'number' && Number.isFinite(x))) {
      return rows as unknown as Cell
    }
    throw new InputError(`${source}: box_vecs should be three rows of three numbers.`)
  }
  if (buffer === undefined || buffer.data.length !== 9) return null
  const rows = Array.from(float64Of(buffer))
  return rows.some((x) => x !== 0) ? (rows as unknown as Cell) : null
}

/** Unit that upstream's class of that data set gives energies in. `Custom` and `HDF5` hold anything. */
const datasetUnits: readonly (readonly [pattern: RegExp, unit: string])[] = [
  [/^(ANI|COMP6|SPICE|ACE$|MACEOFF|GenentechTorsions)/i, 'ev'],
  [/^QM9$/i, 'ev'],
  [/^r?MD17$/i, 'kcal/mol'],
]

/**
 * The unit of the model's energies: what the file's metadata (`units`, or `units.energy`) says, else what its data
 * set suggests, else null: a checkpoint does not have to tell, and then a user must. SPEC 11.5.
 * @throws InputError for a unit that is named but not known.
 */
export function energyUnitOf(checkpoint: Checkpoint): EnergyUnit | null {
  const stated = statedEnergyUnit(checkpoint)
  if (stated) return stated
  const values = checkpoint.hyperparameters ?? {}
  const dataset = typeof values.dataset === 'string' ? values.dataset : ''
  if (dataset === 'HDF5' && Number(values.max_z) === spiceTypes.length) return energyUnits['kj/mol']
  const hint = datasetUnits.find(([pattern]) => pattern.test(dataset))
  return hint ? energyUnits[hint[1]] : null
}

/**
 * Atomic numbers the model was trained on, ascending: from the metadata's `elements` (numbers or symbols), from
 * the five-et types, or from the non-zero reference energies; null where nothing tells.
 * @throws InputError for an entry of `elements` that is no element.
 */
export function trainedElements(checkpoint: Checkpoint, parameters: EtParameters): readonly number[] | null {
  const ascending = (numbers: Iterable<number>) => [...new Set(numbers)].sort((a, b) => a - b)
  const stated = parsed(checkpoint.metadata.elements ?? checkpoint.hyperparameters?.elements)
  const list = typeof stated === 'string' ? stated.split(/[\s,]+/).filter(Boolean) : stated
  if (Array.isArray(list) && list.length > 0) {
    return ascending(
      (list as readonly Plain[]).map((entry) => {
        const species = speciesOf(String(entry))
        if (species) return species.atomicNumber
        throw new InputError(
          `${checkpoint.source}: "${String(entry)}" among the metadata's elements is no element.`,
        )
      }),
    )
  }
  if (parameters.hyper.types === 'five-et') return ascending(spiceTypes.map((type) => type.atomicNumber))
  const reference = parameters.priors.find((prior) => prior.kind === 'Atomref')
  if (!reference) return null
  const known = Array.from(reference.energies.keys()).filter((z) => z > 0 && reference.energies[z] !== 0)
  return known.length > 0 ? known : null
}
