import { InputError } from '../errors.ts'
import type { Thermostat } from './types.ts'
import { ACCELERATION, BOLTZMANN } from './units.ts'

/** Å: an atom that would move further than this in one step has left physics. */
const FURTHEST = 0.5

/** Bytes of Run in shaders/dynamics/run.wgsl. */
export const RUN_BYTES = 24

/**
 * Run of shaders/dynamics/run.wgsl.
 * @param timestep fs
 */
export function packRun(timestep: number, thermostat: Thermostat, seed: number): ArrayBuffer {
  const bytes = new ArrayBuffer(RUN_BYTES)
  const floats = new Float32Array(bytes)
  let keep = 1
  let kick = 0
  if (thermostat.kind === 'langevin') {
    keep = Math.exp((-thermostat.friction / 1000) * timestep)
    kick = Math.sqrt((1 - keep * keep) * BOLTZMANN * thermostat.temperature * ACCELERATION)
  }
  floats.set([timestep, keep, kick, FURTHEST])
  new Uint32Array(bytes).set([seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0], 4)
  return bytes
}

/** @throws InputError for values no run can have */
export function checkSettings(timestep: number, thermostat: Thermostat): void {
  const wrong = (what: string) => {
    throw new InputError(what)
  }
  if (!(timestep > 0 && timestep <= 20))
    wrong(`The timestep must lie between 0 and 20 fs, not ${timestep}; 0.5 fs suits molecules with hydrogen.`)
  if (thermostat.kind === 'none') return
  if (!(thermostat.temperature >= 0 && Number.isFinite(thermostat.temperature)))
    wrong(`The temperature must be 0 K or more, not ${thermostat.temperature}.`)
  if (!(thermostat.friction > 0 && Number.isFinite(thermostat.friction)))
    wrong(`The friction must be a positive number of 1/ps, not ${thermostat.friction}.`)
}
