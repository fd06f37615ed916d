/**
 * An Equiformer that moves atoms, beside its float64 reference with the same velocity Verlet steps. Its energy jumps where
 * two atoms cross the cutoff (SPEC section 2), so that neither conserves it exactly: both have to do the same.
 *
 * TUMBLE_STEPS=1000 takes as many steps as that, TUMBLE_CASE=md17_l2_published another network.
 */
import { expect, test } from 'vitest'
import { massesOf } from '../../src/chemistry/center.ts'
import { ACCELERATION } from '../../src/chemistry/units.ts'
import { moleculesOf } from '../../src/cli/golden/run.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { loadForceField } from '../../src/models/registry.ts'
import { equiformerCases } from '../golden/cases.ts'
import { evaluateCase, loadEquiformer } from '../golden/lib/equiformer.ts'

const STEPS = Number(process.env.TUMBLE_STEPS ?? 6)
const CASE = process.env.TUMBLE_CASE ?? 'md17_l2_small'
/** fs */
const TIMESTEP = 0.5
/** K: the networks' weights are random, and their energies in no unit; the atoms have to get somewhere. */
const TEMPERATURE = 300

/** eV: total energies of the steps, by velocity Verlet in float64, the first of them at the start. */
function verlet(
  start: { readonly positions: Float64Array; readonly velocities: Float64Array },
  masses: Float64Array,
  derivatives: (positions: Float64Array) => { readonly energy: number; readonly forces: Float64Array },
): number[] {
  const positions = start.positions.slice()
  const velocities = start.velocities.slice()
  const kick = (forces: Float64Array) =>
    forces.forEach((f, k) => {
      velocities[k] += (0.5 * TIMESTEP * ACCELERATION * f) / masses[Math.floor(k / 3)]
    })
  const kinetic = () =>
    velocities.reduce((sum, v, k) => sum + (masses[Math.floor(k / 3)] * v * v) / 2 / ACCELERATION, 0)
  let now = derivatives(positions)
  const totals = [now.energy + kinetic()]
  for (let step = 0; step < STEPS; step++) {
    kick(now.forces)
    velocities.forEach((v, k) => {
      positions[k] += TIMESTEP * v
    })
    now = derivatives(positions)
    kick(now.forces)
    totals.push(now.energy + kinetic())
  }
  return totals
}

const furthest = (values: readonly number[]): number => {
  const from = values[0]
  return Math.max(...values.map((value) => Math.abs(value - from)))
}

test(`${CASE}: ${STEPS} steps conserve energy as the float64 reference does`, async () => {
  const golden = (await equiformerCases()).find(({ name }) => name === CASE)!
  const parameters = await loadEquiformer(golden)
  const [{ structure }] = moleculesOf(golden)
  const field = loadForceField(await golden.loadCheckpoint())
  const simulation = await Simulation.create(await requestNodeGpu(), structure, field, {
    ...{ timestep: TIMESTEP, temperature: TEMPERATURE, seed: 11 },
  })
  const start = await simulation.snapshot()
  const totals = [(await simulation.observe()).totalEnergy]
  for await (const report of simulation.run({ steps: STEPS, every: 1 })) {
    expect(report.fault).toBeNull()
    totals.push(report.totalEnergy)
  }
  simulation.destroy()

  const expected = verlet(start, massesOf(structure), (positions) => {
    const { output, forces } = evaluateCase(parameters, { ...golden, positions })
    return { energy: output[0][0], forces }
  })
  const energies = totals.slice(-STEPS - 1)
  const apart = Math.max(...energies.map((energy, step) => Math.abs(energy - expected[step])))
  if (process.env.TUMBLE_SHOW_ERRORS) {
    const [ours, theirs] = [furthest(energies), furthest(expected)]
    console.log(`${CASE}, ${STEPS} steps: drift ${ours} eV, float64 ${theirs} eV, apart ${apart} eV`)
  }
  expect(furthest(expected)).toBeGreaterThan(0)
  // Float32 rounding of positions and energies: 6.5·10⁻⁷ after 20 steps.
  expect(apart).toBeLessThan(2e-6)
})
