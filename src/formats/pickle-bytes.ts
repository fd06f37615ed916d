/** The bytes of a pickle, read in order; any read beyond the end says that the file is cut short. */

import { InputError } from '../errors.ts'

/** A leading U+FEFF is part of a Python string, not a mark to strip. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const latin1 = new TextDecoder('latin1')

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])

/** Longest line of protocol 0 that is not text: no number in a checkpoint is longer. */
const LONGEST_NUMBER = 400

export class PickleBytes {
  private readonly view: DataView
  constructor(
    private readonly bytes: Uint8Array,
    readonly source: string,
    public position: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Moves past `size` bytes and gives where they began. */
  private take(size: number): number {
    const start = this.position
    if (!(size >= 0 && start + size <= this.bytes.length)) {
      throw new InputError(
        `${this.source} is cut short or damaged: its pickled data end too early; copy or download the file again.`,
      )
    }
    this.position = start + size
    return start
  }

  u8 = (): number => this.bytes[this.take(1)]
  u16 = (): number => this.view.getUint16(this.take(2), true)
  i32 = (): number => this.view.getInt32(this.take(4), true)
  u32 = (): number => this.view.getUint32(this.take(4), true)
  u64 = (): number => Number(this.view.getBigUint64(this.take(8), true))
  /** Pickles have floats big-endian, and only them. */
  f64 = (): number => this.view.getFloat64(this.take(8), false)

  /** A copy, so that a small value does not keep the whole file alive. */
  blob(size: number): Uint8Array {
    const start = this.take(size)
    return new Uint8Array(this.bytes.subarray(start, start + size))
  }

  text(size: number): string {
    const start = this.take(size)
    return utf8.decode(this.bytes.subarray(start, start + size))
  }

  skip(size: number): void {
    this.take(size)
  }

  /** A line without its line feed. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position)
    if (end < 0) this.take(Number.POSITIVE_INFINITY)
    const start = this.take(end + 1 - this.position)
    return latin1.decode(this.bytes.subarray(start, end))
  }

  /** A decimal line of protocol 0. */
  decimal(): number | bigint {
    const text = this.line().replace(/L$/, '')
    if (text.length > LONGEST_NUMBER || !/^[+-]?\d+$/.test(text)) throw this.badNumber()
    return narrow(BigInt(text))
  }

  /** A float line of protocol 0. */
  float(): number {
    const text = this.line()
    if (/^[+-]?nan$/.test(text)) return Number.NaN
    const infinite = /^([+-]?)inf$/.exec(text)
    if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    const value = text.trim() === '' || text.length > LONGEST_NUMBER ? Number.NaN : Number(text)
    if (Number.isNaN(value)) throw this.badNumber()
    return value
  }

  /** A little-endian two's-complement integer of any length. */
  long(size: number): number | bigint {
    if (size > LONGEST_NUMBER) throw this.badNumber()
    const start = this.take(size)
    let value = 0n
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i])
    return narrow(size === 0 ? 0n : BigInt.asIntN(8 * size, value))
  }

  /** A quoted line: Python 2's repr of a string. */
  quotedLine(): string {
    const text = this.line()
    const quote = text[0]
    if (text.length < 2 || (quote !== "'" && quote !== '"') || text[text.length - 1] !== quote) {
      throw new InputError(
        `${this.source} is damaged: a string in its pickled data has no quotes; save it anew.`,
      )
    }
    return text
      .slice(1, -1)
      .replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code: string) =>
        code.length === 3
          ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
          : (simpleEscapes.get(code) ?? code),
      )
  }

  /** A line in Python's raw-unicode-escape. */
  unicodeLine(): string {
    return this.line().replace(/\\u([0-9a-fA-F]{4})|\\U00([0-9a-fA-F]{6})/g, (escaped, four, six) => {
      const code = Number.parseInt(four ?? six, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : escaped
    })
  }

  private badNumber(): InputError {
    return new InputError(
      `${this.source} is damaged: its pickled data hold a malformed number; save it anew.`,
    )
  }
}

/** Python has one kind of integer; ours is a number where that is exact. */
const narrow = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
