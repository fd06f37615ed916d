/**
 * The safetensors container: an 8-byte header length, a JSON header, raw little-endian tensors.
 *
 * Format: github.com/huggingface/safetensors. Hyperparameters are a JSON text under `hyper_parameters` in the header's
 * `__metadata__`, whose values are all text.
 */

import { InputError } from '../errors.ts'
import type { Checkpoint, Plain, Tensor } from './checkpoint.ts'
import { dtypes, elementCount } from './dtypes.ts'

/** The format's own limit. */
const LONGEST_HEADER = 100_000_000

/** The format's names of element types. */
const names: ReadonlyMap<string, string> = new Map([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
])

const headerLength = (bytes: Uint8Array): number =>
  bytes.length < 8
    ? Number.NaN
    : Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))

/** Do these bytes start as a safetensors file: a believable header length and an opening brace? */
export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length > 8 && bytes[8] === 0x7b && headerLength(bytes) >= 2 && headerLength(bytes) <= LONGEST_HEADER

type Json = { readonly [key: string]: unknown }

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseHeader = (bytes: Uint8Array, name: string): { header: Json; start: number } => {
  const length = headerLength(bytes)
  if (!(length <= LONGEST_HEADER)) {
    throw new InputError(`${name} is not a safetensors file: it does not begin with the length of a header.`)
  }
  if (8 + length > bytes.length) {
    throw new InputError(
      `${name} is cut short: its header takes ${length} bytes and the file has ${bytes.length}; copy or download it again.`,
    )
  }
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)))
  } catch {
    header = null
  }
  if (!isRecord(header)) {
    throw new InputError(
      `${name} is not a safetensors file, or is damaged: its header is not JSON; save it anew.`,
    )
  }
  return { header, start: 8 + length }
}

interface Range {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

const isWholes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)

const parseRange = (name: string, entry: unknown, dataLength: number, source: string): Range => {
  const where = `${source}, tensor ${name.slice(0, 80)}`
  const { dtype: stored, shape, data_offsets: offsets } = isRecord(entry) ? entry : ({} as Json)
  if (!isWholes(shape) || shape.length > 64 || !isWholes(offsets) || offsets.length !== 2) {
    throw new InputError(`${where}: its shape or offsets are not lists of whole numbers; save the file anew.`)
  }
  const type = typeof stored === 'string' ? stored : '?'
  const dtype = names.get(type)
  if (!dtype) {
    throw new InputError(
      `${where}: elements of type ${type.slice(0, 20)} are not supported; convert it to one of ${[...names.keys()].join(', ')}.`,
    )
  }
  const [begin, end] = offsets
  if (end > dataLength) {
    throw new InputError(
      `${where}: it ends ${end - dataLength} bytes beyond the file, which is cut short; download it again.`,
    )
  }
  const needed = elementCount(shape) * dtypes.get(dtype)!.size
  if (end - begin !== needed) {
    throw new InputError(
      `${where}: its shape [${shape.join(', ')}] takes ${needed} bytes but its offsets span ${end - begin}; save the file anew.`,
    )
  }
  return { name, dtype, shape, begin, end }
}

/** Text that is a JSON object, array or whole number becomes that; the rest stays text (a version "1.10", say). */
const parseMetadataValue = (text: string): Plain => {
  if (!/^\s*[[{]/.test(text) && String(Number(text)) !== text) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * A checkpoint out of a .safetensors file.
 * @param bytes the whole file.
 * @param name file name, for messages.
 * @throws InputError for a header that is not one, tensors beyond the file or on top of each other, shapes that do not
 * match their bytes, and element types without a typed array.
 */
export const readSafetensors = (bytes: Uint8Array, name: string): Checkpoint => {
  const { header, start } = parseHeader(bytes, name)
  const data = bytes.subarray(start)
  const ranges = Object.entries(header)
    .filter(([key]) => key !== '__metadata__')
    .map(([key, entry]) => parseRange(key, entry, data.length, name))
  const ordered = [...ranges].sort((a, b) => a.begin - b.begin || a.end - b.end)
  for (let i = 1; i < ordered.length; i++) {
    if (ordered[i].begin >= ordered[i - 1].end) continue
    throw new InputError(
      `${name}: tensors ${ordered[i - 1].name} and ${ordered[i].name} overlap; save the file anew.`,
    )
  }
  const tensors = new Map(
    ranges.map(({ name: key, dtype, shape, begin, end }): [string, Tensor] => [
      key,
      { dtype, shape, data: dtypes.get(dtype)!.decode(data.subarray(begin, end)) },
    ]),
  )
  const metadata: { [key: string]: Plain } = Object.create(null)
  for (const [key, value] of Object.entries(isRecord(header.__metadata__) ? header.__metadata__ : {})) {
    // The format knows text only; anything else is left out.
    if (typeof value === 'string') metadata[key] = parseMetadataValue(value)
  }
  const hyperKey = ['hyper_parameters', 'hyperparameters'].find((key) => isRecord(metadata[key]))
  const hyperparameters = hyperKey ? (metadata[hyperKey] as { [key: string]: Plain }) : null
  if (hyperKey) delete metadata[hyperKey]
  return { source: name, container: 'safetensors', tensors, hyperparameters, metadata }
}

/** What a typed array is called in the format; widened halves are written as the float32 they are in memory. */
const storedType = ({ dtype, data }: Tensor): string => {
  if (dtype === 'bool') return 'BOOL'
  if (data instanceof Float64Array) return 'F64'
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof BigInt64Array) return 'I64'
  if (data instanceof Int32Array) return 'I32'
  if (data instanceof Int16Array) return 'I16'
  return data instanceof Int8Array ? 'I8' : 'U8'
}

/**
 * The bytes of a .safetensors file. Tensors are laid out from wide to narrow elements, by name among equals, as the
 * reference writer does, so that every one is aligned.
 * @param metadata text by key; give `hyper_parameters` as JSON to have them read back.
 * @throws InputError if a tensor's data do not have the length of its shape.
 */
export const writeSafetensors = (
  tensors: ReadonlyMap<string, Tensor>,
  metadata: { readonly [key: string]: string } = {},
): Uint8Array => {
  const ordered = [...tensors].sort(
    ([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  )
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : []
  let length = 0
  for (const [name, tensor] of ordered) {
    if (tensor.data.length !== elementCount(tensor.shape)) {
      throw new InputError(
        `Tensor ${name} has ${tensor.data.length} elements but the shape [${tensor.shape.join(', ')}]; they must agree.`,
      )
    }
    const offsets = [length, length + tensor.data.byteLength]
    entries.push([name, { dtype: storedType(tensor), shape: tensor.shape, data_offsets: offsets }])
    length += tensor.data.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  // Padding with blanks keeps the data 8-byte aligned in the file.
  const padded = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + padded + length).fill(0x20, 8, 8 + padded)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.set(text, 8)
  let at = 8 + padded
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}
