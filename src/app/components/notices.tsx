import * as state from '../state.ts'
import { CloseIcon } from './icons.tsx'

/** What went wrong, and what was understood: text only, never markup from a file. */
export function Notices() {
  return (
    <div class="notices">
      {state.notices.value.map(({ id, kind, text, action }) => (
        <div key={id} class={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <p>{text}</p>
          {action && (
            <button
              type="button"
              class="text-button"
              onClick={() => {
                action.run()
                state.dismiss(id)
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="tool" aria-label="Dismiss" onClick={() => state.dismiss(id)}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  )
}
