/**
 * The conditions of a run, said once: the page's controls and address and the command line's flags take their words, units
 * and limits from here.
 */
import type { Thermostat } from './types.ts'

/** A number that a run can be given. */
export interface Condition {
  readonly label: string
  readonly unit: string
  /** What it is, for people who have not met it. */
  readonly help: string
  /** The least it can be, or what it must be above; any number if neither is there. */
  readonly least?: number
  readonly above?: number
  /** What it is where nobody says otherwise. */
  readonly standard: number
}

export const conditions = {
  temperature: {
    label: 'Temperature',
    unit: 'K',
    help: 'What the thermostat aims at, and what first velocities are drawn for where a file has none.',
    least: 0,
    standard: 300,
  },
  friction: {
    label: 'Friction',
    unit: '1/ps',
    help: 'How strongly the heat bath of Langevin dynamics holds on to the atoms.',
    above: 0,
    standard: 1,
  },
  relaxation: {
    label: 'Relaxation',
    unit: 'fs',
    help: 'In what time a stochastic or Nosé–Hoover thermostat brings the temperature back.',
    above: 0,
    standard: 100,
  },
  pressure: {
    label: 'Pressure',
    unit: 'bar',
    help: 'What the barostat aims at; 1 bar is next to nothing at the scale of atoms.',
    standard: 0,
  },
  timestep: {
    label: 'Timestep',
    unit: 'fs',
    help: 'Hydrogen needs 0.5 to 1 fs; too long a step makes the run blow up.',
    above: 0,
    standard: 0.5,
  },
} as const satisfies Record<string, Condition>

export type ConditionName = keyof typeof conditions

/** Thermostats that there are, and what to know of each. */
export const thermostats = [
  {
    kind: 'langevin',
    title: 'Langevin',
    help: 'Every atom in a bath of its own: robust, slows motion a little.',
  },
  {
    kind: 'bussi',
    title: 'Velocity rescaling',
    help: 'Bussi, Donadio, Parrinello: one bath for all atoms, motion hardly disturbed.',
  },
  { kind: 'nose-hoover', title: 'Nosé–Hoover chain', help: 'Deterministic: smooth, best near equilibrium.' },
] as const satisfies readonly {
  readonly kind: Exclude<Thermostat['kind'], 'none'>
  readonly title: string
  readonly help: string
}[]
