import type { AttentionHead } from '../../models/attention.ts'
import { SIGNS } from '../../viewer/attention-lines.ts'
import { trajectory } from '../playing/signals.ts'
import * as state from '../state.ts'
import { significant } from '../words.ts'
import { css, Scale } from './scale.tsx'
import { Switch } from './switch.tsx'

/** Whether attention weights are drawn between atoms, and which head's. */
export function AttentionControl() {
  const { card, attention, attentionOn } = state
  // A file's frames come without the network's numbers.
  if (!card.value || trajectory.value) return null
  const { attention: size } = card.value
  const head = attention.value
  return (
    <>
      <Switch
        label="Attention as lines"
        remark={
          size ? (head ? 'Next to an atom: how it weighs the other' : undefined) : 'This force field has none'
        }
        testId="attention"
        on={head !== null}
        disabled={!size}
        set={(on) => {
          attentionOn.value = on
        }}
      />
      {size && head && (
        <div class="choice">
          <Numbered name="layer" label="Layer" count={size.layers} at={head} />
          <Numbered name="head" label="Head" count={size.heads} at={head} />
        </div>
      )}
    </>
  )
}

/** One of the two numbers that name a head, which people count from 1. */
function Numbered({
  name,
  label,
  count,
  at,
}: {
  name: keyof AttentionHead
  label: string
  count: number
  at: AttentionHead
}) {
  return (
    <label class="numbered">
      <span class="choice-label">{label}</span>
      <select
        data-testid={`attention-${name}`}
        value={at[name]}
        onChange={(event) => {
          state.attentionHead.value = { ...at, [name]: Number(event.currentTarget.value) }
        }}
      >
        {Array.from({ length: count }, (_, k) => (
          <option key={String(k)} value={k}>
            {k + 1}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What a line's colour and opacity mean: opaque at the ends, nothing in the middle. */
export function AttentionLegend() {
  const head = state.attention.value
  const opaque = state.opaqueWeight.value
  if (!head || opaque === null) return null
  const end = significant(opaque)
  const of = state.selection.value.length > 0 ? ', of what is selected' : ''
  return (
    <Scale
      testId="attention-legend"
      title={`Attention, layer ${head.layer + 1}, head ${head.head + 1}${of}`}
      label="Lines: attention"
      colors={Array.from({ length: 25 }, (_, i) => {
        const weight = i / 12 - 1
        return { fill: css(weight < 0 ? SIGNS.negative : SIGNS.positive), opacity: Math.abs(weight) }
      })}
      ends={[`≤ −${end}`, `≥ ${end}`]}
    />
  )
}
