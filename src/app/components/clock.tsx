import { frame, frameTime, trajectory } from '../playing/signals.ts'
import * as state from '../state.ts'
import { decimal, duration } from '../words.ts'

/** How far a run has come, or a trajectory. */
export function Clock() {
  const report = state.report.value
  const shown = trajectory.value
  const time = shown ? frameTime.value : (report?.time ?? null)
  return (
    <div class="clock">
      {/* A file without times has its frames alone. */}
      {!(shown && time === null) && (
        <span class="clock-time" data-testid="time">
          {time === null ? '–' : duration(time)}
        </span>
      )}
      {shown ? (
        <span class="clock-steps" data-testid="frame-count">
          <span class="clock-word">frame </span>
          {decimal(frame.value + 1, 0)} of {decimal(shown.frames.length, 0)}
        </span>
      ) : (
        <span class="clock-steps">
          step <span data-testid="step-count">{report ? decimal(report.step, 0) : '–'}</span>
        </span>
      )}
    </div>
  )
}
