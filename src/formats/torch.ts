/**
 * Reads what `torch.save` writes: the zip container (PyTorch 1.6 and later) and the older stream of pickles.
 *
 * Zip: `<root>/data.pkl`, one pickle in which tensors refer to storages, and `<root>/data/<key>`, the raw storages.
 * Stream (torch/serialization.py, `_legacy_save`): pickles of a magic number, a protocol version, the system's byte
 * order, the data and the list of storage keys; then per key an int64 element count and the raw elements.
 */

import { InputError } from '../errors.ts'
import type { Checkpoint, Tensor } from './checkpoint.ts'
import { denseBytes, dtypes, elementCount, viewFits } from './dtypes.ts'
import { unpickle } from './pickle.ts'
import { storageDtypes } from './pickle-globals.ts'
import { Global, type PyValue, StorageRef, type TensorRef, type Work } from './python-values.ts'
import { checkpointOf, type ReadTensor } from './torch-layout.ts'
import { isZip, readZip, type ZipEntry } from './zip.ts'

/** PROTO, LONG1 of ten bytes: how the pickle of the stream's magic number 0x1950a86a20f9469cfc6c begins. */
const LEGACY_MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

/** Do these bytes start as a `torch.save` stream from before PyTorch 1.6? */
export const isLegacyTorch = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x80 && LEGACY_MAGIC.every((byte, i) => bytes[i + 2] === byte)

/**
 * A checkpoint out of a .ckpt, .pt, .pth or .pth.tar file. Nothing in the file is executed, and of its storages only
 * those of the model's tensors are read.
 * @param bytes the whole file.
 * @param name file name, for messages.
 * @throws InputError where the file is not what torch.save writes, is cut short, or names constructors beyond tensors
 * and plain data.
 */
export const readTorchCheckpoint = (bytes: Uint8Array, name: string): Checkpoint => {
  if (isZip(bytes)) return readTorchZip(bytes, name)
  if (isLegacyTorch(bytes)) return readTorchStream(bytes, name)
  throw new InputError(`${name} is not a PyTorch checkpoint; expected a file that torch.save wrote.`)
}

/** The raw bytes of a storage, at least as many as its declared elements take. */
type LoadStorage = (storage: StorageRef, label: string) => Uint8Array

const readTorchZip = (bytes: Uint8Array, source: string): Checkpoint => {
  const entries = readZip(bytes, source)
  const pickle = [...entries.values()].find(
    ({ name }) => name === 'data.pkl' || /^[^/]+\/data\.pkl$/.test(name),
  )
  if (!pickle) throw notACheckpoint(entries, source)
  const root = pickle.name.slice(0, -'data.pkl'.length)
  if (entries.has(`${root}constants.pkl`)) {
    throw new InputError(
      `${source} is a TorchScript program, which carries code; save the model's state_dict and hyper_parameters instead.`,
    )
  }
  const order = entries.get(`${root}byteorder`)
  if (order && new TextDecoder().decode(order.read()).trim() !== 'little') {
    throw new InputError(
      `${source} was written on a big-endian machine; load and save it on a little-endian one.`,
    )
  }
  const { value } = unpickle(pickle.read(), { source, persistent: storageOf })
  const load: LoadStorage = (storage, label) => {
    const entry = entries.get(`${root}data/${storage.key}`)
    if (!entry) throw damaged(source, label, `its storage ${storage.key} is not in the archive`)
    return entry.read()
  }
  return checkpointOf(value, source, 'torch-zip', tensorReader(bytes.length, source, load))
}

const notACheckpoint = (entries: ReadonlyMap<string, ZipEntry>, source: string): InputError => {
  const inner = [...entries.keys()].find((name) => /\.(ckpt|pt|pth)$/.test(name))
  return inner
    ? new InputError(
        `${source} is a zip archive around checkpoints (${inner} …); unpack it and open one of them.`,
      )
    : new InputError(
        `${source} is a zip archive without data.pkl; expected a checkpoint that torch.save wrote.`,
      )
}

