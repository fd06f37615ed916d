/** Replicas beside single simulations, and replica exchange against statistical mechanics and a float64 account of it. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import { BOLTZMANN } from '../../src/chemistry/units.ts'
import { geometricLadder } from '../../src/dynamics/ladder.ts'
import { type ReplicaOptions, Replicas, type ReplicasReport } from '../../src/dynamics/replicas.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Thermostat } from '../../src/dynamics/types.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { bundledField, water } from './lib/bundled.ts'
import { philox, uniformOpen } from './lib/philox.ts'
import { argon, spheres } from './lib/spheres.ts'
import {
  betaCdf,
  gammaCdf,
  kolmogorovSmirnov,
  ksCritical,
  mean,
  standardError,
  variance,
} from './lib/statistics.ts'

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0)

const langevin: Thermostat = { kind: 'langevin', temperature: 300, friction: 10 }
const thermostats: readonly Thermostat[] = [
  langevin,
  { kind: 'bussi', temperature: 300, relaxation: 50 },
  { kind: 'nose-hoover', temperature: 300, relaxation: 50 },
]

describe('each replica moves like a simulation of its own, bit for bit', () => {
  test('forces, and undisturbed motion, of water under the bundled model', async () => {
    const field = await bundledField()
    const replicas = await Replicas.create(gpu, water(), field, { replicas: 3, seed: 4 })
    const start = await replicas.snapshot()
    const before = await replicas.observe()
    replicas.advance(12)
    const end = await replicas.snapshot()
    const after = await replicas.observe()
    replicas.destroy()
    for (const [k, { velocities }] of start.entries()) {
      const simulation = await Simulation.create(gpu, { ...water(), velocities }, field)
      const reported = await simulation.observe()
      expect(before.replicas[k]).toEqual({ ...reported, pairs: 3 * reported.pairs })
      expect(await simulation.snapshot()).toEqual(start[k])
      simulation.advance(12)
      expect(await simulation.snapshot()).toEqual(end[k])
      expect(after.replicas[k].totalEnergy).toBe((await simulation.observe()).totalEnergy)
      simulation.destroy()
    }
    expect(start[1].velocities).not.toEqual(start[0].velocities)
    expect(start[1].positions).toEqual(start[0].positions)
  })

  test.each(thermostats)('the first one under $kind; the others go their own ways', async (thermostat) => {
    const options = { thermostat, timestep: 4, seed: 12 }
    const replicas = await Replicas.create(gpu, argon(2, 2.6), spheres(0.6), { ...options, replicas: 3 })
    const simulation = await Simulation.create(gpu, argon(2, 2.6), spheres(0.6), options)
    replicas.advance(30)
    simulation.advance(30)
    const all = await replicas.snapshot()
    expect(all[0]).toEqual(await simulation.snapshot())
    expect((await replicas.observe()).replicas[0].conservedEnergy).toBe(
      (await simulation.observe()).conservedEnergy,
    )
    expect(all[1].positions).not.toEqual(all[0].positions)
    expect(all[2].positions).not.toEqual(all[1].positions)
    replicas.destroy()
    simulation.destroy()
  })

  test('the noise of replicas is not the same', async () => {
    // From rest, after one step without forces: what the thermostat has drawn.
    const options = { thermostat: langevin, temperature: 0, timestep: 4, replicas: 3 }
    const replicas = await Replicas.create(gpu, argon(2, 5, false), spheres(0), options)
    replicas.advance(1)
    const drawn = (await replicas.snapshot()).flatMap(({ velocities }) => Array.from(velocities))
    replicas.destroy()
    expect(new Set(drawn).size).toBe(3 * 24)
  })

  test('nor is that of a global thermostat', async () => {
    // Velocities are drawn for exactly one kinetic energy: without forces, what the thermostat does with it is all.
    const options = { thermostat: thermostats[1], timestep: 4, replicas: 3 }
    const replicas = await Replicas.create(gpu, argon(2, 10), spheres(0), options)
    replicas.advance(2)
    const [a, b, c] = (await replicas.observe()).replicas.map(({ kineticEnergy }) => kineticEnergy)
    replicas.destroy()
    for (const ratio of [a / b, b / c, c / a]) expect(Math.abs(ratio - 1)).toBeGreaterThan(1e-3)
  })
})

describe('the same run, bit for bit', () => {
  const options = {
    replicas: 5,
    ladder: geometricLadder(200, 700, 5),
    exchangeEvery: 4,
    thermostat: langevin,
    timestep: 4,
    seed: 7,
  }

  test('however many steps a submission has', async () => {
    const end = async (batches: readonly number[]) => {
      const replicas = await Replicas.create(gpu, argon(2, 2.6), spheres(0.6), options)
      for (const count of batches) replicas.advance(count)
      const found = [await replicas.observe(), await replicas.snapshot()] as const
      replicas.destroy()
      return found
    }
    const once = await end([42])
    expect(once[0].climb?.tried).toEqual([5, 5, 5, 5])
    expect(sum(once[0].climb?.made ?? [])).toBeGreaterThan(3)
    expect(await end([1, 2, 1, 4, 5, 29])).toEqual(once)
  })

  test('wherever the list of neighbours has to grow', async () => {
    // Springs draw a gas together: pairs multiply.
    const loose = argon(3, 3.6, false)
    const restraints = Array.from({ length: 27 }, (_, atom) => {
      const [x, y, z] = loose.positions.subarray(3 * atom, 3 * atom + 3).map((r) => 0.6 * r)
      return { atom, stiffness: 0.5, anchor: [x, y, z] as const }
    })
    const run = async (submissions: number, steps: number) => {
      const replicas = await Replicas.create(gpu, loose, spheres(0.05), { ...options, restraints })
      const { replicas: before } = await replicas.observe()
      for (let k = 0; k < submissions; k++) {
        replicas.advance(steps)
        if (k % 3 === 0) await replicas.observe()
      }
      const found = [await replicas.observe(), await replicas.snapshot()] as const
      replicas.destroy()
      expect(found[0].replicas[0].pairs).toBeGreaterThan(1.25 * before[0].pairs + 64)
      expect(found[0].step).toBe(60)
      return found
    }
    expect(await run(1, 60)).toEqual(await run(30, 2))
  })
})

/** Two temperatures, and no interaction that tells one replica from another: every exchange is made. */
describe('an ideal gas on two rungs', () => {
  const gas: Structure = argon(2, 10)
  const ladder = [200, 500]
  const options = { replicas: 2, ladder, timestep: 8, seed: 3 } satisfies ReplicaOptions

  test('an exchange scales velocities, keeps positions, and is put to account', async () => {
    const at = async (exchangeEvery: number) => {
      const settings = { ...options, thermostat: langevin, exchangeEvery }
      const replicas = await Replicas.create(gpu, gas, spheres(0), settings)
      replicas.advance(5)
      const found = [await replicas.snapshot(), await replicas.observe()] as const
      replicas.destroy()
      return found
    }
    const [before, without] = await at(6)
    const [after, exchanged] = await at(5)
    expect(without.climb).toMatchObject({ rungOf: [0, 1], made: [0] })
    expect(exchanged.climb).toMatchObject({ rungOf: [1, 0], replicaOn: [1, 0], tried: [1], made: [1] })
    for (const [k, factor] of [Math.sqrt(500 / 200), Math.sqrt(200 / 500)].entries()) {
      expect(after[k].positions).toEqual(before[k].positions)
      // Two roundings of float32.
      after[k].velocities.forEach((v, i) => {
        expect(Math.abs(v - factor * before[k].velocities[i])).toBeLessThan(2 ** -22 * Math.abs(v))
      })
      const kinetic = without.replicas[k].kineticEnergy
      expect(exchanged.replicas[k].kineticEnergy / kinetic).toBeCloseTo(factor ** 2, 5)
      const change = exchanged.replicas[k].conservedEnergy - without.replicas[k].conservedEnergy
      expect(Math.abs(change)).toBeLessThan(1e-6 * kinetic)
    }
  })

  test('global thermostats and exchanges leave each rung its distribution', async () => {
    const thermostat: Thermostat = { kind: 'bussi', temperature: 300, relaxation: 20 }
    const settings = { ...options, thermostat, exchangeEvery: 5 }
    const replicas = await Replicas.create(gpu, gas, spheres(0), settings)
    const kinetic: number[][] = [[], []]
    const conserved: number[] = []
    for await (const { replicas: all, climb } of replicas.run({ steps: 900, every: 15 })) {
      climb?.replicaOn.forEach((replica, rung) => {
        kinetic[rung].push(all[replica].kineticEnergy / (BOLTZMANN * ladder[rung]))
      })
      conserved.push(all[0].conservedEnergy)
    }
    const { climb } = await replicas.observe()
    replicas.destroy()
    // Two rungs are one pair, and have their turn every time.
    expect(climb).toMatchObject({ tried: [180], made: [180], roundTrips: [90, 89] })
    // 8 atoms whose momentum is conserved, and 1/400 of a velocity is left after 15 steps. Significance 0.001.
    for (const energies of kinetic)
      expect(kolmogorovSmirnov(energies, (k) => gammaCdf(21 / 2, k))).toBeLessThan(
        ksCritical(energies.length),
      )
    // 900 roundings of sums of a tenth of an eV.
    expect(Math.max(...conserved) - Math.min(...conserved)).toBeLessThan(1e-5)
  })
})

