/** Nothing a run has reached is lost: faults, saved states, devices that go away. */
import { describe, expect, test } from 'vitest'
import { Simulation } from '../../src/dynamics/simulation.ts'
import { readState, writeState } from '../../src/dynamics/state.ts'
import type { SimulationOptions } from '../../src/dynamics/types.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { bundledField, ethanol, water } from './lib/bundled.ts'
import { argon, spheres } from './lib/spheres.ts'

const ensembles: readonly [name: string, options: SimulationOptions][] = [
  ['NVE', {}],
  [
    'Langevin with a ramp',
    { thermostat: { kind: 'langevin', temperature: { from: 300, to: 600, steps: 50 }, friction: 9 } },
  ],
  ['stochastic velocity rescaling', { thermostat: { kind: 'bussi', temperature: 300, relaxation: 50 } }],
  ['Nosé–Hoover chain', { thermostat: { kind: 'nose-hoover', temperature: 300, relaxation: 50 } }],
  [
    'stochastic cell rescaling',
    {
      thermostat: { kind: 'bussi', temperature: 300, relaxation: 50 },
      barostat: { kind: 'anisotropic', pressure: 100, relaxation: 100, compressibility: 1e-4, interval: 4 },
    },
  ],
]

describe('a device that is lost in mid-run', () => {
  test.each(ensembles)('%s goes on exactly as without, from a state file', async (_, options) => {
    const structure = argon(3, 2.7)
    const field = spheres(0.6)
    const wanted = { timestep: 2, seed: 6, ...options }
    const first = await requestNodeGpu()
    const whole = await Simulation.create(first, structure, field, wanted)
    whole.advance(60)
    const end = await whole.snapshot()
    const last = await whole.observe()

    const doomed = await Simulation.create(first, structure, field, wanted)
    doomed.advance(13)
    doomed.advance(18)
    const saved = writeState(await doomed.state())
    doomed.advance(5)
    first.destroy()
    await first.lost

    const second = await requestNodeGpu()
    const revived = await Simulation.resume(second, field, readState(saved, 'saved'))
    expect((await revived.observe()).step).toBe(31)
    revived.advance(29)
    expect(await revived.observe()).toEqual(last)
    expect(await revived.snapshot()).toEqual(end)
    second.destroy()
  })
})

describe('a fault', () => {
  test('goes back to the last good state and on with a smaller timestep', async () => {
    const gpu = await requestNodeGpu()
    const field = await bundledField()
    // 900 K and hydrogens of a third of their mass: 1.7 fs is a seventh of a stretch's period, too long by far.
    const light = water()
    const masses = Float64Array.of(15.999, 0.336, 0.336)
    const simulation = await Simulation.create(gpu, { ...light, masses }, field, {
      timestep: 0.1,
      temperature: 900,
      seed: 3,
    })
    simulation.advance(20)
    const good = await simulation.observe()
    const before = await simulation.snapshot()
    expect(good.fault).toBeNull()
    simulation.setTimestep(1.7)
    simulation.advance(50)
    expect((await simulation.observe()).fault).toMatch(/stopped at step \d+: (atom|the temperature)/)
    await simulation.recover(0.1)
    expect(await simulation.snapshot()).toEqual(before)
    simulation.advance(20)
    const after = await simulation.observe()
    expect(after).toMatchObject({ step: 40, fault: null })
    expect(after.time).toBeCloseTo(4, 9)
    expect(Math.abs(after.totalEnergy - good.totalEnergy)).toBeLessThan(1e-3)
    gpu.destroy()
  })

  test('a runaway temperature stops the run and names the hottest atom', async () => {
    const gpu = await requestNodeGpu()
    const simulation = await Simulation.create(gpu, argon(2, 5, false), spheres(0), {
      timestep: 0.01,
      temperature: 100,
      restraints: [{ atom: 3, stiffness: 40, anchor: [30, 30, 30] }],
    })
    let report = await simulation.observe()
    for (let n = 0; n < 60 && !report.fault; n++) {
      simulation.advance(500)
      report = await simulation.observe()
    }
    expect(report.fault).toMatch(/the temperature ran away to \d+ K, atom Ar4 being the hottest/)
    simulation.advance(50)
    expect((await simulation.observe()).step).toBe(report.step)
    gpu.destroy()
  })
})

describe('what holds atoms', () => {
  test('fixed atoms stay where they are, bit for bit; a pull and a wall act', async () => {
    const gpu = await requestNodeGpu()
    const simulation = await Simulation.create(gpu, argon(2, 5, false), spheres(0), {
      timestep: 2,
      temperature: 300,
      fixed: [0, 5],
      wall: { radius: 6, stiffness: 0.5 },
    })
    const start = await simulation.snapshot()
    simulation.setPull({ atom: 7, stiffness: 0.3, anchor: [2.5, 2.5, 2.5] })
    const energies: number[] = []
    for (let n = 0; n < 20; n++) {
      simulation.advance(50)
      energies.push((await simulation.observe()).totalEnergy)
    }
    const { positions } = await simulation.snapshot()
    for (const atom of [0, 5])
      expect(positions.subarray(3 * atom, 3 * atom + 3)).toEqual(
        start.positions.subarray(3 * atom, 3 * atom + 3),
      )
    for (let atom = 0; atom < 8; atom++) {
      const away = Math.hypot(...Array.from(positions.subarray(3 * atom, 3 * atom + 3), (x) => x - 2.5))
      // ½ k (r − 6)² = a few kT at most
      expect(away).toBeLessThan(6 + 1.5)
      if (![0, 5].includes(atom)) expect(away).not.toBe(Math.hypot(2.5, 2.5, 2.5))
    }
    // Springs are conservative.
    expect(Math.max(...energies) - Math.min(...energies)).toBeLessThan(2e-3)
    gpu.destroy()
  })

  test('hydrogens of 3 u take their mass from the carbon and oxygen they are bound to', async () => {
    const gpu = await requestNodeGpu()
    const simulation = await Simulation.create(gpu, ethanol(), await bundledField(), { hydrogenMass: 3 })
    const velocities = new Float32Array(await gpu.read(simulation.velocityBuffer))
    const masses = Array.from({ length: 9 }, (_, i) => 1 / velocities[4 * i + 3])
    const total = masses.reduce((sum, m) => sum + m, 0)
    expect(total).toBeCloseTo(46.069, 2)
    expect(masses[3]).toBeCloseTo(3, 4)
    expect(masses[0]).toBeCloseTo(12.011 - 3 * (3 - 1.008), 3)
    expect(masses[2]).toBeCloseTo(15.999 - (3 - 1.008), 3)
    gpu.destroy()
  })
})
