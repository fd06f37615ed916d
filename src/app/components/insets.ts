import type { Insets } from '../../viewer/viewer.ts'

const GAP = 12

/** Room the panels take from the picture's edges, so that the molecule sits in the middle of what is left. */
export function insetsOf(canvas: HTMLElement): Insets {
  const stage = canvas.getBoundingClientRect()
  const insets = { top: 0, right: 0, bottom: 0, left: 0 }
  for (const element of document.querySelectorAll<HTMLElement>('[data-inset]')) {
    const box = element.getBoundingClientRect()
    if (!box.width || !box.height) continue
    // On a narrow page the side panels are sheets at the bottom.
    const sheet = box.width > 0.45 * stage.width && element.dataset.inset !== 'top'
    const side = sheet ? 'bottom' : (element.dataset.inset as keyof Insets)
    const room = {
      top: box.bottom - stage.top,
      bottom: stage.bottom - box.top,
      left: box.right - stage.left,
      right: stage.right - box.left,
    }
    insets[side] = Math.max(insets[side], room[side] + GAP)
  }
  return insets
}
