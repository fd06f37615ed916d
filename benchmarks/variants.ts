/** Ways to carry out the same step, in turns on one adapter: what is fastest depends on it. */
import { atomCount, type Structure } from '../src/chemistry/structure.ts'
import { Simulation } from '../src/dynamics/simulation.ts'
import { paired, secondsOfMany } from '../src/gpu/repeats.ts'
import type { Tuning } from '../src/gpu/tuning.ts'
import type { Host } from './host.ts'
import type { Model } from './models.ts'
import type { VariantResults } from './results.ts'

const VARIANTS: readonly { readonly name: string; readonly tuned: Partial<Tuning> }[] = [
  { name: 'as it comes', tuned: {} },
  { name: 'operations on atoms one by one', tuned: { lists: null } },
  ...[1, 4, 16].map((atoms) => ({
    name: `lists of operations, 256 lanes for ${atoms} atoms`,
    tuned: { lists: { lanes: 256, atoms } },
  })),
  ...[64, 128, 512].map((edgeLanes) => ({
    name: `${edgeLanes} lanes for an atom's edges`,
    tuned: { edgeLanes },
  })),
  { name: 'heads summed without subgroups', tuned: { subgroups: false } },
  { name: 'edges in the order of their atoms', tuned: { nearestFirst: false } },
  { name: "1 lane looks for an atom's neighbours", tuned: { rowLanes: 1 } },
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
    const usual = JSON.stringify(gpu.tuningFor(atomCount(structure)))
    gpu.tuned = tuned
    const standard = JSON.stringify(gpu.tuningFor(atomCount(structure))) === usual
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
  runs.forEach(({ name }, k) => {
    host.say(`  ${name}: ${ratios[k].toFixed(3)}`)
  })
  return {
    model: model.name,
    structure: structure.name,
    atoms: atomCount(structure),
    variants: runs.map(({ name, standard, dispatches }, k) => ({
      ...{ name, standard, dispatchesPerStep: dispatches, secondsPerStep: times[k], ratio: ratios[k] },
    })),
  }
}
