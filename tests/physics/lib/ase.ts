import { readFile } from 'node:fs/promises'
import type { Cell, Periodicity, Structure } from '../../../src/chemistry/structure.ts'
import { Simulation } from '../../../src/dynamics/simulation.ts'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import type { ForceField } from '../../../src/models/force-field.ts'

/** What both programs leave of a run. */
export interface Run {
  /** [frames][3 × atoms] Å, from step 0 on, every `positionsEvery` steps */
  readonly frames: readonly (readonly number[])[]
  /** eV, from step 0 on, every `energiesEvery` steps */
  readonly energies: readonly number[]
}

/** A run by ASE as tests/golden/ase/nve.py writes it: Å, fs, u, eV. */
export interface AseRun extends Run {
  readonly structure: string
  /** fs */
  readonly timestep: number
  readonly steps: number
  readonly energiesEvery: number
  readonly positionsEvery: number
  readonly numbers: readonly number[]
  readonly cell: Cell | null
  readonly periodic: Periodicity
  readonly positions: readonly (readonly number[])[]
  /** Å/fs */
  readonly velocities: readonly (readonly number[])[]
  /** [perturbed runs][frames] Å: rms distance of atoms from where the unperturbed run has them */
  readonly spread: readonly (readonly number[])[]
}

export async function aseRun(name: string): Promise<AseRun> {
  const text = await readFile(new URL(`../../golden/ase/${name}.json`, import.meta.url), 'utf8')
  return JSON.parse(text) as AseRun
}

/** The start that ASE had. Masses are left out: Tumble has to know them. */
const startOf = (run: AseRun): Structure => ({
  name: run.structure,
  atomicNumbers: Uint8Array.from(run.numbers),
  positions: Float64Array.from(run.positions.flat()),
  cell: run.cell,
  periodic: run.periodic,
  velocities: Float64Array.from(run.velocities.flat()),
})

/** The same run by Tumble, seen at the same steps. */
export async function tumbleRun(gpu: Gpu, field: ForceField, run: AseRun): Promise<Run> {
  const { timestep, steps, energiesEvery, positionsEvery } = run
  const simulation = await Simulation.create(gpu, startOf(run), field, { timestep })
  const energies = [(await simulation.observe()).totalEnergy]
  const frames = [[...(await simulation.snapshot()).positions]]
  for (let step = energiesEvery; step <= steps; step += energiesEvery) {
    simulation.advance(energiesEvery)
    energies.push((await simulation.observe()).totalEnergy)
    if (step % positionsEvery === 0) frames.push([...(await simulation.snapshot()).positions])
  }
  simulation.destroy()
  return { frames, energies }
}

/** Å: root of the mean squared distance of an atom in one frame from itself in another. */
export const rmsd = (one: readonly number[], other: readonly number[]): number =>
  Math.sqrt((3 * one.reduce((sum, x, i) => sum + (x - other[i]) ** 2, 0)) / one.length)