const readTorchStream = (bytes: Uint8Array, source: string): Checkpoint => {
  const magic = unpickle(bytes, { source })
  const version = unpickle(bytes, { source, offset: magic.end })
  if (version.value !== 1001) {
    throw new InputError(`${source} is a PyTorch file of an unknown version; save it anew with torch.save.`)
  }
  const system = unpickle(bytes, { source, offset: version.end })
  if (system.value instanceof Map && system.value.get('little_endian') === false) {
    throw new InputError(
      `${source} was written on a big-endian machine; load and save it on a little-endian one.`,
    )
  }
  // Element sizes are known only from the storages' mentions in the data.
  const dtypeOf = new Map<string, string>()
  const data = unpickle(bytes, {
    source,
    offset: system.end,
    persistent: (id, work) => {
      const storage = storageOf(id, work)
      dtypeOf.set(storage.key, storage.dtype)
      return storage
    },
  })
  const keys = unpickle(bytes, { source, offset: data.end })
  const storages = locateStorages(bytes, keys.value, keys.end, dtypeOf, source)
  const load: LoadStorage = (storage, label) => {
    const found = storages.get(storage.key)
    if (!found) throw damaged(source, label, `its storage ${storage.key} is not in the file`)
    return found
  }
  return checkpointOf(data.value, source, 'torch-legacy', tensorReader(bytes.length, source, load))
}

const locateStorages = (
  bytes: Uint8Array,
  keys: PyValue,
  start: number,
  dtypeOf: ReadonlyMap<string, string>,
  source: string,
): ReadonlyMap<string, Uint8Array> => {
  const storages = new Map<string, Uint8Array>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start
  for (const key of Array.isArray(keys) ? keys : []) {
    const name = typeof key === 'string' || typeof key === 'number' ? String(key) : '?'
    const { size } = dtypes.get(dtypeOf.get(name) ?? '') ?? { size: 0 }
    const length = at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) * size : Number.NaN
    if (size === 0 || !(at + 8 + length <= bytes.length)) {
      throw new InputError(
        `${source} is cut short or damaged: storage ${name.slice(0, 40)} is not complete; copy or download the file again.`,
      )
    }
    storages.set(name, bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return storages
}

/** A persistent id: ('storage', class, key, location, element count[, view]); the location is of no interest. */
const storageOf = (id: PyValue, work: Work): StorageRef => {
  const [kind, type, key, , count, view] = Array.isArray(id) ? id : []
  const dtype = type instanceof Global ? storageDtypes.get(type.path) : undefined
  const isKey = typeof key === 'string' || typeof key === 'number'
  if (kind !== 'storage' || !dtype || !isKey || typeof count !== 'number') {
    throw work.malformed('a storage lacks its type, key or size')
  }
  // Streams of PyTorch 0.x: (key of the view, offset, size), a part of the storage.
  const [, offset, size] = Array.isArray(view) ? view : [null, 0, count]
  if (typeof offset !== 'number' || typeof size !== 'number')
    throw work.malformed('a part of a storage lacks its size')
  return new StorageRef(dtype, String(key), offset, size)
}

const damaged = (source: string, label: string, what: string): InputError =>
  new InputError(`${source}, tensor ${label}: ${what}; copy or download the file again, or save it anew.`)

/** A model shares storages between a few names at most; a stranger's file might between a million. */
const LARGEST_EXPANSION = 8

/** Reads tensors densely, and no more of them than the file's length makes likely. */
const tensorReader = (fileLength: number, source: string, load: LoadStorage): ReadTensor => {
  let left = LARGEST_EXPANSION * fileLength
  return ({ storage, offset, shape, stride }: TensorRef, label: string): Tensor => {
    const { size, decode } = dtypes.get(storage.dtype)!
    if (!viewFits(storage.count, offset, shape, stride)) {
      throw damaged(
        source,
        label,
        `its shape [${shape.join(', ')}] is larger than its storage of ${storage.count}`,
      )
    }
    const bytes = load(storage, label)
    const from = storage.offset * size
    const to = from + storage.count * size
    if (!(from >= 0 && from <= to && to <= bytes.length)) {
      throw damaged(source, label, `its storage has ${bytes.length} bytes where ${to} are declared`)
    }
    left -= elementCount(shape) * size
    if (left < 0) throw damaged(source, label, 'the tensors are many times larger than the file')
    const dense = denseBytes(bytes.subarray(from, to), size, offset, shape, stride)
    return { dtype: storage.dtype, shape: [...shape], data: decode(dense) }
  }
}
