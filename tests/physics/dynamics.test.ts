import { beforeAll, describe, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Report, SimulationOptions } from '../../src/dynamics/types.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { evaluate } from '../../src/models/evaluate.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { bundledField, colliding, water } from './lib/bundled.ts'
import { spheres } from './lib/spheres.ts'

let gpu: Gpu
let field: ForceField
beforeAll(async () => {
  gpu = await requestNodeGpu()
  field = await bundledField()
})

async function reports(
  structure: Structure,
  steps: number,
  every: number,
  options: SimulationOptions,
): Promise<Report[]> {
  const simulation = await Simulation.create(gpu, structure, field, options)
  const all: Report[] = []
  for await (const report of simulation.run({ steps, every })) all.push(report)
  simulation.destroy()
  return all
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)))

describe('undisturbed motion (NVE)', () => {
  test('conserves energy, and errs fourfold less at half the timestep', async () => {
    // 0.15 ps of a water molecule: more than a dozen O–H vibrations.
    const energies = async (timestep: number, every: number) =>
      (await reports(water(), 150 / timestep, every, { timestep, temperature: 300, seed: 5 })).map(
        (r) => r.totalEnergy,
      )
    const coarse = await energies(0.5, 2)
    const fine = await energies(0.25, 4)
    const ratio = deviation(coarse) / deviation(fine)
    expect(ratio).toBeGreaterThan(3.5)
    expect(ratio).toBeLessThan(4.5)
    // The mean of the last third against the first: below a twentieth of an meV per atom, 0.5 meV/ps.
    const third = Math.floor(coarse.length / 3)
    expect(Math.abs(mean(coarse.slice(-third)) - mean(coarse.slice(0, third))) / 3).toBeLessThan(5e-5)
  })

  test('comes back when velocities are reversed', async () => {
    const start = water()
    const options = { timestep: 0.5, temperature: 500, seed: 2 }
    const there = await Simulation.create(gpu, start, field, options)
    there.advance(100)
    const turn = await there.snapshot()
    expect(turn.step).toBe(100)
    there.destroy()
    const back = await Simulation.create(
      gpu,
      { ...start, positions: turn.positions, velocities: turn.velocities.map((v) => -v) },
      field,
      options,
    )
    back.advance(100)
    const end = await back.snapshot()
    back.destroy()
    const away = Math.max(...end.positions.map((x, i) => Math.abs(x - start.positions[i])))
    const gone = Math.max(...turn.positions.map((x, i) => Math.abs(x - start.positions[i])))
    expect(gone).toBeGreaterThan(0.05)
    expect(away).toBeLessThan(2e-5)
  })

  test('keeps momentum and angular momentum at zero', async () => {
    const simulation = await Simulation.create(gpu, water(), field, { temperature: 300, seed: 8 })
    simulation.advance(100)
    const { velocities, positions } = await simulation.snapshot()
    simulation.destroy()
    const masses = [15.999, 1.008, 1.008]
    for (let k = 0; k < 3; k++) {
      const [a, b] = [(k + 1) % 3, (k + 2) % 3]
      const momentum = masses.reduce((sum, m, i) => sum + m * velocities[3 * i + k], 0)
      const angular = masses.reduce(
        (sum, m, i) =>
          sum +
          m * (positions[3 * i + a] * velocities[3 * i + b] - positions[3 * i + b] * velocities[3 * i + a]),
        0,
      )
      // Of u Å/fs: a hydrogen at 300 K carries 0.03.
      expect(Math.abs(momentum)).toBeLessThan(1e-6)
      expect(Math.abs(angular)).toBeLessThan(2e-6)
    }
  })
})

