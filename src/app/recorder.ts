import type { Structure } from '../chemistry/structure.ts'
import type { Simulation } from '../dynamics/simulation.ts'
import { InputError, messageOf } from '../errors.ts'
import { type TrajectoryWriter, trajectoryFormatOf, trajectoryFormats } from '../formats/index.ts'
import { fileNameFor, saveFile } from './save-file.ts'

/** Steps between two frames. */
const EVERY = 10
/** Frames on their way to the disk before the simulation waits for it. */
const MOST_PENDING = 8

/** Where a recording goes: a file of the user's, or one of the page's own that is downloaded at the end. */
interface Place {
  readonly name: string
  readonly file: FileSystemFileHandle
  readonly stream: FileSystemWritableFileStream
  /** Whether the user still has to be given the file. */
  readonly hidden: boolean
}

type Picker = (options: {
  suggestedName: string
  types: { description: string; accept: Record<string, string[]> }[]
}) => Promise<FileSystemFileHandle>

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
    const place = await placeFor(suggested)
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
    const { stream, file, name, hidden } = this.place
    const { bytes, patches } = this.writer.end()
    await stream.write(bytes as Uint8Array<ArrayBuffer>)
    for (const { offset, bytes } of patches)
      await stream.write({ type: 'write', position: offset, data: bytes as Uint8Array<ArrayBuffer> })
    await stream.close()
    if (hidden) saveFile(await file.getFile(), name)
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

async function placeFor(suggestedName: string): Promise<Place | null> {
  const { showSaveFilePicker } = window as unknown as { showSaveFilePicker?: Picker }
  try {
    if (showSaveFilePicker) {
      const types = trajectoryFormats.map(({ title, endings }) => ({
        description: title,
        accept: { 'application/octet-stream': [...endings] },
      }))
      const file = await showSaveFilePicker({ suggestedName, types })
      return { name: file.name, file, stream: await file.createWritable(), hidden: false }
    }
    const folder = await navigator.storage.getDirectory()
    const file = await folder.getFileHandle(suggestedName, { create: true })
    return { name: suggestedName, file, stream: await file.createWritable(), hidden: true }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw new InputError(`This browser does not let a page write files: ${messageOf(error)}`)
  }
}
