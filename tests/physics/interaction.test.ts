import { beforeAll, describe, expect, test } from 'vitest'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { bundledField, ethanol } from './lib/bundled.ts'

let gpu: Gpu
let field: ForceField
beforeAll(async () => {
  gpu = await requestNodeGpu()
  field = await bundledField()
})

const all = (simulation: Simulation) => Array.from({ length: simulation.atoms }, (_, atom) => atom)
const create = (thermostat: 'none' | 'langevin' = 'none') =>
  Simulation.create(gpu, ethanol(), field, {
    temperature: 300,
    seed: 4,
    thermostat:
      thermostat === 'none' ? { kind: 'none' } : { kind: 'langevin', temperature: 300, friction: 5 },
  })

describe('a hand on the velocities', () => {
  test('turns the run back to where it began', async () => {
    const simulation = await create()
    const start = await simulation.snapshot()
    simulation.advance(60)
    const turn = await simulation.snapshot()
    await simulation.nudge({ scale: -1 }, all(simulation))
    simulation.advance(60)
    const end = await simulation.snapshot()
    simulation.destroy()
    const furthest = (a: Float64Array, b: Float64Array) =>
      a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0)
    expect(furthest(turn.positions, start.positions)).toBeGreaterThan(0.05)
    expect(furthest(end.positions, start.positions)).toBeLessThan(5e-5)
  })

  test('freezes, heats and kicks those it is told to, and the account of energy knows', async () => {
    const simulation = await create()
    simulation.advance(20)
    const before = await simulation.observe()
    await simulation.nudge({ scale: 0 }, [0, 1, 2])
    const { velocities } = await simulation.snapshot()
    expect(Array.from(velocities.subarray(0, 9))).toEqual(Array(9).fill(0))
    expect(Math.abs(velocities[9])).toBeGreaterThan(1e-4)
    const frozen = await simulation.observe()
    expect(frozen.kineticEnergy).toBeLessThan(before.kineticEnergy - 0.01)

    await simulation.nudge({ push: [0.01, 0, 0] }, [2])
    expect((await simulation.snapshot()).velocities[6]).toBeCloseTo(0.01, 8)
    await simulation.nudge({ stir: 2000 }, [3, 4, 5, 6, 7, 8])
    const hot = await simulation.observe()
    expect(hot.temperature).toBeGreaterThan(500)
    // What was added and taken is heat; float32 keeps seven digits of each of a few tenths of an eV.
    for (const { conservedEnergy } of [frozen, hot])
      expect(Math.abs(conservedEnergy - before.conservedEnergy)).toBeLessThan(1e-6)
    simulation.destroy()
  })

  test('stirs as hot as it is asked to', async () => {
    const simulation = await create()
    let mean = 0
    const draws = 40
    for (let draw = 0; draw < draws; draw++) {
      await simulation.nudge({ scale: 0 }, all(simulation))
      await simulation.nudge({ stir: 300 }, all(simulation))
      // Of 27 degrees of freedom, as all of them are stirred.
      const { kineticEnergy } = await simulation.observe()
      mean += (2 * kineticEnergy) / (27 * 8.617333262e-5) / draws
    }
    simulation.destroy()
    // The mean of 40 · 27 squared normal numbers scatters by 300 √(2/1080) = 13 K.
    expect(Math.abs(mean - 300)).toBeLessThan(4 * 13)
  })
})

describe('atoms taken hold of while they move', () => {
  test('stay where they are until they are let go', async () => {
    const simulation = await create('langevin')
    simulation.advance(20)
    const before = await simulation.snapshot()
    await simulation.hold([2, 8])
    simulation.advance(30)
    const held = await simulation.snapshot()
    const place = (positions: Float64Array, atom: number) =>
      Array.from(positions.subarray(3 * atom, 3 * atom + 3))
    for (const atom of [2, 8]) expect(place(held.positions, atom)).toEqual(place(before.positions, atom))
    expect(place(held.positions, 0)).not.toEqual(place(before.positions, 0))
    // A saved state remembers who is held.
    const saved = await simulation.state()
    expect(saved.options.fixed).toEqual([2, 8])

    await simulation.hold([8])
    simulation.advance(30)
    const after = await simulation.snapshot()
    expect(place(after.positions, 8)).toEqual(place(before.positions, 8))
    expect(place(after.positions, 2)).not.toEqual(place(before.positions, 2))
    await expect(simulation.hold([9])).rejects.toThrow('no atom 10')
    expect(simulation.fixed).toEqual([8])
    simulation.destroy()
  })
})

