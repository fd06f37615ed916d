/**
 * Ensembles against what statistical mechanics says of them, on the GPU. Seeds are fixed, so that a test gives the same
 * verdict every time; each bound says how often a right program would miss it with another seed.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import { ACCELERATION, BAR, BOLTZMANN } from '../../src/chemistry/units.ts'
import { thermalSpeed } from '../../src/dynamics/run-settings.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Barostat, Report, SimulationOptions, Thermostat } from '../../src/dynamics/types.ts'
import { normals } from '../../src/dynamics/velocities.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { argon, spheres } from './lib/spheres.ts'
import {
  gammaCdf,
  kolmogorovSmirnov,
  ksCritical,
  logRatioSlope,
  mean,
  standardError,
  variance,
} from './lib/statistics.ts'

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})

const TEMPERATURE = 300
const THERMAL = BOLTZMANN * TEMPERATURE
const MASS = 39.95
/** Offset in floats of `chain` in Control. */
const CHAIN = 4

/** Reports and kinetic energies in eV per atom and axis, sampled from one run. */
async function sample(
  structure: Structure,
  field: ForceField,
  options: SimulationOptions,
  { settle, samples, every }: { settle: number; samples: number; every: number },
) {
  const simulation = await Simulation.create(gpu, structure, field, { timestep: 4, ...options })
  simulation.advance(settle)
  const reports: Report[] = []
  const kinetic: number[][] = []
  for (let n = 0; n < samples; n++) {
    simulation.advance(every)
    const [report, { velocities }] = await Promise.all([simulation.observe(), simulation.snapshot()])
    reports.push(report)
    kinetic.push(Array.from(velocities, (v) => (MASS * v * v) / (2 * ACCELERATION)))
  }
  simulation.destroy()
  return { reports, kinetic }
}

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0)

/** Kinetic energies of a run with so many degrees of freedom against the canonical distribution. */
function expectCanonical(kinetic: readonly (readonly number[])[], freedom: number) {
  const totals = kinetic.map(sum)
  // K/kT is Γ(f/2). Significance 0.001.
  const distance = kolmogorovSmirnov(totals, (k) => gammaCdf(freedom / 2, k / THERMAL))
  expect(distance).toBeLessThan(ksCritical(totals.length))
  // Mean f/2 kT and variance f/2 kT², four standard errors each.
  expect(Math.abs(mean(totals) - (freedom / 2) * THERMAL)).toBeLessThan(4 * standardError(totals))
  const squares = totals.map((k) => (k - (freedom / 2) * THERMAL) ** 2)
  expect(Math.abs(mean(squares) - (freedom / 2) * THERMAL ** 2)).toBeLessThan(4 * standardError(squares))
}

/** ½ kT (times the share of the atoms in f) for each axis and each atom: four and five standard errors. */
function expectEquipartition(kinetic: readonly (readonly number[])[], freedom: number) {
  const atoms = kinetic[0].length / 3
  const share = (freedom / (3 * atoms)) * (THERMAL / 2)
  for (let axis = 0; axis < 3; axis++) {
    const series = kinetic.map((values) => sum(values.filter((_, i) => i % 3 === axis)) / atoms)
    expect(Math.abs(mean(series) - share)).toBeLessThan(4 * standardError(series))
  }
  for (let atom = 0; atom < atoms; atom++) {
    const series = kinetic.map((values) => sum(values.slice(3 * atom, 3 * atom + 3)) / 3)
    expect(Math.abs(mean(series) - share)).toBeLessThan(5 * standardError(series))
  }
}

const thermostats: readonly [name: string, thermostat: Thermostat, freedom: number][] = [
  ['Langevin', { kind: 'langevin', temperature: TEMPERATURE, friction: 20 }, 81],
  ['stochastic velocity rescaling', { kind: 'bussi', temperature: TEMPERATURE, relaxation: 30 }, 78],
  ['Nosé–Hoover chain', { kind: 'nose-hoover', temperature: TEMPERATURE, relaxation: 60 }, 78],
]

describe('soft spheres in a periodic cell', () => {
  test.each(thermostats)(
    '%s is canonical, and all atoms and axes are alike',
    async (_, thermostat, freedom) => {
      const { kinetic, reports } = await sample(
        argon(3, 2.6),
        spheres(0.6),
        { thermostat, seed: 3 },
        { settle: 300, samples: 320, every: 25 },
      )
      expectCanonical(kinetic, freedom)
      expectEquipartition(kinetic, freedom)
      // Heat that is counted leaves only the error of the timestep, which does not grow.
      const conserved = reports.map((r) => r.conservedEnergy)
      const third = Math.floor(conserved.length / 3)
      const drift = mean(conserved.slice(-third)) - mean(conserved.slice(0, third))
      expect(Math.abs(drift)).toBeLessThan(0.02 * THERMAL * 27)
      expect(Math.sqrt(variance(reports.map((r) => r.totalEnergy)))).toBeGreaterThan(
        20 * Math.sqrt(variance(conserved)),
      )
    },
  )
})

