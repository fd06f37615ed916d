import { RATES } from '../playing/pacing.ts'
import { frame, frameTime, looping, rate } from '../playing/signals.ts'
import type { Trajectory } from '../playing/trajectory.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { duration } from '../words.ts'
import { LoopIcon } from './icons.tsx'

/** The frames of a trajectory: drag along them, choose how quickly they play, simulate from any of them. */
export function TrajectoryBar({ session, trajectory }: { session: Session | null; trajectory: Trajectory }) {
  const { length } = trajectory.frames
  const time = frameTime.value
  const words = `frame ${frame.value + 1} of ${length}${time === null ? '' : `, ${duration(time)}`}`
  return (
    <section class="trajectory" data-inset="bottom" data-testid="trajectory" aria-label="Trajectory">
      <span class="trajectory-name" title={trajectory.name}>
        {trajectory.name}
      </span>
      {/* A single frame has nowhere to go. */}
      {length > 1 && (
        <>
          <input
            type="range"
            data-testid="frames"
            aria-label="The frames of the trajectory"
            aria-valuetext={words}
            title="The frames of the trajectory: drag to see any of them"
            min={0}
            max={length - 1}
            step={1}
            value={frame.value}
            onInput={(event) => void session?.seek(event.currentTarget.valueAsNumber)}
          />
          <label class="chip chip-select">
            <span class="sr-only">How quickly frames follow each other</span>
            <select
              data-testid="rate"
              title="How quickly frames follow each other"
              value={rate.value}
              onChange={(event) => {
                rate.value = Number(event.currentTarget.value)
              }}
            >
              {RATES.map(({ factor, rate }) => (
                <option key={rate} value={rate}>
                  ×{FACTORS[factor] ?? factor}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            class="tool"
            data-testid="looping"
            aria-label="Begin again after the last frame"
            aria-pressed={looping.value}
            title="Begin again after the last frame"
            onClick={() => {
              looping.value = !looping.value
            }}
          >
            <LoopIcon />
          </button>
        </>
      )}
      <button
        type="button"
        class="trajectory-simulate"
        data-testid="simulate"
        title={`Simulate from the frame that is shown, with ${state.card.value?.title ?? 'the force field'}`}
        disabled={!session || state.busy.value !== null}
        onClick={() => void session?.projector.simulate()}
      >
        Simulate from here
      </button>
    </section>
  )
}

const FACTORS: Readonly<Record<number, string>> = { 0.25: '¼', 0.5: '½' }
