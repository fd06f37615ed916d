import { styles } from '../viewer/styles.ts'
import { trajectory } from './playing/signals.ts'
import { selectAll } from './selecting.ts'
import type { Session } from './session.ts'
import * as state from './state.ts'

/** Every shortcut with its words: the help page is made of this list. */
export const shortcuts: readonly (readonly [keys: string, what: string])[] = [
  ['Space', 'Play or pause'],
  ['.', 'One step, or the next frame of a trajectory'],
  [',', 'The frame before'],
  ['P', 'Pull atoms, or turn the picture again'],
  ['V', 'Draw around atoms to select them, or turn the picture again'],
  ['/', 'Select in words'],
  ['A', 'Select all'],
  ['Del', 'Delete what is selected'],
  ['Ctrl+Z  Ctrl+Y', 'Undo, redo'],
  ['S', 'Record to a file, or finish it'],
  ['R', 'Reset the view'],
  ['1 … 5', styles.map(({ title }) => title.toLowerCase()).join(', ')],
  ['L', 'Look: colours, arrows, projection'],
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
  ['Click, Shift + click', 'Select an atom, one more; two, three, four measure'],
  ['Double click', 'Bring an atom to the middle; beside all, reset the view'],
  ['Drag an atom while P is on', 'Pull it'],
  ['Drag while V is on, Alt + drag', 'Select with a box, a free line'],
  ['Drop files anywhere', 'Simulate a structure, play a trajectory, use a force field'],
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
  if (typesText(event.target) || event.altKey) return false
  if (event.ctrlKey || event.metaKey) return session !== null && onCommand(event, session)
  if (event.key === 'Escape') return closeTopmost()
  if (state.helpOpen.value) return false
  if (event.key === '?') {
    state.helpOpen.value = true
    return true
  }
  return onLook(event) || (session !== null && onRun(event, session, pickFiles))
}

/** Keys that need nothing that runs. */
function onLook({ key }: KeyboardEvent): boolean {
  const style = styles[Number(key) - 1]
  if (style) state.style.value = style.name
  else if (key === 'l' || key === 'L') state.togglePanel('look')
  else if (key === 'g' || key === 'G') state.togglePanel('gallery')
  else return false
  return true
}

function onRun({ key, target }: KeyboardEvent, session: Session, pickFiles: () => void): boolean {
  if (key === ' ' && !takesSpace(target)) void session.play(!state.playing.value)
  else if (key === '.') void session.step()
  else if (key === ',' && trajectory.value) void session.step(-1)
  else if (key === 's' || key === 'S') void session.record(state.recording.value === null)
  else if ((key === 'p' || key === 'P') && !trajectory.value) state.toggleTool('pull')
  else if (key === 'v' || key === 'V') state.toggleTool('select')
  else if (key === '/') state.togglePanel('selection')
  else if (key === 'a' || key === 'A') selectAll()
  else if (key === 'Delete' && state.selection.value.length) void session.editing.remove()
  else if (key === 'r' || key === 'R') session.resetView()
  else if (key === 'o' || key === 'O') pickFiles()
  else return false
  return true
}

/** Undo and redo. */
function onCommand(event: KeyboardEvent, session: Session): boolean {
  const key = event.key.toLowerCase()
  if (key === 'y' || (key === 'z' && event.shiftKey)) void session.editing.redo()
  else if (key === 'z') void session.editing.undo()
  else return false
  return true
}

function closeTopmost(): boolean {
  const last = state.notices.value[state.notices.value.length - 1]
  if (state.helpOpen.value) state.helpOpen.value = false
  else if (state.openPanels.value.has('card')) state.togglePanel('card', false)
  else if (state.openPanels.value.has('gallery')) state.togglePanel('gallery', false)
  else if (state.openPanels.value.has('look')) state.togglePanel('look', false)
  else if (last) state.dismiss(last.id)
  else if (state.selection.value.length) state.selection.value = []
  else if (state.openPanels.value.has('selection')) state.togglePanel('selection', false)
  else if (state.tool.value !== 'turn') state.tool.value = 'turn'
  else return false
  return true
}
