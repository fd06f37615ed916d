import { trajectory } from '../playing/signals.ts'
import * as state from '../state.ts'
import { plural } from '../words.ts'

/** For ears: what the page is doing, said when it changes. Loading is shown to eyes as well. */
export function Status() {
  const { phase, structure, card, busy } = state
  const said = () => {
    if (busy.value) return busy.value
    if (!structure.value || !card.value) return ''
    const shown = trajectory.value
    if (shown) {
      const what = `${shown.name}, ${plural(shown.frames.length, 'frame')}`
      return phase.value === 'running' ? `Playing ${what}.` : `Paused: ${what}.`
    }
    const what = `${structure.value.name}, ${plural(structure.value.atomicNumbers.length, 'atom')}, with ${card.value.title}`
    return phase.value === 'running' ? `Simulating ${what}.` : `Paused: ${what}.`
  }
  return (
    <>
      <div class="sr-only" role="status" aria-live="polite" data-testid="status">
        {said()}
      </div>
      {busy.value && (
        <div class="busy" aria-hidden="true">
          <span class="busy-dot" />
          {busy.value}
        </div>
      )}
    </>
  )
}
