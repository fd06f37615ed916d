import {
  LinearSRGBColorSpace,
  type LineSegments,
  Matrix3,
  NoToneMapping,
  PerspectiveCamera,
  Scene,
  WebGPURenderer,
} from 'three/webgpu'
import { inverse, toCartesian, toFractional, type Vector } from '../chemistry/cell.ts'
import { centerOfGeometry } from '../chemistry/center.ts'
import { elementOf } from '../chemistry/elements.ts'
import type { Cell, Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cellEdges, moveCellEdges } from './cell-edges.ts'
import { firstTurn, frameAll } from './framing.ts'
import { type Grip, Hand } from './hand.ts'
import { ImpostorUniforms, sphereMesh, stickMesh } from './impostors.ts'
import { Lighting } from './lighting.ts'
import { MoleculeScene, SLOTS, type Watched } from './molecule-scene.ts'
import { Orbit } from './orbit.ts'
import { sharedBuffer } from './shared-buffer.ts'
import { Spring } from './spring.ts'
import { type StyleName, styleOf } from './styles.ts'

/** Frames between two looks at bonds and occlusion. */
const UPDATE_EVERY = 2
const STYLE_SECONDS = 0.25
/** Degrees: narrow, for a calm perspective. */
const FIELD_OF_VIEW = 26

