/**
 * The Python names a checkpoint may mention, and what a call of each stands for.
 *
 * A pickle is a program: it names constructors and calls them. Here a name is looked up in this list and nowhere else,
 * and a call builds plain data. No name leads to code of its own.
 */

import { dtypes } from './dtypes.ts'
import {
  Global,
  isShape,
  Namespace,
  NumpyArray,
  NumpyDtype,
  Opaque,
  type PyValue,
  StorageRef,
  TensorRef,
} from './python-values.ts'

type Construct = Global['construct']

/** dict(), dict(mapping), dict(pairs). */
const dictionary: Construct = ([content], work) => {
  const result = new Map<PyValue, PyValue>()
  const pairs = content instanceof Map ? [...content] : Array.isArray(content) ? content : []
  work.spend(pairs.length)
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw work.malformed('a dictionary is made of other things than pairs')
    result.set(pair[0], pair[1])
  }
  return result
}

/** list, tuple, set: the sequence itself; pickles never change it afterwards in a way that matters here. */
const sequence: Construct = ([items]) => (Array.isArray(items) ? items : [])

const tensor: Construct = ([storage, offset, shape, stride], work) => {
  if (!(storage instanceof StorageRef) || typeof offset !== 'number' || !isShape(shape) || !isShape(stride)) {
    throw work.malformed('a tensor lacks its storage, offset, shape or strides')
  }
  return new TensorRef(storage, offset, shape, stride)
}

/** _rebuild_parameter(data, requires_grad, hooks): the data. */
const firstArgument: Construct = ([data], work) => {
  if (!(data instanceof TensorRef)) throw work.malformed('a parameter lacks its tensor')
  return data
}

/** _rebuild_from_type_v2(function, type, args, state): a tensor with Python attributes, which are left out. */
const tensorOfType: Construct = ([rebuild, , args], work) => {
  if (!(rebuild instanceof Global) || !tensorMakers.has(rebuild.path) || !Array.isArray(args)) {
    throw work.malformed('a tensor with attributes lacks its tensor')
  }
  return rebuild.construct(args, work)
}
const tensorMakers = new Set([
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
])

/** _codecs.encode(text, 'latin1'): how protocol 2 writes bytes. */
const bytesOfText: Construct = ([text], work) => {
  if (typeof text !== 'string') throw work.malformed('bytes are made of other things than text')
  work.spend(text.length)
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

const path: Construct = (parts, work) => {
  if (!parts.every((part) => typeof part === 'string'))
    throw work.malformed('a path is made of other things than text')
  work.spend(parts.reduce((sum, part) => sum + part.length, 0))
  return parts.join('/')
}

const numpyDtype: Construct = ([code]) =>
  typeof code === 'string' ? new NumpyDtype(code.replace(/^[<|=]/, '')) : new Opaque('numpy.dtype')

/** numpy scalar(dtype, bytes): a Python number. */
const numpyScalar: Construct = ([dtype, bytes]) => {
  const name = dtype instanceof NumpyDtype ? dtype.torchName : null
  const type = name === null ? undefined : dtypes.get(name)
  if (!type || !(bytes instanceof Uint8Array) || bytes.length !== type.size) return new Opaque('numpy scalar')
  const [value] = type.decode(bytes)
  if (name === 'bool') return value === 1
  const number = Number(value)
  return typeof value === 'bigint' && !Number.isSafeInteger(number) ? value : number
}

const numpyModules = ['numpy.core.multiarray', 'numpy._core.multiarray']
const builtinModules = ['builtins', '__builtin__']

const known: ReadonlyMap<string, Construct> = new Map<string, Construct>([
  ['collections.OrderedDict', dictionary],
  // The factory is of no use to plain data.
  ['collections.defaultdict', () => new Map()],
  ['argparse.Namespace', () => new Namespace()],
  ...builtinModules.flatMap((module): [string, Construct][] => [
    [`${module}.dict`, dictionary],
    ...['list', 'tuple', 'set', 'frozenset'].map((name): [string, Construct] => [
      `${module}.${name}`,
      sequence,
    ]),
  ]),
  ['_codecs.encode', bytesOfText],
  ...['Path', 'PurePath', 'PosixPath', 'PurePosixPath', 'WindowsPath', 'PureWindowsPath'].map(
    (name): [string, Construct] => [`pathlib.${name}`, path],
  ),
  ['torch._utils._rebuild_tensor', tensor],
  ['torch._utils._rebuild_tensor_v2', tensor],
  ['torch._utils._rebuild_parameter', firstArgument],
  ['torch._utils._rebuild_parameter_with_state', firstArgument],
  ['torch._tensor._rebuild_from_type_v2', tensorOfType],
  ['torch.Size', sequence],
  ...numpyModules.flatMap((module): [string, Construct][] => [
    [`${module}.scalar`, numpyScalar],
    [`${module}._reconstruct`, () => new NumpyArray()],
  ]),
  ['numpy.dtype', numpyDtype],
])

/** Storage classes by name, and the dtype each holds. */
export const storageDtypes: ReadonlyMap<string, string> = new Map([
  ['torch.DoubleStorage', 'float64'],
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
])

/** Names that stay names: types that data mention, and training classes that Lightning files are full of. */
const inert: readonly RegExp[] = [
  /^torch\.(float|double|half|bfloat16|float(16|32|64)|complex(32|64|128)|u?int(8|16|32|64)|int|long|short|bool)$/,
  /^torch\.(device|Tensor|nn\.parameter\.Parameter)$/,
  /^numpy\.(ndarray|bool_?|u?int(8|16|32|64)|float(16|32|64)|str_)$/,
  /^numpy\.dtypes\.[A-Za-z0-9]+DType$/,
  /^(builtins|__builtin__)\.(int|float|str|bool|bytes|complex|object)$/,
  /^(pytorch_lightning|lightning|lightning_fabric|lightning_utilities)(\.[A-Za-z_]\w*)+$/,
]

/** The meaning of a name, or null if a checkpoint has no business with it. */
export const lookUp = (module: string, name: string): Global | null => {
  const full = `${module}.${name}`
  // Lightning's and its imitators' dictionary with attribute access, from whichever module.
  if (name === 'AttributeDict') return new Global(full, dictionary)
  const construct = known.get(full)
  if (construct) return new Global(full, construct)
  if (storageDtypes.has(full) || inert.some((pattern) => pattern.test(full))) {
    return new Global(full, () => new Opaque(full))
  }
  return null
}