describe('a tape of the run', () => {
  test('leads back to any moment of it, and from there the same way again', async () => {
    const simulation = await create('langevin')
    const tape = simulation.tape<number>(1e6)
    const ends: string[] = []
    for (let moment = 0; moment < 4; moment++) {
      simulation.offer(tape, moment)
      simulation.advance(15)
    }
    ends.push(String((await simulation.snapshot()).positions))
    await simulation.rewind(tape, 2)
    expect((await simulation.observe()).step).toBe(30)
    expect((await simulation.observe()).time).toBeCloseTo(15, 9)
    simulation.advance(30)
    ends.push(String((await simulation.snapshot()).positions))
    expect(ends[1]).toBe(ends[0])
    tape.destroy()
    simulation.destroy()
  })

  test('takes nobody who watches meanwhile for a run that has lost steps', async () => {
    const simulation = await create()
    const tape = simulation.tape<number>(1e6)
    simulation.advance(15)
    simulation.offer(tape, 0)
    const then = await simulation.snapshot()
    simulation.advance(30)
    await simulation.observe()
    const going = simulation.rewind(tape, 0)
    const seen: Promise<{ step: number }>[] = []
    for (let turn = 0; turn < 8; turn++) {
      seen.push(simulation.observe())
      await Promise.resolve()
    }
    await going
    for (const { step } of await Promise.all(seen)) expect([15, 45]).toContain(step)
    expect((await simulation.observe()).step).toBe(15)
    expect((await simulation.snapshot()).positions).toEqual(then.positions)

    // Steps asked for on the way are taken from there.
    const again = simulation.rewind(tape, 0)
    await Promise.resolve()
    await Promise.resolve()
    simulation.advance(4)
    await again
    expect((await simulation.observe()).step).toBe(19)

    // A reset on the way has the last word.
    const given = simulation.rewind(tape, 0)
    await Promise.resolve()
    simulation.reset()
    await given
    simulation.advance(3)
    expect((await simulation.observe()).step).toBe(3)
    expect((await simulation.observe()).time).toBeCloseTo(1.5, 9)
    tape.destroy()
    simulation.destroy()
  })

  test('of limited length keeps a coarser and coarser past', async () => {
    const simulation = await create()
    // Room for the least there is.
    const tape = simulation.tape<number>(1)
    expect(tape.capacity).toBe(4)
    const kept: string[] = []
    for (let moment = 0; moment < 20; moment++) {
      simulation.offer(tape, moment)
      kept.push(tape.notes.join(' '))
      simulation.advance(2)
    }
    expect(kept[3]).toBe('0 1 2 3')
    expect(kept[4]).toBe('0 2 4')
    expect(kept[6]).toBe('0 2 4 6')
    expect(kept[8]).toBe('0 4 8')
    expect(kept[19]).toBe('0 8 16')
    await simulation.rewind(tape, 1)
    expect((await simulation.observe()).step).toBe(16)
    tape.cutAfter(1)
    expect(tape.notes).toEqual([0, 8])
    tape.destroy()
    simulation.destroy()
  })
})