/** Room in CSS pixels that panels take from the edges of the canvas. */
export interface Insets {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** A molecule ready to be shown: everything compiled, nothing on screen yet. */
export interface Prepared {
  readonly molecule: MoleculeScene
  readonly scene: Scene
  readonly uniforms: ImpostorUniforms
  /** [n × 3] Å about the middle of the picture: what must be in the frame. */
  readonly points: Float64Array
  readonly periodic: boolean
  readonly spring: Spring
  /** The edges of the cell; null in open space. */
  readonly edges: LineSegments | null
  /** [3] fractional coordinates of the middle of the picture, where there is a cell */
  readonly middle: Vector
  /** Å: the simulation's own */
  readonly origin: Vector
}

const matrixOf = (columns: (axis: number, k: number) => number): Matrix3 => {
  const m = new Matrix3()
  for (let axis = 0; axis < 3; axis++) for (let k = 0; k < 3; k++) m.elements[3 * axis + k] = columns(axis, k)
  return m
}

const cornersOf = (cell: Cell): number[] => {
  const corners: number[] = []
  for (let n = 0; n < 8; n++)
    for (let k = 0; k < 3; k++)
      corners.push([0, 1, 2].reduce((sum, axis) => sum + (((n >> axis) & 1) - 0.5) * cell[3 * axis + k], 0))
  return corners
}

/** Brings the uniforms up to the molecule's cell. The middle of the picture keeps its place in it. */
function placeCell({ molecule, uniforms, middle }: Pick<Prepared, 'molecule' | 'uniforms' | 'middle'>): void {
  const { cell, inverseCell, structure } = molecule
  uniforms.cell.value = matrixOf((axis, k) => cell?.[3 * axis + k] ?? 0)
  uniforms.inverseCell.value = matrixOf((axis, k) =>
    structure.periodic[k] ? (inverseCell?.[3 * axis + k] ?? 0) : 0,
  )
  if (cell) uniforms.home.value.set(...toCartesian(cell, middle))
}

const meanOf = (positions: Float64Array): [number, number, number] => {
  const sum: [number, number, number] = [0, 0, 0]
  positions.forEach((x, i) => {
    sum[i % 3] += (3 * x) / positions.length
  })
  return sum
}

/** Draws a simulation straight from its position buffer: nothing is copied, nothing is read back. */
export class Viewer {
  private readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.1, 2000)
  private readonly lighting = new Lighting()
  private readonly orbit: Orbit
  private readonly hand: Hand
  private shown: Prepared | null = null
  private insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 }
  private frame = 0
  private updatesLeft = 0
  private styleName: StyleName = 'ball-and-stick'
  private look: { ballScale: number; ballBase: number; stickRadius: number } = {
    ...styleOf('ball-and-stick'),
  }
  private ratio = 1
  /** Something but the atoms moves: the picture must be drawn although the simulation rests. */
  private stale = true

  private constructor(
    private readonly gpu: Gpu,
    readonly canvas: HTMLCanvasElement,
    private readonly renderer: WebGPURenderer,
    private readonly multisampled: boolean,
    private readonly calm: () => boolean,
  ) {
    this.orbit = new Orbit(this.camera, canvas, calm)
    this.hand = new Hand(
      canvas,
      { camera: this.camera, drawn: (x) => this.drawn(x), radius: (atom) => this.radiusOf(atom) },
      (event) => this.orbit.take(event),
      (atom, anchor) => {
        this.shown?.spring.show(atom, anchor)
        this.stale = true
      },
    )
  }

  /** Where positions in Å, as the simulation counts them, are drawn. */
  private drawn(positions: Float64Array): Float64Array {
    if (!this.shown) return positions
    const { origin, uniforms, molecule } = this.shown
    const home = uniforms.home.value.toArray()
    const moved = positions.map((x, i) => x - origin[i % 3] - home[i % 3])
    if (!molecule.follows) return moved
    const mean = meanOf(moved)
    return moved.map((x, i) => x - mean[i % 3])
  }

  private radiusOf(atom: number): number {
    const z = this.shown?.molecule.structure.atomicNumbers[atom] ?? 1
    return elementOf(z).vdwRadius * this.look.ballScale + this.look.ballBase
  }

  /** @param calm true for people who prefer reduced motion */
  static async create(
    gpu: Gpu,
    canvas: HTMLCanvasElement,
    calm: () => boolean = () => false,
  ): Promise<Viewer> {
    // A processor that plays the GPU pays for every sample.
    const multisampled = !gpu.isSoftware
    const renderer = new WebGPURenderer({
      canvas,
      device: gpu.device,
      alpha: true,
      antialias: multisampled,
    })
    // Materials encode for the display themselves, which saves a pass over the whole picture.
    renderer.outputColorSpace = LinearSRGBColorSpace
    renderer.toneMapping = NoToneMapping
    renderer.setClearColor(0x000000, 0)
    await renderer.init()
    // three puts its own handler here; the engine listens with addEventListener and tells errors once.
    gpu.device.onuncapturederror = null
    renderer.onDeviceLost = () => {}
    return new Viewer(gpu, canvas, renderer, multisampled, calm)
  }

  /**
   * Builds buffers and pipelines for a simulation without touching what is on screen.
   * @param structure the atoms the simulation was made from
   */
  async prepare(structure: Structure, simulation: Watched): Promise<Prepared> {
    const molecule = await MoleculeScene.create(this.gpu, structure, simulation)
    const { atoms } = molecule
    const share = (buffer: GPUBuffer) => sharedBuffer(this.renderer, buffer, 'vec4', atoms)
    const nodes = {
      positions: share(simulation.positionBuffer),
      colors: share(molecule.colors),
      radii: share(molecule.radii),
      occlusion: share(molecule.occlusion),
      center: sharedBuffer(this.renderer, molecule.center, 'vec4', 1),
      bonds: sharedBuffer(this.renderer, molecule.bonds, 'uint', atoms * SLOTS),
    }
    const uniforms = new ImpostorUniforms()
    const { cell } = molecule
    uniforms.follow.value = molecule.follows ? 1 : 0
    const scene = new Scene()
    scene.add(sphereMesh(nodes, uniforms, this.lighting, atoms, this.multisampled))
    scene.add(stickMesh(nodes, uniforms, this.lighting, atoms, SLOTS, this.multisampled))

    const spring = new Spring(nodes, uniforms)
    scene.add(spring.line)

    let points: Float64Array
    let edges: LineSegments | null = null
    let middle: Vector = [0, 0, 0]
    const { origin } = simulation
    if (cell) {
      // The cell stays put and sits in the middle; atoms are seen where the simulation has them.
      const home = [0, 1, 2].map((k) => 0.5 * (cell[k] + cell[3 + k] + cell[6 + k]) - origin[k])
      middle = toFractional(inverse(cell), home[0], home[1], home[2])
      edges = cellEdges(cell)
      scene.add(edges)
      points = Float64Array.from(cornersOf(cell))
    } else {
      const centre = centerOfGeometry(structure)
      points = structure.positions.map((x, i) => x - centre[i % 3])
    }
    const prepared = {
      ...{ molecule, scene, uniforms, points, periodic: cell !== null },
      ...{ spring, edges, middle, origin },
    }
    placeCell(prepared)
    this.place(prepared)
    molecule.update(this.look)
    await this.renderer.compileAsync(scene, this.camera)
    return prepared
  }

  /** The cell of what is shown, which a barostat changes. */
  setCell(cell: Cell): void {
    const { shown } = this
    if (!shown?.edges || !shown.molecule.setCell(cell)) return
    moveCellEdges(shown.edges, shown.molecule.cell ?? cell)
    placeCell(shown)
    this.stale = true
  }

  /** How atoms of what is shown are taken hold of; null where they cannot be. */
  setGrip(grip: Grip | null): void {
    this.hand.letGo()
    this.hand.grip = grip
  }

  /** Whether dragging an atom pulls at it. */
  setPulling(on: boolean): void {
    this.hand.letGo()
    this.hand.on = on
    this.canvas.dataset.pulling = String(on)
  }

  /** Shows it from now on, framed; what was on screen is let go (its simulation is not). */
  show(prepared: Prepared): void {
    const old = this.shown
    this.shown = prepared
    this.updatesLeft = prepared.molecule.slices + 1
    this.frameView(false)
    if (old) this.release(old)
  }

  /** Lets go of a molecule that was prepared and will not be shown. */
  release(prepared: Prepared): void {
    for (const child of prepared.scene.children) {
      const mesh = child as { material?: { dispose(): void }; geometry?: { dispose(): void } }
      mesh.material?.dispose()
      mesh.geometry?.dispose()
    }
    // After the frames in flight, which may still read them.
    void this.gpu.device.queue.onSubmittedWorkDone().then(() => prepared.molecule.destroy())
  }

  get style(): StyleName {
    return this.styleName
  }

  setStyle(name: StyleName): void {
    this.styleName = name
    this.reframe(true)
  }

  setInsets(insets: Insets): void {
    this.insets = insets
    this.reframe()
  }

  /** Keeps the molecule in the frame when the room changes, unless the user has chosen a view. */
  private reframe(glide = false): void {
    this.stale = true
    if (!this.orbit.touched) this.frameView(glide)
  }

  /** Frames the molecule anew, as it was when it came. */
  resetView(): void {
    this.frameView(true)
  }

  private slopes(): [number, number] {
    const { clientWidth: width, clientHeight: height } = this.canvas
    const { top, right, bottom, left } = this.insets
    const slope = Math.tan((FIELD_OF_VIEW * Math.PI) / 360)
    const free = (size: number, taken: number) => Math.max(size - taken, 0.3 * size)
    return [(slope * free(width, left + right)) / height, (slope * free(height, top + bottom)) / height]
  }

  private frameView(glide: boolean): void {
    if (!this.shown) return
    const { points, periodic } = this.shown
    const [slopeX, slopeY] = this.slopes()
    const { margin } = styleOf(this.styleName)
    const home = frameAll(points, margin, firstTurn(points, periodic), slopeX, slopeY)
    let radius = margin
    for (let i = 0; i < points.length; i += 3)
      radius = Math.max(radius, Math.hypot(points[i], points[i + 1], points[i + 2]) + margin)
    this.radius = radius
    this.orbit.minDistance = 2
    this.orbit.maxDistance = Math.max(60, home.distance * 6)
    this.orbit.go(home, glide)
    this.stale = true
  }

  private radius = 1

  private place({ uniforms }: Prepared): void {
    const height = Math.max(1, this.canvas.clientHeight * this.ratio)
    uniforms.pixel.value = (2 * Math.tan((FIELD_OF_VIEW * Math.PI) / 360)) / height
    uniforms.ballScale.value = this.look.ballScale
    uniforms.ballBase.value = this.look.ballBase
    uniforms.stickRadius.value = this.look.stickRadius
  }

  /** Picture elements per CSS pixel. */
  setPixelRatio(ratio: number): void {
    if (Math.abs(ratio - this.ratio) < 1e-3) return
    this.ratio = ratio
    this.resize()
  }

  /** To be called when the canvas has changed its size on the page. */
  resize(): void {
    const { clientWidth, clientHeight } = this.canvas
    if (!clientWidth || !clientHeight) return
    this.renderer.setPixelRatio(this.ratio)
    this.renderer.setSize(clientWidth, clientHeight, false)
    this.reframe()
  }

  /**
   * Draws a frame.
   * @param seconds since the last one
   * @param moving whether atoms have moved since
   * @returns false if nothing had changed and nothing was drawn
   */
  render(seconds: number, moving: boolean): boolean {
    const { shown } = this
    if (!shown) return false
    const gliding = this.orbit.update(seconds)
    const changing = this.easeStyle(seconds)
    if (moving) this.updatesLeft = Math.max(this.updatesLeft, shown.molecule.slices)
    if (!moving && !gliding && !changing && !this.stale && !this.viewChanged() && this.updatesLeft === 0)
      return false
    if (changing) this.updatesLeft = Math.max(this.updatesLeft, shown.molecule.slices)
    if (this.updatesLeft > 0 && (this.frame % UPDATE_EVERY === 0 || !moving)) {
      shown.molecule.update(this.look)
      this.updatesLeft--
    }
    this.frame++
    this.stale = false

    const { clientWidth: width, clientHeight: height } = this.canvas
    const { top, right, bottom, left } = this.insets
    const { camera, lighting } = this
    const distance = camera.position.length()
    camera.aspect = width / Math.max(1, height)
    camera.near = Math.max(0.2, distance - 3 * this.radius - 20)
    camera.far = distance + 3 * this.radius + 60
    camera.setViewOffset(width, height, (right - left) / 2, (bottom - top) / 2, width, height)
    lighting.cueStart.value = distance - 0.35 * this.radius
    lighting.cueEnd.value = distance + 2.1 * this.radius
    this.place(shown)
    this.renderer.render(shown.scene, camera)
    return true
  }

  private lastView = ''
  private viewChanged(): boolean {
    const { position: p, quaternion: q } = this.camera
    const view = [p.x, p.y, p.z, q.x, q.y, q.z, q.w].map((x) => x.toFixed(5)).join()
    const changed = view !== this.lastView
    this.lastView = view
    return changed
  }

  private easeStyle(seconds: number): boolean {
    const goal = styleOf(this.styleName)
    const share = this.calm() ? 1 : 1 - Math.exp(-seconds / (STYLE_SECONDS / 3))
    let moved = false
    for (const key of ['ballScale', 'ballBase', 'stickRadius'] as const) {
      const gap = goal[key] - this.look[key]
      if (gap === 0) continue
      moved = true
      this.look[key] = Math.abs(gap) < 1e-3 ? goal[key] : this.look[key] + gap * share
    }
    return moved
  }

  /** Stops listening. The device and its buffers are the caller's. */
  destroy(): void {
    this.hand.destroy()
    this.orbit.destroy()
    this.shown = null
  }
}
