import type { Gpu } from '../gpu/gpu.ts'
import { type Dispatch, lanesFor } from '../gpu/kernel.ts'
import type { AttentionHead, AttentionLinks, AttentionProgram } from '../models/attention.ts'
import { QUANTITY } from './colorings.ts'
import type { Watched } from './molecule-scene.ts'
import { PAINT } from './painter.ts'

/** Share of the largest weight from which on a line is opaque: the largest ones are along bonds, and few. */
export const OPAQUE = 0.5

/** What is written with each update of the picture, and where to. */
interface Bound extends AttentionLinks, AttentionHead {
  readonly program: AttentionProgram
  readonly dispatches: readonly Dispatch[]
}

/**
 * One attention head's weights of all pairs of the moment, while they are to be seen, and the range that they span, which
 * a workgroup follows. A list that has grown brings larger buffers.
 */
export class AttentionWatch {
  /** [1] vec4f: x the least weight between two atoms or 0, y the largest */
  readonly extent: GPUBuffer
  private readonly paint: GPUBuffer
  private wanted: AttentionHead | null = null
  private bound: Bound | null = null
  private binding = false
  private fresh = true
  /** Once weights of the wanted head are on their way. */
  private weighed: Promise<void> = Promise.resolve()
  private markWeighed = (): void => {}
  private ended = false

  /** @param told of the buffers that hold the weights from now on, and of their room, each time they are others */
  constructor(
    private readonly gpu: Gpu,
    private readonly simulation: Watched,
    private readonly told: (links: AttentionLinks, capacity: number) => void,
  ) {
    this.extent = gpu.buffer('attention range', 16)
    this.paint = gpu.buffer(
      'attention paint',
      4 * PAINT.words,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
  }

  /** @returns once its weights can be had, in vain where the simulation has no such head; null for none */
  async choose(head: AttentionHead | null): Promise<void> {
    if (isSame(head, this.wanted)) return
    this.wanted = head
    this.fresh = true
    this.markWeighed()
    this.weighed = new Promise((resolve) => {
      this.markWeighed = resolve
    })
    await this.bind()
  }

  /** What to submit for the weights of this moment: nothing while none are to be seen. */
  dispatches(): readonly Dispatch[] {
    const { wanted, bound, simulation } = this
    if (!wanted) return []
    if (!bound || bound.program !== simulation.attention || !isSame(bound, wanted)) {
      void this.bind()
      return []
    }
    const words = new Uint32Array(PAINT.words)
    words[PAINT.atoms] = bound.program.capacity
    words[PAINT.quantity] = QUANTITY.link
    words[PAINT.fresh] = this.fresh ? 1 : 0
    this.gpu.upload(this.paint, words)
    this.fresh = false
    this.markWeighed()
    return bound.dispatches
  }

  /** The weight from which on lines are opaque, after the next update if the head is a new one; null where there are none. */
  async opaque(): Promise<number | null> {
    const { attention } = this.simulation
    if (!this.wanted || !attention || !offers(attention, this.wanted)) return null
    await this.weighed
    if (this.fresh || this.ended) return null
    const [low, high] = new Float32Array(await this.gpu.read(this.extent))
    return OPAQUE * Math.max(-low, high)
  }

  private async bind(): Promise<void> {
    // The last one who asked is served: what is wanted is looked at again when the kernels are there.
    if (this.binding) return
    this.binding = true
    try {
      for (;;) {
        const { wanted, bound, simulation } = this
        const program = simulation.attention
        if (this.ended || !wanted || !program || !offers(program, wanted)) return
        if (bound?.program === program && isSame(bound, wanted)) return
        const next = await this.boundTo(program, wanted, bound)
        // Both may have changed meanwhile.
        if (!this.ended && this.wanted === wanted && simulation.attention === program) this.take(next)
        else if (next.links !== bound?.links) free(next)
      }
    } finally {
      this.binding = false
    }
  }

  private async boundTo(
    program: AttentionProgram,
    head: AttentionHead,
    former: Bound | null,
  ): Promise<Bound> {
    const { gpu, paint, extent: range } = this
    const { capacity } = program
    const room =
      former && former.links.size === 16 * capacity
        ? { links: former.links, ends: former.ends }
        : {
            links: gpu.buffer('attention links', 16 * capacity),
            ends: gpu.buffer('attention ends', 8 * capacity),
          }
    const { links } = room
    const [weights, kernel] = await Promise.all([
      program.weigh(head, room),
      gpu.kernel('viewer/range', { constants: { WORKGROUP: lanesFor(capacity) } }),
    ])
    const following = kernel.bind({ paint, source: links, start: links, range }, [1, 1, 1])
    return { ...room, ...head, program, dispatches: [weights, following] }
  }

  private take(next: Bound): void {
    const { bound } = this
    this.bound = next
    if (bound?.links === next.links) return
    this.told(next, next.program.capacity)
    // Frames that were submitted before may still read them.
    if (bound) void this.gpu.device.queue.onSubmittedWorkDone().then(() => free(bound))
  }

  destroy(): void {
    this.ended = true
    this.markWeighed()
    if (this.bound) free(this.bound)
    this.extent.destroy()
    this.paint.destroy()
  }
}

const isSame = (a: AttentionHead | null, b: AttentionHead | null): boolean =>
  a?.layer === b?.layer && a?.head === b?.head

const offers = ({ layers, heads }: AttentionProgram, { layer, head }: AttentionHead): boolean =>
  layer < layers && head < heads

function free({ links, ends }: AttentionLinks): void {
  links.destroy()
  ends.destroy()
}
