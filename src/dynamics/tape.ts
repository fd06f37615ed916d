import type { Gpu } from '../gpu/gpu.ts'
import type { Buffers } from './slot.ts'

/** Copies are aligned so. */
const ALIGNMENT = 4

/**
 * Moments of a run, kept on the GPU one behind the other: taking one costs a copy there and nothing comes back. When the
 * tape is full every second moment is given up, so that a run of any length is on it, more and more coarsely.
 */
export class Tape<Note> {
  private readonly arenas: Buffers
  private readonly sizes: Readonly<Record<string, number>>
  private readonly kept: { readonly place: number; note: Note }[] = []
  private free: number[]
  /** Moments offered for each one taken. */
  private stride = 1
  private offered = 0
  readonly capacity: number

  /**
   * @param like the buffers of a state
   * @param bytes that the tape may take
   */
  constructor(
    private readonly gpu: Gpu,
    like: Buffers,
    bytes: number,
    most = 600,
  ) {
    this.sizes = Object.fromEntries(
      Object.entries(like).map(([name, { size }]) => [name, Math.ceil(size / ALIGNMENT) * ALIGNMENT]),
    )
    const whole = Object.values(this.sizes).reduce((sum, size) => sum + size, 0)
    this.capacity = Math.max(4, Math.min(most, Math.floor(bytes / whole)))
    this.free = Array.from({ length: this.capacity }, (_, place) => this.capacity - 1 - place)
    this.arenas = Object.fromEntries(
      Object.entries(this.sizes).map(([name, size]) => [
        name,
        gpu.buffer(`tape of ${name}`, size * this.capacity),
      ]),
    )
  }

  get length(): number {
    return this.kept.length
  }

  /** What was noted with each moment, in the order of time. */
  get notes(): readonly Note[] {
    return this.kept.map(({ note }) => note)
  }

  /** Offers the state as it is after all work submitted so far; it is taken if its turn has come. */
  offer(live: Buffers, note: Note): boolean {
    if (this.offered++ % this.stride !== 0) return false
    if (this.free.length === 0) this.thin()
    const place = this.free.pop()!
    this.copy('tape', (name) => [live[name], 0, this.arenas[name], place * this.sizes[name]])
    this.kept.push({ place, note })
    return true
  }

  /** Forgets a moment that turned out to be worth nothing. */
  forget(note: Note): void {
    const index = this.kept.findIndex((moment) => moment.note === note)
    if (index >= 0) this.free.push(...this.kept.splice(index, 1).map(({ place }) => place))
  }

  /** Forgets what came after a moment: the run takes another way from there. */
  cutAfter(index: number): void {
    this.free.push(...this.kept.splice(index + 1).map(({ place }) => place))
  }

  /** Gives a moment back to the live buffers. */
  load(index: number, live: Buffers): void {
    const { place } = this.kept[index]
    this.copy('rewind', (name) => [this.arenas[name], place * this.sizes[name], live[name], 0])
  }

  clear(): void {
    this.cutAfter(-1)
    this.stride = 1
    this.offered = 0
  }

  destroy(): void {
    for (const arena of Object.values(this.arenas)) arena.destroy()
  }

  private thin(): void {
    const odd = this.kept.filter((_, index) => index % 2 === 1)
    for (const { note } of odd) this.forget(note)
    this.stride *= 2
  }

  private copy(
    label: string,
    way: (name: string) => readonly [from: GPUBuffer, at: number, to: GPUBuffer, at: number],
  ): void {
    const parts = Object.entries(this.sizes).map(([name, size]) => {
      const [from, fromOffset, to, toOffset] = way(name)
      return { from, fromOffset, to, toOffset, size }
    })
    this.gpu.copyParts(label, parts)
  }
}
