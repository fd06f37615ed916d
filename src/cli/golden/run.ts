import type { Structure } from '../../chemistry/structure.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import { evaluate } from '../../models/evaluate.ts'
import { loadForceField } from '../../models/registry.ts'
import type { GoldenCase } from './case.ts'
import type { EngineResult } from './judge.ts'

/** Evaluates a golden case on the GPU from the file a user would drop, in the network's own unit. */
export async function runGoldenCase(gpu: Gpu, golden: GoldenCase): Promise<EngineResult> {
  const field = loadForceField(await golden.loadCheckpoint(), {
    energyUnit: { name: 'unit of the case', inEv: 1 },
  })
  const molecules = moleculesOf(golden)
  const types = molecules.map(({ first, count }) => golden.types.slice(first, first + count))
  const evaluations = await evaluate(
    gpu,
    field,
    molecules.map(({ structure }) => structure),
    types,
  )
  return {
    output: evaluations.map(({ property, energy }) => property ?? [energy]),
    forces: evaluations.flatMap(({ forces }) => Array.from(forces)),
  }
}

interface Molecule {
  readonly structure: Structure
  readonly first: number
  readonly count: number
}

/** The molecules of a case, whose atoms follow one another. */
export function moleculesOf({
  name,
  batch,
  moleculeCount,
  atomicNumbers,
  positions,
  cells,
  partialCharges,
}: GoldenCase): Molecule[] {
  return Array.from({ length: moleculeCount }, (_, m) => {
    const first = batch.indexOf(m)
    const count = batch.lastIndexOf(m) - first + 1
    const cell = cells[m] ?? cells[0] ?? null
    const columns = partialCharges
      ? new Map([['charges', { width: 1, values: partialCharges.slice(first, first + count) }]])
      : undefined
    const structure: Structure = {
      name,
      atomicNumbers: atomicNumbers.slice(first, first + count),
      positions: positions.slice(3 * first, 3 * (first + count)),
      cell,
      periodic: cell ? [true, true, true] : [false, false, false],
      columns,
    }
    return { structure, first, count }
  })
}
