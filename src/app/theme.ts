import { computed, effect, signal } from '@preact/signals'
import { type Theme, themes } from './settings.ts'

const KEPT_AS = 'tumble-theme'
const light = matchMedia('(prefers-color-scheme: light)')

/** What was chosen on an earlier visit; browsers may keep a page from remembering. */
function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEPT_AS)
    return themes.find((theme) => theme === kept) ?? 'system'
  } catch {
    return 'system'
  }
}

export const theme = signal<Theme>(remembered())
const systemIsLight = signal(light.matches)

/** What the page looks like now. */
export const scheme = computed<'light' | 'dark'>(() =>
  theme.value === 'system' ? (systemIsLight.value ? 'light' : 'dark') : theme.value,
)

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  try {
    localStorage.setItem(KEPT_AS, chosen)
  } catch {
    // It holds for this visit.
  }
}

/** Hands the choice to the style sheets. To be called before anything is drawn. */
export function followTheme(): void {
  light.addEventListener('change', ({ matches }) => {
    systemIsLight.value = matches
  })
  effect(() => {
    const { dataset } = document.documentElement
    if (theme.value === 'system') delete dataset.theme
    else dataset.theme = theme.value
    // What browsers colour their own frame with.
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'))
      meta.content = inkOf('ground')
  })
}

/** Names of colours in styles/base.css, without their dashes. */
export type Ink = 'accent' | 'ink' | 'warning' | 'chart-quiet' | 'chart-grid' | 'backdrop' | 'ground'

const colors = new Map<string, string>()

/** A colour of the style sheet as canvases understand it: they do not read style sheets. */
export function inkOf(name: Ink): string {
  const key = `${scheme.value} ${name}`
  const known = colors.get(key)
  if (known) return known
  const probe = document.createElement('span')
  probe.style.color = `var(--${name})`
  document.documentElement.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  colors.set(key, color)
  return color
}
