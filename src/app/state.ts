import { computed, signal } from '@preact/signals'
import type { Structure } from '../chemistry/structure.ts'
import type { Report, Thermostat } from '../dynamics/types.ts'
import type { AttentionHead } from '../models/attention.ts'
import type { ModelCard } from '../models/force-field.ts'
import type { ArrowName } from '../viewer/arrows.ts'
import type { ColoringName } from '../viewer/colorings.ts'
import type { Projection } from '../viewer/lens.ts'
import { firstLook, type Look } from '../viewer/look.ts'
import type { PickedAtom } from '../viewer/picker.ts'
import type { PlacementName } from '../viewer/placement.ts'
import type { StyleName } from '../viewer/styles.ts'
import type { Tool } from '../viewer/viewer.ts'
import type { Waiting } from './files.ts'
import { History, nanosecondsPerDay } from './history.ts'
import type { Monitor } from './monitors.ts'
import { type Speed, settings } from './settings.ts'

/** What the page as a whole is doing. */
export type Phase =
  | 'starting'
  | 'running'
  | 'paused'
  /** WebGPU is missing or has no adapter. */
  | 'unsupported'
  /** The first load failed: nothing to simulate. */
  | 'error'
  /** The GPU device is gone. */
  | 'lost'

/** A way out that is offered beside a message. */
export interface Action {
  readonly label: string
  run(): void
}

export interface Notice {
  readonly id: number
  /** Something could not be done; something is not as it should be, and goes on; something was understood. */
  readonly kind: 'error' | 'warning' | 'info'
  readonly text: string
  /** The best one first. */
  readonly actions: readonly Action[]
}

export type Panel = 'gallery' | 'card' | 'conditions' | 'plots' | 'look' | 'selection'

export const phase = signal<Phase>('starting')
/** Why, where the phase needs words. */
export const phaseDetail = signal('')
/** What is being loaded, or null. */
export const busy = signal<string | null>('Starting…')
export const notices = signal<readonly Notice[]>([])

export const gpuName = signal('')
export const software = signal(false)
export const structure = signal<Structure | null>(null)
export const card = signal<ModelCard | null>(null)
/** Files that are held back until the card panel has an answer. */
export const asking = signal<Waiting | null>(null)
export const report = signal<Report | null>(null)
export const stepsPerSecond = signal<number | null>(null)

export const playing = signal(true)
export const thermostatOn = signal(true)
/** Which one, where it is on. */
export const thermostatKind = signal<Exclude<Thermostat['kind'], 'none'>>('langevin')
export const barostatOn = signal(false)
export const temperature = signal<number>(settings.temperature.initial)
export const friction = signal<number>(settings.friction.initial)
export const relaxation = signal<number>(settings.relaxation.initial)
export const pressure = signal<number>(settings.pressure.initial)
export const speed = signal<Speed>('full')
export const timestep = signal<number>(settings.timestep.initial)

/** Whether attention weights are drawn, and whose, counted from 0: those of a head that the force field need not have. */
export const attentionOn = signal(false)
export const attentionHead = signal<AttentionHead>({ layer: 0, head: 0 })
/** The head whose weights are drawn; null for none. */
export const attention = computed<AttentionHead | null>(() => {
  const size = card.value?.attention
  const { layer, head } = attentionHead.value
  if (!attentionOn.value || !size) return null
  return { layer: Math.min(layer, size.layers - 1), head: Math.min(head, size.heads - 1) }
})
/** The weight from which on lines are opaque; null while it is not known. */
export const opaqueWeight = signal<number | null>(null)

