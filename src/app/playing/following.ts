import { effect } from '@preact/signals'
import { coloringOf } from '../../viewer/colorings.ts'
import type { Viewer } from '../../viewer/viewer.ts'
import type { Loop } from '../loop.ts'
import * as state from '../state.ts'
import { measureSelection, seriesOf } from './geometry.ts'
import type { Player } from './player.ts'
import { canColor, canDraw, frame, trajectory } from './signals.ts'

/** ms between two looks at what the scale of colours spans. */
const SCALE_EVERY = 200

/** Whatever follows from the frame that is shown: its cell, what is measured in it, the scale of its colours. */
export function followFrames(loop: Loop, viewer: Viewer, readScale: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = effect(() => {
    const shown = trajectory.value
    const cell = shown?.frames.cellAt(frame.value)
    if (!shown || !loop.player) return
    if (cell) viewer.setCell(cell)
    measureSelection()
    if (coloringOf(state.coloring.value).live === null) return
    timer ??= setTimeout(() => {
      timer = undefined
      void readScale()
    }, SCALE_EVERY)
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}

/** The page is about a trajectory from now on: what the file lacks is not shown, what was plotted is of its frames. */
export function beginShowing(player: Player): void {
  const shown = player.trajectory
  trajectory.value = shown
  frame.value = player.at
  if (!canColor(state.coloring.value)) state.coloring.value = 'element'
  const arrows = [...state.arrows.value].filter(canDraw)
  if (arrows.length < state.arrows.value.size) state.arrows.value = new Set(arrows)
  if (state.tool.value === 'pull') state.tool.value = 'turn'
  state.held.value = new Set()
  state.monitors.value = state.monitors.value.map((monitor) => ({
    ...monitor,
    ...seriesOf(shown, monitor.atoms),
  }))
}

/** A simulation runs again. */
export function endShowing(): void {
  trajectory.value = null
}
