import { atomCount, type Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { paired, secondsOfMany } from '../gpu/repeats.ts'
import type { Tuning } from '../gpu/tuning.ts'
import type { ForceField } from '../models/force-field.ts'
import { Simulation } from './simulation.ts'

/** Barriers of processors that play GPUs are known to cost more than dispatches, and lists take them long to compile. */
const forGpus = (question: readonly Partial<Tuning>[]): boolean =>
  question.some((change) => 'lists' in change)

/** What is tried, one question after the other; answers to the first ones matter most. */
const QUESTIONS: readonly (readonly Partial<Tuning>[])[] = [
  [
    { lists: null },
    { lists: { lanes: 256, atoms: 1 } },
    { lists: { lanes: 256, atoms: 4 } },
    { lists: { lanes: 256, atoms: 16 } },
  ],
  [{ edgeLanes: 1 }, { edgeLanes: 64 }, { edgeLanes: 128 }, { edgeLanes: 256 }, { edgeLanes: 512 }],
  [{ rowLanes: 1 }, { rowLanes: 32 }, { rowLanes: 64 }],
  [{ nearestFirst: false }, { nearestFirst: true }],
  [{ subgroups: false }, { subgroups: true }],
]

/** A step must take less than this share of the time it takes now: smaller gains are noise as often as not. */
const WORTH_WHILE = 0.97
/** s that a comparison may take, and that a timed batch of steps should. */
const COMPARISON = 0.3
const BATCH = 0.02
const LARGEST_BATCH = 64
/** fs: atoms must not wander off while they are timed. */
const STANDSTILL = 1e-4

/** One way to carry out the steps, beside the best one known before. */
export interface Trial {
  readonly change: Partial<Tuning>
  /** time of a step in units of what it was; null where it could not be carried out */
  readonly ratio: number | null
}

export interface AutotuneOptions {
  readonly onTrial?: (trial: Trial) => void
  /** Ends it between two trials; what was found so far is lost. */
  readonly signal?: AbortSignal
}

/**
 * Times whole MD steps of a system in different ways, in turns, and returns the quickest one found. Some seconds on a
 * GPU; a minute or two on a software adapter, which takes long to compile. Changes neither `gpu.tuned` nor its memory.
 * @throws InputError where the system cannot be simulated at all
 */
export async function autotune(
  gpu: Gpu,
  structure: Structure,
  field: ForceField,
  { onTrial, signal }: AutotuneOptions = {},
): Promise<Tuning> {
  let best = await Candidate.create(gpu, gpu.tuningFor(atomCount(structure)), structure, field)
  let winner: Candidate | null = null
  try {
    for (const question of QUESTIONS) {
      if (gpu.isSoftware && forGpus(question)) continue
      let least = WORTH_WHILE
      for (const change of question) {
        const tuning = { ...best.tuning, ...change }
        if (JSON.stringify(tuning) === JSON.stringify(best.tuning)) continue
        signal?.throwIfAborted()
        // What one adapter cannot do is no reason to give up the rest.
        const other = await Candidate.create(gpu, tuning, structure, field).catch(() => null)
        const ratio = other && (await best.comparedWith(other))
        onTrial?.({ change, ratio })
        if (ratio !== null && ratio < least) {
          winner?.destroy()
          winner = other
          least = ratio
        } else other?.destroy()
      }
      if (winner) {
        best.destroy()
        best = winner
        winner = null
      }
    }
    return best.tuning
  } finally {
    winner?.destroy()
    best.destroy()
  }
}

/** A simulation whose kernels were made with some tuning. */
class Candidate {
  private batch = 1

  private constructor(
    readonly tuning: Tuning,
    private readonly simulation: Simulation,
    private readonly device: GPUDevice,
  ) {}

  static async create(gpu: Gpu, tuning: Tuning, structure: Structure, field: ForceField): Promise<Candidate> {
    const simulation = await Simulation.create(gpu.tunedAs(tuning), structure, field, {
      temperature: 0,
      timestep: STANDSTILL,
    })
    const candidate = new Candidate(tuning, simulation, gpu.device)
    try {
      await simulation.observe()
      while (candidate.batch < LARGEST_BATCH && (await candidate.time()) * candidate.batch < BATCH)
        candidate.batch *= 2
      return candidate
    } catch (error) {
      candidate.destroy()
      throw error
    }
  }

  /** s per step */
  private async time(): Promise<number> {
    const { simulation, batch, device } = this
    return (await secondsOfMany(device, () => simulation.advance(batch), 2)) / (2 * batch)
  }

  /** The other's time of a step in units of this one's. */
  async comparedWith(other: Candidate): Promise<number> {
    const work = [this, other].map((candidate) => () => candidate.time())
    const { ratios } = await paired(work, { seconds: COMPARISON, least: 5 })
    return ratios[1]
  }

  destroy(): void {
    this.simulation.destroy()
  }
}
