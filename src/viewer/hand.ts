import { type PerspectiveCamera, Vector3 } from 'three/webgpu'
import type { PickedAtom, Ray } from './picker.ts'

/** How a hand takes hold of the atoms of a simulation. Anchors in Å, as the simulation counts them. */
export interface Grip {
  /** [atoms × 3] where all atoms are now. */
  positions(): Promise<Float64Array>
  /** Draws an atom, counted from 0, to a point; null where atoms cannot be pulled. */
  readonly pull: ((atom: number, anchor: readonly [number, number, number]) => void) | null
  release(): void
}

/** What the hand sees. */
export interface Sight {
  readonly eye: PerspectiveCamera
  ray(event: PointerEvent): Ray
  pick(event: PointerEvent): Promise<PickedAtom | null>
  /** Å: what is to be added to `PickedAtom.position` to count as the simulation does. */
  origin(): readonly number[]
}

interface Held {
  readonly atom: number
  /** From where the atom is drawn to the image of it that was taken. */
  readonly way: Vector3
  /** Where the atom was drawn when it was taken: the hand moves in the plane through it that faces the eye. */
  readonly taken: Vector3
  /** What is to be added to a point of the picture to get one of the simulation. */
  readonly offset: Vector3
}

/**
 * Pulls atoms: while it is switched on, a press on an atom takes hold of it and the spring follows the pointer. A press
 * beside all atoms is handed on, so that the picture still turns.
 */
export class Hand {
  on = false
  grip: Grip | null = null
  private held: Held | null = null
  /** The pointer that has been pressed; a second finger is not ours. */
  private pointer: number | null = null
  private last: PointerEvent | null = null

  /**
   * @param handOn what a press beside all atoms means
   * @param show the held atom, the way from it to the image of it that was taken, and where it is drawn to in the
   * picture, or null
   */
  constructor(
    private readonly element: HTMLElement,
    private readonly sight: Sight,
    private readonly handOn: (event: PointerEvent) => void,
    private readonly show: (atom: number, way: Vector3, anchor: Vector3 | null) => void,
  ) {
    // Before the orbit hears of it.
    element.addEventListener('pointerdown', this.down, { capture: true })
    element.addEventListener('pointermove', this.move, { capture: true })
    element.addEventListener('pointerup', this.up, { capture: true })
    element.addEventListener('pointercancel', this.up, { capture: true })
  }

  private readonly down = (event: PointerEvent): void => {
    const { grip } = this
    if (!this.on || !grip?.pull || event.button !== 0 || event.ctrlKey || this.pointer !== null) return
    event.stopImmediatePropagation()
    this.element.setPointerCapture(event.pointerId)
    this.pointer = event.pointerId
    this.last = event
    void this.sight.pick(event).then((picked) => {
      // Let go, or another molecule, before the answer came.
      if (this.pointer !== event.pointerId || this.grip !== grip) return
      if (picked === null) {
        this.pointer = null
        this.handOn(event)
        return
      }
      const origin = new Vector3(...this.sight.origin())
      const taken = new Vector3(...picked.drawn)
      const offset = new Vector3(...picked.position).add(origin).sub(taken)
      this.held = { atom: picked.atom, way: new Vector3(...picked.way), taken, offset }
      this.follow(this.last ?? event)
    })
  }

  private readonly move = (event: PointerEvent): void => {
    if (event.pointerId !== this.pointer) return
    event.stopImmediatePropagation()
    this.last = event
    this.follow(event)
  }

  private readonly up = (event: PointerEvent): void => {
    if (event.pointerId !== this.pointer) return
    event.stopImmediatePropagation()
    this.letGo()
  }

  /** Ends a pull, if there is one. */
  letGo(): void {
    const { held } = this
    this.pointer = null
    this.held = null
    this.last = null
    if (!held) return
    this.grip?.release()
    this.show(held.atom, held.way, null)
  }

  private follow(event: PointerEvent): void {
    const { held, grip } = this
    if (!held || !grip) return
    const { origin, direction } = this.sight.ray(event)
    const facing = this.sight.eye.getWorldDirection(new Vector3())
    const along = held.taken.clone().sub(origin).dot(facing) / direction.dot(facing)
    const anchor = origin.addScaledVector(direction, along)
    this.show(held.atom, held.way, anchor)
    const { x, y, z } = anchor.clone().add(held.offset)
    grip.pull?.(held.atom, [x, y, z])
  }

  destroy(): void {
    this.letGo()
    this.element.removeEventListener('pointerdown', this.down, { capture: true })
    this.element.removeEventListener('pointermove', this.move, { capture: true })
    this.element.removeEventListener('pointerup', this.up, { capture: true })
    this.element.removeEventListener('pointercancel', this.up, { capture: true })
  }
}
