import { type FileHandle, open } from 'node:fs/promises'
import type { Structure } from '../chemistry/structure.ts'
import type { Report, Snapshot } from '../dynamics/types.ts'
import { writeXyz } from '../formats/index.ts'
import { fileError } from './files.ts'

/** A snapshot of atoms that do not move yet. */
type Still = Omit<Snapshot, 'velocities'>

/** An extended .xyz file that grows frame by frame; frames are not kept in memory. */
export class Trajectory {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly structure: Structure,
  ) {}

  /**
   * Begins the file anew.
   * @throws InputError for a place that cannot be written
   */
  static async create(path: string, structure: Structure): Promise<Trajectory> {
    try {
      return new Trajectory(path, await open(path, 'w'), structure)
    } catch (error) {
      throw fileError(path, error)
    }
  }

  /** Appends a frame: positions, velocities, forces, the potential energy, and in its comment step, time and temperature. */
  async append(report: Report, snapshot: Still & Partial<Snapshot>): Promise<void> {
    const info = new Map([
      ...(this.structure.info ?? []),
      ['step', String(report.step)],
      ['time_fs', String(report.time)],
      ['temperature_K', String(report.temperature)],
    ])
    const frame = {
      ...this.structure,
      ...snapshot,
      energy: report.potentialEnergy,
      info,
    }
    await this.file.appendFile(writeXyz([frame])).catch((error: unknown) => {
      throw fileError(this.path, error)
    })
  }

  close(): Promise<void> {
    return this.file.close()
  }
}