/** How the picture looks. */
export const style = signal<StyleName>(firstLook.style)
export const coloring = signal<ColoringName>(firstLook.coloring)
export const arrows = signal<ReadonlySet<ArrowName>>(firstLook.arrows)
export const projection = signal<Projection>(firstLook.projection)
export const outline = signal(firstLook.outline)
export const turntable = signal(firstLook.turntable)
export const placement = signal<PlacementName>(firstLook.placement)
export const images = signal(firstLook.images)
export const look = computed<Look>(() => ({
  style: style.value,
  coloring: coloring.value,
  arrows: arrows.value,
  attention: attention.value,
  projection: projection.value,
  outline: outline.value,
  turntable: turntable.value,
  placement: placement.value,
  images: images.value,
}))
/** A picture that is saved: picture elements per CSS pixel of the window, and whether it has no backdrop. */
export const pictureScale = signal(2)
export const pictureTransparent = signal(true)
/** A film that is being made; null for none. */
export const filming = signal<{
  readonly kind: 'live' | 'turntable'
  /** Of the film, so far. */
  readonly seconds: number
  /** Of a turn that is filmed frame by frame; null for what ends when the user says so. */
  readonly share: number | null
} | null>(null)
/** What the scale of colours spans, in its unit; null where there is none. */
export const colorRange = signal<readonly [number, number] | null>(null)

/** What dragging on the picture does. */
export const tool = signal<Tool>('turn')

export function toggleTool(name: 'pull' | 'select'): void {
  tool.value = tool.value === name ? 'turn' : name
}

/** Atoms, counted from 0, in the order in which they were chosen. */
export const selection = signal<readonly number[]>([])
/** The atom under the pointer, and where that is in the window. */
export const hovered = signal<{ readonly picked: PickedAtom; readonly x: number; readonly y: number } | null>(
  null,
)
/** What is being drawn around atoms, CSS pixels of the window. */
export const surrounding = signal<readonly (readonly [x: number, y: number])[] | null>(null)
/** Atoms held fast where they are. */
export const held = signal<ReadonlySet<number>>(new Set())

/** What the selected two to four atoms measure now. */
export const measure = signal<{
  readonly name: string
  readonly value: number
  readonly unit: 'Å' | '°'
  /** Of the run, when it was measured. */
  readonly step: number
} | null>(null)
export const monitors = signal<readonly Monitor[]>([])

/** What Ctrl+Z and Ctrl+Y would do, in words; null for nothing. */
export const undoable = signal<{ readonly undo: string | null; readonly redo: string | null }>({
  undo: null,
  redo: null,
})

/** The recorded past: how many moments, which one is shown (null: the present), and its time in fs. */
export const timeline = signal<{ readonly length: number; readonly at: number | null }>({
  length: 0,
  at: null,
})

/** Frames recorded so far, or null where nothing is recorded. */
export const recording = signal<number | null>(null)

/** Whether the cell of what is simulated repeats along all axes, as a barostat needs it. */
export const periodic = computed(() => {
  const { value } = structure
  return value !== null && value.cell !== null && value.periodic.every(Boolean)
})

export const openPanels = signal<ReadonlySet<Panel>>(new Set())
export const helpOpen = signal(false)
export const dragging = signal(false)

export const history = new History()
/** Raised whenever `history` has something new. */
export const historyVersion = signal(0)

export const nsPerDay = computed(() =>
  stepsPerSecond.value === null ? null : nanosecondsPerDay(stepsPerSecond.value, timestep.value),
)

let lastNotice = 0

/**
 * Shows a message until it is dismissed; information goes by itself.
 * @returns what to dismiss it by
 */
export function notify(kind: Notice['kind'], text: string, actions: readonly Action[] = []): number {
  const id = ++lastNotice
  // The same complaint twice is one complaint.
  const others = notices.value.filter((notice) => notice.text !== text)
  notices.value = [...others.slice(-3), { id, kind, text, actions }]
  if (kind === 'info') setTimeout(() => dismiss(id), 6000)
  return id
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}

/** Where the page is narrow one panel is open at a time: style sheets use the same bound. */
export const isNarrow = (): boolean => matchMedia('(max-width: 899px)').matches

/** Panels that take the same room. */
const RIVALS: Partial<Record<Panel, Panel>> = { gallery: 'look', look: 'gallery' }

export function togglePanel(panel: Panel, open = !openPanels.value.has(panel)): void {
  const panels = new Set(open && isNarrow() ? [] : openPanels.value)
  const rival = RIVALS[panel]
  if (open && rival) panels.delete(rival)
  if (open) panels.add(panel)
  else panels.delete(panel)
  openPanels.value = panels
}

/** Asks in the card panel what a file cannot be loaded without. */
export function askFor(waiting: Waiting): void {
  asking.value = waiting
  togglePanel('card', true)
}
