/** Where the parts of a model are in the dictionary that a training program saved. */

import { InputError } from '../errors.ts'
import type { Checkpoint, Plain, Tensor } from './checkpoint.ts'
import { Opaque, type PyValue, TensorRef, toPlain, Work } from './python-values.ts'

/** Reads a tensor from the file; the label names it in messages. */
export type ReadTensor = (tensor: TensorRef, label: string) => Tensor

type Dictionary = Map<PyValue, PyValue>

/** Where training programs put the parameters; the first that holds tensors is the model. */
const stateKeys = ['state_dict', 'model_state_dict', 'model'] as const

const hyperparameterKeys = ['hyper_parameters', 'hyperparameters'] as const

const holdsTensors = (value: PyValue | undefined): value is Dictionary =>
  value instanceof Map && [...value.values()].some((item) => item instanceof TensorRef)

/**
 * A checkpoint out of an unpickled file. Parameters are the tensors of `state_dict`, else of `model_state_dict`, else
 * of `model`, else of the file itself (a bare state_dict). Tensors elsewhere, an optimizer's for example, stay
 * unread: they become opaque objects, except among the hyperparameters and directly at top level.
 * @throws InputError if there are no parameters.
 */
export const checkpointOf = (
  top: PyValue,
  source: string,
  container: Checkpoint['container'],
  readTensor: ReadTensor,
): Checkpoint => {
  if (!(top instanceof Map)) {
    throw new InputError(`${source} holds no dictionary; save the model's state_dict with torch.save.`)
  }
  const stateKey = stateKeys.find((key) => holdsTensors(top.get(key)))
  const state = stateKey === undefined ? top : top.get(stateKey)
  if (!holdsTensors(state)) {
    const keys = [...top.keys()].slice(0, 8).map((key) => (typeof key === 'string' ? key.slice(0, 40) : '…'))
    throw new InputError(
      `${source} has no state_dict: its entries are ${keys.join(', ') || 'none'}; save the model's tensors under state_dict.`,
    )
  }
  const tensors = new Map<string, Tensor>()
  for (const [name, value] of state) {
    // Keys that are not text occur in no state_dict.
    if (value instanceof TensorRef && typeof name === 'string') tensors.set(name, readTensor(value, name))
  }
  const work = new Work(source)
  const hyperKey = hyperparameterKeys.find((key) => top.get(key) instanceof Map)
  return {
    source,
    container,
    tensors,
    hyperparameters:
      hyperKey === undefined ? null : record(top.get(hyperKey) as Dictionary, work, readTensor, hyperKey),
    metadata: metadataOf(top, new Set([state, ...(hyperKey ? [top.get(hyperKey)!] : [])]), work, readTensor),
  }
}

/** A dictionary as a record; keys that are not text are written as text, since names are all that is looked up. */
const record = (
  dictionary: Dictionary,
  work: Work,
  readTensor: ReadTensor,
  label: string,
): { [key: string]: Plain } => {
  const result: { [key: string]: Plain } = Object.create(null)
  for (const [key, value] of dictionary) {
    const name = typeof key === 'string' ? key : typeof key === 'number' ? String(key) : null
    if (name === null) continue
    result[name] = toPlain(value, work, (tensor) => readTensor(tensor, `${label}.${name}`))
  }
  return result
}

const metadataOf = (
  top: Dictionary,
  taken: ReadonlySet<PyValue>,
  work: Work,
  readTensor: ReadTensor,
): { [key: string]: Plain } => {
  const metadata: { [key: string]: Plain } = Object.create(null)
  // Of a bare state_dict everything but the tensors is left.
  const bare = taken.has(top)
  for (const [key, value] of top) {
    if (typeof key !== 'string' || taken.has(value) || (bare && value instanceof TensorRef)) continue
    metadata[key] =
      value instanceof TensorRef
        ? readTensor(value, key)
        : toPlain(value, work, () => new Opaque('torch.Tensor'))
  }
  return metadata
}