describe('Langevin dynamics (BAOAB)', () => {
  test('brings free atoms to the temperature, all axes alike', async () => {
    // Hydrogen atoms out of each other's reach are an ideal gas: each velocity component is normal, variance kT/m.
    const atoms = 27
    const gas: Structure = {
      name: 'gas',
      atomicNumbers: new Uint8Array(atoms).fill(1),
      positions: Float64Array.from(
        { length: 3 * atoms },
        (_, i) => 12 * [Math.floor(i / 27), Math.floor(i / 9) % 3, Math.floor(i / 3) % 3][i % 3],
      ),
      cell: null,
      periodic: [false, false, false],
    }
    // The network says so, too; that it says so a hundred times over would tell nothing new.
    const [{ forces }] = await evaluate(gpu, field, [gas])
    expect(Math.max(...forces.map(Math.abs))).toBe(0)
    const simulation = await Simulation.create(gpu, gas, spheres(0), {
      timestep: 1,
      temperature: 0,
      thermostat: { kind: 'langevin', temperature: 300, friction: 200 },
      seed: 11,
    })
    const squares: number[][] = [[], [], []]
    simulation.advance(40)
    const samples = 40
    for (let sample = 0; sample < samples; sample++) {
      // exp(−200/ps · 10 fs) = 0.14 of a velocity is left between samples.
      simulation.advance(10)
      const { velocities } = await simulation.snapshot()
      velocities.forEach((v, i) => {
        squares[i % 3].push((1.008 * v * v) / 9.648533212331e-3 / 8.617333262e-5)
      })
    }
    simulation.destroy()
    // Variance of v² is 2 (kT/m)²; 4 % of it survives to the next sample, so the errors below are 4 standard errors.
    const error = (n: number) => 4 * 300 * Math.sqrt((2 * 1.04) / n)
    for (const axis of squares) expect(Math.abs(mean(axis) - 300)).toBeLessThan(error(axis.length))
    expect(Math.abs(mean(squares.flat()) - 300)).toBeLessThan(error(squares.flat().length))
    // Kurtosis of a normal distribution: ⟨v⁴⟩ = 3 ⟨v²⟩².
    const fourth = mean(squares.flat().map((x) => x * x)) / mean(squares.flat()) ** 2
    expect(Math.abs(fourth - 3)).toBeLessThan(4 * Math.sqrt(96 / squares.flat().length))
  })

  test('same seed, same trajectory, bit for bit, whatever the steps per submission; another seed, another one', async () => {
    const end = async (seed: number, batches: readonly number[]) => {
      const simulation = await Simulation.create(gpu, water(), field, {
        thermostat: { kind: 'langevin', temperature: 300, friction: 5 },
        seed,
      })
      for (const count of batches) simulation.advance(count)
      const { positions } = await simulation.snapshot()
      simulation.destroy()
      return positions
    }
    const once = await end(4, [24])
    expect(await end(4, [1, 7, 16])).toEqual(once)
    expect(await end(5, [24])).not.toEqual(once)
  })
})

describe('the neighbour list', () => {
  test('grows in mid-run without losing a step or a pair', async () => {
    const both = colliding()
    const simulation = await Simulation.create(gpu, both, field, { timestep: 0.5 })
    const before = await simulation.observe()
    simulation.advance(60)
    const after = await simulation.observe()
    const { step, positions, forces } = await simulation.snapshot()
    simulation.destroy()
    expect(step).toBe(60)
    expect(after.pairs).toBeGreaterThan(before.pairs * 1.25 + 64)
    const [fresh] = await evaluate(gpu, field, [{ ...both, positions }])
    expect(fresh.pairs).toBe(after.pairs)
    expect(Math.max(...fresh.forces.map((f, i) => Math.abs(f - forces[i])))).toBeLessThan(1e-4)
    expect(Math.abs(after.totalEnergy - before.totalEnergy) / 30).toBeLessThan(1e-3)
  })
})

describe('a run that leaves physics', () => {
  test('stops by itself and names the atom', async () => {
    const structure = water()
    // A hydrogen 0.3 Å from the oxygen.
    const positions = structure.positions.slice()
    positions.set([0, 0.2, 0.3], 3)
    const simulation = await Simulation.create(gpu, { ...structure, positions }, field, {
      timestep: 2.5,
      temperature: 300,
    })
    simulation.advance(50)
    const { fault, step } = await simulation.observe()
    simulation.destroy()
    expect(fault).toMatch(/atom [OH][123]/)
    expect(step).toBeLessThan(50)
  })
})
