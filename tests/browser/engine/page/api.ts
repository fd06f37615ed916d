/** What the test page does for a test. Everything passes between the two as JSON. */
import type { Verdict } from '../../../../src/cli/golden/judge.ts'
import type { MinimizerReport } from '../../../../src/dynamics/minimizer.ts'
import type { ReplicasReport } from '../../../../src/dynamics/replicas.ts'
import type { Report } from '../../../../src/dynamics/types.ts'

export interface Run {
  /** One before the first step, and one every `every` steps. */
  readonly reports: readonly Report[]
  /** [atoms × 3] Å, after the last step */
  readonly positions: readonly number[]
  /** Frames that each observable has taken, where there were any. */
  readonly samples: readonly number[]
}

/** What a browser's compiler has said. */
export interface Compiled {
  /** Names of the modules compiled so far, those that cannot be compiled included. */
  readonly modules: readonly string[]
  /** Every message, errors, warnings and remarks alike: `module: type: text`. */
  readonly messages: readonly string[]
  /** Of the device they were compiled for. */
  readonly features: readonly string[]
}

/** How far atoms were from where they began, Å: at the turn and at the end; and what the conserved energy strayed, eV. */
export interface Return {
  readonly turn: number
  readonly end: number
  readonly strayed: number
}

export interface EngineApi {
  /** Finds an adapter and returns its name. */
  adapter(): Promise<string>
  /**
   * Evaluates the golden case of that name in a `case.json` or `reference.json`, by its address, and judges it.
   * @param asOnGpu whether kernels are made as for a GPU, or as for a software adapter
   */
  golden(file: string, name: string, asOnGpu: boolean): Promise<Verdict>
  /** Runs an entry of the table of ensembles from its start. */
  simulate(ensemble: string): Promise<Run>
  /** Relaxes the water box, cell included, by so many steps. */
  relax(steps: number): Promise<readonly MinimizerReport[]>
  /** Runs three molecules on a ladder for so many steps, with an exchange after every second one: a report of each step. */
  exchange(steps: number): Promise<readonly ReplicasReport[]>
  /** So many steps of a molecule in open space, and as many with all velocities turned around. */
  thereAndBack(steps: number): Promise<Return>
  compiled(): Promise<Compiled>
}

declare global {
  interface Window {
    engine: EngineApi
  }
}
