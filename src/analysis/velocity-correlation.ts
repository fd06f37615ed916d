import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch } from '../gpu/kernel.ts'
import { Frames } from './frames.ts'
import { observedMasses, type Source, structureOf } from './source.ts'

const WORKGROUP = 64

/** Workgroups WebGPU guarantees along one dimension; there is one per lag. */
const MOST_LAGS = 65_535

export interface CorrelationOptions {
  /** lags in samples, from 0 on; 1024 if left out */
  readonly window?: number
  /** [atoms] what an atom counts; masses if left out */
  readonly weights?: ArrayLike<number>
}

export interface CorrelationReport {
  /** frames taken since the last reset */
  readonly samples: number
  /** [lags] Σ w v(0)·v(t), mean over all pairs of frames, in u Å²/fs²: as many lags as there have been frames for */
  readonly raw: Float64Array
  /** [lags] the same over its value at lag 0 */
  readonly normalized: Float64Array
}

/**
 * Velocity autocorrelation. The velocities of the last `window` frames stay on the GPU (16 bytes × atoms × window); each
 * frame is correlated with all of them as it comes.
 */
export class VelocityCorrelation {
  private constructor(
    private readonly gpu: Gpu,
    readonly frames: Frames,
    private readonly work: readonly Dispatch[],
    readonly window: number,
    private readonly ring: GPUBuffer,
    private readonly weights: GPUBuffer,
    private readonly correlation: GPUBuffer,
  ) {}

  /** @throws InputError for several systems at once, and for a window or weights that make no sense or do not fit */
  static async create(
    gpu: Gpu,
    source: Source,
    { window = 1024, weights }: CorrelationOptions = {},
  ): Promise<VelocityCorrelation> {
    structureOf(source)
    const { system, atoms } = source.atoms
    if (!(Number.isInteger(window) && window > 0 && window <= MOST_LAGS))
      throw new InputError(`The window must be a whole number from 1 to ${MOST_LAGS} frames, not ${window}.`)
    const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits
    const room = Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / (16 * atoms))
    if (window > room)
      throw new InputError(
        `The velocities of ${atoms} atoms in ${window} frames do not fit the adapter: choose a window of ${room} or less.`,
      )
    const given = Float32Array.from(weights ?? observedMasses(source))
    if (given.length !== atoms || !given.every((weight) => weight >= 0 && Number.isFinite(weight)))
      throw new InputError(`Each of the ${atoms} atoms needs a weight that is a number and not negative.`)
    const [remember, correlate] = await Promise.all([
      gpu.kernel('analysis/remember', { constants: { WORKGROUP, WINDOW: window } }),
      gpu.kernel('analysis/correlate', { constants: { WORKGROUP, WINDOW: window } }),
    ])
    const frames = await Frames.create(gpu, source.status)
    const ring = gpu.buffer('velocities by frame', 16 * atoms * window)
    const weighing = gpu.bufferFrom('weights', given)
    const correlation = gpu.buffer('velocity correlation', 4 * window)
    const frame = frames.buffer
    const work = [
      remember.bind({ system, frame, velocities: source.velocities, ring }, cover(atoms, WORKGROUP)),
      correlate.bind({ system, frame, ring, weights: weighing, correlation }, [window, 1, 1]),
    ]
    return new VelocityCorrelation(gpu, frames, work, window, ring, weighing, correlation)
  }

  /** Takes one frame. */
  get dispatches(): readonly Dispatch[] {
    return [this.frames.begin, ...this.work]
  }

  /** What it has summed so far: with these contents another one goes on from here. */
  get memory() {
    return { frame: this.frames.buffer, ring: this.ring, correlation: this.correlation }
  }

  async read(): Promise<CorrelationReport> {
    const [frame, bytes] = await this.gpu.readAll([this.frames.buffer, this.correlation])
    const samples = Frames.samples(frame)
    const raw = Float64Array.from(new Float32Array(bytes).subarray(0, Math.min(samples, this.window)))
    return { samples, raw, normalized: raw.map((value) => value / raw[0]) }
  }

  /** Forgets all frames. */
  reset(): void {
    this.frames.reset()
    this.gpu.upload(this.correlation, new Uint8Array(this.correlation.size))
  }

  destroy(): void {
    this.frames.destroy()
    for (const buffer of [this.ring, this.weights, this.correlation]) buffer.destroy()
  }
}
