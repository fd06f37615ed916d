import { InputError, messageOf } from '../errors.ts'

/** More than any molecule or model the page can run; saves the tab from a disk image taken for one. */
export const MOST_BYTES = 1 << 30

/** Bytes so far, and of the whole where the server tells. */
export type Progress = (received: number, size: number | null) => void

/** The last part of a path, as a file is called. */
export const fileNameOf = ({ pathname, host }: URL): string => {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last) || host
  } catch {
    return last
  }
}

/**
 * Downloads one file, and nothing that says who asks for it.
 * @throws InputError for what the server refuses, hides or has too much of
 */
export async function fetchFile(url: URL, progress: Progress = () => {}): Promise<File> {
  const name = fileNameOf(url)
  const response = await answerOf(url)
  if (!response.ok)
    throw new InputError(
      `${name} could not be fetched from ${url.host}: the server answered ${response.status}.`,
    )
  const told = Number(response.headers.get('content-length') ?? Number.NaN)
  // The length is that of what travels, which is less than what arrives where it is compressed.
  const size = Number.isFinite(told) && !response.headers.get('content-encoding') ? told : null
  if (size !== null && size > MOST_BYTES) throw tooLarge(name)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let received = 0
  const reader = response.body!.getReader()
  try {
    for (;;) {
      progress(received, size)
      const { done, value } = await reader.read()
      if (done) return new File(chunks, name)
      chunks.push(value)
      received += value.length
      if (received > MOST_BYTES) throw tooLarge(name)
    }
  } catch (error) {
    void reader.cancel().catch(() => {})
    if (error instanceof InputError) throw error
    throw new InputError(`${name} did not arrive whole from ${url.host}: ${messageOf(error)}.`)
  }
}

const tooLarge = (name: string) =>
  new InputError(`${name} is larger than 1 GiB; the page does not read that much.`)

async function answerOf(url: URL): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', referrerPolicy: 'no-referrer' })
  } catch {
    throw new InputError(
      url.origin === location.origin
        ? `${fileNameOf(url)} could not be fetched: the server does not answer.`
        : `${fileNameOf(url)} could not be fetched: ${url.host} does not answer, or does not let other pages read its files (CORS); download it yourself and drop it here.`,
    )
  }
}
