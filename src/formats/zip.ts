/**
 * Reads stored (uncompressed) zip archives, PyTorch's container.
 *
 * Through the central directory only: the local headers of PyTorch's writer have no sizes, and their extra fields
 * (padding to 64 bytes) differ in length from the central ones. Layout: PKWARE APPNOTE 6.3, zip64 included.
 * Checksums are not compared: `torch.serialization.set_crc32_options(False)` writes files without valid ones.
 */

import { InputError } from '../errors.ts'

const END_OF_DIRECTORY = 0x06054b50
const ZIP64_LOCATOR = 0x07064b50
const ZIP64_END = 0x06064b50
const DIRECTORY_ENTRY = 0x02014b50
const LOCAL_HEADER = 0x04034b50

const END_SIZE = 22
const LOCATOR_SIZE = 20
const LONGEST_COMMENT = 0xffff

export interface ZipEntry {
  readonly name: string
  /** Length of the content in bytes. */
  readonly size: number
  /**
   * The content as a view of the archive, not a copy.
   * @throws InputError if the entry is compressed, encrypted, or reaches beyond the file.
   */
  readonly read: () => Uint8Array
}

/** Do these bytes start as a zip archive? */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04

const cutShort = (source: string): InputError =>
  new InputError(
    `${source} is cut short or damaged: its zip directory is not complete; copy or download the file again.`,
  )

/** Little-endian fields of an archive; every read beyond the end says that the file is cut short. */
class Fields {
  private readonly view: DataView
  constructor(
    readonly bytes: Uint8Array,
    private readonly source: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  private at(offset: number, size: number): number {
    if (!(offset >= 0 && offset + size <= this.bytes.length)) throw cutShort(this.source)
    return offset
  }
  u16(offset: number): number {
    return this.view.getUint16(this.at(offset, 2), true)
  }
  u32(offset: number): number {
    return this.view.getUint32(this.at(offset, 4), true)
  }
  /** Exact up to 2⁵³; larger ones lie beyond any file and fail the bounds. */
  u64(offset: number): number {
    return Number(this.view.getBigUint64(this.at(offset, 8), true))
  }
  slice(offset: number, size: number): Uint8Array {
    return this.bytes.subarray(this.at(offset, size), offset + size)
  }
}

interface Directory {
  readonly offset: number
  readonly count: number
}

const findDirectory = (fields: Fields, source: string): Directory => {
  const { length } = fields.bytes
  const last = length - END_SIZE
  for (let end = last; end >= Math.max(0, last - LONGEST_COMMENT); end--) {
    if (fields.bytes[end] !== 0x50 || fields.u32(end) !== END_OF_DIRECTORY) continue
    // A signature inside a comment would not be followed by exactly the rest of the file.
    if (end + END_SIZE + fields.u16(end + 20) !== length) continue
    const locator = end - LOCATOR_SIZE
    if (locator >= 0 && fields.u32(locator) === ZIP64_LOCATOR) {
      const end64 = fields.u64(locator + 8)
      if (fields.u32(end64) !== ZIP64_END) throw cutShort(source)
      return { count: fields.u64(end64 + 32), offset: fields.u64(end64 + 48) }
    }
    return { count: fields.u16(end + 10), offset: fields.u32(end + 16) }
  }
  throw cutShort(source)
}

/** Sizes and offset of an entry; where a 32-bit field is full, the zip64 extra field (id 1) has the value. */
const placeOf = (fields: Fields, at: number, nameLength: number, extraLength: number) => {
  const place = { size: fields.u32(at + 24), stored: fields.u32(at + 20), header: fields.u32(at + 42) }
  let extra = at + 46 + nameLength
  const end = extra + extraLength
  while (extra + 4 <= end) {
    const id = fields.u16(extra)
    const length = fields.u16(extra + 2)
    if (id === 1) {
      let next = extra + 4
      for (const key of ['size', 'stored', 'header'] as const) {
        if (place[key] !== 0xffffffff) continue
        place[key] = fields.u64(next)
        next += 8
      }
    }
    extra += 4 + length
  }
  return place
}

/**
 * Entries of an archive by name.
 * @param source file name, for messages.
 * @throws InputError if the archive is cut short or damaged, or has two entries of one name.
 */
export const readZip = (bytes: Uint8Array, source: string): ReadonlyMap<string, ZipEntry> => {
  const fields = new Fields(bytes, source)
  const directory = findDirectory(fields, source)
  const entries = new Map<string, ZipEntry>()
  let at = directory.offset
  for (let i = 0; i < directory.count; i++) {
    if (fields.u32(at) !== DIRECTORY_ENTRY) throw cutShort(source)
    const flags = fields.u16(at + 8)
    const method = fields.u16(at + 10)
    const nameLength = fields.u16(at + 28)
    const extraLength = fields.u16(at + 30)
    const name = new TextDecoder().decode(fields.slice(at + 46, nameLength))
    const { size, stored, header } = placeOf(fields, at, nameLength, extraLength)
    const read = (): Uint8Array => {
      if (flags & 1)
        throw new InputError(`${source}: entry ${name} is encrypted; save the checkpoint without a password.`)
      if (method !== 0 || size !== stored) {
        throw new InputError(
          `${source}: entry ${name} is compressed, which PyTorch never does; give the file as torch.save wrote it.`,
        )
      }
      if (fields.u32(header) !== LOCAL_HEADER) throw cutShort(source)
      return fields.slice(header + 30 + fields.u16(header + 26) + fields.u16(header + 28), size)
    }
    if (entries.has(name)) {
      throw new InputError(
        `${source} is damaged: its zip directory names ${name} twice; save the checkpoint again.`,
      )
    }
    entries.set(name, { name, size, read })
    at += 46 + nameLength + extraLength + fields.u16(at + 32)
  }
  return entries
}