describe('the work of a hand that pulls an atom', () => {
  const ATOM = 8
  const STIFFNESS = 0.5
  type Point = readonly [number, number, number]
  const placeOf = async (simulation: Simulation): Promise<Point> => {
    const { positions } = await simulation.snapshot()
    return [positions[3 * ATOM], positions[3 * ATOM + 1], positions[3 * ATOM + 2]]
  }
  const energy = (x: Point, anchor: Point) =>
    0.5 * STIFFNESS * x.reduce((sum, value, k) => sum + (value - anchor[k]) ** 2, 0)

  /** Pulls an atom along a circle, step by step, and lets it go. @returns what a hand feels, in eV, step by step */
  async function pulled(simulation: Simulation, steps: number) {
    const [x, y, z] = await placeOf(simulation)
    let before = await placeOf(simulation)
    let anchor: Point | null = null
    const works: { byHand: number; bySpring: number; told: number; conserved: number; held: number }[] = []
    let [byHand, bySpring] = [0, 0]
    for (let step = 0; step < steps; step++) {
      const angle = (2 * Math.PI * step) / 40
      const next: Point | null =
        step === steps - 1 ? null : [x + 1.2 * Math.sin(angle), y + 1.2 - 1.2 * Math.cos(angle), z + 0.4]
      simulation.setPull(next && { atom: ATOM, anchor: next, stiffness: STIFFNESS })
      simulation.advance(1)
      const after = await placeOf(simulation)
      const middle = before.map((value, k) => 0.5 * (value + after[k])) as unknown as Point
      // Taking hold and letting go are work at once; in between it is force times way, by the trapezoid.
      if (!anchor) byHand += energy(middle, next!)
      else if (!next) byHand -= energy(middle, anchor)
      else {
        const [from, to] = [anchor, next]
        middle.forEach((value, k) => {
          byHand += 0.5 * STIFFNESS * (from[k] - value + (to[k] - value)) * (to[k] - from[k])
        })
      }
      // The spring on the atom: its force in each half of the step, over the half of the way.
      for (let k = 0; k < 3; k++) {
        const half = 0.5 * (after[k] - before[k])
        if (anchor) bySpring += STIFFNESS * (anchor[k] - 0.5 * (before[k] + middle[k])) * half
        if (next) bySpring += STIFFNESS * (next[k] - 0.5 * (middle[k] + after[k])) * half
      }
      const { handWork: told, conservedEnergy: conserved } = await simulation.observe()
      works.push({ byHand, bySpring, told, conserved, held: next ? energy(after, next) : 0 })
      anchor = next
      before = after
    }
    return works
  }

  test('is its force times its way, and what the conserved energy does without', async () => {
    const simulation = await create()
    simulation.advance(10)
    const start = await simulation.observe()
    expect(start.handWork).toBe(0)
    const works = await pulled(simulation, 60)
    const most = Math.max(...works.map(({ told }) => Math.abs(told)))
    expect(most).toBeGreaterThan(0.3)
    for (const { byHand, bySpring, told, held } of works) {
      // float32 keeps seven digits of half an eV, and places of atoms as many of some Å.
      expect(Math.abs(told - byHand)).toBeLessThan(1e-5)
      // What the hand has put in has reached the atom or is in the spring.
      expect(Math.abs(told - held - bySpring)).toBeLessThan(1e-5)
    }
    const last = works[works.length - 1]
    // Without a hand the same run wavers as much: it is the error of the timestep.
    const free = await create()
    free.advance(10)
    const wavering: number[] = []
    for (let n = 0; n < 60; n++) {
      free.advance(1)
      wavering.push((await free.observe()).conservedEnergy - start.conservedEnergy)
    }
    const bound = 3 * Math.max(...wavering.map(Math.abs))
    for (const { conserved } of works) expect(Math.abs(conserved - start.conservedEnergy)).toBeLessThan(bound)
    expect(bound).toBeLessThan(0.05 * most)

    // Nobody has a hand on it now.
    simulation.advance(10)
    expect((await simulation.observe()).handWork).toBe(last.told)
    simulation.reset()
    simulation.advance(5)
    expect((await simulation.observe()).handWork).toBe(0)
    simulation.destroy()
    free.destroy()
  })

  test('is counted in a bath, too, goes back with the run, and is in what is saved', async () => {
    const simulation = await create('langevin')
    const tape = simulation.tape<number>(1e6)
    const anchor: Point = [3, 2, 1]
    simulation.advance(10)
    const start = await simulation.observe()
    simulation.setPull({ atom: ATOM, anchor, stiffness: STIFFNESS })
    simulation.advance(20)
    simulation.offer(tape, 0)
    const then = await simulation.observe()
    expect(then.handWork).toBeGreaterThan(0.5)
    // Of several eV that went through the spring and the bath.
    expect(Math.abs(then.conservedEnergy - start.conservedEnergy)).toBeLessThan(0.05 * then.handWork)
    const saved = await simulation.state()

    simulation.setPull(null)
    simulation.advance(20)
    const free = await simulation.observe()
    expect(free.handWork).toBeLessThan(then.handWork - 0.1)
    await simulation.rewind(tape, 0)
    expect((await simulation.observe()).handWork).toBe(then.handWork)
    simulation.advance(20)
    const again = await simulation.observe()

    // Whoever goes on from a file has let go.
    const resumed = await Simulation.resume(gpu, field, saved)
    resumed.advance(20)
    const report = await resumed.observe()
    for (const { handWork, conservedEnergy } of [again, report]) {
      expect(handWork).toBeLessThan(then.handWork - 0.1)
      expect(Math.abs(conservedEnergy - start.conservedEnergy)).toBeLessThan(0.05 * then.handWork)
    }
    expect(report).toEqual(again)
    tape.destroy()
    simulation.destroy()
    resumed.destroy()
  })
})
