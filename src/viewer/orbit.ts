import { type PerspectiveCamera, Quaternion, Vector3 } from 'three/webgpu'

const RADIANS_PER_HEIGHT = Math.PI
const GLIDE_SECONDS = 0.18
const X = new Vector3(1, 0, 0)
const Y = new Vector3(0, 1, 0)
const Z = new Vector3(0, 0, 1)

/** Where the eye is: it looks at `target` from `distance` Å along the turned z axis. */
export interface View {
  readonly target: Vector3
  readonly turn: Quaternion
  readonly distance: number
}

/** A turn about the upright axis of the picture, radians. */
export const uprightTurn = (angle: number): Quaternion => new Quaternion().setFromAxisAngle(Y, angle)

/**
 * Free rotation about a target, as molecule viewers have it (no pole to get stuck at): left drag or one finger
 * rotates, right drag or Ctrl + left pans, wheel or pinch zooms, Ctrl + Shift + left rolls, arrow keys turn.
 */
export class Orbit {
  private readonly target = new Vector3()
  private readonly turn = new Quaternion()
  private distance = 10
  /** Radians per second about the camera's x, y and z axes, after the hand has let go. */
  private readonly spin = new Vector3()
  private flight: { from: View; to: View; t: number } | null = null
  private readonly pointers = new Map<number, { x: number; y: number }>()
  private lastMove = 0
  /** True once the user has moved the camera, until the next `go`. */
  touched = false
  minDistance = 2
  maxDistance = 1000

  /**
   * @param calm asked at every gesture: true for people who prefer reduced motion
   */
  constructor(
    private readonly camera: PerspectiveCamera,
    private readonly element: HTMLElement,
    private readonly calm: () => boolean,
  ) {
    element.addEventListener('pointerdown', this.down)
    element.addEventListener('pointermove', this.move)
    element.addEventListener('pointerup', this.up)
    element.addEventListener('pointercancel', this.up)
    element.addEventListener('wheel', this.wheel, { passive: false })
    element.addEventListener('contextmenu', (event) => event.preventDefault())
    element.addEventListener('keydown', this.key)
  }

  get view(): View {
    return { target: this.target.clone(), turn: this.turn.clone(), distance: this.distance }
  }

  /** Goes there in a third of a second, or at once. */
  go(view: View, glide = true): void {
    this.spin.set(0, 0, 0)
    this.touched = false
    if (glide && !this.calm()) this.flight = { from: this.view, to: view, t: 0 }
    else this.put(view)
  }

  private put(view: View): void {
    this.flight = null
    this.target.copy(view.target)
    this.turn.copy(view.turn)
    this.distance = view.distance
  }

  /** Turns about the upright axis of the picture, radians: a turntable's way of turning. */
  spinBy(angle: number): void {
    if (this.pointers.size === 0 && !this.flight) this.turn.multiply(uprightTurn(angle)).normalize()
  }

  /** Moves the camera; true while it is still gliding. */
  update(seconds: number): boolean {
    if (this.flight) {
      const { from, to } = this.flight
      this.flight.t = Math.min(1, this.flight.t + seconds / 0.35)
      const t = this.flight.t
      const eased = t * t * (3 - 2 * t)
      this.target.lerpVectors(from.target, to.target, eased)
      this.turn.slerpQuaternions(from.turn, to.turn, eased)
      this.distance = from.distance * (to.distance / from.distance) ** eased
      if (t === 1) this.flight = null
    } else if (this.pointers.size === 0 && this.spin.lengthSq() > 1e-6) {
      this.rotate(this.spin.x * seconds, this.spin.y * seconds, this.spin.z * seconds)
      this.spin.multiplyScalar(Math.exp(-seconds / GLIDE_SECONDS))
    }
    this.camera.quaternion.copy(this.turn)
    this.camera.position.set(0, 0, this.distance).applyQuaternion(this.turn).add(this.target)
    this.camera.updateMatrixWorld()
    return this.flight !== null || this.spin.lengthSq() > 1e-6
  }

  private rotate(x: number, y: number, z = 0): void {
    this.touched = true
    const step = new Quaternion()
    this.turn.multiply(step.setFromAxisAngle(Y, y))
    this.turn.multiply(step.setFromAxisAngle(X, x))
    if (z) this.turn.multiply(step.setFromAxisAngle(Z, z))
    this.turn.normalize()
  }

  private pan(dx: number, dy: number): void {
    this.touched = true
    const perPixel =
      (2 * this.distance * Math.tan((this.camera.fov * Math.PI) / 360)) / this.element.clientHeight
    this.target.add(new Vector3(-dx * perPixel, dy * perPixel, 0).applyQuaternion(this.turn))
  }

  private zoom(factor: number): void {
    this.touched = true
    this.distance = Math.min(this.maxDistance, Math.max(this.minDistance, this.distance * factor))
  }

  /** Goes on with a press that somebody else has let pass. */
  take(event: PointerEvent): void {
    this.down(event)
  }

  private down = (event: PointerEvent) => {
    this.element.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
    this.spin.set(0, 0, 0)
    this.flight = null
  }

  private move = (event: PointerEvent) => {
    const last = this.pointers.get(event.pointerId)
    if (!last) return
    const now = { x: event.clientX, y: event.clientY }
    const [dx, dy] = [now.x - last.x, now.y - last.y]
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)![1]
      const span = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y)
      this.zoom(span(last) / Math.max(1, span(now)))
      this.pan(dx / 2, dy / 2)
    } else if (event.buttons & 2 || (event.ctrlKey && !event.shiftKey) || event.metaKey) {
      this.pan(dx, dy)
    } else {
      const scale = RADIANS_PER_HEIGHT / this.element.clientHeight
      const seconds = Math.max(1, event.timeStamp - this.lastMove) / 1000
      const turn =
        event.ctrlKey && event.shiftKey
          ? new Vector3(0, 0, dx * scale)
          : new Vector3(-dy * scale, -dx * scale, 0)
      this.rotate(turn.x, turn.y, turn.z)
      this.spin.lerp(turn.divideScalar(seconds), 0.4)
    }
    this.lastMove = event.timeStamp
    this.pointers.set(event.pointerId, now)
  }

  private up = (event: PointerEvent) => {
    this.pointers.delete(event.pointerId)
    // A hand that rested before it let go did not mean to throw.
    if (this.calm() || event.timeStamp - this.lastMove > 60) this.spin.set(0, 0, 0)
  }

  private wheel = (event: WheelEvent) => {
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    this.flight = null
    this.zoom(Math.exp(Math.max(-200, Math.min(200, event.deltaY * unit)) * 0.0012))
  }

  private key = (event: KeyboardEvent) => {
    const step = 0.12
    const turns: Record<string, [number, number]> = {
      ArrowLeft: [0, -step],
      ArrowRight: [0, step],
      ArrowUp: [-step, 0],
      ArrowDown: [step, 0],
    }
    const turn = turns[event.key]
    if (turn) this.rotate(...turn)
    else if (event.key === '+' || event.key === '=') this.zoom(0.9)
    else if (event.key === '-') this.zoom(1.11)
    else return
    event.preventDefault()
  }

  destroy(): void {
    this.element.removeEventListener('pointerdown', this.down)
    this.element.removeEventListener('pointermove', this.move)
    this.element.removeEventListener('pointerup', this.up)
    this.element.removeEventListener('pointercancel', this.up)
    this.element.removeEventListener('wheel', this.wheel)
    this.element.removeEventListener('keydown', this.key)
  }
}
