import { type FileHandle, open } from 'node:fs/promises'
import type { Structure } from '../chemistry/structure.ts'
import type { Report, Snapshot } from '../dynamics/types.ts'
import {
  type RandomAccess,
  type TrajectoryFrame,
  type TrajectoryWriter,
  trajectoryFormatOf,
} from '../formats/index.ts'
import { fileError } from './file-error.ts'

/** A trajectory file that grows frame by frame, in the format of its ending; frames are not kept in memory. */
export class TrajectoryFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly writer: TrajectoryWriter,
  ) {}

  /**
   * Begins the file anew.
   * @param structure the atoms whose frames will come
   * @throws InputError for an ending that no format has, and for a place that cannot be written
   */
  static async create(path: string, structure: Structure): Promise<TrajectoryFile> {
    const writer = trajectoryFormatOf(path).createWriter(structure)
    const file = await open(path, 'w').catch((error: unknown) => {
      throw fileError(path, error)
    })
    const trajectory = new TrajectoryFile(path, file, writer)
    await trajectory.put(writer.begin())
    return trajectory
  }

  /** @throws InputError for coordinates that the format cannot hold, and for a disk that is full */
  append(frame: TrajectoryFrame): Promise<void> {
    return this.put(this.writer.frame(frame))
  }

  /** Completes the file: some formats put the number of frames at its beginning. */
  async close(): Promise<void> {
    try {
      const { bytes, patches } = this.writer.end()
      await this.put(bytes)
      for (const patch of patches) await this.put(patch.bytes, patch.offset)
    } finally {
      await this.file.close()
    }
  }

  /** @param position in the file; its end if left out */
  private async put(bytes: Uint8Array, position: number | null = null): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const at = position === null ? null : position + done
        done += (await this.file.write(bytes, done, bytes.length - done, at)).bytesWritten
      }
    } catch (error) {
      throw fileError(this.path, error)
    }
  }
}

/** The frame of a run at a report: as much of it as is known. */
export const frameOf = (
  { step, time, potentialEnergy, temperature }: Report,
  { positions, velocities, forces, cell }: Partial<Snapshot> & Pick<Snapshot, 'positions' | 'cell'>,
): TrajectoryFrame => ({
  ...{ step, time, positions, cell, energy: potentialEnergy },
  ...(velocities && { velocities }),
  ...(forces && { forces }),
  info: new Map([['temperature_K', String(temperature)]]),
})

/**
 * A file to be read from anywhere, which is never in memory as a whole.
 * @throws InputError for a file that cannot be read
 */
export async function openToRead(path: string): Promise<RandomAccess & { close(): Promise<void> }> {
  try {
    const file = await open(path, 'r')
    const { size } = await file.stat()
    return {
      size,
      async read(offset, length) {
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
        return buffer.subarray(0, bytesRead)
      },
      close: () => file.close(),
    }
  } catch (error) {
    throw fileError(path, error)
  }
}
