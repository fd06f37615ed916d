import { useSignal } from '@preact/signals'
import { elementOf, elements } from '../../chemistry/elements.ts'
import { compactSelection, maskOf } from '../../chemistry/selection/index.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { messageOf } from '../../errors.ts'
import { NUDGES, type NudgeName } from '../handling.ts'
import { nameOfAtom } from '../measuring.ts'
import { trajectory } from '../playing/signals.ts'
import { invertSelection, select, selectAll, selectByWords } from '../selecting.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { decimal, plural } from '../words.ts'
import { CloseIcon } from './icons.tsx'

/** Longest selection that is spelt out. */
const MOST_LETTERS = 60

/** What is selected, what it measures, and what can be done to it. */
export function SelectionPanel({ session }: { session: Session | null }) {
  const { openPanels, selection, structure } = state
  const chosen = selection.value
  if (!structure.value || (chosen.length === 0 && !openPanels.value.has('selection'))) return null
  // There is room for one sheet.
  if (state.isNarrow() && openPanels.value.size > 0 && !openPanels.value.has('selection')) return null
  const close = () => {
    select([])
    state.togglePanel('selection', false)
  }
  return (
    <section class="panel selection" data-inset="right" aria-label="Selection" data-testid="selection-panel">
      <header class="panel-head">
        <h2 data-testid="selection-title">{titleOf(structure.value, chosen)}</h2>
        <button type="button" class="tool" aria-label="Select nothing" onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <Words />
      <div class="chips">
        <button type="button" class="chip" onClick={selectAll}>
          All
        </button>
        <button type="button" class="chip" onClick={invertSelection}>
          Invert
        </button>
        <button type="button" class="chip" onClick={() => selectByWords('same molecule as', chosen)}>
          Molecule
        </button>
      </div>
      {chosen.length > 0 && (
        <>
          <Measure session={session} />
          {/* Frames of a file are what they are. */}
          {!trajectory.value && <Actions session={session} chosen={chosen} />}
          {!trajectory.value && <Edits session={session} chosen={chosen} />}
        </>
      )}
    </section>
  )
}

function titleOf(structure: Structure, chosen: readonly number[]): string {
  if (chosen.length === 0) return 'Select'
  if (chosen.length > 1) return plural(chosen.length, 'atom')
  return `${nameOfAtom(structure, chosen[0])}, ${elementOf(structure.atomicNumbers[chosen[0]]).name.toLowerCase()}`
}

/** A field for selections in words. */
function Words() {
  const complaint = useSignal<string | null>(null)
  const { selection, structure } = state
  const atoms = structure.value?.atomicNumbers.length ?? 0
  const spelt = selection.value.length ? compactSelection(maskOf(selection.value, atoms)) : ''
  return (
    <form
      class="words"
      onSubmit={(event) => {
        event.preventDefault()
        const text = new FormData(event.currentTarget).get('words') as string
        try {
          selectByWords(text)
          complaint.value = null
        } catch (error) {
          complaint.value = messageOf(error)
        }
      }}
    >
      <input
        name="words"
        type="text"
        data-testid="selection-words"
        aria-label="Selection in words"
        aria-describedby="selection-complaint"
        placeholder="element O and within 3 of (index 0)"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={spelt.length > MOST_LETTERS ? '' : spelt}
      />
      <p id="selection-complaint" class="complaint" aria-live="polite">
        {complaint.value}
      </p>
    </form>
  )
}

function Measure({ session }: { session: Session | null }) {
  const { measure, monitors } = state
  if (!measure.value) return null
  const { name, value, unit, step } = measure.value
  const followed = monitors.value.some((monitor) => monitor.name === name)
  return (
    <div class="measure" data-testid="measure" data-step={step}>
      <span class="measure-name">{name}</span>
      <strong>
        {decimal(value, unit === 'Å' ? 3 : 1)} {unit}
      </strong>
      <button
        type="button"
        class="chip"
        aria-pressed={followed}
        onClick={() => session?.handling.toggleMonitor()}
      >
        Plot
      </button>
    </div>
  )
}

interface ChosenProps {
  readonly session: Session | null
  readonly chosen: readonly number[]
}

function Actions({ session, chosen }: ChosenProps) {
  const pinned = chosen.every((atom) => state.held.value.has(atom))
  return (
    // What is being made would know nothing of it.
    <fieldset class="chips" aria-label="Motion" disabled={state.busy.value !== null}>
      <button
        type="button"
        class="chip"
        data-testid="pin"
        aria-pressed={pinned}
        title="Holds them fast where they are"
        onClick={() => void session?.handling.togglePins()}
      >
        Pin
      </button>
      {(Object.keys(NUDGES) as NudgeName[]).map((name) => (
        <button
          key={name}
          type="button"
          class="chip"
          title={NUDGES[name].help}
          onClick={() => void session?.handling.nudge(name)}
        >
          {NUDGES[name].title}
        </button>
      ))}
    </fieldset>
  )
}

function Edits({ session, chosen }: ChosenProps) {
  const element = state.structure.value?.atomicNumbers[chosen[0]] ?? 6
  const busy = state.busy.value !== null
  return (
    <fieldset class="chips" aria-label="Edit" disabled={busy}>
      <button type="button" class="chip" data-testid="delete" onClick={() => void session?.editing.remove()}>
        Delete
      </button>
      <button type="button" class="chip" onClick={() => void session?.editing.duplicate()}>
        Duplicate
      </button>
      <label class="chip chip-select">
        <span class="sr-only">Change the element</span>
        <select
          data-testid="element"
          value={element}
          onChange={(event) => void session?.editing.mutate(Number(event.currentTarget.value))}
        >
          {elements.map(({ symbol, atomicNumber }) => (
            <option key={symbol} value={atomicNumber}>
              {symbol}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  )
}
