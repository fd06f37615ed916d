import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch, Kernel } from '../gpu/kernel.ts'

/** Bytes of Frame in shaders/analysis/frame.wgsl. */
const FRAME_BYTES = 12

/** Counts the frames an observable takes, on the GPU, and leaves out those in which the run stands still. */
export class Frames {
  private bound: Dispatch

  private constructor(
    private readonly gpu: Gpu,
    private readonly kernel: Kernel,
    /** shaders/analysis/frame.wgsl */
    readonly buffer: GPUBuffer,
    status: GPUBuffer | undefined,
  ) {
    this.bound = this.bindingTo(status)
  }

  /** @param status of the run; without it every dispatch is a new frame */
  static async create(gpu: Gpu, status: GPUBuffer | undefined): Promise<Frames> {
    const kernel = await gpu.kernel('analysis/begin', { conditions: { STATUS: status !== undefined } })
    return new Frames(gpu, kernel, gpu.buffer('frames', FRAME_BYTES), status)
  }

  /** Comes before the observable's other dispatches. */
  get begin(): Dispatch {
    return this.bound
  }

  /** Ties it to another status: that of a neighbour list that has grown. */
  bind(status: GPUBuffer): void {
    this.bound = this.bindingTo(status)
  }

  /** Frames taken, from the buffer's contents. */
  static samples(bytes: ArrayBuffer): number {
    return new Uint32Array(bytes)[1]
  }

  reset(): void {
    this.gpu.upload(this.buffer, new Uint8Array(FRAME_BYTES))
  }

  destroy(): void {
    this.buffer.destroy()
  }

  private bindingTo(status: GPUBuffer | undefined): Dispatch {
    return this.kernel.bind({ frame: this.buffer, ...(status && { status }) }, [1, 1, 1])
  }
}
