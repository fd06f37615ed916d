/** One model on one system, from a fresh device to its time per step. */
import type { Structure } from '../src/chemistry/structure.ts'
import { atomCount } from '../src/chemistry/structure.ts'
import { Simulation } from '../src/dynamics/simulation.ts'
import type { Report } from '../src/dynamics/types.ts'
import { sample, secondsOf, secondsOfMany } from '../src/gpu/repeats.ts'
import { timeKernels } from '../src/gpu/timing.ts'
import type { Ceilings } from './ceilings.ts'
import type { Host } from './host.ts'
import { CommandAccount } from './lib/commands.ts'
import { BufferAccount } from './lib/memory.ts'
import type { Model } from './models.ts'
import type { Measured } from './results.ts'
import type { System } from './systems.ts'

/** s that one submission should last, so that what surrounds it does not count. */
const LONG_ENOUGH = 0.05
/** Submissions that are timed together, where they are no longer than that. */
const SUBMISSIONS = 4
/** Systems reset a device that does not answer for about two seconds. */
const LARGEST_BATCH = 256
const TEMPERATURE = 300

/** Labels of buffers that do not grow with the atoms. */
const OF_MODEL = /weights|tables?/i

/**
 * @param seconds what the timed steps may cost, two of them in any case
 * @param profile whether each kernel is timed alone, too
 * @throws Error for a system that the adapter has no room for, or that does not run
 */
export async function measureCase(
  host: Host,
  model: Model,
  system: System,
  structure: Structure,
  ceilings: Ceilings,
  seconds: number,
  profile = false,
): Promise<Measured> {
  const asked = performance.now()
  const gpu = await host.requestGpu()
  const opened = performance.now()
  const buffers = new BufferAccount(gpu.device)
  const commands = new CommandAccount(gpu.device)
  // A device that runs out of memory goes, and what waits for it would wait for ever.
  const lost = gpu.lost.then(({ message }) => {
    throw new Error(`the device was lost: ${message}`)
  })
  const measured = async (): Promise<Measured> => {
    const simulation = await Simulation.create(gpu, structure, model.field, {
      temperature: TEMPERATURE,
      timestep: model.timestep,
    })
    const compiled = performance.now()
    const first = await sound(simulation)
    const evaluated = performance.now()
    const submissionsBefore = buffers.submissions
    commands.count(() => simulation.advance(1))
    const submissionsPerBatch = buffers.submissions - submissionsBefore
    const readBefore = buffers.readBack
    await sound(simulation)
    const bytesPerReport = buffers.readBack - readBefore
    const stepped = performance.now()

    const advance = (steps: number) => secondsOf(gpu.device, () => simulation.advance(steps))
    let stepsPerSubmission = 1
    // The first step tells how long a slow one takes; only quick ones are repeated to find out.
    let perStep = (stepped - evaluated) / 1000
    while (stepsPerSubmission < LARGEST_BATCH && perStep * stepsPerSubmission < LONG_ENOUGH) {
      stepsPerSubmission = Math.min(LARGEST_BATCH, 2 * stepsPerSubmission)
      perStep = (await advance(stepsPerSubmission)) / stepsPerSubmission
    }
    const submissions = perStep < LONG_ENOUGH ? SUBMISSIONS : 1
    const submit = () => simulation.advance(stepsPerSubmission)
    const secondsPerStep = await sample(
      async () => (await secondsOfMany(gpu.device, submit, submissions)) / (submissions * stepsPerSubmission),
      { seconds },
    )
    await sound(simulation)

    const atoms = atomCount(structure)
    const flops = model.flops(atoms, first.pairs)
    const bytesPerStep = commands.boundBytes
    const bytesOfModel = buffers
      .largest(Number.POSITIVE_INFINITY)
      .reduce((sum, { label, bytes }) => (OF_MODEL.test(label) ? sum + bytes : sum), 0)
    const result: Measured = {
      model: model.name,
      system: system.name,
      atoms,
      periodic: system.periodic,
      pairs: first.pairs,
      secondsPerStep,
      stepsPerSubmission,
      dispatchesPerStep: commands.dispatches,
      submissionsPerBatch,
      bytesPerStep,
      flops,
      shareOfProduct: flops.useful / secondsPerStep.quickest / ceilings.flopsPerSecond,
      shareOfCopy: bytesPerStep / secondsPerStep.quickest / ceilings.bytesPerSecond,
      bytesPerAtom: (buffers.bytes - bytesOfModel) / atoms,
      bytesOfModel,
      bytesPerReport,
      firstStep: {
        load: model.secondsToLoad,
        device: (opened - asked) / 1000,
        compile: (compiled - opened) / 1000,
        forces: (evaluated - compiled) / 1000,
        step: (stepped - evaluated) / 1000,
        total: model.secondsToLoad + (stepped - asked) / 1000,
      },
      energyPerAtom: first.potentialEnergy / atoms,
      largestBuffers: buffers.largest(6),
      // Last of all: it repeats kernels as they are.
      ...(profile && { kernels: (await timeKernels(gpu, simulation.stepDispatches)).kernels }),
    }
    simulation.destroy()
    return result
  }
  try {
    return await Promise.race([measured(), lost])
  } finally {
    lost.catch(() => {})
    gpu.destroy()
  }
}

/** The observables, when nothing has stopped the run. */
async function sound(simulation: Simulation): Promise<Report> {
  const report = await simulation.observe()
  if (report.fault) throw new Error(report.fault)
  return report
}
