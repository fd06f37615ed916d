/** Ways to carry out the same step, in turns on one adapter: what is fastest depends on it. */
import { atomCount, type Structure } from '../src/chemistry/structure.ts'
import { Simulation } from '../src/dynamics/simulation.ts'
import type { Host } from './host.ts'
import { paired, secondsOfMany } from './lib/timing.ts'
import type { Model } from './models.ts'
import type { VariantResults } from './results.ts'

const VARIANTS = [
  { name: 'operations on atoms one by one', tuned: { lists: null } },
  ...[
    { lanes: 256, atoms: 4 },
    { lanes: 256, atoms: 8 },
    { lanes: 256, atoms: 16 },
    { lanes: 128, atoms: 4 },
    { lanes: 256, atoms: 2 },
    { lanes: 256, atoms: 1 },
  ].map((lists) => ({
    name: `lists of operations, ${lists.lanes} lanes for ${lists.atoms} atoms`,
    tuned: { lists },
  })),
]

/** s that a timed submission should last */
const LONG_ENOUGH = 0.05
const LARGEST_BATCH = 64

/** @param seconds what the repeats may cost */
export async function compareVariants(
  host: Host,
  model: Model,
  structure: Structure,
  seconds: number,
): Promise<VariantResults> {
  const runs = []
  for (const { name, tuned } of VARIANTS) {
    const gpu = await host.requestGpu()
    const standard = JSON.stringify(gpu.tuningFor(atomCount(structure)).lists) === JSON.stringify(tuned.lists)
    gpu.tuned = tuned
    const simulation = await Simulation.create(gpu, structure, model.field, {
      temperature: 300,
      timestep: model.timestep,
    })
    await simulation.observe()
    let batch = 1
    const time = async () =>
      (await secondsOfMany(gpu.device, () => simulation.advance(batch), 2)) / (2 * batch)
    while (batch < LARGEST_BATCH && (await time()) * batch < LONG_ENOUGH) batch *= 2
    const { fault } = await simulation.observe()
    if (fault) throw new Error(fault)
    runs.push({ gpu, name, standard, dispatches: simulation.stepDispatches.length, time })
  }
  const { times, ratios } = await paired(
    runs.map(({ time }) => time),
    { seconds },
  )
  for (const { gpu } of runs) gpu.destroy()
  return {
    model: model.name,
    structure: structure.name,
    atoms: atomCount(structure),
    variants: runs.map(({ name, standard, dispatches }, k) => ({
      ...{ name, standard, dispatchesPerStep: dispatches, secondsPerStep: times[k], ratio: ratios[k] },
    })),
  }
}
