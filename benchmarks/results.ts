/** The JSON of a benchmark run. Times in s, sizes in bytes, energies in eV. */

import type { Times } from '../src/gpu/repeats.ts'
import type { KernelTime } from '../src/gpu/timing.ts'
import type { Ceilings } from './ceilings.ts'
import type { FlopAccount } from './lib/flops.ts'
import type { ModelName } from './models.ts'

export interface Case {
  readonly model: ModelName
  readonly system: string
  readonly atoms: number
  readonly periodic: boolean
}

/** A case that was left out or failed, and why. */
export interface NotRun extends Case {
  readonly notRun: string
}

export interface FirstStep {
  /** reading the file and laying its weights out, filters tabulated */
  readonly load: number
  /** asking for the adapter and its device */
  readonly device: number
  /** linking and compiling all kernels, uploading everything */
  readonly compile: number
  /** neighbours, energy and forces of the start, seen from the CPU */
  readonly forces: number
  /** the first step, seen from the CPU */
  readonly step: number
  readonly total: number
}

export interface Measured extends Case {
  /** directed pairs within the cutoff, each atom's with itself included */
  readonly pairs: number
  readonly secondsPerStep: Times
  /** steps that one timed submission took */
  readonly stepsPerSubmission: number
  readonly dispatchesPerStep: number
  /** submissions for one batch of steps, as one frame of the page is; what observing adds is not in it */
  readonly submissionsPerBatch: number
  /** sizes of all buffers bound by a step's dispatches, each counted once per dispatch (lib/commands.ts) */
  readonly bytesPerStep: number
  /** of one evaluation (lib/flops.ts) */
  readonly flops: FlopAccount
  /** useful operations per second over those of the measured matrix product */
  readonly shareOfProduct: number
  /** bytes bound per second over those of the measured copy */
  readonly shareOfCopy: number
  /** of GPU memory, without what does not grow with the atoms */
  readonly bytesPerAtom: number
  /** weights and tables */
  readonly bytesOfModel: number
  /** what one look at the observables copies back, as a frame of the page does */
  readonly bytesPerReport: number
  /** from a fresh device */
  readonly firstStep: FirstStep
  readonly energyPerAtom: number
  /** each kernel of a step alone, the dearest first, where that was asked for */
  readonly kernels?: readonly KernelTime[]
  readonly largestBuffers: readonly { readonly label: string; readonly bytes: number }[]
}

/** One way to energy and forces of a structure. */
export interface PeerTimes {
  readonly engine: string
  readonly times: Times
  /** in units of the first engine's, the median of neighbours in time */
  readonly ratio: number
  /** s from the file to the first result */
  readonly secondsToLoad: number
  /** eV: how far its energy is from the first engine's; null where it has other weights */
  readonly energyDifference: number | null
  /** eV/Å: the largest difference of a force component from the first engine's; null likewise */
  readonly forceDifference: number | null
}

export interface PeerResults {
  /** browser, or Node */
  readonly host: string
  /** Tumble's */
  readonly adapter: string
  /** the peer's model */
  readonly file: string
  readonly structure: string
  readonly atoms: number
  /** name and version of the peer, and what it runs on */
  readonly peer: string
  readonly engines: readonly PeerTimes[]
  /** peers that did not run, and why */
  readonly failures: readonly string[]
}

/** Ways to carry out the same step, timed in turns. */
export interface VariantResults {
  readonly model: ModelName
  readonly structure: string
  readonly atoms: number
  readonly variants: readonly {
    readonly name: string
    /** whether the adapter is served so where nothing is said */
    readonly standard: boolean
    readonly dispatchesPerStep: number
    readonly secondsPerStep: Times
    /** in units of the first's, the median of neighbours in time */
    readonly ratio: number
  }[]
}

/** From navigation, on the built site. */
export interface Startup {
  /** the GPU has drawn the atoms, at rest: the page's mark `tumble:first-picture`; older results have none */
  readonly firstPicture?: number
  /** the first forces are there, and the molecule starts to move */
  readonly running: number
  /** the page has shown that a step was taken */
  readonly firstStep: number
}

export interface StartupResults {
  readonly browser: string
  /** a profile of its own each time: nothing is cached */
  readonly cold: readonly Startup[]
  /** the same profile again */
  readonly warm: readonly Startup[]
}

export interface Results {
  readonly command: string
  /** ISO 8601, UTC */
  readonly date: string
  readonly host: string
  readonly machine: string
  readonly adapter: string
  readonly isSoftware: boolean
  readonly ceilings: Ceilings | null
  readonly cases: readonly (Measured | NotRun)[]
  readonly variants?: readonly VariantResults[]
  readonly peers?: readonly PeerResults[]
  readonly startup?: StartupResults
}

export const isMeasured = (result: Measured | NotRun): result is Measured => !('notRun' in result)
