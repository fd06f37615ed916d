import { InputError } from '../errors.ts'
import type { Checkpoint } from '../formats/checkpoint.ts'
import { EquiformerForceField } from './equiformer/force-field.ts'
import { EtForceField } from './et/force-field.ts'
import { ET_MODEL_NAME } from './et/read-parameters.ts'
import type { EnergyUnit, ForceField } from './force-field.ts'
import type { Statements } from './open-statements.ts'

export interface LoadOptions {
  /** Unit of the model's energies where the file does not tell, or tells it wrongly. */
  readonly energyUnit?: EnergyUnit
  /** What a file leaves open about its network. */
  readonly stated?: Statements
}

interface Architecture {
  readonly name: string
  recognises(checkpoint: Checkpoint): boolean
  load(checkpoint: Checkpoint, options: LoadOptions): ForceField
}

/** One entry per architecture. */
const architectures: readonly Architecture[] = [
  {
    name: 'TorchMD-NET Equivariant Transformer',
    recognises: ({ hyperparameters, tensors }) =>
      hyperparameters?.model === ET_MODEL_NAME ||
      [...tensors.keys()].some((name) => name.includes('representation_model.')),
    load: EtForceField.fromCheckpoint,
  },
  {
    name: 'Equiformer',
    recognises: ({ tensors }) =>
      [...tensors.keys()].some((name) => /(^|\.)blocks\.0\.(ga|dpa)\.merge_src\./.test(name)),
    load: EquiformerForceField.fromCheckpoint,
  },
]

/**
 * A force field out of a checkpoint, whatever its architecture.
 * @throws OpenQuestion where something has to be stated first
 * @throws InputError naming what the file holds if no architecture knows it
 */
export function loadForceField(given: Checkpoint, options: LoadOptions = {}): ForceField {
  const { stated } = options
  const checkpoint = stated ? { ...given, hyperparameters: { ...given.hyperparameters, ...stated } } : given
  const architecture = architectures.find(({ recognises }) => recognises(checkpoint))
  if (architecture) return architecture.load(checkpoint, options)
  const model = checkpoint.hyperparameters?.model
  const what = typeof model === 'string' ? `a model called '${model}'` : 'tensors of a model it does not know'
  throw new InputError(
    `${checkpoint.source} holds ${what}; Tumble runs: ${architectures.map(({ name }) => name).join(', ')}.`,
  )
}
