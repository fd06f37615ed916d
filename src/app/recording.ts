import type { Structure } from '../chemistry/structure.ts'
import type { Simulation } from '../dynamics/simulation.ts'
import { InputError, messageOf } from '../errors.ts'
import type { Loop } from './loop.ts'
import { Recorder } from './recorder.ts'
import * as state from './state.ts'
import { plural } from './words.ts'

/** A run that is streamed to a file, while the user wants it so. */
export class Recording {
  private recorder: Recorder | null = null

  constructor(private readonly loop: Loop) {}

  /** Asks where to, and begins. */
  async begin(structure: Structure, simulation: Simulation): Promise<void> {
    if (this.recorder) return
    try {
      const begun = await Recorder.begin(structure, simulation)
      // Another molecule may have come while the user chose a file.
      if (begun && simulation !== this.loop.simulation) await begun.end()
      else this.recorder = begun
      if (this.recorder) this.loop.companion = this.recorder
      state.recording.value = this.recorder && 0
    } catch (error) {
      state.notify('error', messageOf(error))
    }
  }

  /** Completes the file, where there is one. */
  async end(): Promise<void> {
    const { recorder } = this
    if (!recorder) return
    this.recorder = null
    this.loop.companion = null
    state.recording.value = null
    try {
      const name = await recorder.end()
      if (recorder.failure) throw new InputError(`${name} ends early: ${recorder.failure}`)
      state.notify('info', `${name}: ${plural(recorder.frames, 'frame')} written.`)
    } catch (error) {
      state.notify('error', messageOf(error))
    }
  }

  /** Says how far it has come; ends where the disk would take no more. */
  look(): void {
    if (!this.recorder) return
    state.recording.value = this.recorder.frames
    if (this.recorder.failure) void this.end()
  }
}