describe('harmonic oscillators', () => {
  const anchored = argon(3, 5, false)
  const stiffness = (atom: number) => 0.2 + 0.05 * atom
  const restraints = Array.from({ length: 27 }, (_, atom) => ({
    atom,
    stiffness: stiffness(atom),
    anchor: Array.from(anchored.positions.subarray(3 * atom, 3 * atom + 3)) as unknown as [
      number,
      number,
      number,
    ],
  }))

  test('Langevin brings each to its ½ kT, from rest', async () => {
    const { kinetic, reports } = await sample(
      anchored,
      spheres(0),
      { thermostat: thermostats[0][1], restraints, temperature: 0, seed: 5 },
      { settle: 300, samples: 400, every: 20 },
    )
    expectCanonical(kinetic, 81)
    expectEquipartition(kinetic, 81)
    const potential = reports.map((r) => r.potentialEnergy)
    expect(Math.abs(mean(potential) - 40.5 * THERMAL)).toBeLessThan(4 * standardError(potential))
  })

  // A global thermostat cannot mix oscillators that exchange nothing; it must leave a canonical ensemble as it is.
  test.each(thermostats.slice(1))('%s leaves a canonical ensemble canonical', async (_, thermostat) => {
    const runs = 150
    const normal = normals(17)
    const [kinetic, potential]: number[][] = [[], []]
    for (let run = 0; run < runs; run++) {
      const positions = anchored.positions.map(
        (x, i) => x + Math.sqrt(THERMAL / stiffness(Math.floor(i / 3))) * normal(),
      )
      const velocities = positions.map(() => thermalSpeed(TEMPERATURE, MASS) * normal())
      const simulation = await Simulation.create(gpu, { ...anchored, positions, velocities }, spheres(0), {
        timestep: 4,
        thermostat,
        restraints,
        seed: run,
      })
      simulation.advance(50)
      const report = await simulation.observe()
      simulation.destroy()
      kinetic.push(report.kineticEnergy)
      potential.push(report.potentialEnergy)
    }
    for (const energies of [kinetic, potential]) {
      const distance = kolmogorovSmirnov(energies, (e) => gammaCdf(40.5, e / THERMAL))
      expect(distance).toBeLessThan(ksCritical(runs))
    }
  })
})

describe('ideal gas', () => {
  const gas = argon(3, 10)
  // Thermostats that forget within some steps, so that few are needed between samples.
  const plan = { settle: 100, samples: 240, every: 15 }

  test('Langevin brings each atom to its ½ kT an axis, from rest', async () => {
    const thermostat: Thermostat = { kind: 'langevin', temperature: TEMPERATURE, friction: 40 }
    const { kinetic } = await sample(gas, spheres(0), { thermostat, temperature: 0, seed: 6 }, plan)
    expectCanonical(kinetic, 81)
    expectEquipartition(kinetic, 81)
  })

  test('stochastic velocity rescaling brings the kinetic energy to its distribution, from 100 K', async () => {
    const thermostat: Thermostat = { kind: 'bussi', temperature: TEMPERATURE, relaxation: 20 }
    const { kinetic } = await sample(gas, spheres(0), { thermostat, temperature: 100, seed: 7 }, plan)
    expectCanonical(kinetic, 78)
  })

  // One number, the kinetic energy, and a chain of three make no ergodic system: the ensemble of both must stay as it is.
  test('a Nosé–Hoover chain leaves a canonical ensemble canonical', async () => {
    const [relaxation, freedom] = [100, 78]
    const normal = normals(23)
    const kinetic: number[] = []
    for (let seed = 0; seed < 150; seed++) {
      const drawn = gas.positions.map(() => thermalSpeed(TEMPERATURE, MASS) * normal())
      const drift = [0, 1, 2].map((k) => mean(Array.from(drawn).filter((_, i) => i % 3 === k)))
      const velocities = drawn.map((v, i) => v - drift[i % 3])
      const thermostat: Thermostat = { kind: 'nose-hoover', temperature: TEMPERATURE, relaxation }
      const options = { timestep: 4, thermostat, seed }
      const still = await Simulation.create(gpu, { ...gas, velocities }, spheres(0), options)
      const state = await still.state()
      still.destroy()
      // Masses of the chain: f kT τ² and kT τ² (Martyna et al. 1992).
      const control = new Float32Array(state.contents.control.buffer)
      for (const k of [0, 1, 2])
        control[CHAIN + k] = (normal() / relaxation) * Math.sqrt(k === 0 ? 1 / freedom : 1)
      const simulation = await Simulation.resume(gpu, spheres(0), state)
      simulation.advance(50)
      kinetic.push((await simulation.observe()).kineticEnergy)
      simulation.destroy()
    }
    const distance = kolmogorovSmirnov(kinetic, (k) => gammaCdf(freedom / 2, k / THERMAL))
    expect(distance).toBeLessThan(ksCritical(150))
  })
})

