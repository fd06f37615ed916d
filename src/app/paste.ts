import { typesText } from './keyboard.ts'

/** What the text of a file is called that came without a name. */
const NAMELESS = 'Pasted text'

/** Files that were pasted, or a text as one; none where a field takes the text or a dialog is open. */
export function filesOfPaste({ target, clipboardData }: ClipboardEvent): readonly File[] {
  if (typesText(target) || document.querySelector('dialog[open]')) return []
  const files = [...(clipboardData?.files ?? [])]
  if (files.length) return files
  const text = clipboardData?.getData('text/plain') ?? ''
  return text.trim() ? [new File([text], NAMELESS)] : []
}
