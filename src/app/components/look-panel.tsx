import { ARROWS, type ArrowName } from '../../viewer/arrows.ts'
import { colorAt } from '../../viewer/color-maps.ts'
import { chargesOf, coloringOf, colorings } from '../../viewer/colorings.ts'
import { placements } from '../../viewer/placement.ts'
import { canColor, canDraw } from '../playing/signals.ts'
import type { Session } from '../session.ts'
import { type Theme, themes } from '../settings.ts'
import * as state from '../state.ts'
import { chooseTheme, theme } from '../theme.ts'
import { significant } from '../words.ts'
import { AttentionControl } from './attention.tsx'
import { Choice } from './choice.tsx'
import { CloseIcon } from './icons.tsx'
import { Pictures } from './pictures.tsx'
import { css, Scale } from './scale.tsx'
import { StylePicker } from './style-picker.tsx'
import { Switch } from './switch.tsx'

const THEMES: Readonly<Record<Theme, string>> = { system: 'As the system', dark: 'Dark', light: 'Light' }

/** How the picture looks: colours, arrows, lines, projection; and how it leaves the page. */
export function LookPanel({ session }: { session: Session | null }) {
  const { openPanels, coloring, arrows, projection, outline, turntable, structure } = state
  if (!openPanels.value.has('look')) return null
  const close = () => state.togglePanel('look', false)
  const hasCharges = structure.value !== null && chargesOf(structure.value) !== null
  const toggle = (name: ArrowName, on: boolean) => {
    const shown = new Set(arrows.value)
    if (on) shown.add(name)
    else shown.delete(name)
    arrows.value = shown
  }
  return (
    <section class="panel look" data-inset="left" aria-label="Look" data-testid="look-panel">
      <header class="panel-head">
        <h2>Look</h2>
        <button type="button" class="tool" aria-label="Close the look" onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <div class="look-styles">
        <StylePicker />
      </div>
      <Choice
        label="Colour by"
        testId="coloring"
        value={coloring.value}
        options={colorings
          .filter(({ name }) => (name !== 'charge' || hasCharges) && canColor(name))
          .map(({ name, title }) => [name, title])}
        set={(name) => {
          coloring.value = name
        }}
      />
      {(Object.keys(ARROWS) as ArrowName[]).filter(canDraw).map((name) => (
        <Switch
          key={name}
          label={`${ARROWS[name].title} as arrows`}
          testId={`arrows-${name}`}
          on={arrows.value.has(name)}
          set={(on) => toggle(name, on)}
        />
      ))}
      <AttentionControl />
      <CellControls />
      <Switch
        label="Outlines"
        testId="outline"
        on={outline.value}
        set={(on) => {
          outline.value = on
        }}
      />
      <Switch
        label="Perspective"
        testId="perspective"
        on={projection.value === 'perspective'}
        set={(on) => {
          projection.value = on ? 'perspective' : 'orthographic'
        }}
      />
      <Switch
        label="Turntable"
        testId="turntable"
        on={turntable.value}
        set={(on) => {
          turntable.value = on
        }}
      />
      <Choice
        label="Page"
        testId="theme"
        value={theme.value}
        options={themes.map((name) => [name, THEMES[name]])}
        set={chooseTheme}
      />
      <Pictures session={session} />
    </section>
  )
}

/** How a structure that repeats is shown. */
function CellControls() {
  const { structure, placement, images } = state
  if (!structure.value?.cell || !structure.value.periodic.some(Boolean)) return null
  return (
    <>
      <Choice
        label="In the cell"
        testId="placement"
        value={placement.value}
        options={placements.map(({ name, title }) => [name, title])}
        set={(name) => {
          placement.value = name
        }}
        help="Atoms move out of the cell as they diffuse; the picture may bring them back."
      />
      <Switch
        label="Periodic images"
        testId="images"
        on={images.value}
        set={(on) => {
          images.value = on
        }}
      />
    </>
  )
}

/** What the colours mean, where they are numbers. */
export function Legend() {
  const { map, title, unit } = coloringOf(state.coloring.value)
  const range = state.colorRange.value
  if (!map || !range) return null
  return (
    <Scale
      testId="legend"
      label={`Colours: ${title}`}
      title={title}
      unit={unit}
      colors={Array.from({ length: 24 }, (_, i) => ({ fill: css(colorAt(map, i / 23)) }))}
      ends={[significant(range[0]), significant(range[1])]}
    />
  )
}
