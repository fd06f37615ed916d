/** Reads a file of any length in pieces of the length asked for. */

import type { ByteSource } from './types.ts'

/** Bytes that a random-access file is read by. */
const CHUNK = 1 << 20

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (Symbol.asyncIterator in source) {
    yield* source
    return
  }
  for (let offset = 0; offset < source.size; ) {
    const chunk = await source.read(offset, Math.min(CHUNK, source.size - offset))
    if (chunk.length === 0) return
    offset += chunk.length
    yield chunk
  }
}

/** Takes bytes off the front of a file. It holds no more of the file than was asked for, and one chunk. */
export class ByteReader {
  /** Bytes taken so far. */
  offset = 0
  private readonly chunks: AsyncGenerator<Uint8Array, void, undefined>
  private rest: Uint8Array = new Uint8Array(0)

  constructor(source: ByteSource) {
    this.chunks = chunksOf(source)
  }

  /**
   * The next `length` bytes; fewer only where the file ends, none at its end. Memory is taken as bytes arrive, not
   * for what a damaged header announces.
   */
  async take(length: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let missing = length
    while (missing > 0) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next()
        if (next.done) break
        this.rest = next.value
      }
      const piece = this.rest.subarray(0, missing)
      this.rest = this.rest.subarray(piece.length)
      if (piece.length > 0) pieces.push(piece)
      missing -= piece.length
    }
    this.offset += length - missing
    return pieces.length === 1 ? pieces[0] : concatenate(pieces)
  }

  /** Lets go of the source; for readers that stop before its end. */
  async close(): Promise<void> {
    await this.chunks.return()
  }

  /** The next bytes as they come, or null at the end. */
  async chunk(): Promise<Uint8Array | null> {
    const next = await this.chunks.next()
    if (next.done) return null
    this.offset += next.value.length
    return next.value
  }
}

export const concatenate = (pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A file that is in memory already. */
export async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