describe('harmonic oscillators on a ladder', () => {
  const rungs = 8
  const ladder = geometricLadder(300, 2000, rungs)
  const atoms = 8
  const stiffness = 2
  const [timestep, every, exchanges, seed] = [16, 8, 300, 2 ** 32 + 5]
  const structure = argon(2, 5, false)
  const restraints = Array.from({ length: atoms }, (_, atom) => ({ atom, stiffness }))
  const history: ReplicasReport[] = []

  beforeAll(async () => {
    // Critical damping: two ω, where ω = √(k/m) = 22/ps.
    const thermostat: Thermostat = { kind: 'langevin', temperature: 0, friction: 44 }
    const options = { thermostat, timestep, seed, ladder, replicas: rungs, exchangeEvery: every, restraints }
    const replicas = await Replicas.create(gpu, structure, spheres(0), options)
    history.push(await replicas.observe())
    for await (const report of replicas.run({ steps: every * exchanges, every })) history.push(report)
    replicas.destroy()
  })

  /** What was sampled on each rung, in kT, once the start from rest positions is forgotten. */
  const onRungs = (energy: 'potentialEnergy' | 'kineticEnergy') =>
    ladder.map((temperature, rung) =>
      history
        .slice(10)
        .map(({ replicas, climb }) => replicas[climb!.replicaOn[rung]][energy] / (BOLTZMANN * temperature)),
    )

  test('are canonical on every rung', () => {
    // Positions of BAOAB are exact for oscillators, kinetic energies come out too small by (ωΔt)²/4
    // (Leimkuhler & Matthews 2013, doi:10.1063/1.4802990). 24 degrees of freedom; significance 0.001.
    const short = 1 - (stiffness * 9.6485e-3 * timestep ** 2) / 39.95 / 4
    for (const energies of onRungs('potentialEnergy'))
      expect(kolmogorovSmirnov(energies, (u) => gammaCdf(12, u))).toBeLessThan(ksCritical(energies.length))
    for (const energies of onRungs('kineticEnergy'))
      expect(kolmogorovSmirnov(energies, (k) => gammaCdf(12, k / short))).toBeLessThan(
        ksCritical(energies.length),
      )
    // All rungs together, four standard errors.
    const all = onRungs('potentialEnergy')
    const means = all[0].map((_, n) => mean(all.map((energies) => energies[n])))
    expect(Math.abs(mean(means) - 12)).toBeLessThan(4 * standardError(means))
    expect(standardError(means)).toBeLessThan(0.1)
  })

  test('exchange as often as theory says', () => {
    // Of two energies x kT₁ and y kT₂ with x, y ~ Γ(a), those in the wrong order always exchange, and by detailed balance
    // as many others do: 2 P(x T₁ > y T₂) = 2 I(T₁ / (T₁ + T₂); a, a), and the same on a geometric ladder for every pair.
    const ratio = ladder[1] / ladder[0]
    const expected = 2 * betaCdf(12, 12, 1 / (1 + ratio))
    const rates = history.slice(10).map(({ climb }, n) => {
      const before = history[n + 9].climb!
      const tried = sum(climb!.tried) - sum(before.tried)
      return (sum(climb!.made) - sum(before.made)) / tried
    })
    expect(Math.abs(mean(rates) - expected)).toBeLessThan(4 * standardError(rates))
    expect(standardError(rates)).toBeLessThan(0.03)
    expect(Math.sqrt(variance(rates))).toBeGreaterThan(0.05)
  })

  test('exchange as a float64 account of the same energies and random numbers does', () => {
    let undecided = 0
    const tried = new Array<number>(rungs - 1).fill(0)
    const made = new Array<number>(rungs - 1).fill(0)
    const ends: string[] = Array.from({ length: rungs }, (_, replica) => (replica === 0 ? 'bottom' : ''))
    const roundTrips = new Array<number>(rungs).fill(0)
    const replicaOn = Array.from({ length: rungs }, (_, k) => k)
    expect(history[0].climb).toMatchObject({ replicaOn, rungOf: replicaOn })
    for (const [n, { step, climb, replicas }] of history.entries()) {
      if (n === 0) continue
      expect(step).toBe(n * every)
      for (let low = (n + 1) % 2; low + 1 < rungs; low += 2) {
        const [i, j] = [replicaOn[low], replicaOn[low + 1]]
        tried[low]++
        const betas = 1 / (BOLTZMANN * ladder[low]) - 1 / (BOLTZMANN * ladder[low + 1])
        const delta = betas * (replicas[i].potentialEnergy - replicas[j].potentialEnergy)
        const random = uniformOpen(philox([step, 0xffffffff, 200, low], seed)[0])
        const accepted = climb!.replicaOn[low] === j
        // Δ is some units, of energies that are right to 10⁻⁶ of themselves.
        if (Math.abs(Math.log(random) - delta) < 1e-4) undecided++
        else expect(accepted).toBe(Math.log(random) < delta)
        if (!accepted) continue
        made[low]++
        ;[replicaOn[low], replicaOn[low + 1]] = [j, i]
      }
      if (ends[replicaOn[0]] === 'top') roundTrips[replicaOn[0]]++
      ends[replicaOn[0]] = 'bottom'
      const last = replicaOn[rungs - 1]
      if (ends[last] === 'bottom') ends[last] = 'top'
      expect(climb).toEqual({
        ladder,
        replicaOn,
        rungOf: Array.from({ length: rungs }, (_, replica) => replicaOn.indexOf(replica)),
        tried,
        made,
        roundTrips,
      })
    }
    expect(undecided).toBeLessThan(3)
    expect(sum(roundTrips)).toBeGreaterThan(3)
  })

  test('of Philox, the account has the published numbers', () => {
    // Random123's known answers.
    expect(philox([0, 0, 0, 0], 0)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
  })
})

test('a fault in one replica stops all and names replica and atom', async () => {
  // At 50,000 K an argon atom goes half an Å in 16 fs.
  const replicas = await Replicas.create(gpu, argon(2, 9, false), spheres(0), {
    replicas: 3,
    ladder: [100, 200, 50_000],
    thermostat: langevin,
    timestep: 16,
  })
  replicas.advance(40)
  const { fault, step, replicas: all } = await replicas.observe()
  expect(fault).toMatch(/stopped at step \d+: atom Ar[1-8] of replica 3 felt a force/)
  expect(all.map((report) => report.fault)).toEqual([null, null, fault])
  expect(step).toBeLessThan(40)
  replicas.advance(10)
  expect((await replicas.observe()).step).toBe(step)
  replicas.destroy()
})

describe('what no replicas can have is refused in a sentence', () => {
  const gas = argon(2, 10)
  test.each<[ReplicaOptions, RegExp]>([
    [{ replicas: 0 }, /number of replicas must be a whole number from 1 to 65535, not 0/],
    [{ replicas: 1.5 }, /not 1\.5/],
    [{ replicas: 3, ladder: [300, 400] }, /ladder of 2 temperatures does not fit 3 replicas/],
    [{ replicas: 2, ladder: [-300, 400] }, /must be a number of K above 0, not -300/],
    [{ replicas: 2, ladder: [400, 300] }, /must rise, but 300 K follows 400 K/],
    [{ replicas: 2, ladder: [300, 400] }, /needs a thermostat: choose langevin or bussi/],
    [{ replicas: 2, ladder: [300, 400], thermostat: thermostats[2] }, /langevin or bussi .* not nose-hoover/],
    [
      { replicas: 2, ladder: [300, 400], thermostat: langevin, exchangeEvery: 0 },
      /every so many whole steps, not every 0/,
    ],
    [{ replicas: 2, exchangeEvery: 5 }, /nothing to exchange: give them a ladder/],
    [
      { replicas: 2, thermostat: langevin, barostat: { kind: 'isotropic', pressure: 1 } },
      /keep their cells: leave the pressure out/,
    ],
    [
      {
        replicas: 2,
        ladder: [300, 400],
        thermostat: { kind: 'langevin', temperature: { from: 1, to: 2, steps: 3 }, friction: 1 },
      },
      /leave the temperature ramp out/,
    ],
  ])('%j', async (options, sentence) => {
    await expect(Replicas.create(gpu, gas, spheres(0), options)).rejects.toThrow(sentence)
  })

  test('ladders from one temperature to another', () => {
    expect(() => geometricLadder(300, 600, 1)).toThrow(/needs at least 2 replicas/)
    expect(() => geometricLadder(600, 300, 3)).toThrow(/must rise/)
    expect(() => geometricLadder(0, 300, 3)).toThrow(/above 0/)
    const ladder = geometricLadder(300, 600, 4)
    expect([ladder[0], ladder[3]]).toEqual([300, 600])
    for (let k = 1; k < 4; k++) expect(ladder[k] / ladder[k - 1]).toBeCloseTo(2 ** (1 / 3), 12)
  })
})
