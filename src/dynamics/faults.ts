/** Why a run has stopped by itself, in one sentence each. */
import { symbolOf } from '../chemistry/elements.ts'
import type { Structure } from '../chemistry/structure.ts'

/** A temperature is a runaway above so many times the largest of the start's, the thermostat's, and 1000 K. */
const RUNAWAY = 10
const HOT = 1000

const ADVICE = 'use a smaller timestep or start from a relaxed structure'

/** `O1`, counted from 1. */
export const nameOf = ({ atomicNumbers }: Structure, atom: number): string =>
  `${symbolOf(atomicNumbers[atom])}${atom + 1}`

/** `fault` of Status in shaders/neighbors/status.wgsl as an atom counted from 0, and back. */
export const faultyAtom = (fault: number): number => 0xffffffff - fault

/** @param timestep fs */
export const tooStrong = (step: number, atom: string, timestep: number): string =>
  `The simulation stopped at step ${step}: atom ${atom} felt a force that no timestep of ${timestep} fs can follow; ${ADVICE}.`

/** @param temperature K */
export const ranAway = (step: number, temperature: number, atom: string): string =>
  `The simulation stopped at step ${step}: the temperature ran away to ${temperature.toFixed(0)} K, atom ${atom} being the hottest; ${ADVICE}.`

/**
 * @param temperature K
 * @param expected temperatures in K that the run was asked for
 */
export const isRunaway = (temperature: number, expected: readonly number[]): boolean =>
  temperature > RUNAWAY * Math.max(...expected, HOT)