describe('ideal gas under pressure', () => {
  // Volumes of fewer atoms spread more and are as telling, and looking for neighbours costs the square of their number. But
  // what the strain of one step does to velocities grows with the spread, and more where each axis has a strain of its own.
  const sides = { isotropic: 3, anisotropic: 4 }
  /** bar: 1000 Å³ per atom */
  const middle = THERMAL / 1000 / BAR
  const thermostat: Thermostat = { kind: 'bussi', temperature: TEMPERATURE, relaxation: 160 }
  const volumes = async (kind: 'isotropic' | 'anisotropic', pressure: number, seed: number) => {
    const barostat: Barostat = { kind, pressure, relaxation: 160, compressibility: 1 / middle, interval: 1 }
    const plan = { settle: 200, samples: 500, every: 30 }
    const options = { timestep: 16, thermostat, barostat, seed }
    return sample(argon(sides[kind], 10), spheres(0), options, plan)
  }

  test.each(['isotropic', 'anisotropic'] as const)(
    '%s: volumes at two pressures',
    { timeout: 400_000 },
    async (kind) => {
      // Two standard deviations of the volume apart (Merz & Shirts 2018).
      const atoms = sides[kind] ** 3
      const spread = 1 / Math.sqrt(atoms)
      const [low, high] = [middle * (1 - spread), middle * (1 + spread)]
      const runs = [await volumes(kind, low, 1), await volumes(kind, high, 2)]
      const reports = runs.map((run) => run.reports)
      // The cell's strain moves the atoms, too: their velocities must not show it.
      for (const { kinetic } of runs) expectCanonical(kinetic, 3 * atoms - 3)
      const [first, second] = reports.map((all) => all.map((r) => r.volume as number))
      const { slope, error } = logRatioSlope(first, second)
      const theory = (-(high - low) * BAR) / THERMAL
      // Two standard errors of theory, the samples being three relaxation times apart.
      expect(Math.abs(slope - theory)).toBeLessThan(2 * error)
      expect(Math.abs(theory)).toBeGreaterThan(5 * error)
      // ⟨V⟩ = f kT/P with f = N (momentum is conserved: N − 1, and the one degree of the volume itself).
      const expected = (atoms * THERMAL) / (low * BAR)
      expect(Math.abs(mean(first) - expected)).toBeLessThan(4 * standardError(first))
      const conserved = reports[0].map((r) => r.conservedEnergy)
      expect(Math.sqrt(variance(conserved))).toBeLessThan(
        0.1 * Math.sqrt(variance(reports[0].map((r) => r.totalEnergy))),
      )
      const shape = reports[0].at(-1)?.cell as readonly number[]
      if (kind === 'isotropic') expect(shape[0]).toBeCloseTo(shape[4], 3)
      else expect(Math.abs(shape[0] - shape[4])).toBeGreaterThan(0.1)
    },
  )
})

describe('soft spheres under pressure', () => {
  test.each(['isotropic', 'anisotropic'] as const)(
    '%s: heat and work leave the conserved energy',
    async (kind) => {
      const thermostat: Thermostat = { kind: 'nose-hoover', temperature: TEMPERATURE, relaxation: 100 }
      // Near what the spheres themselves exert at this density: the cell breathes by some percent.
      const barostat: Barostat = { kind, pressure: 9000, relaxation: 400, compressibility: 3e-5, interval: 4 }
      const options = { thermostat, barostat, seed: 9 }
      const { reports } = await sample(argon(3, 2.6), spheres(0.6), options, {
        settle: 400,
        samples: 150,
        every: 20,
      })
      const deviation = (values: readonly number[]) => Math.sqrt(variance(values))
      const conserved = reports.map((r) => r.conservedEnergy)
      expect(deviation(reports.map((r) => r.volume as number))).toBeGreaterThan(2)
      // Counted without the barostat's work, the energy would wander like the total less heat.
      expect(deviation(conserved)).toBeLessThan(0.02 * deviation(reports.map((r) => r.totalEnergy)))
    },
  )
})
