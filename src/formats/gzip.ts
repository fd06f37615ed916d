/** Gzip, through the platform's own decompressor (browsers and Node alike). */

import { InputError } from '../errors.ts'

/** Do these bytes start as gzip? */
export const isGzip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08

/** Twice the largest file a page could hold; a few kilobytes of gzip can announce terabytes. */
const LARGEST = 2 ** 31

/**
 * Decompressed bytes.
 * @param source file name, for messages.
 * @param largest bytes at which to stop.
 * @throws InputError if the data are cut short or damaged, or do not end before `largest`.
 */
export const gunzip = async (bytes: Uint8Array, source: string, largest = LARGEST): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader()
  for (;;) {
    let step: ReadableStreamReadResult<Uint8Array>
    try {
      step = await reader.read()
    } catch {
      throw new InputError(
        `${source} is cut short or damaged: it does not decompress; copy or download it again.`,
      )
    }
    if (step.done) break
    chunks.push(step.value)
    length += step.value.length
    if (length > largest) {
      // The reader's own complaint about being stopped says nothing new.
      await reader.cancel().catch(() => {})
      throw new InputError(
        `${source} decompresses to more than ${largest} bytes; no structure and no checkpoint needs so many.`,
      )
    }
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** The bytes of a file: unpacked if they are gzipped, and as they are if not. */
export const unpacked = async (bytes: Uint8Array, source: string): Promise<Uint8Array> =>
  isGzip(bytes) ? gunzip(bytes, source) : bytes
