import * as state from '../state.ts'
import { CloseIcon } from './icons.tsx'

/** What went wrong, what may go wrong and what was understood: text only, never markup from a file. */
export function Notices() {
  return (
    <div class="notices">
      {state.notices.value.map(({ id, kind, text, actions }) => (
        <div key={id} class={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <p>{text}</p>
          <button type="button" class="tool" aria-label="Dismiss" onClick={() => state.dismiss(id)}>
            <CloseIcon />
          </button>
          {actions.length > 0 && (
            <div class="notice-actions">
              {actions.map(({ label, run }) => (
                <button
                  key={label}
                  type="button"
                  class="text-button"
                  onClick={() => {
                    state.dismiss(id)
                    run()
                  }}
                >
                  {label}
                </button>
              ))}
            </div>
          )}
        </div>
      ))}
    </div>
  )
}
