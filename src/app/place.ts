import { InputError, messageOf } from '../errors.ts'
import { saveFile } from './save-file.ts'

/** Where something long is written to: a file of the user's, or one of the page's own that is downloaded at the end. */
export interface Place {
  readonly name: string
  readonly file: FileSystemFileHandle
  readonly stream: FileSystemWritableFileStream
  /** Whether the user still has to be given the file. */
  readonly hidden: boolean
}

/** A kind of file that may be written, for the browser's dialog. */
export interface Kind {
  readonly title: string
  readonly endings: readonly string[]
}

type Picker = (options: {
  suggestedName: string
  types: { description: string; accept: Record<string, string[]> }[]
}) => Promise<FileSystemFileHandle>

/**
 * Asks where to, where the browser can; null if the user would rather not.
 * @throws InputError where nothing can be written
 */
export async function placeFor(suggestedName: string, kinds: readonly Kind[]): Promise<Place | null> {
  const { showSaveFilePicker } = window as unknown as { showSaveFilePicker?: Picker }
  try {
    if (showSaveFilePicker) {
      const types = kinds.map(({ title, endings }) => ({
        description: title,
        accept: { 'application/octet-stream': [...endings] },
      }))
      const file = await showSaveFilePicker({ suggestedName, types })
      return { name: file.name, file, stream: await file.createWritable(), hidden: false }
    }
    const folder = await navigator.storage.getDirectory()
    const file = await folder.getFileHandle(suggestedName, { create: true })
    return { name: suggestedName, file, stream: await file.createWritable(), hidden: true }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw new InputError(`This browser does not let a page write files: ${messageOf(error)}`)
  }
}

/** Completes the file, and hands over one of the page's own. */
export async function close({ stream, file, name, hidden }: Place): Promise<void> {
  await stream.close()
  if (hidden) saveFile(await file.getFile(), name)
}
