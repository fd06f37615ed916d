import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type Dispatch, lanesFor } from '../gpu/kernel.ts'
import { Frames } from './frames.ts'
import { observedMasses, type Source, structureOf } from './source.ts'

/** Fields of Shape in shaders/analysis/shape.wgsl, in order, and how many f32 each holds. */
const SHAPE = [
  ['centre', 3],
  ['momentum', 3],
  ['angularMomentum', 3],
  ['gyration', 6],
  ['radius', 1],
  ['endToEnd', 1],
  ['radiusMean', 1],
  ['endMean', 1],
  ['radiusSpread', 1],
  ['endSpread', 1],
] as const

const SHAPE_BYTES = 4 * SHAPE.reduce((sum, [, width]) => sum + width, 0)

type Vector = readonly [number, number, number]

/** Mean and standard deviation over the frames. */
export interface Statistics {
  readonly mean: number
  readonly deviation: number
}

export interface ShapeReport {
  /** frames taken since the last reset; everything else is of the last one, or a mean over all */
  readonly samples: number
  /** centre of mass in Å */
  readonly centerOfMass: Vector
  /** u Å/fs */
  readonly momentum: Vector
  /** about the centre of mass, u Å²/fs */
  readonly angularMomentum: Vector
  /** Å²: xx, yy, zz, yz, xz, xy; mass-weighted */
  readonly gyrationTensor: readonly number[]
  /** Å, mass-weighted */
  readonly radiusOfGyration: number
  readonly radiusStatistics: Statistics
  /** Å between the two ends */
  readonly endToEnd: number
  readonly endStatistics: Statistics
}

export interface ShapeOptions {
  /** indices of the two atoms of the end-to-end distance; the first and the last if left out */
  readonly ends?: readonly [number, number]
}

/**
 * Centre, momenta, gyration tensor and end-to-end distance of one system. Positions are taken unwrapped as they are, so
 * that a molecule which crosses a cell face stays whole.
 */
export class Shape {
  private constructor(
    private readonly gpu: Gpu,
    private readonly source: Source,
    readonly frames: Frames,
    private readonly work: Dispatch,
    private readonly shape: GPUBuffer,
    private readonly own: readonly GPUBuffer[],
  ) {}

  /** @throws InputError for several systems at once, for masses or ends that make no sense */
  static async create(gpu: Gpu, source: Source, options: ShapeOptions = {}): Promise<Shape> {
    structureOf(source)
    const count = source.atoms.atoms
    const masses = observedMasses(source)
    const ends = options.ends ?? [0, count - 1]
    const wrong = ends.find((end) => !(Number.isInteger(end) && end >= 0 && end < count))
    if (wrong !== undefined)
      throw new InputError(
        `There is no atom ${wrong + 1} to be an end: the structure ends with atom ${count}.`,
      )
    const WORKGROUP = lanesFor(count)
    const kernel = await gpu.kernel('analysis/shape', { constants: { WORKGROUP } })
    const frames = await Frames.create(gpu, source.status)
    const weights = gpu.bufferFrom('masses', Float32Array.from(masses))
    const pair = gpu.bufferFrom(
      'ends',
      Uint32Array.from(ends),
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    const shape = gpu.buffer('shape', SHAPE_BYTES)
    const { system, positions } = source.atoms
    const work = kernel.bind(
      {
        system,
        ends: pair,
        frame: frames.buffer,
        positions,
        velocities: source.velocities,
        masses: weights,
        shape,
      },
      [1, 1, 1],
    )
    return new Shape(gpu, source, frames, work, shape, [weights, pair, shape])
  }

  /** Takes one frame. */
  get dispatches(): readonly Dispatch[] {
    return [this.frames.begin, this.work]
  }

  /** What it has summed so far: with these contents another one goes on from here. */
  get memory() {
    return { frame: this.frames.buffer, shape: this.shape }
  }

  /** The last frame and means over all of them; zeros and NaN before the first. */
  async read(): Promise<ShapeReport> {
    const [frame, bytes] = await this.gpu.readAll([this.frames.buffer, this.shape])
    const samples = Frames.samples(frame)
    const floats = Array.from(new Float32Array(bytes))
    let at = 0
    const fields = Object.fromEntries(
      SHAPE.map(([name, width]) => {
        at += width
        return [name, floats.slice(at - width, at)]
      }),
    ) as Record<(typeof SHAPE)[number][0], number[]>
    const origin = this.source.atoms.origins[0]
    const statistics = ([mean]: number[], [spread]: number[]): Statistics => ({
      mean,
      deviation: Math.sqrt(spread / samples),
    })
    return {
      samples,
      centerOfMass: vector(fields.centre.map((x, k) => x + origin[k])),
      momentum: vector(fields.momentum),
      angularMomentum: vector(fields.angularMomentum),
      gyrationTensor: fields.gyration,
      radiusOfGyration: fields.radius[0],
      radiusStatistics: statistics(fields.radiusMean, fields.radiusSpread),
      endToEnd: fields.endToEnd[0],
      endStatistics: statistics(fields.endMean, fields.endSpread),
    }
  }

  /** Forgets all frames. */
  reset(): void {
    this.frames.reset()
    this.gpu.upload(this.shape, new Uint8Array(this.shape.size))
  }

  destroy(): void {
    this.frames.destroy()
    for (const buffer of this.own) buffer.destroy()
  }
}

const vector = ([x, y, z]: readonly number[]): Vector => [x, y, z]
