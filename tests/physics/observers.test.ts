/** Observables that take frames of a run: when, how often, and whatever becomes of the run meanwhile. */
import { expect, test } from 'vitest'
import { MeanSquareDisplacement } from '../../src/analysis/displacement.ts'
import { RadialDistribution } from '../../src/analysis/radial-distribution.ts'
import { Shape } from '../../src/analysis/shape.ts'
import { VelocityCorrelation } from '../../src/analysis/velocity-correlation.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import { useGpu } from '../kernels/lib/device.ts'
import { argon, spheres } from './lib/spheres.ts'

const gpu = useGpu()
const options = { timestep: 2, seed: 3, thermostat: { kind: 'none' } } as const

/** Everything that src/analysis sums, of one run of 60 steps, with a frame every fourth. */
async function observed(batches: readonly number[]) {
  const simulation = await Simulation.create(gpu(), argon(3, 2.7), spheres(0.6), options)
  const { source } = simulation
  const observers = {
    shape: await Shape.create(gpu(), source),
    displacement: await MeanSquareDisplacement.create(gpu(), source),
    pairs: await RadialDistribution.create(gpu(), source, { maximum: 4, bins: 20 }),
    velocities: await VelocityCorrelation.create(gpu(), source, { window: 8 }),
  }
  for (const observer of Object.values(observers)) simulation.watch(observer, 4)
  for (const batch of batches) simulation.advance(batch)
  await simulation.observe()
  const reports = await Promise.all(Object.values(observers).map((observer) => observer.read()))
  simulation.destroy()
  return reports
}

test('frames are taken after every fourth step, however steps were batched', async () => {
  const whole = await observed([60])
  expect(whole.map(({ samples }) => samples)).toEqual([15, 15, 15, 15])
  expect(await observed([1, 2, 3, 5, 7, 11, 31])).toEqual(whole)
})

test('a frame shows the step it is said to', async () => {
  const simulation = await Simulation.create(gpu(), argon(3, 2.7), spheres(0.6), options)
  const displacement = await MeanSquareDisplacement.create(gpu(), simulation.source, { removeDrift: false })
  simulation.watch(displacement, 7)
  const before = await simulation.snapshot()
  const wanted: number[] = []
  for (let k = 1; k <= 3; k++) {
    simulation.advance(7)
    const { positions } = await simulation.snapshot()
    const squares = positions.map((x, i) => (x - before.positions[i]) ** 2)
    wanted.push((3 * squares.reduce((sum, square) => sum + square, 0)) / squares.length)
  }
  const found = Array.from((await displacement.read()).series.get('all')!)
  expect(found).toHaveLength(3)
  found.forEach((value, k) => {
    expect(Math.abs(value / wanted[k] - 1)).toBeLessThan(1e-5)
  })
  simulation.destroy()
})

test('a list that must grow costs no frame, and none is taken twice', async () => {
  // A gas that collapses: pairs multiply, and the list that held the first few is too small.
  const loose = argon(3, 3.6)
  const drawnIn = {
    ...loose,
    cell: null,
    periodic: [false, false, false] as const,
    velocities: loose.positions.map((x) => -0.006 * x),
  }
  const simulation = await Simulation.create(gpu(), drawnIn, spheres(0.05), { ...options, seed: 4 })
  const shape = await Shape.create(gpu(), simulation.source)
  const stop = simulation.watch(shape, 5)
  const room = simulation.source.status
  simulation.advance(100)
  await simulation.observe()
  expect(simulation.source.status).not.toBe(room)
  expect((await shape.read()).samples).toBe(20)
  stop()
  simulation.advance(10)
  await simulation.observe()
  expect((await shape.read()).samples).toBe(20)
  simulation.destroy()
})

test('a reset makes observers forget', async () => {
  const simulation = await Simulation.create(gpu(), argon(3, 2.7), spheres(0.6), options)
  const displacement = await MeanSquareDisplacement.create(gpu(), simulation.source)
  simulation.watch(displacement, 1)
  simulation.advance(10)
  simulation.reset()
  simulation.advance(2)
  await simulation.observe()
  const { samples, latest } = await displacement.read()
  expect(samples).toBe(2)
  // Two steps at 300 K, from where it started.
  expect(latest.get('all')!).toBeLessThan(0.01)
  expect(() => simulation.watch(displacement, 0)).toThrow('whole steps')
  simulation.destroy()
})
