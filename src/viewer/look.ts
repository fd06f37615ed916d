import type { AttentionHead } from '../models/attention.ts'
import type { ArrowName } from './arrows.ts'
import type { ColoringName } from './colorings.ts'
import type { Projection } from './lens.ts'
import type { PlacementName } from './placement.ts'
import { type Style, type StyleName, styleOf } from './styles.ts'

/** Everything about the picture that a user may choose. */
export interface Look {
  readonly style: StyleName
  readonly coloring: ColoringName
  readonly arrows: ReadonlySet<ArrowName>
  /** Whose weights are drawn between atoms; null for none. */
  readonly attention: AttentionHead | null
  readonly projection: Projection
  /** Whether a dark line is drawn around every shape. */
  readonly outline: boolean
  /** Whether the picture turns by itself. */
  readonly turntable: boolean
  /** Where atoms of a periodic structure are drawn. */
  readonly placement: PlacementName
  /** Whether its images are drawn around it. */
  readonly images: boolean
}

export const firstLook: Look = {
  style: 'ball-and-stick',
  coloring: 'element',
  arrows: new Set(),
  attention: null,
  projection: 'perspective',
  outline: false,
  turntable: false,
  placement: 'molecules',
  images: false,
}

/** Seconds in which one style becomes another. */
const STYLE_SECONDS = 0.25

/** What grows from one style into the next. */
export type Sizes = Pick<Style, 'ballScale' | 'ballBase' | 'stickRadius' | 'tubeRadius' | 'point'>
const SIZES = ['ballScale', 'ballBase', 'stickRadius', 'tubeRadius', 'point'] as const

/** Sizes of atoms and bonds, on their way from one style to the next. */
export class StyleMotion {
  readonly now: { -readonly [name in keyof Sizes]: number } = { ...styleOf(firstLook.style) }

  /** Moves on; false once the style has been reached. */
  approach(name: StyleName, seconds: number, calm: boolean): boolean {
    const goal = styleOf(name)
    const share = calm ? 1 : 1 - Math.exp(-seconds / (STYLE_SECONDS / 3))
    let moved = false
    for (const size of SIZES) {
      const gap = goal[size] - this.now[size]
      if (gap === 0) continue
      moved = true
      this.now[size] = Math.abs(gap) < 1e-3 ? goal[size] : this.now[size] + gap * share
    }
    return moved
  }
}
