import type { PickedAtom } from './picker.ts'

/** What became of a question for an atom: the page works without the answer, and whoever looks is told. */
const fail = (error: unknown): void => console.error(error)

/** CSS pixels a press may wander and still be a click, and ms it may last. */
const CLICK_PIXELS = 5
const CLICK_MS = 500
/** ms between two clicks of a double click. */
const DOUBLE_MS = 350

/** A corner of what was drawn around atoms, CSS pixels of the window. */
export type Corner = readonly [x: number, y: number]

/** What pointing means to whoever shows the picture. */
export interface Pointing {
  /** The atom under the pointer, or null; where the pointer is. */
  hover(picked: PickedAtom | null, at: Corner): void
  /** @param extend whether Shift was held */
  click(picked: PickedAtom | null, extend: boolean): void
  doubleClick(picked: PickedAtom | null): void
  /** What is being drawn around atoms; null when it is done with. */
  outline(corners: readonly Corner[] | null): void
  /** Atoms were drawn around. */
  surround(corners: readonly Corner[], extend: boolean): void
}

/**
 * Clicks and hovering on the picture, and, where that is switched on, boxes (or, with Alt, free lines) drawn around atoms.
 * Whatever else is done with the pointer is the orbit's and the hand's.
 */
export class Pointer {
  /** Whether dragging draws around atoms. */
  surrounding = false
  private pressed: { id: number; x: number; y: number; time: number; extend: boolean } | null = null
  private lastClick = { time: Number.NEGATIVE_INFINITY, x: 0, y: 0 }
  private corners: Corner[] | null = null
  private looking = false
  private next: PointerEvent | null = null
  private readonly stop = new AbortController()

  constructor(
    element: HTMLElement,
    private readonly pick: (event: PointerEvent) => Promise<PickedAtom | null>,
    private readonly told: Pointing,
  ) {
    const { signal } = this.stop
    // Ahead of the orbit, which a line around atoms must not turn.
    const first = { signal, capture: true }
    element.addEventListener('pointerdown', this.down, first)
    element.addEventListener('pointermove', this.move, first)
    element.addEventListener('pointerup', this.up, first)
    element.addEventListener('pointercancel', this.cancel, first)
    element.addEventListener('pointerleave', this.leave, { signal })
  }

  private readonly down = (event: PointerEvent): void => {
    this.leave()
    if (event.button !== 0 || event.ctrlKey) return
    this.pressed = {
      ...{ id: event.pointerId, x: event.clientX, y: event.clientY },
      ...{ time: event.timeStamp, extend: event.shiftKey },
    }
    if (!this.surrounding) return
    event.stopImmediatePropagation()
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    this.corners = [[event.clientX, event.clientY]]
  }

  private readonly move = (event: PointerEvent): void => {
    const { pressed, corners } = this
    if (corners && pressed?.id === event.pointerId) {
      event.stopImmediatePropagation()
      const now: Corner = [event.clientX, event.clientY]
      if (event.altKey) corners.push(now)
      else {
        const [[x, y]] = corners
        this.corners = [[x, y], [now[0], y], now, [x, now[1]]]
      }
      this.told.outline(this.corners)
    } else if (event.buttons === 0 && event.pointerType !== 'touch') this.look(event)
  }

  /** One question at a time; the newest place is asked for when the answer has come. */
  private look(event: PointerEvent): void {
    this.next = event
    if (this.looking) return
    this.looking = true
    void this.pick(event)
      .then((picked) => {
        if (this.next) this.told.hover(picked, [event.clientX, event.clientY])
      })
      .catch(fail)
      .finally(() => {
        this.looking = false
        if (this.next && this.next !== event) this.look(this.next)
      })
  }

  private readonly leave = (): void => {
    this.next = null
    this.told.hover(null, [0, 0])
  }

  private readonly up = (event: PointerEvent): void => {
    const { pressed, corners } = this
    if (pressed?.id !== event.pointerId) return
    this.pressed = null
    this.corners = null
    const wandered = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y)
    const isClick = wandered <= CLICK_PIXELS && event.timeStamp - pressed.time < CLICK_MS
    if (corners) {
      event.stopImmediatePropagation()
      this.told.outline(null)
      if (!isClick && corners.length > 2) this.told.surround(corners, pressed.extend)
    }
    if (isClick) this.click(event, pressed.extend)
  }

  private click(event: PointerEvent, extend: boolean): void {
    const { lastClick } = this
    const { timeStamp: time, clientX: x, clientY: y } = event
    const again =
      time - lastClick.time < DOUBLE_MS && Math.hypot(x - lastClick.x, y - lastClick.y) <= 2 * CLICK_PIXELS
    this.lastClick = { time: again ? Number.NEGATIVE_INFINITY : time, x, y }
    void this.pick(event)
      .then((picked) => (again ? this.told.doubleClick(picked) : this.told.click(picked, extend)))
      .catch(fail)
  }

  private readonly cancel = (): void => {
    this.pressed = null
    if (this.corners) this.told.outline(null)
    this.corners = null
  }

  destroy(): void {
    this.stop.abort()
  }
}

/** Whether a point lies within a closed line, by the number of its sides that a ray to the right crosses. */
export function isWithin([x, y]: Corner, corners: readonly Corner[]): boolean {
  let within = false
  corners.forEach(([x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length]
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) within = !within
  })
  return within
}
