import type { Structure } from '../chemistry/structure.ts'
import type { Simulation } from '../dynamics/simulation.ts'
import { messageOf } from '../errors.ts'
import { type TrajectoryWriter, trajectoryFormatOf, trajectoryFormats } from '../formats/index.ts'
import { close, type Place, placeFor } from './place.ts'
import { fileNameFor } from './save-file.ts'

/** Steps between two frames. */
const EVERY = 10
/** Frames on their way to the disk before the simulation waits for it. */
const MOST_PENDING = 8

/** Streams a running simulation to a file on disk: only the frames on their way there are in memory. */
export class Recorder {
  frames = 0
  private pending = 0
  private lastStep = -1
  /** Writes come one after the other. */
  private queue: Promise<void> = Promise.resolve()
  private broken: unknown = null

  private constructor(
    private readonly place: Place,
    private readonly writer: TrajectoryWriter,
    private readonly simulation: Simulation,
  ) {
    this.put(writer.begin())
  }

  /**
   * Asks where to, where the browser can; null if the user would rather not.
   * @throws InputError where nothing can be written
   */
  static async begin(structure: Structure, simulation: Simulation): Promise<Recorder | null> {
    const suggested = `${fileNameFor(structure.name)}-trajectory.xyz`
    const place = await placeFor(suggested, trajectoryFormats)
    if (!place) return null
    try {
      return new Recorder(place, trajectoryFormatOf(place.name).createWriter(structure), simulation)
    } catch (error) {
      await place.stream.abort()
      throw error
    }
  }

  /** How many of these steps may be taken before the next frame is due; 0 while the disk is behind. */
  limit(steps: number): number {
    if (this.pending >= MOST_PENDING) return 0
    return Math.min(steps, EVERY - (this.simulation.stepsAsked % EVERY))
  }

  /** Takes a frame where one is due. To be called after every submission of steps. */
  take(): void {
    const { simulation } = this
    if (simulation.stepsAsked % EVERY !== 0) return
    this.pending++
    const snapshot = simulation.snapshot()
    this.queue = this.queue.then(async () => {
      try {
        const { step, ...atoms } = await snapshot
        if (this.broken || step <= this.lastStep) return
        this.lastStep = step
        await this.place.stream.write(
          this.writer.frame({ step, time: simulation.timeOf(step), ...atoms }) as Uint8Array<ArrayBuffer>,
        )
        this.frames++
      } catch (error) {
        this.broken ??= error
      } finally {
        this.pending--
      }
    })
    snapshot.catch(() => {})
  }

  /** What has gone wrong with the file, or null. */
  get failure(): string | null {
    return this.broken === null ? null : messageOf(this.broken)
  }

  /**
   * Completes the file.
   * @returns its name
   * @throws Error if the disk would not have it
   */
  async end(): Promise<string> {
    await this.queue
    const { stream, name } = this.place
    const { bytes, patches } = this.writer.end()
    await stream.write(bytes as Uint8Array<ArrayBuffer>)
    for (const { offset, bytes } of patches)
      await stream.write({ type: 'write', position: offset, data: bytes as Uint8Array<ArrayBuffer> })
    await close(this.place)
    return name
  }

  private put(bytes: Uint8Array): void {
    this.queue = this.queue.then(async () => {
      await this.place.stream.write(bytes as Uint8Array<ArrayBuffer>).catch((error: unknown) => {
        this.broken ??= error
      })
    })
  }
}
