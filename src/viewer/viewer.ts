import { Vector3, type WebGPURenderer } from 'three/webgpu'
import type { Cell, Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { applyLook, setSizes } from './apply-look.ts'
import { firstTurn, frameAll, radiusOf } from './framing.ts'
import { type Grip, Hand } from './hand.ts'
import { type Insets, Lens } from './lens.ts'
import { Lighting } from './lighting.ts'
import { firstLook, type Look, StyleMotion } from './look.ts'
import type { Watched } from './molecule-scene.ts'
import { Orbit, uprightTurn } from './orbit.ts'
import type { PickedAtom } from './picker.ts'
import { type Corner, isWithin, Pointer, type Pointing } from './pointing.ts'
import { changeCell, drawnAt, type Prepared, pointsIn, prepareScene, release } from './prepared.ts'
import { createRenderer } from './renderer.ts'
import { styleOf } from './styles.ts'

export type { Insets } from './lens.ts'
export type { Prepared } from './prepared.ts'

/** Frames between two looks at bonds and occlusion. */
const UPDATE_EVERY = 2
/** Radians per second of a turntable: once around in 24 s. */
const TURNTABLE = (2 * Math.PI) / 24

/** What a drag on the picture does. */
export type Tool = 'turn' | 'pull' | 'select'

export interface ViewerOptions {
  /** True for people who prefer reduced motion. */
  readonly calm: () => boolean
  /** What clicks and hovering mean. */
  readonly pointing: Omit<Pointing, 'surround' | 'doubleClick'> & {
    /** Atoms, counted from 0, that were drawn around. */
    surround(atoms: readonly number[], extend: boolean): void
  }
}

/** Draws a simulation straight from its position buffer: nothing is copied, nothing is read back. */
export class Viewer {
  private readonly lighting = new Lighting()
  private readonly lens: Lens
  private readonly orbit: Orbit
  private readonly hand: Hand
  private readonly pointer: Pointer
  private readonly motion = new StyleMotion()
  private shown: Prepared | null = null
  private frame = 0
  private updatesLeft = 0
  private look: Look = firstLook
  private ratio = 1
  /** Å around the middle of the picture in which everything is. */
  private radius = 1
  /** Something but the atoms moves: the picture must be drawn although the simulation rests. */
  private stale = true

  private constructor(
    private readonly gpu: Gpu,
    readonly canvas: HTMLCanvasElement,
    private readonly renderer: WebGPURenderer,
    private readonly multisampled: boolean,
    private readonly options: ViewerOptions,
  ) {
    const { pointing } = options
    this.lens = new Lens(canvas)
    this.pointer = new Pointer(canvas, (event) => this.pick(event), {
      ...pointing,
      doubleClick: (picked) => this.focusOn(picked),
      surround: (corners, extend) =>
        void this.within(corners).then((atoms) => pointing.surround(atoms, extend)),
    })
    this.hand = new Hand(
      canvas,
      {
        eye: this.lens.eye,
        ray: (event) => this.lens.ray(event),
        pick: (event) => this.pick(event),
        origin: () => this.shown?.origin ?? [0, 0, 0],
      },
      (event) => this.orbit.take(event),
      (atom, way, anchor) => {
        const placement = this.shown?.molecule.placement
        if (placement) placement.held = anchor !== null
        this.shown?.spring.show(atom, way, anchor)
        this.stale = true
      },
    )
    this.orbit = new Orbit(this.lens.eye, canvas, options.calm)
  }

  static async create(gpu: Gpu, canvas: HTMLCanvasElement, options: ViewerOptions): Promise<Viewer> {
    const { renderer, multisampled } = await createRenderer(gpu, canvas)
    return new Viewer(gpu, canvas, renderer, multisampled, options)
  }

  /**
   * Builds buffers and pipelines for a simulation without touching what is on screen.
   * @param structure the atoms the simulation was made from
   */
  async prepare(structure: Structure, simulation: Watched): Promise<Prepared> {
    const { gpu, renderer, lighting, multisampled } = this
    const studio = { gpu, renderer, lighting, multisampled }
    const prepared = await prepareScene(studio, structure, simulation)
    this.apply(prepared)
    this.setSizes(prepared)
    prepared.molecule.update(this.motion.now)
    await this.renderer.compileAsync(prepared.scene, this.lens.camera)
    return prepared
  }

  /** The cell of what is shown, which a barostat changes. */
  setCell(cell: Cell): void {
    if (this.shown && changeCell(this.shown, cell)) this.stale = true
  }

  /** How atoms of what is shown are taken hold of; null where they cannot be. */
  setGrip(grip: Grip | null): void {
    this.hand.letGo()
    this.hand.grip = grip
  }

  setTool(tool: Tool): void {
    this.hand.letGo()
    this.hand.on = tool === 'pull'
    this.pointer.surrounding = tool === 'select'
    this.canvas.dataset.tool = tool
  }

  /**
   * Shows it from now on, framed; what was on screen is let go (its simulation is not).
   * @param same whether these are the atoms that were shown: then a view that the user has chosen stays
   */
  show(prepared: Prepared, same = false): void {
    const old = this.shown
    this.shown = prepared
    this.updatesLeft = prepared.molecule.slices + 1
    if (same) this.reframe()
    else this.frameView(false)
    if (old) release(this.gpu, old)
  }

  /** Lets go of a molecule that was prepared and will not be shown. */
  release(prepared: Prepared): void {
    release(this.gpu, prepared)
  }

  setLook(look: Look): void {
    const { style } = this.look
    this.look = look
    const images = this.shown !== null && this.apply(this.shown)
    this.stale = true
    this.updatesLeft = Math.max(this.updatesLeft, 1)
    if (look.style !== style || images) this.reframe(true)
  }

  /** @returns whether more or fewer images are drawn than before */
  private apply(prepared: Prepared): boolean {
    return applyLook(prepared, this.look, () => {
      this.updatesLeft = Math.max(this.updatesLeft, 1)
    })
  }

  /** @param color of the page behind the molecule, as style sheets write it */
  setBackdrop(color: string): void {
    this.lighting.setBackdrop(color)
    this.stale = true
  }

  /** What the scale of colours spans now; null where there is none. */
  async colorRange(): Promise<readonly [number, number] | null> {
    return (await this.shown?.molecule.painter.range()) ?? null
  }

  /** The attention weight from which on lines are opaque now; null where none are drawn. */
  async opaqueWeight(): Promise<number | null> {
    return (await this.shown?.attention.opaque()) ?? null
  }

  /** Way from start is counted from where atoms are now. */
  beginAnew(): void {
    this.shown?.molecule.painter.begin()
  }

  /** Marks what is selected and what is under the pointer. */
  mark(selected: readonly number[], hovered: number | null): void {
    const { shown } = this
    if (!shown) return
    shown.molecule.painter.setMarks(selected, hovered)
    shown.attention.narrow(selected.length > 0)
    shown.molecule.repaint()
    this.stale = true
  }

  setInsets(insets: Insets): void {
    this.lens.insets = insets
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

  private frameView(glide: boolean): void {
    if (!this.shown) return
    const { periodic } = this.shown
    const points = pointsIn(this.shown)
    const [slopeX, slopeY] = this.lens.slopes
    const { margin } = styleOf(this.look.style)
    const home = frameAll(points, margin, firstTurn(points, periodic), slopeX, slopeY)
    this.radius = radiusOf(points) + margin
    this.orbit.minDistance = 2
    this.orbit.maxDistance = Math.max(60, home.distance * 6)
    this.orbit.go(home, glide)
    this.stale = true
  }

  /** Brings an atom to the middle; without one, all of them. */
  private focusOn(picked: PickedAtom | null): void {
    if (!picked) {
      this.resetView()
      return
    }
    const { turn, distance } = this.orbit.view
    this.orbit.go({ target: new Vector3(...picked.drawn), turn, distance: Math.min(distance, 14) })
    this.orbit.touched = true
  }

  private pick(event: PointerEvent): Promise<PickedAtom | null> {
    const { shown } = this
    if (!shown) return Promise.resolve(null)
    return shown.picker.pick(this.lens.ray(event), shown.images, this.motion.now)
  }

  /** Atoms whose centres are within a closed line on the window, as they are now. */
  private async within(corners: readonly Corner[]): Promise<number[]> {
    const { shown, hand } = this
    const positions = await hand.grip?.positions()
    if (!positions || !shown || shown !== this.shown) return []
    const seen = this.lens.onScreen(await drawnAt(this.gpu, shown, positions))
    return Array.from({ length: seen.length / 2 }, (_, atom) => atom).filter((atom) =>
      isWithin([seen[2 * atom], seen[2 * atom + 1]], corners),
    )
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
    const { shown, look, motion } = this
    if (!shown) return false
    if (look.turntable) this.orbit.spinBy(TURNTABLE * seconds)
    const gliding = this.orbit.update(seconds) || look.turntable
    const changing = motion.approach(look.style, seconds, this.options.calm())
    if (moving) this.updatesLeft = Math.max(this.updatesLeft, shown.molecule.slices)
    if (!moving && !gliding && !changing && !this.stale && !this.lens.hasMoved() && this.updatesLeft === 0)
      return false
    if (changing) this.updatesLeft = Math.max(this.updatesLeft, shown.molecule.slices)
    this.aim(shown)
    if (this.updatesLeft > 0 && (this.frame % UPDATE_EVERY === 0 || !moving)) {
      shown.molecule.update(motion.now, [...shown.attention.dispatches(), ...shown.tubes.dispatches()])
      this.updatesLeft--
    } else if (moving) shown.molecule.keepUp(shown.tubes.dispatches())
    this.frame++
    this.stale = false
    this.draw(shown)
    return true
  }

  /** Brings cameras, light and sizes up to how the picture is looked at; drawing comes after. */
  private aim(shown: Prepared): void {
    const { lens, lighting, radius } = this
    lens.projection = this.look.projection
    const distance = lens.eye.position.length()
    lens.focus(this.orbit.view.distance, distance, radius)
    lighting.cueStart.value = distance - 0.35 * radius
    lighting.cueEnd.value = distance + 2.1 * radius
    this.setSizes(shown)
  }

  private setSizes(prepared: Prepared): void {
    const { lens, lighting, look, motion, ratio } = this
    lighting.flat.value = look.projection === 'orthographic' ? 1 : 0
    setSizes(prepared, motion.now, look, lens.pixel, ratio)
  }

  private draw(shown: Prepared): void {
    this.renderer.render(shown.scene, this.lens.camera)
  }

  /**
   * Draws the picture as it is now in another resolution, without the backdrop.
   * @param ratio picture elements per CSS pixel
   * @param use is called with the canvas while it shows this picture, and must have done with it when it returns
   * @throws InputError for more than the adapter draws, and while there is nothing to be seen
   */
  picture<Use>(ratio: number, use: (canvas: HTMLCanvasElement) => Use): Use {
    const { shown, ratio: before, canvas } = this
    if (!shown) throw new InputError('There is nothing to be seen yet.')
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.floor(size * ratio))
    const most = this.gpu.device.limits.maxTextureDimension2D
    if (Math.max(width, height) > most)
      throw new InputError(
        `A picture of ${width} × ${height} is more than this graphics adapter draws, ${most} on a side: choose a smaller size.`,
      )
    this.setPixelRatio(ratio)
    try {
      this.aim(shown)
      this.draw(shown)
      return use(canvas)
    } finally {
      this.setPixelRatio(before)
      this.stale = true
    }
  }

  /**
   * A turntable whose way is not a matter of time. Each call of what is returned draws the picture: the present view,
   * turned by a share of a whole turn.
   */
  turns(): (share: number, moved: boolean) => void {
    const { view, touched } = this.orbit
    return (share, moved) => {
      const { shown, orbit } = this
      if (!shown) return
      orbit.go({ ...view, turn: view.turn.clone().multiply(uprightTurn(2 * Math.PI * share)) }, false)
      orbit.touched = touched
      orbit.update(0)
      this.aim(shown)
      const { molecule, attention, tubes } = shown
      if (moved)
        for (let slice = 0; slice < molecule.slices; slice++)
          molecule.update(
            this.motion.now,
            slice === 0 ? [...attention.dispatches(), ...tubes.dispatches()] : [],
          )
      this.draw(shown)
    }
  }

  /** Stops listening. The device and its buffers are the caller's. */
  destroy(): void {
    this.pointer.destroy()
    this.hand.destroy()
    this.orbit.destroy()
    this.shown = null
  }
}
