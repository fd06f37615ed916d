/** Words shared by everything that drives or watches a simulation. */
import type { Cell } from '../chemistry/structure.ts'
import type { AttentionProgram } from '../models/attention.ts'

/** A temperature in K that changes linearly over a number of steps, counted from when it is set. */
export interface Ramp {
  readonly from: number
  readonly to: number
  readonly steps: number
}

export type Thermostat =
  | { readonly kind: 'none' }
  /** BAOAB Langevin dynamics: temperature in K, friction in 1/ps. */
  | { readonly kind: 'langevin'; readonly temperature: number | Ramp; readonly friction: number }
  /** Stochastic velocity rescaling (Bussi, Donadio, Parrinello 2007): relaxation time in fs. */
  | { readonly kind: 'bussi'; readonly temperature: number | Ramp; readonly relaxation: number }
  /** Chain of three Nosé–Hoover thermostats: period in fs. */
  | { readonly kind: 'nose-hoover'; readonly temperature: number | Ramp; readonly relaxation: number }

/** Stochastic cell rescaling (Bernetti & Bussi 2020). Needs a thermostat and a cell that repeats along all axes. */
export type Barostat =
  | { readonly kind: 'none' }
  | {
      /** All axes alike, or each Cartesian axis for itself. */
      readonly kind: 'isotropic' | 'anisotropic'
      /** bar */
      readonly pressure: number
      /** fs; 1000 if left out. */
      readonly relaxation?: number
      /** 1/bar; 4.5e-5, that of water, if left out. Sets how fast volumes change, not which. */
      readonly compressibility?: number
      /** Steps between changes of the cell; 10 if left out. */
      readonly interval?: number
    }

/** A spring of `stiffness` eV/Å² from an atom (counted from 0) to an anchor in Å, its first position if left out. */
export interface Restraint {
  readonly atom: number
  readonly stiffness: number
  readonly anchor?: readonly [number, number, number]
}

/** A sphere that atoms outside are drawn back to, ½ k (r − radius)²; Å and eV/Å². */
export interface SphericalWall {
  readonly radius: number
  readonly stiffness: number
  /** The middle of the atoms if left out. */
  readonly centre?: readonly [number, number, number]
}

export interface SimulationOptions {
  /** fs; 0.5 if left out. */
  readonly timestep?: number
  readonly thermostat?: Thermostat
  readonly barostat?: Barostat
  /** K; initial velocities are drawn for it unless the structure brings its own. 0 starts at rest. */
  readonly temperature?: number
  readonly seed?: number
  /** Whether velocities that are drawn leave the whole its motion and rotation; false if left out. */
  readonly keepMotion?: boolean
  /** Atoms, counted from 0, that are held where they are. */
  readonly fixed?: readonly number[]
  /** u; every hydrogen gets this mass, taken from the heavy atom it is bound to. */
  readonly hydrogenMass?: number
  readonly restraints?: readonly Restraint[]
  readonly wall?: SphericalWall
}

/** Observables at one step. Energies in eV, time in fs, temperature in K. */
export interface Report {
  readonly step: number
  readonly time: number
  readonly potentialEnergy: number
  readonly kineticEnergy: number
  readonly totalEnergy: number
  /**
   * Total energy less the heat that thermostats and the work that the barostat and a pulling hand have brought since the
   * start: constant but for the error of the timestep, in every ensemble (effective energy of Bussi, Donadio, Parrinello 2007).
   */
  readonly conservedEnergy: number
  /** Work that the hand of `setPull` has done since the start; 0 where none has pulled. */
  readonly handWork: number
  readonly temperature: number
  /** Sum of the momenta in u Å/fs. */
  readonly momentum: readonly [number, number, number]
  /** Rows in Å; null in open space. */
  readonly cell: Cell | null
  /** Å³; null unless all axes repeat. */
  readonly volume: number | null
  /** eV/Å³, the motion of the atoms included; xx, yy, zz, yz, xz, xy; null unless all axes repeat. */
  readonly stress: readonly number[] | null
  /** bar, −⅓ of the stress's trace; null unless all axes repeat. */
  readonly pressure: number | null
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
  /** Rows in Å at this step; null in open space. */
  readonly cell: Cell | null
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
  /**
   * Attention weights of the present forces; null where the force field has none, or its buffers are being replaced: ask
   * each time they are wanted.
   */
  readonly attention: AttentionProgram | null
  /** Å: what was subtracted from every position before it was uploaded. */
  readonly origin: readonly [number, number, number]
  readonly timestep: number
  readonly thermostat: Thermostat
  /** Takes effect with the next step submitted. */
  setTimestep(fs: number): void
  setThermostat(thermostat: Thermostat): void
  /** Draws an atom (counted from 0) to a point in Å by a spring of `stiffness` eV/Å²; null lets go. */
  setPull(pull: Required<Restraint> | null): void
  /** Submits `count` steps to the GPU and returns at once. */
  advance(count: number): void
  /** Observables after the last submitted step; resolves when the GPU has got there. Does not block a frame. */
  observe(): Promise<Report>
  snapshot(): Promise<Snapshot>
  /** After a fault: back to the last state that was observed without one, with another timestep in fs if given. */
  recover(timestep?: number): Promise<void>
  /** Back to the starting positions, with fresh velocities. */
  reset(): void
  destroy(): void
}
