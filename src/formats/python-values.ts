/** What the unpickler builds: Python's plain values, tensors still on file, and names that stay names. */

import { InputError } from '../errors.ts'
import type { OpaqueObject, Plain, Tensor } from './checkpoint.ts'
import { denseBytes, dtypes, elementCount, viewFits } from './dtypes.ts'

/** Lists, tuples and sets are arrays; dictionaries are Maps, so that no key can touch a prototype. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyValue[]
  | Map<PyValue, PyValue>
  | Opaque
  | Global
  | StorageRef
  | TensorRef
  | NumpyDtype
  | NumpyArray

/** An object known by the name of its class alone. */
export class Opaque implements OpaqueObject {
  constructor(readonly opaque: string) {}
}

/** A Python name out of the allow-list. As a value it is inert; `construct` gives what a call of it stands for. */
export class Global {
  constructor(
    readonly path: string,
    readonly construct: (args: readonly PyValue[], work: Work) => PyValue,
  ) {}
}

/** argparse.Namespace: its state is its content, whereas other dictionaries' state is to be ignored. */
export class Namespace extends Map<PyValue, PyValue> {}

/** A storage of the file, not read yet. Offset and count are in elements. */
export class StorageRef {
  constructor(
    readonly dtype: string,
    readonly key: string,
    readonly offset: number,
    readonly count: number,
  ) {}
}

/** A strided view of a storage, not read yet. Offset and strides are in elements of the storage. */
export class TensorRef {
  constructor(
    readonly storage: StorageRef,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly stride: readonly number[],
  ) {}
}

/** A numpy dtype: kind and size such as f8, and '<', '>' or '|'. */
export class NumpyDtype {
  order = '<'
  constructor(readonly code: string) {}
  /** PyTorch's name of the same type; null for one that Tumble does not read. */
  get torchName(): string | null {
    return this.order === '>' ? null : (numpyDtypes.get(this.code) ?? null)
  }
}

const numpyDtypes: ReadonlyMap<string, string> = new Map([
  ['f8', 'float64'],
  ['f4', 'float32'],
  ['f2', 'float16'],
  ['i8', 'int64'],
  ['i4', 'int32'],
  ['i2', 'int16'],
  ['i1', 'int8'],
  ['u1', 'uint8'],
  ['b1', 'bool'],
])

/** A numpy array; pickles make it empty and then give it its state. */
export class NumpyArray {
  state: readonly PyValue[] = []
}

/** Bounds the work a pickle can cause, so that a few bytes cannot ask for hours or gigabytes. */
export class Work {
  private left: number
  constructor(
    readonly source: string,
    limit = 20_000_000,
  ) {
    this.left = limit
  }
  spend(amount: number): void {
    this.left -= amount
    if (this.left < 0) {
      throw new InputError(
        `${this.source} asks for more work than a checkpoint needs to be read, so reading stopped; save its state_dict and hyper_parameters alone.`,
      )
    }
  }
  /** For contents that contradict themselves. */
  malformed(what: string): InputError {
    return new InputError(`${this.source} is damaged: ${what}; copy the file again or save it anew.`)
  }
}

const MAX_DEPTH = 256
const MAX_NODES = 10_000_000

/**
 * Plain data of a pickled value, sharing what the pickle shares.
 * @param readTensor what a tensor on file becomes.
 * @throws InputError for data that contain themselves, are nested deeper than 256, or would be gigantic written out.
 */
export const toPlain = (root: PyValue, work: Work, readTensor: (tensor: TensorRef) => Plain): Plain => {
  const done = new Map<object, { plain: Plain; nodes: number }>()
  const open = new Set<object>()
  const convert = (value: PyValue): { plain: Plain; nodes: number } => {
    work.spend(1)
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array)
      return { plain: value, nodes: 1 }
    const known = done.get(value)
    if (known) return known
    if (open.has(value)) throw work.malformed('its data contain themselves')
    if (open.size >= MAX_DEPTH) throw work.malformed(`its data are nested deeper than ${MAX_DEPTH}`)
    open.add(value)
    let nodes = 1
    const child = (part: PyValue): Plain => {
      const converted = convert(part)
      nodes += converted.nodes
      // A list of ten lists of ten lists … shares memory here, but not in the hands of whoever prints it.
      if (nodes > MAX_NODES) throw work.malformed('its data would be gigantic written out')
      return converted.plain
    }
    const result = { plain: leafOrContainer(value, child, work, readTensor), nodes }
    result.nodes = nodes
    open.delete(value)
    done.set(value, result)
    return result
  }
  return convert(root).plain
}

const leafOrContainer = (
  value: Exclude<PyValue, null | boolean | number | bigint | string | Uint8Array>,
  child: (part: PyValue) => Plain,
  work: Work,
  readTensor: (tensor: TensorRef) => Plain,
): Plain => {
  if (Array.isArray(value)) return value.map(child)
  if (value instanceof Map) {
    if ([...value.keys()].some((key) => typeof key !== 'string')) {
      return new Map([...value].map(([key, item]) => [child(key), child(item)]))
    }
    // No prototype: a key called __proto__ is a key.
    const record: { [key: string]: Plain } = Object.create(null)
    for (const [key, item] of value) record[key as string] = child(item)
    return record
  }
  if (value instanceof TensorRef) return readTensor(value)
  if (value instanceof NumpyArray) return numpyTensor(value, work)
  if (value instanceof Opaque) return value
  if (value instanceof Global) return new Opaque(value.path)
  return new Opaque(value instanceof NumpyDtype ? 'numpy.dtype' : 'torch.storage')
}

/** [whatever its shape] a numpy array as a tensor; opaque where it holds text, objects or foreign byte order. */
const numpyTensor = (array: NumpyArray, work: Work): Tensor | OpaqueObject => {
  const [, shape, dtype, fortran, bytes] = array.state
  const name = dtype instanceof NumpyDtype ? dtype.torchName : null
  if (name === null || !(bytes instanceof Uint8Array) || !isShape(shape)) return new Opaque('numpy.ndarray')
  const { size, decode } = dtypes.get(name)!
  const stride = stridesOf(shape, fortran === true)
  if (!viewFits(bytes.length / size, 0, shape, stride) || elementCount(shape) * size !== bytes.length) {
    throw work.malformed('a numpy array does not have the length its shape asks for')
  }
  work.spend(bytes.length)
  return { dtype: name, shape: [...shape], data: decode(denseBytes(bytes, size, 0, shape, stride)) }
}

const stridesOf = (shape: readonly number[], fortran: boolean): number[] => {
  const strides = shape.map(() => 1)
  let step = 1
  for (let i = 0; i < shape.length; i++) {
    const axis = fortran ? i : shape.length - 1 - i
    strides[axis] = step
    step *= shape[axis]
  }
  return strides
}

/** Shapes and strides: non-negative whole numbers; 64 axes are PyTorch's own limit. */
export const isShape = (value: PyValue | undefined): value is number[] =>
  Array.isArray(value) &&
  value.length <= 64 &&
  value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)
