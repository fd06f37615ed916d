/** Words shared by everything that drives or watches a simulation. */

export type Thermostat =
  | { readonly kind: 'none' }
  /** BAOAB Langevin dynamics: temperature in K, friction in 1/ps. */
  | { readonly kind: 'langevin'; readonly temperature: number; readonly friction: number }

export interface SimulationOptions {
  /** fs; 0.5 if left out. */
  readonly timestep?: number
  readonly thermostat?: Thermostat
  /** K; initial velocities are drawn for it unless the structure brings its own. 0 starts at rest. */
  readonly temperature?: number
  readonly seed?: number
}

/** Observables at one step. Energies in eV, time in fs, temperature in K. */
export interface Report {
  readonly step: number
  readonly time: number
  readonly potentialEnergy: number
  readonly kineticEnergy: number
  readonly totalEnergy: number
  readonly temperature: number
  /** Directed pairs within the cutoff, self pairs included. */
  readonly pairs: number
  /** Set when the run has stopped by itself: one sentence with the atom and the step. */
  readonly fault: string | null
}

/** Everything per atom, read back at one step; row-major [atoms × 3]. */
export interface Snapshot {
  readonly step: number
  /** Å */
  readonly positions: Float64Array
  /** Å/fs */
  readonly velocities: Float64Array
  /** eV/Å */
  readonly forces: Float64Array
}

/**
 * The face of a running simulation towards page, viewer and command line.
 * GPU buffers hold one vec4f per atom and may be bound read-only by a renderer on the same device.
 */
export interface LiveSimulation {
  readonly atoms: number
  /** xyz in Å relative to `origin`, w = 0. */
  readonly positionBuffer: GPUBuffer
  /** xyz in Å/fs, w = 1/mass in 1/u. */
  readonly velocityBuffer: GPUBuffer
  /** xyz in eV/Å, w = the atom's share of the energy in eV without its reference energy. */
  readonly forceBuffer: GPUBuffer
  /** Å: what was subtracted from every position before it was uploaded. */
  readonly origin: readonly [number, number, number]
  readonly timestep: number
  readonly thermostat: Thermostat
  /** Takes effect with the next step submitted. */
  setTimestep(fs: number): void
  setThermostat(thermostat: Thermostat): void
  /** Submits `count` steps to the GPU and returns at once. */
  advance(count: number): void
  /** Observables after the last submitted step; resolves when the GPU has got there. Does not block a frame. */
  observe(): Promise<Report>
  snapshot(): Promise<Snapshot>
  /** Back to the starting positions, with fresh velocities. */
  reset(): void
  destroy(): void
}
