import { styles } from '../viewer/styles.ts'
import type { Session } from './session.ts'
import * as state from './state.ts'

/** Every shortcut with its words: the help page is made of this list. */
export const shortcuts: readonly (readonly [keys: string, what: string])[] = [
  ['Space', 'Play or pause'],
  ['.', 'One step'],
  ['P', 'Pull atoms, or turn the picture again'],
  ['S', 'Record to a file, or finish it'],
  ['R', 'Reset the view'],
  ['1  2  3', styles.map(({ title }) => title.toLowerCase()).join(', ')],
  ['G', 'Gallery'],
  ['O', 'Open files'],
  ['?', 'This help'],
  ['Esc', 'Close what is open'],
]

export const gestures: readonly (readonly [gesture: string, what: string])[] = [
  ['Drag', 'Rotate (or arrow keys on the picture)'],
  ['Right drag, Ctrl + drag, two fingers', 'Move'],
  ['Wheel, pinch, + −', 'Zoom'],
  ['Ctrl + Shift + drag', 'Roll'],
  ['Drag an atom while P is on', 'Pull it'],
  ['Drop files anywhere', 'Simulate a structure, or use a force field'],
  ['Paste files, or the text of one', 'The same'],
]

export const typesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input:not([type=range]):not([type=checkbox]), textarea, select'))

/** Space on a control is the control's own. */
const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('button, input, summary, a')

/** Acts on a key; false if it means nothing here. */
export function onKey(event: KeyboardEvent, session: Session | null, pickFiles: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || typesText(event.target)) return false
  if (event.key === 'Escape') return closeTopmost()
  if (state.helpOpen.value) return false
  if (event.key === '?') {
    state.helpOpen.value = true
    return true
  }
  if (!session) return false
  const style = styles[Number(event.key) - 1]
  if (style) state.style.value = style.name
  else if (event.key === ' ' && !takesSpace(event.target)) session.play(!state.playing.value)
  else if (event.key === '.') session.step()
  else if (event.key === 's' || event.key === 'S') void session.record(state.recording.value === null)
  else if (event.key === 'p' || event.key === 'P') state.pulling.value = !state.pulling.value
  else if (event.key === 'r' || event.key === 'R') session.resetView()
  else if (event.key === 'g' || event.key === 'G') state.togglePanel('gallery')
  else if (event.key === 'o' || event.key === 'O') pickFiles()
  else return false
  return true
}

function closeTopmost(): boolean {
  const last = state.notices.value[state.notices.value.length - 1]
  if (state.helpOpen.value) state.helpOpen.value = false
  else if (state.openPanels.value.has('card')) state.togglePanel('card', false)
  else if (state.openPanels.value.has('gallery')) state.togglePanel('gallery', false)
  else if (last) state.dismiss(last.id)
  else return false
  return true
}
