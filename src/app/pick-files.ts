/**
 * Asks for files by the browser's own dialog, which has to be called by a press.
 * @returns none where it is closed without a choice
 */
export const pickFiles = (endings: readonly string[]): Promise<readonly File[]> =>
  new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    // Dialogs look at the last part of a name's ending only.
    input.accept = [...endings.map((ending) => ending.slice(ending.lastIndexOf('.'))), '.gz'].join(',')
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
