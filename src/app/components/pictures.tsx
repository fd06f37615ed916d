import { SCALES, savePicture } from '../filming/picture.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { Choice } from './choice.tsx'
import { Switch } from './switch.tsx'

/** Takes what is on screen along: as a picture, or as a film. */
export function Pictures({ session }: { session: Session | null }) {
  const { pictureScale, pictureTransparent, filming, structure } = state
  const title = structure.value?.name ?? ''
  return (
    <section class="pictures" aria-labelledby="pictures-title">
      <h3 id="pictures-title">Pictures and films</h3>
      <Choice
        label="Size"
        testId="picture-scale"
        value={pictureScale.value}
        options={SCALES.map((scale) => [scale, `${scale} × window`])}
        set={(scale) => {
          pictureScale.value = scale
        }}
      />
      <Switch
        label="Without backdrop"
        testId="picture-transparent"
        on={pictureTransparent.value}
        set={(on) => {
          pictureTransparent.value = on
        }}
      />
      <button
        type="button"
        class="button wide"
        data-testid="save-picture"
        title="Saves what is on screen as a .png"
        disabled={!session}
        onClick={() => session && void savePicture(session.viewer, title)}
      >
        Save a picture
      </button>
      {filming.value ? (
        <Progress session={session} film={filming.value} />
      ) : (
        <div class="film-buttons">
          <button
            type="button"
            class="button wide"
            data-testid="film"
            title="Films what is on screen as it happens"
            disabled={!session}
            onClick={() => void session?.filming.live(title)}
          >
            <span class="film-dot" aria-hidden="true" />
            Film
          </button>
          <button
            type="button"
            class="button wide"
            data-testid="film-turn"
            title="Films the molecule once around, in 8 seconds at 30 frames a second; the computer takes as long as it needs"
            disabled={!session}
            onClick={() => void session?.filming.turntable(title)}
          >
            Film one turn
          </button>
        </div>
      )}
    </section>
  )
}

interface ProgressProps {
  readonly session: Session | null
  readonly film: NonNullable<typeof state.filming.value>
}

/** How far a film has come, and what may end it. */
function Progress({ session, film: { kind, seconds, share } }: ProgressProps) {
  return (
    <div data-testid="filming">
      <output class="filming">
        <span class="film-dot" data-on="true" aria-hidden="true" />
        {kind === 'live' ? 'Filming' : 'Filming one turn'}
        <span class="film-time">{share === null ? clock(seconds) : `${Math.floor(100 * share)} %`}</span>
      </output>
      <div class="film-buttons">
        <button
          type="button"
          class="button wide"
          data-testid="film-cancel"
          title="Gives the film up"
          onClick={() => void session?.filming.cancel()}
        >
          Cancel
        </button>
        <button
          type="button"
          class="button wide"
          data-testid="film-finish"
          title="Completes the film as it is now"
          onClick={() => void session?.filming.finish()}
        >
          Finish
        </button>
      </div>
    </div>
  )
}

/** 1:07 */
const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
