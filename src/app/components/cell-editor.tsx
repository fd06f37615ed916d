import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type CellParameters, parametersOf } from '../../chemistry/cell-parameters.ts'
import { suggestedCell } from '../../chemistry/edit/enclosing.ts'
import type { Structure } from '../../chemistry/structure.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { Switch } from './switch.tsx'

type Three<T> = readonly [T, T, T]

/** Å that a suggested cell leaves between a molecule and its images; more where the force field sees further. */
const ROOM = 10

const AXES = ['a', 'b', 'c'] as const
const ANGLES = ['α', 'β', 'γ'] as const

interface EditorProps {
  readonly session: Session | null
  readonly disabled: boolean
}

/** What can be done to the cell as a whole: given, changed, repeated, removed. */
export function CellEditor({ session, disabled }: EditorProps) {
  const { structure } = state
  if (!structure.value) return null
  const { cell } = structure.value
  return (
    <div id="cell-panel" class="cell-editor" data-testid="cell-panel">
      <Measures session={session} disabled={disabled} structure={structure.value} />
      {cell && <Repeats session={session} disabled={disabled} />}
    </div>
  )
}

/** Lengths, angles and axes. What has been typed is kept until there is another structure; until then fields follow the cell. */
function Measures({ session, disabled, structure }: EditorProps & { readonly structure: Structure }) {
  const typed = useSignal<Readonly<Record<string, number>>>({})
  const axes = useSignal<Three<boolean> | null>(null)
  const scale = useSignal(false)
  useEffect(() => {
    typed.value = {}
    axes.value = null
  }, [structure])
  const open = structure.cell === null
  const repeats = axes.value ?? (open ? [true, true, true] : structure.periodic)
  const { lengths, angles } = shown(structure)
  const number = (name: string, now: number) => typed.value[name] ?? now
  const three = (names: Three<string>, now: Three<number>): Three<number> => [
    number(names[0], now[0]),
    number(names[1], now[1]),
    number(names[2], now[2]),
  ]
  const fields = (names: Three<string>, now: Three<number>, unit: string, least: string) => (
    <div class="cell-row">
      {names.map((name, axis) => (
        <label key={name} class="cell-field">
          <span>{name}</span>
          <input
            type="number"
            data-testid={`cell-${name}`}
            aria-label={`${name}, ${unit}`}
            min={least}
            step="any"
            value={textOf(number(name, Number(now[axis].toFixed(3))))}
            onChange={(event) => {
              typed.value = { ...typed.value, [name]: event.currentTarget.valueAsNumber }
            }}
          />
        </label>
      ))}
      <span class="unit">{unit}</span>
    </div>
  )
  return (
    <form
      noValidate
      aria-label="Cell"
      onSubmit={(event) => {
        event.preventDefault()
        void session?.editing.setCell({
          lengths: three(AXES, lengths),
          angles: three(ANGLES, angles),
          periodic: repeats,
          scale: scale.value,
        })
      }}
    >
      <fieldset disabled={disabled}>
        {fields(AXES, lengths, 'Å', '0')}
        {fields(ANGLES, angles, '°', '0')}
        <fieldset class="cell-row" aria-label="Axes that repeat">
          <span class="choice-label">Repeats along</span>
          {AXES.map((name, axis) => (
            <button
              key={name}
              type="button"
              class="chip"
              data-testid={`periodic-${name}`}
              aria-pressed={repeats[axis]}
              onClick={() => {
                const [a, b, c] = repeats.map((on, k) => (k === axis ? !on : on))
                axes.value = [a, b, c]
              }}
            >
              {name}
            </button>
          ))}
        </fieldset>
        {!open && (
          <Switch
            label="Scale the atoms with it"
            testId="scale-atoms"
            on={scale.value}
            set={(on) => {
              scale.value = on
            }}
            disabled={disabled}
          />
        )}
        <div class="cell-row">
          <button type="submit" class="chip" data-testid="set-cell">
            {open ? 'Give it this cell' : 'Set the cell'}
          </button>
          {!open && (
            <button
              type="button"
              class="chip"
              data-testid="remove-cell"
              title="An open system; molecules that the cell cuts are made whole"
              onClick={() => void session?.editing.removeCell()}
            >
              Remove cell
            </button>
          )}
        </div>
      </fieldset>
    </form>
  )
}

/** A field that has been emptied stays so. */
const textOf = (value: number) => (Number.isFinite(value) ? value : '')

/** What fields begin with: the cell as it is now, or one that is suggested. */
function shown(structure: Structure): CellParameters {
  const now = structure.cell && state.periodic.value ? state.report.value?.cell : null
  if (now) return parametersOf(now)
  return suggestedCell(structure, Math.max(ROOM, state.card.value?.cutoff ?? 0))
}

/** How often the cell is to be repeated along each axis. */
function Repeats({ session, disabled }: EditorProps) {
  const counts = useSignal<Three<number>>([2, 2, 2])
  return (
    <form
      noValidate
      aria-label="Supercell"
      onSubmit={(event) => {
        event.preventDefault()
        void session?.editing.repeatCell(counts.value)
      }}
    >
      <fieldset class="cell-row" disabled={disabled}>
        {AXES.map((name, axis) => (
          <label key={name} class="cell-count">
            {axis > 0 && <span aria-hidden="true">×</span>}
            <input
              type="number"
              data-testid={`repeat-${name}`}
              aria-label={`Copies along ${name}`}
              min={1}
              step={1}
              value={textOf(counts.value[axis])}
              onChange={(event) => {
                const [a, b, c] = counts.value.map((n, k) =>
                  k === axis ? event.currentTarget.valueAsNumber : n,
                )
                counts.value = [a, b, c]
              }}
            />
          </label>
        ))}
        <button
          type="submit"
          class="chip"
          data-testid="repeat-cell"
          title="A supercell: so many copies side by side"
        >
          Repeat
        </button>
      </fieldset>
    </form>
  )
}
