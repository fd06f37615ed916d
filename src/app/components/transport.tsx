import type { ComponentChildren } from 'preact'
import { trajectory } from '../playing/signals.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { plural } from '../words.ts'
import { Clock } from './clock.tsx'
import {
  ConditionsIcon,
  FrameIcon,
  LookIcon,
  PauseIcon,
  PlayIcon,
  PlotIcon,
  PullIcon,
  RecordIcon,
  ResetIcon,
  SelectIcon,
  StepIcon,
} from './icons.tsx'
import { StylePicker } from './style-picker.tsx'
import { TimelineBar } from './timeline-bar.tsx'
import { TrajectoryBar } from './trajectory-bar.tsx'

/** Play, pause, step, reset, the clock, and how the molecule is drawn. */
export function Transport({ session }: { session: Session | null }) {
  const { playing, openPanels } = state
  const ready = session !== null
  const shown = trajectory.value
  return (
    <footer class="transport" data-inset="bottom">
      {shown ? <TrajectoryBar session={session} trajectory={shown} /> : <TimelineBar session={session} />}
      <button
        type="button"
        class="play"
        data-testid="play"
        aria-label={playing.value ? 'Pause' : 'Play'}
        title={`${playing.value ? 'Pause' : 'Play'} (Space)`}
        disabled={!ready}
        onClick={() => void session?.play(!playing.value)}
      >
        {playing.value ? <PauseIcon /> : <PlayIcon />}
      </button>
      <button
        type="button"
        class="tool"
        data-testid="step"
        aria-label={shown ? 'The next frame' : 'One step'}
        title={shown ? 'The next frame (.); the one before (,)' : 'One step (.)'}
        disabled={!ready}
        onClick={() => void session?.step()}
      >
        <StepIcon />
      </button>
      <button
        type="button"
        class="tool"
        data-testid="reset"
        aria-label="Back to the start"
        title={shown ? 'Back to the first frame' : 'Back to the starting positions, with fresh velocities'}
        disabled={!ready}
        onClick={() => session?.reset()}
      >
        <ResetIcon />
      </button>
      <Clock />
      <StylePicker />
      <button
        type="button"
        class="tool"
        data-testid="look"
        aria-label="Look"
        aria-expanded={openPanels.value.has('look')}
        title="Colours, arrows, projection, pictures (L)"
        onClick={() => state.togglePanel('look')}
      >
        <LookIcon />
      </button>
      {!shown && (
        <ToolButton
          name="pull"
          label="Pull atoms"
          title="Pull atoms: drag one and it follows on a spring (P)"
          ready={ready}
        >
          <PullIcon />
        </ToolButton>
      )}
      <ToolButton
        name="select"
        label="Select atoms"
        title="Select atoms: drag a box around them, or with Alt a free line (V); clicks select at any time"
        ready={ready}
      >
        <SelectIcon />
      </ToolButton>
      {!shown && (
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
      )}
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

interface ToolProps {
  readonly name: 'pull' | 'select'
  readonly label: string
  readonly title: string
  readonly ready: boolean
  readonly children: ComponentChildren
}

/** Switches what dragging on the picture does. */
function ToolButton({ name, label, title, ready, children }: ToolProps) {
  return (
    <button
      type="button"
      class="tool"
      data-testid={name}
      aria-label={label}
      aria-pressed={state.tool.value === name}
      title={title}
      disabled={!ready}
      onClick={() => state.toggleTool(name)}
    >
      {children}
    </button>
  )
}
