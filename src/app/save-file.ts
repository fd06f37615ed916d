/** Hands a file of the page's own to the user. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** A title as part of a file's name. */
export const fileNameFor = (title: string): string =>
  title.replace(/\.\w+$/, '').replace(/[^\w.-]+/g, '-') || 'molecule'
