/** Why a run has stopped by itself, in one sentence each. */
import { symbolOf } from '../chemistry/elements.ts'
import type { Structure } from '../chemistry/structure.ts'
import type { Observables } from './observables.ts'

/** A temperature is a runaway above so many times the largest of the start's, the thermostat's, and 1000 K. */
const RUNAWAY = 10
const HOT = 1000

const ADVICE = 'use a smaller timestep or start from a relaxed structure'

/** `O1`, counted from 1. */
export const nameOf = ({ atomicNumbers }: Structure, atom: number): string =>
  `${symbolOf(atomicNumbers[atom])}${atom + 1}`

/** `fault` of Status in shaders/neighbors/status.wgsl as an atom counted from 0, and back. */
const faultyAtom = (fault: number): number => 0xffffffff - fault

/** @param timestep fs */
const tooStrong = (step: number, atom: string, timestep: number): string =>
  `The simulation stopped at step ${step}: atom ${atom} felt a force that no timestep of ${timestep} fs can follow; ${ADVICE}.`

/** @param temperature K */
const ranAway = (step: number, temperature: number, atom: string): string =>
  `The simulation stopped at step ${step}: the temperature ran away to ${temperature.toFixed(0)} K, atom ${atom} being the hottest; ${ADVICE}.`

/**
 * @param temperature K
 * @param expected temperatures in K that the run was asked for
 */
const isRunaway = (temperature: number, expected: readonly number[]): boolean =>
  temperature > RUNAWAY * Math.max(...expected, HOT)

/** What is looked at for a fault: a run, or one of its replicas. */
export interface Suspect {
  /** fs */
  readonly timestep: number
  /** K that it was asked for; Infinity where any temperature may be meant */
  readonly expected: readonly number[]
  /** What an atom, counted from 0 among all of the run, is called; null for one of another replica. */
  name(atom: number): string | null
  /** Stops what is still under way. @param fault of Status, as if the atom had felt too strong a force */
  stop(fault: number): void
}

/** Why it has stopped, or must: one sentence; null if nothing is wrong. */
export function faultOf(
  { fault: [fault], hottest: [hottest], step: [step] }: Observables,
  temperature: number,
  { timestep, expected, name, stop }: Suspect,
): string | null {
  if (fault !== 0) {
    const atom = name(faultyAtom(fault))
    return atom && tooStrong(step, atom, timestep)
  }
  const atom = name(hottest)
  if (!atom || !isRunaway(temperature, expected)) return null
  stop(faultyAtom(hottest))
  return ranAway(step, temperature, atom)
}
