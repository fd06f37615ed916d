/** The only module that knows the library of video files; it is loaded when a film is wanted. */
import {
  CanvasSource,
  canEncodeVideo,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  Quality,
  StreamTarget,
  type StreamTargetChunk,
  type VideoCodec,
  WebMOutputFormat,
} from 'mediabunny'
import type { Kind, Place } from '../place.ts'
import { close } from '../place.ts'

/** A kind of video file that this browser can write. */
export interface VideoFormat extends Kind {
  readonly codec: VideoCodec
  container(): OutputFormat
}

/** What plays in most places comes first. The index of an .mp4 goes to its end, so that nothing waits in memory. */
const FORMATS: readonly (Omit<VideoFormat, 'codec'> & { readonly codecs: readonly VideoCodec[] })[] = [
  {
    title: 'MPEG-4 video',
    endings: ['.mp4'],
    codecs: ['avc'],
    container: () => new Mp4OutputFormat({ fastStart: false }),
  },
  {
    title: 'WebM video',
    endings: ['.webm'],
    codecs: ['vp9', 'vp8', 'av1'],
    container: () => new WebMOutputFormat(),
  },
]

/** Anything less shows blocks in the dark backdrop. */
const quality = new Quality('very-high')

/** Frames on their way through the encoder before others are waited for, or left out. */
const MOST_PENDING = 4

/** The best format that this browser can encode in so many picture elements; null for none. */
export async function formatFor(width: number, height: number): Promise<VideoFormat | null> {
  for (const { codecs, ...format } of FORMATS)
    for (const codec of codecs)
      if (await canEncodeVideo(codec, { width, height, quality })) return { ...format, codec }
  return null
}

/** A film that is being written: frames are encoded and go to the disk while others come. */
export class Film {
  frames = 0
  private pending = 0
  private broken: unknown = null
  private readonly source: CanvasSource

  private constructor(
    private readonly place: Place,
    private readonly output: Output,
    canvas: OffscreenCanvas,
    { codec }: VideoFormat,
  ) {
    this.source = new CanvasSource(canvas, { codec, quality })
    output.addVideoTrack(this.source)
  }

  /** @param canvas is what {@link add} takes frames from; its size is even and stays */
  static async begin(place: Place, canvas: OffscreenCanvas, format: VideoFormat): Promise<Film> {
    // The library closes what it writes to, whether the film is whole or given up: the file is ours to close.
    const writable = new WritableStream<StreamTargetChunk>({ write: (chunk) => place.stream.write(chunk) })
    const output = new Output({ format: format.container(), target: new StreamTarget(writable) })
    const film = new Film(place, output, canvas, format)
    await output.start()
    return film
  }

  /** Whether encoder or disk are behind. */
  get busy(): boolean {
    return this.pending >= MOST_PENDING
  }

  /** What has gone wrong, or null. */
  get failure(): unknown {
    return this.broken
  }

  /**
   * Takes what the canvas shows now.
   * @param at s from the beginning
   * @param duration s; 0 until the next frame
   * @returns when the encoder has room for more
   */
  async add(at: number, duration = 0): Promise<void> {
    this.pending++
    this.frames++
    try {
      await this.source.add(at, duration)
    } catch (error) {
      this.broken ??= error
    } finally {
      this.pending--
    }
  }

  /** Completes the file. */
  async end(): Promise<void> {
    await this.output.finalize()
    await close(this.place)
  }

  /** Leaves no film behind. */
  async cancel(): Promise<void> {
    await this.output.cancel()
    await this.place.stream.abort()
  }
}
