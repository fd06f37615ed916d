import type { Signal } from '@preact/signals'
import type { Session } from '../session.ts'
import { clampSetting, type SettingName, settings } from '../settings.ts'
import * as state from '../state.ts'
import { decimal } from '../words.ts'

/** Under which conditions the atoms move. Every change acts at once. */
export function Conditions({ session }: { session: Session | null }) {
  const { thermostatOn, openPanels, report } = state
  const measured = report.value ? `${decimal(report.value.temperature, 0)} K` : '–'
  return (
    <section
      class="panel conditions"
      data-inset="left"
      data-open={openPanels.value.has('conditions')}
      aria-label="Conditions"
    >
      <header class="panel-head">
        <h2>Conditions</h2>
        <span class="reading" data-testid="measured-temperature" title="Temperature now">
          {measured}
        </span>
      </header>
      <label class="switch">
        <span>
          Thermostat
          <small>{thermostatOn.value ? 'Langevin: constant temperature' : 'off: constant energy'}</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-checked={thermostatOn.value}
          data-testid="thermostat"
          checked={thermostatOn.value}
          disabled={!session}
          onChange={(event) => {
            thermostatOn.value = event.currentTarget.checked
          }}
        />
      </label>
      <Control name="temperature" value={state.temperature} disabled={!session || !thermostatOn.value} />
      <Control
        name="friction"
        value={state.friction}
        disabled={!session || !thermostatOn.value}
        logarithmic
      />
      <Control name="timestep" value={state.timestep} disabled={!session} />
    </section>
  )
}

interface ControlProps {
  name: SettingName
  value: Signal<number>
  disabled: boolean
  /** Equal ways on the slider are equal factors. */
  logarithmic?: boolean
}

const SLIDER_STEPS = 200

/** A slider for the hand and a field for the exact number. */
function Control({ name, value, disabled, logarithmic = false }: ControlProps) {
  const { label, unit, min, max, step, help } = settings[name]
  const id = `setting-${name}`
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const set = (next: number) => {
    value.value = clampSetting(name, next)
  }
  const round = (x: number) => Number((Math.round(x / step) * step).toFixed(digits))
  const position = logarithmic
    ? (SLIDER_STEPS * Math.log(value.value / min)) / Math.log(max / min)
    : value.value
  return (
    <div class="control" data-disabled={disabled}>
      <label for={id} title={help}>
        {label}
      </label>
      <span class="number">
        <input
          id={id}
          type="number"
          data-testid={name}
          min={min}
          max={max}
          step={step}
          value={Number(value.value.toFixed(digits + 1))}
          disabled={disabled}
          aria-describedby={`${id}-unit`}
          onChange={(event) => {
            const typed = event.currentTarget.valueAsNumber
            if (Number.isFinite(typed)) set(typed)
            event.currentTarget.value = String(value.value)
          }}
        />
        <span id={`${id}-unit`} class="unit">
          {unit}
        </span>
      </span>
      <input
        type="range"
        data-testid={`${name}-slider`}
        aria-label={`${label}, ${unit}`}
        aria-valuetext={`${value.value} ${unit}`}
        min={logarithmic ? 0 : min}
        max={logarithmic ? SLIDER_STEPS : max}
        step={logarithmic ? 1 : step}
        value={position}
        disabled={disabled}
        onInput={(event) => {
          const at = event.currentTarget.valueAsNumber
          set(round(logarithmic ? min * (max / min) ** (at / SLIDER_STEPS) : at))
        }}
      />
    </div>
  )
}
