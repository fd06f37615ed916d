import { MeanSquareDisplacement } from '../../../../src/analysis/displacement.ts'
import { RadialDistribution } from '../../../../src/analysis/radial-distribution.ts'
import { Shape } from '../../../../src/analysis/shape.ts'
import { VelocityCorrelation } from '../../../../src/analysis/velocity-correlation.ts'
import type { Structure } from '../../../../src/chemistry/structure.ts'
import { Minimizer, type MinimizerReport } from '../../../../src/dynamics/minimizer.ts'
import { Replicas, type ReplicasReport } from '../../../../src/dynamics/replicas.ts'
import { Simulation } from '../../../../src/dynamics/simulation.ts'
import { readCheckpoint, readXyz } from '../../../../src/formats/index.ts'
import type { Gpu } from '../../../../src/gpu/gpu.ts'
import type { ForceField } from '../../../../src/models/force-field.ts'
import { loadForceField } from '../../../../src/models/registry.ts'
import { ensembles, type Stage } from '../ensembles.ts'
import type { Return, Run } from './api.ts'
import { fetchBytes, textOf } from './files.ts'

const MODEL = 'et-gfn2-small.safetensors'

let loaded: Promise<ForceField> | undefined
/** The bundled force field. */
const field = (): Promise<ForceField> => {
  loaded ??= fetchBytes(`/public/models/${MODEL}`)
    .then((bytes) => readCheckpoint(bytes, MODEL))
    .then((checkpoint) => loadForceField(checkpoint))
  return loaded
}

/** A structure of the gallery, repeated on a grid in open space as often as the stage says. */
async function structureOf({ structure, copies = 1, spacing = 0 }: Stage): Promise<Structure> {
  const file = `${structure}.xyz`
  const [one] = readXyz(textOf(await fetchBytes(`/public/structures/${file}`)), file)
  const side = Math.ceil(Math.cbrt(copies))
  const place = (copy: number, axis: number) => spacing * (Math.floor(copy / side ** axis) % side)
  const each = Array.from({ length: copies }, (_, copy) => copy)
  return {
    ...one,
    atomicNumbers: Uint8Array.from(each.flatMap(() => Array.from(one.atomicNumbers))),
    positions: Float64Array.from(
      each.flatMap((copy) => Array.from(one.positions, (x, i) => x + place(copy, i % 3))),
    ),
  }
}

/** @throws Error for a name that the table does not have */
export async function simulate(gpu: Gpu, name: string): Promise<Run> {
  const ensemble = ensembles[name]
  if (!ensemble) throw new Error(`There is no ensemble called ${name}.`)
  const { stage, steps, every, options, observed } = ensemble
  const simulation = await Simulation.create(gpu, await structureOf(stage), await field(), options)
  const { source } = simulation
  const observers = observed
    ? await Promise.all([
        Shape.create(gpu, source),
        MeanSquareDisplacement.create(gpu, source),
        RadialDistribution.create(gpu, source),
        VelocityCorrelation.create(gpu, source, { window: steps }),
      ])
    : []
  for (const observer of observers) simulation.watch(observer, 1)
  try {
    const reports = [await simulation.observe()]
    for await (const report of simulation.run({ steps, every })) reports.push(report)
    const { positions } = await simulation.snapshot()
    const samples = await Promise.all(observers.map(async (observer) => (await observer.read()).samples))
    return { reports, positions: Array.from(positions), samples }
  } finally {
    for (const observer of observers) observer.destroy()
    simulation.destroy()
  }
}

/** Molecules of ethanol at temperatures so near to each other that they exchange. */
export async function exchange(gpu: Gpu, steps: number): Promise<ReplicasReport[]> {
  const replicas = await Replicas.create(gpu, await structureOf({ structure: 'ethanol' }), await field(), {
    replicas: 3,
    ladder: [300, 306, 312],
    exchangeEvery: 2,
    thermostat: { kind: 'langevin', temperature: 300, friction: 10 },
    seed: 7,
  })
  const reports: ReplicasReport[] = []
  for await (const report of replicas.run({ steps, every: 1 })) reports.push(report)
  replicas.destroy()
  return reports
}

/** A molecule without a thermostat, its velocities turned around half-way. */
export async function thereAndBack(gpu: Gpu, steps: number): Promise<Return> {
  const simulation = await Simulation.create(
    gpu,
    await structureOf({ structure: 'ethanol' }),
    await field(),
    { temperature: 300, seed: 3 },
  )
  const look = async () => ({
    positions: (await simulation.snapshot()).positions,
    energy: (await simulation.observe()).conservedEnergy,
  })
  const start = await look()
  simulation.advance(steps)
  const turn = await look()
  await simulation.nudge({ scale: -1 }, Array(simulation.atoms).keys())
  simulation.advance(steps)
  const end = await look()
  await watchAttention(gpu, simulation)
  simulation.destroy()
  const from = ({ positions }: typeof start) =>
    positions.reduce((most, x, i) => Math.max(most, Math.abs(x - start.positions[i])), 0)
  return { turn: from(turn), end: from(end), strayed: Math.abs(end.energy - start.energy) }
}

/** One head's attention weights, as the viewer asks for them. */
async function watchAttention(gpu: Gpu, { attention }: Simulation): Promise<void> {
  if (!attention) throw new Error('the bundled network has attention')
  const links = gpu.buffer('links', 16 * attention.capacity)
  const ends = gpu.buffer('ends', 8 * attention.capacity)
  gpu.submit('attention', [await attention.weigh({ layer: 0, head: 0 }, { links, ends })])
  links.destroy()
  ends.destroy()
}

/** The first moves of the water box toward its minimum, cell included: a report before the first, and one of each. */
export async function relax(gpu: Gpu, steps: number): Promise<MinimizerReport[]> {
  const box = await structureOf({ structure: 'water-box' })
  const minimizer = await Minimizer.create(gpu, box, await field(), { cell: { kind: 'free' } })
  const reports: MinimizerReport[] = []
  for await (const report of minimizer.run({ steps, every: 1 })) reports.push(report)
  minimizer.destroy()
  return reports
}
