import { expect, test } from 'vitest'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { BOLTZMANN } from '../../../src/chemistry/units.ts'
import { degreesOfFreedom, drawVelocities, kineticEnergy } from '../../../src/dynamics/velocities.ts'

const structure = (atomicNumbers: number[], positions: number[], periodic = false): Structure => ({
  name: 'test',
  atomicNumbers: Uint8Array.from(atomicNumbers),
  positions: Float64Array.from(positions),
  cell: periodic ? [9, 0, 0, 0, 9, 0, 0, 0, 9] : null,
  periodic: [periodic, periodic, periodic],
})
const water = structure([8, 1, 1], [0, 0, 0.1, 0, 0.76, -0.5, 0.1, -0.76, -0.45])
const masses = [15.999, 1.008, 1.008]

test('exactly the temperature asked for, with no momentum and no angular momentum', () => {
  const velocities = drawVelocities(water, 300, 7)
  expect((2 * kineticEnergy(velocities, masses)) / (3 * BOLTZMANN)).toBeCloseTo(300, 8)
  for (let k = 0; k < 3; k++) {
    const [a, b] = [(k + 1) % 3, (k + 2) % 3]
    let momentum = 0
    let angular = 0
    masses.forEach((m, i) => {
      momentum += m * velocities[3 * i + k]
      angular +=
        m *
        (water.positions[3 * i + a] * velocities[3 * i + b] -
          water.positions[3 * i + b] * velocities[3 * i + a])
    })
    expect(Math.abs(momentum)).toBeLessThan(1e-15)
    expect(Math.abs(angular)).toBeLessThan(1e-9)
  }
})

test('the same seed draws the same, another one does not', () => {
  expect(drawVelocities(water, 300, 1)).toEqual(drawVelocities(water, 300, 1))
  expect(drawVelocities(water, 300, 1)).not.toEqual(drawVelocities(water, 300, 2))
})

test('rest at 0 K', () => {
  expect(Array.from(drawVelocities(water, 0, 1))).toEqual(Array(9).fill(0))
})

test.each([
  ['a bent molecule', water, 3],
  ['a linear molecule', structure([6, 8, 8], [0, 0, 0, 0, 0, 1.16, 0, 0, -1.16]), 4],
  ['two atoms', structure([1, 1], [0, 0, 0, 0.74, 0, 0]), 1],
  ['one atom', structure([2], [0, 0, 0]), 3],
  ['a periodic system', structure([8, 1, 1], Array.from(water.positions), true), 6],
])('degrees of freedom of %s', (_, atoms, freedom) => {
  expect(degreesOfFreedom(atoms, true)).toBe(freedom)
  expect(degreesOfFreedom(atoms, false)).toBe(atoms.positions.length)
})

test('on request the whole keeps the motion that the draw gives it, at the same temperature', () => {
  const velocities = drawVelocities(water, 300, 7, new Set(), true)
  const momentum = [0, 1, 2].map((k) =>
    masses.reduce((sum, mass, i) => sum + mass * velocities[3 * i + k], 0),
  )
  expect(Math.hypot(...momentum)).toBeGreaterThan(1e-3)
  // Nine degrees of freedom share the energy then.
  expect(kineticEnergy(velocities, masses)).toBeCloseTo((9 / 2) * BOLTZMANN * 300, 12)
})
