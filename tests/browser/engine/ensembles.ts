/** Short runs that between them dispatch every kernel of the dynamics and of the neighbour list. */
import type { SimulationOptions, Thermostat } from '../../../src/dynamics/types.ts'

/** What moves: a structure of the gallery, or several copies of it, `spacing` Å apart. */
export interface Stage {
  readonly structure: string
  readonly copies?: number
  readonly spacing?: number
}

export interface Ensemble {
  readonly stage: Stage
  readonly steps: number
  /** Steps between reports. */
  readonly every: number
  readonly options: SimulationOptions
  /** Whether everything in src/analysis takes a frame of every step. */
  readonly observed?: boolean
}

const ETHANOL: Stage = { structure: 'ethanol' }
const WATER_BOX: Stage = { structure: 'water-box' }
/** 405 atoms, enough for the cell list, in molecules that are out of each other's reach. */
const ETHANOL_GAS: Stage = { structure: 'ethanol', copies: 45, spacing: 12 }

const start = { timestep: 0.5, temperature: 300, seed: 7 }
const bussi: Thermostat = { kind: 'bussi', temperature: 300, relaxation: 50 }

const molecule = (options: SimulationOptions): Ensemble => ({
  stage: ETHANOL,
  steps: 50,
  every: 5,
  options: { ...start, ...options },
})

/** A barostat whose few steps come to something: the cell changes at every second. */
const box = (kind: 'isotropic' | 'anisotropic'): Ensemble => ({
  stage: WATER_BOX,
  steps: 6,
  every: 2,
  options: {
    ...start,
    thermostat: bussi,
    barostat: { kind, pressure: 1, relaxation: 100, interval: 2 },
  },
})

/** By name; a test runs each in each browser. */
export const ensembles: Readonly<Record<string, Ensemble>> = {
  NVE: molecule({ thermostat: { kind: 'none' } }),
  'NVE at half the timestep': {
    stage: ETHANOL,
    steps: 100,
    every: 10,
    options: { ...start, timestep: 0.25 },
  },
  Langevin: molecule({ thermostat: { kind: 'langevin', temperature: 300, friction: 10 } }),
  'stochastic velocity rescaling': molecule({ thermostat: bussi }),
  'Nosé–Hoover chain': molecule({
    thermostat: { kind: 'nose-hoover', temperature: 300, relaxation: 50 },
  }),
  'restraint, wall and a fixed atom': molecule({
    fixed: [0],
    restraints: [{ atom: 1, stiffness: 5 }],
    wall: { radius: 2, stiffness: 1 },
  }),
  'NVE, observed': { ...molecule({}), observed: true },
  'isotropic barostat': box('isotropic'),
  'anisotropic barostat': box('anisotropic'),
  'NVE on the cell list': { stage: ETHANOL_GAS, steps: 4, every: 2, options: start },
}
