import { OrthographicCamera, PerspectiveCamera, Vector3 } from 'three/webgpu'
import type { Ray } from './picker.ts'

/** Degrees: narrow, for a calm perspective. */
const FIELD_OF_VIEW = 26
const SLOPE = Math.tan((FIELD_OF_VIEW * Math.PI) / 360)

export type Projection = 'perspective' | 'orthographic'

/** Room in CSS pixels that panels take from the edges of the canvas. */
export interface Insets {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/**
 * How space becomes a picture: with perspective, or without. Both look from the same place, and what is at the distance
 * of the camera's target has the same size in either.
 */
export class Lens {
  /** Where the eye is, whatever the projection. */
  readonly eye = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.1, 2000)
  private readonly flat = new OrthographicCamera()
  projection: Projection = 'perspective'
  insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 }
  private distance = 10

  constructor(readonly canvas: HTMLCanvasElement) {}

  get camera(): PerspectiveCamera | OrthographicCamera {
    return this.projection === 'perspective' ? this.eye : this.flat
  }

  /** Width and height of the canvas, CSS pixels. */
  private get size(): readonly [number, number] {
    return [this.canvas.clientWidth, Math.max(1, this.canvas.clientHeight)]
  }

  /**
   * Å that a CSS pixel covers: `least` everywhere, and `slope` more for each Å of distance from the eye.
   */
  get pixel(): { readonly least: number; readonly slope: number } {
    const width = (2 * SLOPE) / this.size[1]
    return this.projection === 'perspective'
      ? { least: 0, slope: width }
      : { least: width * this.distance, slope: 0 }
  }

  /** Tangents of half the opening angles of the part of the picture that panels leave free. */
  get slopes(): readonly [number, number] {
    const [width, height] = this.size
    const { top, right, bottom, left } = this.insets
    const free = (size: number, taken: number) => Math.max(size - taken, 0.3 * size)
    return [(SLOPE * free(width, left + right)) / height, (SLOPE * free(height, top + bottom)) / height]
  }

  private lastView = ''
  /** Whether the eye has moved or turned since this was asked last. */
  hasMoved(): boolean {
    const { position: p, quaternion: q } = this.eye
    const view = [p.x, p.y, p.z, q.x, q.y, q.z, q.w].map((x) => x.toFixed(5)).join()
    const moved = view !== this.lastView
    this.lastView = view
    return moved
  }

  /**
   * Brings the cameras up to the eye.
   * @param distance Å from the eye to what it looks at
   * @param middle Å from the eye to the middle of the picture
   * @param radius Å around the middle in which everything is
   */
  focus(distance: number, middle: number, radius: number): void {
    const [width, height] = this.size
    const { top, right, bottom, left } = this.insets
    const { eye, flat } = this
    this.distance = distance
    const far = middle + 3 * radius + 60
    eye.aspect = width / height
    eye.near = Math.max(0.2, middle - 3 * radius - 20)
    eye.far = far
    const half = SLOPE * distance
    flat.top = half
    flat.bottom = -half
    flat.right = half * eye.aspect
    flat.left = -flat.right
    // What is behind the eye is still in front of a picture without perspective.
    flat.near = Math.min(0.2, middle - 3 * radius - 20)
    flat.far = far
    flat.position.copy(eye.position)
    flat.quaternion.copy(eye.quaternion)
    flat.updateMatrixWorld()
    for (const camera of [eye, flat])
      camera.setViewOffset(width, height, (right - left) / 2, (bottom - top) / 2, width, height)
  }

  /** The ray through a point of the window, in Å of the picture. */
  ray({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Ray {
    const { camera, eye, pixel } = this
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    const at = (depth: number) =>
      new Vector3(((clientX - left) / width) * 2 - 1, 1 - ((clientY - top) / height) * 2, depth).unproject(
        camera,
      )
    if (this.projection === 'perspective') {
      const origin = eye.position.clone()
      return { origin, direction: at(0.5).sub(origin).normalize(), pixel }
    }
    return { origin: at(0), direction: eye.getWorldDirection(new Vector3()), pixel }
  }

  /** Where points of the picture appear in the window, CSS pixels: [n × 2] for [n × 3] Å. */
  onScreen(points: Float64Array): Float64Array {
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    const seen = new Float64Array((points.length / 3) * 2)
    const p = new Vector3()
    for (let i = 0; 3 * i < points.length; i++) {
      p.set(points[3 * i], points[3 * i + 1], points[3 * i + 2]).project(this.camera)
      seen[2 * i] = left + ((p.x + 1) / 2) * width
      seen[2 * i + 1] = top + ((1 - p.y) / 2) * height
    }
    return seen
  }
}
