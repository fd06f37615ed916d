import type { Structure } from '../../chemistry/structure.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import { evaluate } from '../../models/evaluate.ts'
import type { Statements } from '../../models/open-statements.ts'
import { loadForceField } from '../../models/registry.ts'
import type { GoldenCase } from './case.ts'
import type { EngineResult } from './judge.ts'

/** Evaluates a golden case on the GPU from the file a user would drop, in the network's own unit. */
export async function runGoldenCase(gpu: Gpu, golden: GoldenCase): Promise<EngineResult> {
  const field = loadForceField(await golden.loadCheckpoint(), {
    energyUnit: { name: 'unit of the case', inEv: 1 },
    stated: whatShapesLeaveOpen(golden),
  })
  const molecules = moleculesOf(golden)
  // Equiformer's cases say atomic numbers, and the network has rows of its own for them.
  const types =
    golden.architecture === 'equiformer'
      ? undefined
      : molecules.map(({ first, count }) => golden.types.slice(first, first + count))
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

/** What names and shapes of an Equiformer's tensors cannot tell, and a user has to. */
export function whatShapesLeaveOpen({ architecture, hyperparameters }: GoldenCase): Statements {
  if (architecture !== 'equiformer') return {}
  const { num_heads, irreps_mlp_mid } = hyperparameters
  const mlp = String(irreps_mlp_mid)
  return { num_heads: Number(num_heads), ...(mlp.includes('o') ? { irreps_mlp_mid: mlp } : {}) }
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
  tags,
}: GoldenCase): Molecule[] {
  return Array.from({ length: moleculeCount }, (_, m) => {
    const first = batch.indexOf(m)
    const count = batch.lastIndexOf(m) - first + 1
    const cell = cells[m] ?? cells[0] ?? null
    const column = (values: ArrayLike<number>) => ({
      ...{ width: 1, values: Float64Array.from(values).slice(first, first + count) },
    })
    const columns = new Map([
      ...(partialCharges ? [['charges', column(partialCharges)] as const] : []),
      ...(tags ? [['tags', column(tags)] as const] : []),
    ])
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
