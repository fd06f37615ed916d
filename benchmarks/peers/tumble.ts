/** Tumble's own ways to energy and forces of a structure, as they are set beside those of peers. */
import { atomCount, type Structure } from '../../src/chemistry/structure.ts'
import { ForceSystem } from '../../src/dynamics/force-system.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { secondsOf, secondsOfMany } from '../../src/gpu/repeats.ts'
import type { Model } from '../models.ts'

/** Energy and forces of a structure, without the reference energies. */
export interface Answer {
  /** eV */
  readonly energy: number
  /** [atoms × 3] eV/Å */
  readonly forces: ArrayLike<number>
}

export interface Engine {
  readonly name: string
  readonly secondsToLoad: number
  readonly answer: Answer
  /** s of one evaluation */
  time(): Promise<number>
}

/** s that a submission of MD steps should last, so that the CPU's part in it does not count; other repeats last as long. */
const LONG_ENOUGH = 0.1
const LARGEST_BATCH = 256

/** s that one of many takes, one after the other for a while: neighbours in time then have little part in it. */
export async function repeated(evaluate: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  let count = 0
  let seconds = 0
  while (seconds < LONG_ENOUGH) {
    await evaluate()
    count++
    seconds = (performance.now() - began) / 1000
  }
  return seconds / count
}

/** As peers do it: positions up, energy and forces back. */
export async function evaluationOf(gpu: Gpu, model: Model, structure: Structure): Promise<Engine> {
  const began = performance.now()
  const system = await ForceSystem.create(gpu, structure, model.field)
  const evaluate = async (): Promise<Answer> => {
    system.atoms.uploadPositions([structure])
    gpu.submit('forces', system.dispatches)
    const outputs = new Float32Array(await gpu.read(system.atoms.outputs))
    const rows = Array.from({ length: atomCount(structure) }, (_, atom) =>
      outputs.subarray(4 * atom, 4 * atom + 4),
    )
    return {
      energy: rows.reduce((sum, row) => sum + row[3], 0),
      forces: rows.flatMap((row) => Array.from(row.subarray(0, 3))),
    }
  }
  const answer = await evaluate()
  return {
    name: 'Tumble, one evaluation',
    secondsToLoad: model.secondsToLoad + (performance.now() - began) / 1000,
    answer,
    time: () => repeated(evaluate),
  }
}

/** As a simulation does it: many steps in one submission. */
export async function stepsOf(gpu: Gpu, model: Model, structure: Structure, answer: Answer): Promise<Engine> {
  const began = performance.now()
  const simulation = await Simulation.create(gpu, structure, model.field, {
    temperature: 300,
    timestep: model.timestep,
  })
  await simulation.observe()
  const secondsToLoad = model.secondsToLoad + (performance.now() - began) / 1000
  const advance = async (steps: number) =>
    (await secondsOf(gpu.device, () => simulation.advance(steps))) / steps
  let batch = 1
  while (batch < LARGEST_BATCH && (await advance(batch)) * batch < LONG_ENOUGH) batch *= 2
  return {
    name: 'Tumble, one MD step',
    secondsToLoad,
    answer,
    // Two of them, so that the CPU records one while the GPU is busy with the other.
    time: async () => (await secondsOfMany(gpu.device, () => simulation.advance(batch), 2)) / (2 * batch),
  }
}

/** How far one answer is from another: eV, and the largest of the forces' components in eV/Å. */
export const differenceOf = (one: Answer, other: Answer) => ({
  energyDifference: Math.abs(one.energy - other.energy),
  forceDifference: Math.max(...Array.from(one.forces, (force, i) => Math.abs(force - other.forces[i]))),
})
