import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { duration } from '../words.ts'

/** Moments from which a past is worth a line. */
const LEAST = 3

/** The recorded past: drag along it to see any moment, play to go on from there. */
export function TimelineBar({ session }: { session: Session | null }) {
  const { length, at } = state.timeline.value
  if (!session || length < LEAST) return null
  const time = at === null ? null : session.timeOf(at)
  const words = at === null ? 'now' : time === null ? `moment ${at + 1}` : duration(time)
  return (
    <div class="timeline" data-past={at !== null}>
      <input
        type="range"
        data-testid="timeline"
        aria-label="The past of the run"
        aria-valuetext={words}
        title="The past of the run: drag to see any moment, play to go on from there"
        min={0}
        max={length}
        step={1}
        value={at ?? length}
        onInput={(event) => void session.seek(event.currentTarget.valueAsNumber)}
      />
      {at !== null && <output>{words}: play goes on from here</output>}
    </div>
  )
}
