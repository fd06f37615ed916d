import { computed, signal } from '@preact/signals'
import type { ArrowName } from '../../viewer/arrows.ts'
import type { ColoringName } from '../../viewer/colorings.ts'
import { RATES } from './pacing.ts'
import type { Trajectory } from './trajectory.ts'

/** What is shown in place of a simulation, or null where one runs. */
export const trajectory = signal<Trajectory | null>(null)
/** The frame that is shown, counted from 0. */
export const frame = signal(0)
/** Frames per second. */
export const rate = signal<number>(RATES[2].rate)
/** Whether the first frame follows the last. */
export const looping = signal(true)

/** fs of the frame that is shown; null where the file does not say. */
export const frameTime = computed(() => trajectory.value?.frames.times?.[frame.value] ?? null)

/** Whether the atoms that are shown can be coloured so: a file may lack what a simulation knows. */
export function canColor(name: ColoringName): boolean {
  const { value } = trajectory
  if (!value || !NEEDS[name]) return true
  return name !== 'energy' && value.frames[NEEDS[name]] !== null
}

export const canDraw = (arrows: ArrowName): boolean =>
  trajectory.value === null || trajectory.value.frames[arrows] !== null

const NEEDS: Partial<Record<ColoringName, 'velocities' | 'forces'>> = {
  speed: 'velocities',
  force: 'forces',
  energy: 'forces',
}
