import { atomCount, type Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type TextStore, TuningMemory } from '../gpu/tuning-memory.ts'
import type { ForceField } from '../models/force-field.ts'

const STORED = 'tumble.tunings'
/** How long a molecule has been watched before its GPU is asked for more. */
const AFTER_MS = 5000
/** Trials hold two more simulations, which a large system may have no room for. */
const MOST_ATOMS = 4096

/** Browsers may forbid storage, and then nothing is remembered. */
const store: TextStore = {
  load() {
    try {
      return localStorage.getItem(STORED)
    } catch {
      return null
    }
  },
  save(text) {
    try {
      localStorage.setItem(STORED, text)
    } catch {}
  },
}

/**
 * Finds out beside the running simulation how its steps are done quickest on this GPU, once for each size of system, and
 * remembers it for the next simulation. Software adapters have their processor's time for the molecule alone.
 */
export class Tuner {
  private readonly memory = new TuningMemory(store)
  private timer: ReturnType<typeof setTimeout> | undefined
  private trials: AbortController | null = null

  constructor(private readonly gpu: Gpu) {
    gpu.memory = this.memory
  }

  /** Something else is simulated now. */
  watch(structure: Structure, field: ForceField): void {
    this.stop()
    const { gpu, memory } = this
    const atoms = atomCount(structure)
    if (gpu.isSoftware || atoms > MOST_ATOMS || memory.recall(gpu.adapterName, atoms)) return
    this.timer = setTimeout(() => void this.tune(structure, field), AFTER_MS)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.trials?.abort()
    this.trials = null
  }

  private async tune(structure: Structure, field: ForceField): Promise<void> {
    const { gpu, memory } = this
    const trials = new AbortController()
    this.trials = trials
    try {
      const { autotune } = await import('../dynamics/autotune.ts')
      const best = await autotune(gpu, structure, field, { signal: trials.signal })
      memory.remember(gpu.adapterName, atomCount(structure), best)
    } catch (error) {
      // Nobody has asked for it, and all goes on as it was.
      if (!trials.signal.aborted) console.warn(error)
    }
  }
}
