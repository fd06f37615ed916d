import { massesOf } from '../chemistry/center.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { ACCELERATION, BOLTZMANN } from './units.ts'

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

function normals(seed: number): () => number {
  const uniform = uniforms(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/**
 * Velocities from the Maxwell–Boltzmann distribution, without motion or rotation of the whole (open systems), scaled to
 * exactly the temperature.
 * @param temperature K
 * @returns [atoms × 3] in Å/fs
 */
export function drawVelocities(structure: Structure, temperature: number, seed: number): Float64Array {
  const masses = massesOf(structure)
  const normal = normals(seed)
  const velocities = new Float64Array(structure.positions.length)
  if (temperature === 0) return velocities
  for (let i = 0; i < velocities.length; i++) {
    velocities[i] = Math.sqrt((BOLTZMANN * temperature * ACCELERATION) / masses[Math.floor(i / 3)]) * normal()
  }
  if (atomCount(structure) === 1) return velocities
  removeDrift(velocities, masses)
  if (!structure.periodic.some(Boolean)) removeRotation(velocities, structure.positions, masses)
  const kinetic = kineticEnergy(velocities, masses)
  const wanted = (degreesOfFreedom(structure, true) * BOLTZMANN * temperature) / 2
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

function removeDrift(velocities: Float64Array, masses: Float64Array): void {
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  for (let k = 0; k < 3; k++) {
    let momentum = 0
    for (let i = 0; i < masses.length; i++) momentum += masses[i] * velocities[3 * i + k]
    for (let i = 0; i < masses.length; i++) velocities[3 * i + k] -= momentum / total
  }
}

type Vector = [number, number, number]
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]

/** Positions relative to the centre of mass. */
function centred(positions: Float64Array, masses: Float64Array): Vector[] {
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  const centre = [0, 1, 2].map(
    (k) => masses.reduce((sum, mass, i) => sum + mass * positions[3 * i + k], 0) / total,
  )
  return Array.from(masses, (_, i) => [0, 1, 2].map((k) => positions[3 * i + k] - centre[k]) as Vector)
}

function inertia(points: readonly Vector[], masses: Float64Array): number[][] {
  const tensor = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]
  points.forEach((r, i) => {
    const square = r[0] ** 2 + r[1] ** 2 + r[2] ** 2
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) tensor[a][b] += masses[i] * ((a === b ? square : 0) - r[a] * r[b])
    }
  })
  return tensor
}

/** Independent rotations of the whole: 3, or 2 where all atoms lie on a line. */
function rotations(structure: Structure): number {
  const masses = massesOf(structure)
  const tensor = inertia(centred(structure.positions, masses), masses)
  const size = tensor[0][0] + tensor[1][1] + tensor[2][2]
  return determinant(tensor) > 1e-6 * size ** 3 ? 3 : 2
}

const determinant = (m: readonly number[][]): number =>
  m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
  m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
  m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])

function removeRotation(velocities: Float64Array, positions: Float64Array, masses: Float64Array): void {
  const points = centred(positions, masses)
  const momentum: Vector = [0, 0, 0]
  points.forEach((r, i) => {
    const l = cross(r, [velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]])
    for (let k = 0; k < 3; k++) momentum[k] += masses[i] * l[k]
  })
  const tensor = inertia(points, masses)
  // A line of atoms has no inertia about itself, and no angular momentum there either: any small value will do.
  const size = tensor[0][0] + tensor[1][1] + tensor[2][2]
  for (let k = 0; k < 3; k++) tensor[k][k] += 1e-9 * size
  const omega = solve(tensor, momentum)
  points.forEach((r, i) => {
    const v = cross(omega, r)
    for (let k = 0; k < 3; k++) velocities[3 * i + k] -= v[k]
  })
}

/** Cramer's rule for three unknowns. */
function solve(m: readonly number[][], b: Vector): Vector {
  const d = determinant(m)
  return [0, 1, 2].map(
    (k) => determinant(m.map((row, i) => row.map((x, j) => (j === k ? b[i] : x)))) / d,
  ) as Vector
}
