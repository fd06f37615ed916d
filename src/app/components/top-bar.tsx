import { rate, trajectory } from '../playing/signals.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { decimal, plural, significant } from '../words.ts'
import { GalleryIcon, HelpIcon, OpenIcon } from './icons.tsx'

/** What is simulated · with which force field · on what · how fast. */
export function TopBar({ session, pickFiles }: { session: Session | null; pickFiles: () => void }) {
  const { structure, card, gpuName, software, stepsPerSecond, nsPerDay, openPanels, playing } = state
  return (
    <header class="top-bar" data-inset="top">
      <h1 class="wordmark">
        <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
          <path class="mark-bond" d="M11 20.5 20.5 12" />
          <circle class="mark-large" cx="10.5" cy="21" r="6" />
          <circle class="mark-small" cx="21.5" cy="11" r="4.7" />
        </svg>
        Tumble
      </h1>
      <div class="facts">
        {structure.value && (
          <button
            type="button"
            class="fact"
            data-testid="structure-name"
            aria-expanded={openPanels.value.has('gallery')}
            title="What is simulated: open the gallery"
            onClick={() => state.togglePanel('gallery')}
          >
            <span class="fact-main">{structure.value.name}</span>
            <span class="fact-detail">{plural(structure.value.atomicNumbers.length, 'atom')}</span>
          </button>
        )}
        {card.value && (
          <button
            type="button"
            class="fact"
            data-testid="model-name"
            aria-expanded={openPanels.value.has('card')}
            title="The force field: open its card"
            onClick={() => state.togglePanel('card')}
          >
            <span class="fact-main">{card.value.title}</span>
            <span class="fact-detail fact-roomy">{card.value.architecture}</span>
          </button>
        )}
        {gpuName.value && (
          <span class="fact fact-roomy" data-testid="gpu-name" title={gpuName.value}>
            <span class="fact-main">{gpuName.value.replace(/ ?\(software\)/, '')}</span>
            {software.value && (
              <span class="badge" title="No GPU was found: the processor plays one, many times slower.">
                software adapter
              </span>
            )}
          </span>
        )}
      </div>
      <dl class="speed" data-testid="speed">
        {trajectory.value ? (
          <div>
            <dt>frames/s</dt>
            <dd>
              {playing.value && trajectory.value.frames.length > 1
                ? decimal(rate.value, rate.value < 10 ? 1 : 0)
                : '–'}
            </dd>
          </div>
        ) : (
          <>
            <div>
              <dt>steps/s</dt>
              <dd>
                {playing.value && stepsPerSecond.value !== null ? significant(stepsPerSecond.value) : '–'}
              </dd>
            </div>
            <div class="fact-roomy">
              <dt>ns/day</dt>
              <dd>{playing.value && nsPerDay.value !== null ? significant(nsPerDay.value) : '–'}</dd>
            </div>
          </>
        )}
      </dl>
      <nav class="tools" aria-label="Tools">
        <button
          type="button"
          class="tool"
          aria-label="Gallery"
          title="Gallery (G)"
          aria-expanded={openPanels.value.has('gallery')}
          disabled={!session}
          onClick={() => state.togglePanel('gallery')}
        >
          <GalleryIcon />
        </button>
        <button
          type="button"
          class="tool tool-wide"
          title="Open a structure or a checkpoint (O), or drop it anywhere"
          disabled={!session}
          onClick={pickFiles}
        >
          <OpenIcon />
          <span>Open</span>
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Help"
          title="Help (?)"
          onClick={() => {
            state.helpOpen.value = true
          }}
        >
          <HelpIcon />
        </button>
      </nav>
    </header>
  )
}
