import { cross, dot, inverse, toFractional, type Vector, volume } from '../chemistry/cell.ts'
import { centerOfMass, massesOf } from '../chemistry/center.ts'
import { atomCount, type Cell, type Structure } from '../chemistry/structure.ts'
import { ACCELERATION, BOLTZMANN } from '../chemistry/units.ts'
import { thermalSpeed } from './run-settings.ts'
import type { SimulationOptions, Thermostat } from './types.ts'

/**
 * Uniform numbers in [0, 1) from a seed: SplitMix32 (after Steele, Lea, Flood, doi:10.1145/2714064.2660195).
 * Used for initial conditions only; steps draw theirs on the GPU.
 */
function uniforms(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
}

/** Independent standard normal numbers from a seed (Box–Muller). */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/**
 * Velocities from the Maxwell–Boltzmann distribution, scaled to exactly the temperature; without motion or rotation of the
 * whole (open systems) unless that is kept. Where atoms are held fast, these rest, and the whole is not free to move anyway.
 * @param temperature K
 * @param fixed atoms that rest
 * @param keepMotion leaves the whole the motion that the draw gives it
 * @returns [atoms × 3] in Å/fs
 */
export function drawVelocities(
  structure: Structure,
  temperature: number,
  seed: number,
  fixed: ReadonlySet<number> = new Set(),
  keepMotion = false,
): Float64Array {
  const masses = massesOf(structure)
  const normal = normals(seed)
  const velocities = new Float64Array(structure.positions.length)
  if (temperature === 0) return velocities
  for (let i = 0; i < velocities.length; i++) {
    const atom = Math.floor(i / 3)
    const v = thermalSpeed(temperature, masses[atom]) * normal()
    velocities[i] = fixed.has(atom) ? 0 : v
  }
  if (atomCount(structure) === 1) return velocities
  const bound = fixed.size === 0 && !keepMotion
  if (bound) {
    removeDrift(velocities, masses)
    if (!structure.periodic.some(Boolean)) removeRotation(velocities, structure, masses)
  }
  const kinetic = kineticEnergy(velocities, masses)
  if (kinetic === 0) return velocities
  const freedom = bound ? degreesOfFreedom(structure, true) : 3 * (masses.length - fixed.size)
  const wanted = (freedom * BOLTZMANN * temperature) / 2
  return velocities.map((v) => v * Math.sqrt(wanted / kinetic))
}

/** eV */
export function kineticEnergy(velocities: ArrayLike<number>, masses: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < velocities.length; i++) sum += masses[Math.floor(i / 3)] * velocities[i] ** 2
  return sum / (2 * ACCELERATION)
}

/**
 * Degrees of freedom that share the kinetic energy. Undisturbed motion keeps its momentum and, in open space, its
 * angular momentum, both zero at the start; a Langevin thermostat stirs them all.
 */
export function degreesOfFreedom(structure: Structure, conserved: boolean): number {
  const atoms = atomCount(structure)
  if (!conserved || atoms === 1) return 3 * atoms
  if (structure.periodic.some(Boolean)) return 3 * atoms - 3
  return 3 * atoms - 3 - rotations(structure)
}

/**
 * Degrees of freedom that share the kinetic energy of a run.
 * @param holds whether something from outside keeps the whole from drifting and turning freely
 */
export function freedomOf(
  structure: Structure,
  { fixed = [], keepMotion }: SimulationOptions,
  thermostat: Thermostat,
  holds: boolean,
): number {
  const held = new Set(fixed).size
  const conserved = held === 0 && !holds && thermostat.kind !== 'langevin' && !keepMotion
  return conserved ? degreesOfFreedom(structure, true) : 3 * (atomCount(structure) - held)
}

function removeDrift(velocities: Float64Array, masses: Float64Array): void {
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  for (let k = 0; k < 3; k++) {
    let momentum = 0
    for (let i = 0; i < masses.length; i++) momentum += masses[i] * velocities[3 * i + k]
    for (let i = 0; i < masses.length; i++) velocities[3 * i + k] -= momentum / total
  }
}

/** Positions relative to the centre of mass. */
function centred(structure: Structure): Vector[] {
  const centre = centerOfMass(structure)
  return Array.from(
    structure.atomicNumbers,
    (_, i) => [0, 1, 2].map((k) => structure.positions[3 * i + k] - centre[k]) as unknown as Vector,
  )
}

/** Inertia tensor in u Å², row-major. */
function inertia(points: readonly Vector[], masses: Float64Array): Cell {
  const tensor = new Array<number>(9).fill(0)
  points.forEach((r, i) => {
    const square = dot(r, r)
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) tensor[3 * a + b] += masses[i] * ((a === b ? square : 0) - r[a] * r[b])
    }
  })
  return tensor as unknown as Cell
}

const trace = (tensor: Cell): number => tensor[0] + tensor[4] + tensor[8]

/** Independent rotations of the whole: 3, or 2 where all atoms lie on a line. */
function rotations(structure: Structure): number {
  const tensor = inertia(centred(structure), massesOf(structure))
  return volume(tensor) > 1e-6 * trace(tensor) ** 3 ? 3 : 2
}

function removeRotation(velocities: Float64Array, structure: Structure, masses: Float64Array): void {
  const points = centred(structure)
  const momentum = [0, 0, 0]
  points.forEach((r, i) => {
    const l = cross(r, [velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]])
    for (let k = 0; k < 3; k++) momentum[k] += masses[i] * l[k]
  })
  const tensor = [...inertia(points, masses)]
  // A line of atoms has no inertia about itself, and no angular momentum there either: any small value will do.
  const little = 1e-9 * trace(tensor as unknown as Cell)
  for (let k = 0; k < 3; k++) tensor[4 * k] += little
  // The tensor is symmetric, so that row vectors times its inverse are what we want.
  const omega = toFractional(inverse(tensor as unknown as Cell), momentum[0], momentum[1], momentum[2])
  points.forEach((r, i) => {
    const v = cross(omega, r)
    for (let k = 0; k < 3; k++) velocities[3 * i + k] -= v[k]
  })
}
