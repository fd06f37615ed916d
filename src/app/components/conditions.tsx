import type { Signal } from '@preact/signals'
import { thermostats } from '../../dynamics/conditions.ts'
import { trajectory } from '../playing/signals.ts'
import type { Session } from '../session.ts'
import { clampSetting, type SettingName, settings, speeds } from '../settings.ts'
import * as state from '../state.ts'
import { decimal } from '../words.ts'
import { Choice } from './choice.tsx'
import { Switch } from './switch.tsx'

/** Under which conditions the atoms move. Every change acts at once. */
export function Conditions({ session }: { session: Session | null }) {
  const { thermostatOn, thermostatKind, barostatOn, openPanels, report } = state
  const measured = report.value ? `${decimal(report.value.temperature, 0)} K` : '–'
  const cold = !session || !thermostatOn.value
  const pressure = report.value?.pressure
  const pinned = state.held.value.size > 0
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
      <Switch
        label="Thermostat"
        remark={thermostatOn.value ? 'constant temperature' : 'off: constant energy'}
        testId="thermostat"
        on={thermostatOn.value}
        set={(on) => {
          thermostatOn.value = on
        }}
        disabled={!session}
      />
      {thermostatOn.value && (
        <label class="choice">
          <span class="sr-only">Kind of thermostat</span>
          <select
            data-testid="thermostat-kind"
            disabled={!session}
            value={thermostatKind.value}
            onChange={(event) => {
              thermostatKind.value = event.currentTarget.value as typeof thermostatKind.value
            }}
          >
            {thermostats.map(({ kind, title, help }) => (
              <option key={kind} value={kind} title={help}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <Control name="temperature" value={state.temperature} disabled={cold} />
      {thermostatKind.value === 'langevin' ? (
        <Control name="friction" value={state.friction} disabled={cold} logarithmic />
      ) : (
        <Control name="relaxation" value={state.relaxation} disabled={cold} logarithmic />
      )}
      <Control name="timestep" value={state.timestep} disabled={!session} />
      <Choice
        label="Speed"
        testId="speed-limit"
        help="How much of the molecule's time passes in a second"
        disabled={!session}
        value={state.speed.value}
        options={speeds.map((speed) => [speed, speed === 'full' ? 'Full' : `${speed} fs a second`])}
        set={(speed) => {
          state.speed.value = speed
        }}
      />
      {state.periodic.value && (
        <>
          <Switch
            label="Barostat"
            remark={barostatRemark(barostatOn.value, pressure)}
            testId="barostat"
            on={barostatOn.value}
            set={(on) => {
              barostatOn.value = on
            }}
            disabled={cold || pinned}
          />
          {barostatOn.value && !pinned && <Control name="pressure" value={state.pressure} disabled={cold} />}
        </>
      )}
      <button
        type="button"
        class="button wide"
        data-testid="relax"
        title="To the nearest minimum of the energy, and on from there"
        disabled={!session || state.busy.value !== null || trajectory.value !== null}
        onClick={() => void session?.relax()}
      >
        Relax the structure
      </button>
    </section>
  )
}

const barostatRemark = (on: boolean, pressure: number | null | undefined): string => {
  if (!state.thermostatOn.value) return 'needs the thermostat'
  // It would move them with the cell.
  if (state.held.value.size > 0) return 'off while atoms are pinned'
  if (!on || typeof pressure !== 'number') return 'off: constant volume'
  return `now ${decimal(pressure, 0)} bar`
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
