import { styles } from '../../viewer/styles.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { decimal, duration, plural } from '../words.ts'
import {
  ConditionsIcon,
  FrameIcon,
  PauseIcon,
  PlayIcon,
  PlotIcon,
  PullIcon,
  RecordIcon,
  ResetIcon,
  StepIcon,
} from './icons.tsx'

/** Play, pause, step, reset, the clock, and how the molecule is drawn. */
export function Transport({ session }: { session: Session | null }) {
  const { playing, report, style, openPanels } = state
  const ready = session !== null
  return (
    <footer class="transport" data-inset="bottom">
      <button
        type="button"
        class="play"
        data-testid="play"
        aria-label={playing.value ? 'Pause' : 'Play'}
        title={`${playing.value ? 'Pause' : 'Play'} (Space)`}
        disabled={!ready}
        onClick={() => session?.play(!playing.value)}
      >
        {playing.value ? <PauseIcon /> : <PlayIcon />}
      </button>
      <button
        type="button"
        class="tool"
        data-testid="step"
        aria-label="One step"
        title="One step (.)"
        disabled={!ready}
        onClick={() => session?.step()}
      >
        <StepIcon />
      </button>
      <button
        type="button"
        class="tool"
        data-testid="reset"
        aria-label="Back to the start"
        title="Back to the starting positions, with fresh velocities"
        disabled={!ready}
        onClick={() => session?.reset()}
      >
        <ResetIcon />
      </button>
      <div class="clock">
        <span class="clock-time" data-testid="time">
          {report.value ? duration(report.value.time) : '–'}
        </span>
        <span class="clock-steps">
          step <span data-testid="step-count">{report.value ? decimal(report.value.step, 0) : '–'}</span>
        </span>
      </div>
      <fieldset class="segments" aria-label="Drawing style">
        {styles.map(({ name, title }, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={style.value === name}
            title={`${title} (${index + 1})`}
            onClick={() => {
              style.value = name
            }}
          >
            <StyleGlyph name={name} />
            <span class="sr-only">{title}</span>
          </button>
        ))}
      </fieldset>
      <button
        type="button"
        class="tool"
        data-testid="pull"
        aria-label="Pull atoms"
        aria-pressed={state.pulling.value}
        title="Pull atoms: drag one and it follows on a spring (P)"
        disabled={!ready}
        onClick={() => {
          state.pulling.value = !state.pulling.value
        }}
      >
        <PullIcon />
      </button>
      <button
        type="button"
        class="tool record"
        data-testid="record"
        aria-label="Record a trajectory"
        aria-pressed={state.recording.value !== null}
        title={
          state.recording.value === null
            ? 'Record to a file: every tenth step, .xyz, .pdb, .dcd or .xtc (S)'
            : `Recording, ${plural(state.recording.value, 'frame')} so far: press to finish the file (S)`
        }
        disabled={!ready}
        onClick={() => void session?.record(state.recording.value === null)}
      >
        <RecordIcon />
      </button>
      <button
        type="button"
        class="tool"
        aria-label="Reset the view"
        title="Reset the view (R)"
        disabled={!ready}
        onClick={() => session?.resetView()}
      >
        <FrameIcon />
      </button>
      <button
        type="button"
        class="tool narrow-only"
        aria-label="Conditions"
        aria-expanded={openPanels.value.has('conditions')}
        onClick={() => state.togglePanel('conditions')}
      >
        <ConditionsIcon />
      </button>
      <button
        type="button"
        class="tool narrow-only"
        aria-label="Plots"
        aria-expanded={openPanels.value.has('plots')}
        onClick={() => state.togglePanel('plots')}
      >
        <PlotIcon />
      </button>
    </footer>
  )
}

function StyleGlyph({ name }: { name: string }) {
  const [ball, stick] = { 'ball-and-stick': [3.6, 1.6], 'space-filling': [6.2, 0], licorice: [2.2, 4.4] }[
    name
  ]!
  return (
    <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" class="icon">
      {stick > 0 && <path d="M9 10h10" stroke="currentColor" stroke-width={stick} opacity=".65" />}
      <circle cx="9" cy="10" r={ball} fill="currentColor" />
      <circle cx="19" cy="10" r={ball * 0.82} fill="currentColor" opacity={name === 'licorice' ? 1 : 0.75} />
    </svg>
  )
}
