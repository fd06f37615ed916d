import { InputError } from '../errors.ts'
import type { Progress } from './fetch-file.ts'

/** What the courier says. */
export type Word =
  | { readonly received: number; readonly size: number | null }
  | { readonly file: File }
  | { readonly failure: string }

/**
 * Fetches a file from another host. Only to be called when the user has agreed to it.
 * @throws InputError for what could not be fetched
 */
export async function download(url: URL, progress: Progress): Promise<File> {
  const frame = document.createElement('iframe')
  frame.src = './courier.html'
  frame.hidden = true
  frame.title = 'Download'
  try {
    await new Promise((resolve) => {
      frame.addEventListener('load', resolve, { once: true })
      document.body.append(frame)
    })
    return await new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<Word>) => {
        if ('file' in data) resolve(data.file)
        else if ('failure' in data) reject(new InputError(data.failure))
        else progress(data.received, data.size)
      }
      frame.contentWindow!.postMessage(url.href, location.origin, [port2])
    })
  } finally {
    frame.remove()
  }
}
