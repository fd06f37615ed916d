import type { Structure } from '../chemistry/structure.ts'
import { ACCELERATION, BAR, BOLTZMANN } from '../chemistry/units.ts'
import { InputError } from '../errors.ts'
import type { Barostat, Ramp, SimulationOptions, Thermostat } from './types.ts'

/** Å: an atom that would move further than this in one step has left physics. */
const FURTHEST = 0.5

/** Bytes of Run in shaders/dynamics/run.wgsl. */
export const RUN_BYTES = 72

const THERMOSTATS = ['none', 'langevin', 'bussi', 'nose-hoover'] as const satisfies Thermostat['kind'][]

export interface RunSettings {
  /** fs */
  readonly timestep: number
  readonly thermostat: Thermostat
  readonly barostat: Barostat
  readonly seed: number
}

/** Where the temperature of a thermostat begins and ends, in K, and over how many steps; null without thermostat. */
export function rampOf(thermostat: Thermostat): Ramp | null {
  if (thermostat.kind === 'none') return null
  const { temperature } = thermostat
  return typeof temperature === 'number' ? { from: temperature, to: temperature, steps: 0 } : temperature
}

/**
 * Run of shaders/dynamics/run.wgsl.
 * @param step at which a temperature ramp begins
 * @param freedom degrees of freedom that share the kinetic energy
 */
export function packRun(settings: RunSettings, step: number, freedom: number): ArrayBuffer {
  const { timestep, thermostat, barostat, seed } = settings
  const bytes = new ArrayBuffer(RUN_BYTES)
  const floats = new Float32Array(bytes)
  const words = new Uint32Array(bytes)
  const friction = thermostat.kind === 'langevin' ? thermostat.friction / 1000 : 0
  const relaxation = 'relaxation' in thermostat ? thermostat.relaxation : 1
  const ramp = rampOf(thermostat) ?? { from: 0, to: 0, steps: 0 }
  const keep = Math.exp(-friction * timestep)
  floats.set([timestep, keep, Math.sqrt(1 - keep * keep), FURTHEST])
  floats.set([BOLTZMANN * ramp.from, BOLTZMANN * ramp.to], 4)
  words.set([step, ramp.steps, seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0], 6)
  words[10] = THERMOSTATS.indexOf(thermostat.kind)
  floats.set([freedom, relaxation, Math.exp(-timestep / relaxation)], 11)
  if (barostat.kind !== 'none') {
    const { pressure, relaxation: slowness, compressibility, interval } = completeBarostat(barostat)
    floats.set([pressure * BAR, compressibility / BAR / slowness], 14)
    words.set([interval, barostat.kind === 'anisotropic' ? 1 : 0], 16)
  }
  return bytes
}

function completeBarostat(barostat: Exclude<Barostat, { kind: 'none' }>) {
  const { pressure, relaxation = 1000, compressibility = 4.5e-5, interval = 10 } = barostat
  return { pressure, relaxation, compressibility, interval }
}

/**
 * @param lightest mass in u of the lightest atom that moves
 * @throws InputError for values no run can have
 */
export function checkSettings({ timestep, thermostat, barostat }: RunSettings, lightest: number): void {
  // An X–H stretch has a period of 9 fs; velocity Verlet needs a tenth of it, and none can do with a third.
  const longest = 3 * Math.sqrt(lightest)
  if (!(timestep > 0 && timestep <= longest))
    throw new InputError(
      `The timestep must lie between 0 and ${longest.toPrecision(2)} fs for a lightest atom of ${lightest.toPrecision(3)} u, not ${timestep}; 0.5 fs suits molecules with hydrogen.`,
    )
  checkThermostat(thermostat, timestep)
  if (barostat.kind === 'none') return
  if (thermostat.kind === 'none')
    throw new InputError('A barostat needs a thermostat beside it: choose langevin, bussi or nose-hoover.')
  const { pressure, relaxation, compressibility, interval } = completeBarostat(barostat)
  if (!Number.isFinite(pressure))
    throw new InputError(`The pressure must be a number of bar, not ${pressure}.`)
  positive('relaxation time of the barostat', relaxation, 'fs')
  positive('compressibility', compressibility, '1/bar')
  if (!(Number.isInteger(interval) && interval > 0))
    throw new InputError(`The barostat must act every so many whole steps, not every ${interval}.`)
  if (interval * timestep > relaxation / 5)
    throw new InputError(
      `The barostat acts every ${interval} steps of ${timestep} fs, too seldom for a relaxation time of ${relaxation} fs: make that at least ${5 * interval * timestep} fs.`,
    )
}

/**
 * @param what moves the cell, as the subject of a sentence
 * @throws InputError for a structure or constraints that a changing cell does not go with
 */
export function checkMovingCell(
  what: string,
  structure: Structure,
  { fixed = [], restraints = [], wall }: Pick<SimulationOptions, 'fixed' | 'restraints' | 'wall'>,
): void {
  if (!structure.cell || !structure.periodic.every(Boolean))
    throw new InputError(
      `${what} needs a cell that repeats along all three axes, and ${structure.name} has none: give the file a cell or leave the pressure out.`,
    )
  if (fixed.length > 0 || restraints.length > 0 || wall)
    throw new InputError(
      `${what} moves all atoms with the cell: leave out fixed atoms, restraints and the wall, or the change of the cell.`,
    )
}

function checkThermostat(thermostat: Thermostat, timestep: number): void {
  if (thermostat.kind === 'none') return
  const { from, to, steps } = rampOf(thermostat) as Ramp
  for (const temperature of [from, to]) checkTemperature(temperature)
  if (!(Number.isInteger(steps) && steps >= 0 && steps < 2 ** 31))
    throw new InputError(`A temperature ramp must take a whole number of steps, not ${steps}.`)
  if (thermostat.kind === 'langevin') {
    positive('friction', thermostat.friction, '1/ps')
    return
  }
  positive('relaxation time of the thermostat', thermostat.relaxation, 'fs')
  if (thermostat.kind !== 'nose-hoover') return
  if (Math.min(from, to) === 0) throw new InputError('A Nosé–Hoover chain needs a temperature above 0 K.')
  if (thermostat.relaxation < 10 * timestep)
    throw new InputError(
      `The relaxation time of a Nosé–Hoover chain must be at least ten timesteps, ${10 * timestep} fs, not ${thermostat.relaxation}.`,
    )
}

/** @throws InputError for a temperature below 0 K */
export function checkTemperature(temperature: number): void {
  if (!(temperature >= 0 && Number.isFinite(temperature)))
    throw new InputError(`The temperature must be 0 K or more, not ${temperature}.`)
}

function positive(what: string, value: number, unit: string): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new InputError(`The ${what} must be a positive number of ${unit}, not ${value}.`)
}

/** Mean temperature in K of a kinetic energy in eV. */
export const temperatureOf = (kinetic: number, freedom: number): number =>
  freedom > 0 ? (2 * kinetic) / (freedom * BOLTZMANN) : 0

/** Width in Å/fs of one velocity component at a temperature in K, for a mass in u. */
export const thermalSpeed = (temperature: number, mass: number): number =>
  Math.sqrt((BOLTZMANN * temperature * ACCELERATION) / mass)
