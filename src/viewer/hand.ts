import { type PerspectiveCamera, Vector3 } from 'three/webgpu'

/** How a hand takes hold of the atoms of a simulation. Positions and anchors in Å, as the simulation counts them. */
export interface Grip {
  /** [atoms × 3] where all atoms are now. */
  positions(): Promise<Float64Array>
  /** Draws an atom, counted from 0, to a point. */
  pull(atom: number, anchor: readonly [number, number, number]): void
  release(): void
}

/** What the hand sees: where atoms are drawn, and how large. */
export interface Sight {
  readonly camera: PerspectiveCamera
  /** Where each of these positions is drawn, [atoms × 3] in Å of the picture. */
  drawn(positions: Float64Array): Float64Array
  /** Å: radius of an atom as it is drawn. */
  radius(atom: number): number
}

/** Å: atoms drawn smaller than this can still be caught. */
const EASY_RADIUS = 0.4

interface Held {
  readonly atom: number
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
   * @param show the held atom and where it is drawn to in the picture, or null
   */
  constructor(
    private readonly element: HTMLElement,
    private readonly sight: Sight,
    private readonly handOn: (event: PointerEvent) => void,
    private readonly show: (atom: number, anchor: Vector3 | null) => void,
  ) {
    // Before the orbit hears of it.
    element.addEventListener('pointerdown', this.down, { capture: true })
    element.addEventListener('pointermove', this.move, { capture: true })
    element.addEventListener('pointerup', this.up, { capture: true })
    element.addEventListener('pointercancel', this.up, { capture: true })
  }

  private readonly down = (event: PointerEvent): void => {
    const { grip } = this
    if (!this.on || !grip || event.button !== 0 || event.ctrlKey || this.pointer !== null) return
    event.stopImmediatePropagation()
    this.element.setPointerCapture(event.pointerId)
    this.pointer = event.pointerId
    this.last = event
    void grip.positions().then((positions) => {
      // Let go, or another molecule, before the answer came.
      if (this.pointer !== event.pointerId || this.grip !== grip) return
      const drawn = this.sight.drawn(positions)
      const atom = this.find(event, drawn)
      if (atom === null) {
        this.pointer = null
        this.handOn(event)
        return
      }
      const at = (list: Float64Array) => new Vector3(list[3 * atom], list[3 * atom + 1], list[3 * atom + 2])
      const taken = at(drawn)
      this.held = { atom, taken, offset: at(positions).sub(taken) }
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
    this.show(held.atom, null)
  }

  private follow(event: PointerEvent): void {
    const { held, grip } = this
    if (!held || !grip) return
    const { origin, direction } = this.ray(event)
    const facing = this.sight.camera.getWorldDirection(new Vector3())
    const along = held.taken.clone().sub(origin).dot(facing) / direction.dot(facing)
    const anchor = origin.addScaledVector(direction, along)
    this.show(held.atom, anchor)
    const { x, y, z } = anchor.clone().add(held.offset)
    grip.pull(held.atom, [x, y, z])
  }

  /** The atom under the pointer that is nearest to the eye. */
  private find(event: PointerEvent, drawn: Float64Array): number | null {
    const { origin, direction } = this.ray(event)
    let [found, nearest] = [null as number | null, Number.POSITIVE_INFINITY]
    const point = new Vector3()
    for (let atom = 0; 3 * atom < drawn.length; atom++) {
      point.set(drawn[3 * atom], drawn[3 * atom + 1], drawn[3 * atom + 2]).sub(origin)
      const along = point.dot(direction)
      const aside = point.addScaledVector(direction, -along).length()
      if (along > 0 && along < nearest && aside < Math.max(EASY_RADIUS, this.sight.radius(atom)))
        [found, nearest] = [atom, along]
    }
    return found
  }

  private ray({ clientX, clientY }: PointerEvent): { origin: Vector3; direction: Vector3 } {
    const { camera } = this.sight
    const { left, top, width, height } = this.element.getBoundingClientRect()
    const point = new Vector3(
      ((clientX - left) / width) * 2 - 1,
      1 - ((clientY - top) / height) * 2,
      0.5,
    ).unproject(camera)
    const origin = camera.position.clone()
    return { origin, direction: point.sub(origin).normalize() }
  }

  destroy(): void {
    this.letGo()
    this.element.removeEventListener('pointerdown', this.down, { capture: true })
    this.element.removeEventListener('pointermove', this.move, { capture: true })
    this.element.removeEventListener('pointerup', this.up, { capture: true })
    this.element.removeEventListener('pointercancel', this.up, { capture: true })
  }
}
