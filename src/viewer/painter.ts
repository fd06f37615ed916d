import type { Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel, lanesFor } from '../gpu/kernel.ts'
import { elementColors } from './appearance.ts'
import { linear, STOPS, stopsOf } from './color-maps.ts'
import { type ColoringName, coloringOf, fixedRange, ownColors, QUANTITY } from './colorings.ts'
import type { Watched } from './molecule-scene.ts'

const WORKGROUP = 64

/** `Paint` in shaders/viewer/quantity.wgsl, in 32-bit words. */
export const PAINT = { atoms: 0, quantity: 1, fresh: 2, fromZero: 3, accent: 4, words: 8 }

/** Bits of a mark in shaders/viewer/paint.wgsl. */
const SELECTED = 1
const HOVERED = 2

/** The colour of what is selected, here and in style sheets (`--accent`). */
export const ACCENT = linear([0.42, 0.76, 1])

/** Colours atoms on the GPU, from what they are or from what they do, and marks those that are selected. */
export class Painter {
  /** [atoms] linear RGB, and the mark in w. */
  readonly colors: GPUBuffer
  private readonly own: GPUBuffer
  private readonly marks: GPUBuffer
  private readonly scale: GPUBuffer
  private readonly extent: GPUBuffer
  private readonly start: GPUBuffer
  private readonly paint: GPUBuffer
  private readonly marked: Uint32Array<ArrayBuffer>
  private coloring: ColoringName = 'element'
  private fresh = true
  private bound: readonly Dispatch[]

  private constructor(
    private readonly gpu: Gpu,
    private readonly structure: Structure,
    private readonly simulation: Watched,
    private readonly molecules: () => Uint32Array,
    private readonly kernels: { readonly paint: Kernel; readonly range: Kernel },
  ) {
    const { atoms, positionBuffer } = simulation
    this.colors = gpu.buffer('viewer colors', 16 * atoms)
    this.own = gpu.bufferFrom('viewer own colors', elementColors(structure))
    this.marks = gpu.buffer('viewer marks', 4 * atoms)
    this.scale = gpu.buffer('viewer scale', 16 * STOPS)
    this.extent = gpu.buffer('viewer range', 16)
    this.start = gpu.buffer('viewer start', positionBuffer.size)
    this.paint = gpu.buffer('viewer paint', 4 * PAINT.words, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
    this.marked = new Uint32Array(atoms)
    this.bound = this.bind()
    this.begin()
  }

  /** @param molecules which molecule each atom belongs to, [atoms]; asked for when it is wanted */
  static async create(
    gpu: Gpu,
    structure: Structure,
    simulation: Watched,
    molecules: () => Uint32Array,
  ): Promise<Painter> {
    const [paint, range] = await Promise.all([
      gpu.kernel('viewer/paint', { constants: { WORKGROUP, STOPS } }),
      gpu.kernel('viewer/range', { constants: { WORKGROUP: lanesFor(simulation.atoms) } }),
    ])
    return new Painter(gpu, structure, simulation, molecules, { paint, range })
  }

  /** Distances are counted from where atoms are now. */
  begin(): void {
    this.gpu.copy('viewer start', [[this.simulation.positionBuffer, this.start]])
    this.fresh = true
  }

  /** Whether these atoms can be coloured so: a still has no speed, a file perhaps no charges. */
  has(name: ColoringName): boolean {
    const { live } = coloringOf(name)
    if (live?.quantity === QUANTITY.fourth && this.simulation.hasAtomEnergies === false) return false
    if (live) return this.sourceOf(live.source) !== undefined
    return name !== 'charge' || fixedRange(name, this.structure) !== null
  }

  setColoring(name: ColoringName): void {
    const known = this.has(name) ? name : 'element'
    if (known === this.coloring) return
    this.coloring = known
    this.bound = this.bind()
    this.fresh = true
    const { map, live } = coloringOf(known)
    if (live && map) this.gpu.upload(this.scale, stopsOf(map))
    else this.gpu.upload(this.own, ownColors(known, this.structure, this.molecules))
  }

  /** @param hovered the atom under the pointer, or null */
  setMarks(selected: Iterable<number>, hovered: number | null): void {
    this.marked.fill(0)
    for (const atom of selected) if (atom < this.marked.length) this.marked[atom] = SELECTED
    if (hovered !== null && hovered < this.marked.length) this.marked[hovered] |= HOVERED
    this.gpu.upload(this.marks, this.marked)
  }

  /** What to submit for the colours of this moment. */
  dispatches(): readonly Dispatch[] {
    const { paint, simulation } = this
    const { live } = coloringOf(this.coloring)
    const words = new ArrayBuffer(4 * PAINT.words)
    const whole = new Uint32Array(words)
    whole[PAINT.atoms] = simulation.atoms
    whole[PAINT.quantity] = live?.quantity ?? QUANTITY.own
    whole[PAINT.fresh] = this.fresh ? 1 : 0
    whole[PAINT.fromZero] = live?.fromZero ? 1 : 0
    new Float32Array(words).set(ACCENT, PAINT.accent)
    this.gpu.upload(paint, whole)
    this.fresh = false
    return this.bound
  }

  /** What is dispatched for the present colouring, frame after frame. */
  private bind(): readonly Dispatch[] {
    const { paint, start, own: base, scale, extent: range, marks, colors, kernels, simulation } = this
    const { live } = coloringOf(this.coloring)
    const source = (live && this.sourceOf(live.source)) ?? simulation.positionBuffer
    const coloring = kernels.paint.bind(
      { paint, base, source, start, scale, range, marks, colors },
      cover(simulation.atoms, WORKGROUP),
    )
    return live ? [kernels.range.bind({ paint, source, start, range }, [1, 1, 1]), coloring] : [coloring]
  }

  /** What the present scale spans, in the unit of its legend; null where there is none. */
  async range(): Promise<readonly [number, number] | null> {
    const { live } = coloringOf(this.coloring)
    if (!live) return fixedRange(this.coloring, this.structure)
    const [low, high] = new Float32Array(await this.gpu.read(this.extent))
    return [low * live.factor, high * live.factor]
  }

  private sourceOf(source: 'positions' | 'velocities' | 'forces'): GPUBuffer | undefined {
    const { positionBuffer, velocityBuffer, forceBuffer } = this.simulation
    return { positions: positionBuffer, velocities: velocityBuffer, forces: forceBuffer }[source]
  }

  destroy(): void {
    for (const buffer of [
      ...[this.colors, this.own, this.marks, this.scale, this.extent, this.start, this.paint],
    ])
      buffer.destroy()
  }
}
