/**
 * Golden cases: networks whose outputs upstream implementations computed in double precision.
 *
 * A case is a folder with `case.json` (which has a `golden` block) and the checkpoint it names, or a recipe to
 * generate that checkpoint's weights from. All architectures share the block, so one verifier reads them all.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Cell } from '../../chemistry/structure.ts'
import { InputError, messageOf } from '../../errors.ts'
import type { Checkpoint, Plain } from '../../formats/checkpoint.ts'
import { readCheckpoint } from '../../formats/read-checkpoint.ts'
import { generatedTensors, type WeightsRecipe } from './weights-generator.ts'

/** How far upstream's own float32 run strays from its float64 run, in the units of the case. */
export interface Yardstick {
  readonly energyMaxAbs: number
  readonly forceMaxAbs: number | null
}

export interface GoldenCase {
  readonly name: string
  /** The case's folder. */
  readonly path: string
  /** torchmd-net-et, equiformer, gatr or transformer. */
  readonly architecture: string
  readonly hyperparameters: { readonly [key: string]: Plain }
  /** [N] what the network takes as an atom's type: atomic numbers unless the case says otherwise. */
  readonly types: Uint32Array
  /** [N] */
  readonly atomicNumbers: Uint8Array
  /** [N × 3] Å */
  readonly positions: Float64Array
  /** [N] molecule of every atom, 0-based */
  readonly batch: Uint32Array
  readonly moleculeCount: number
  /** One cell for all molecules, one per molecule, or none. */
  readonly cells: readonly Cell[]
  /** [N] in e, for models that take charges. */
  readonly partialCharges: Float64Array | null
  /** What the head returns; Scalar is an energy. */
  readonly head: string
  /** [molecules][columns] in the network's own unit */
  readonly expectedOutput: readonly (readonly number[])[]
  /** [N × 3] minus the gradient of the sum of outputs, or null where the case has none. */
  readonly expectedForces: Float64Array | null
  /** Root mean square of the expected force components; 0 where there are none. */
  readonly forceRms: number
  readonly yardstick: Yardstick
  /** The checkpoint as a user would drop it, or generated where the folder holds only the recipe. */
  loadCheckpoint(): Promise<Checkpoint>
}

/** `case.json` as far as it is read here. */
interface CaseFile {
  readonly name: string
  readonly hyperparameters: { readonly [key: string]: Plain }
  readonly atomic_numbers: readonly number[]
  readonly z?: readonly number[]
  readonly positions: readonly (readonly number[])[]
  readonly batch?: readonly number[]
  readonly box?: readonly (readonly number[])[] | readonly (readonly (readonly number[])[])[] | null
  readonly extra_args?: { readonly partial_charges?: readonly number[] } | null
  readonly golden?: {
    readonly architecture: string
    readonly checkpoint: string
    readonly energy?: readonly number[]
    readonly output?: readonly (readonly number[])[]
    readonly head?: string
    readonly forces?: readonly (readonly number[])[] | null
    readonly force_rms?: number | null
    readonly yardstick: { readonly energy_max_abs: number; readonly force_max_abs?: number | null }
  }
}

/**
 * All golden cases in or below the folders, sorted by path. Cases without a `golden` block test parts of a network
 * and are left out.
 * @throws InputError for a folder that does not exist, or a case that is not valid JSON.
 */
export async function loadGoldenCases(folders: readonly string[]): Promise<GoldenCase[]> {
  const cases: GoldenCase[] = []
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => {
      throw new InputError(`There is no folder ${folder} to look for golden cases in.`)
    })
    const files = names.filter((name) => basename(name) === 'case.json').sort()
    for (const file of files) {
      const golden = await loadCase(join(folder, file))
      if (golden) cases.push(golden)
    }
  }
  return cases
}

async function loadCase(file: string): Promise<GoldenCase | null> {
  let content: CaseFile
  try {
    content = JSON.parse(await readFile(file, 'utf8')) as CaseFile
  } catch (error) {
    throw new InputError(`${file} is not a golden case: ${messageOf(error)}`)
  }
  const { golden } = content
  if (!golden) return null
  const path = dirname(file)
  const batch = Uint32Array.from(content.batch ?? content.atomic_numbers.map(() => 0))
  return {
    name: content.name,
    path,
    architecture: golden.architecture,
    hyperparameters: content.hyperparameters,
    types: Uint32Array.from(content.z ?? content.atomic_numbers),
    atomicNumbers: Uint8Array.from(content.atomic_numbers),
    positions: Float64Array.from(content.positions.flat()),
    batch,
    moleculeCount: batch.reduce((most, molecule) => Math.max(most, molecule + 1), 0),
    cells: cellsOf(content.box),
    partialCharges: content.extra_args?.partial_charges
      ? Float64Array.from(content.extra_args.partial_charges)
      : null,
    head: golden.head ?? 'Scalar',
    expectedOutput: golden.output ?? (golden.energy ?? []).map((energy) => [energy]),
    expectedForces: golden.forces ? Float64Array.from(golden.forces.flat()) : null,
    forceRms: golden.force_rms ?? 0,
    yardstick: {
      energyMaxAbs: golden.yardstick.energy_max_abs,
      forceMaxAbs: golden.yardstick.force_max_abs ?? null,
    },
    loadCheckpoint: () => loadCheckpoint(path, golden.checkpoint, content.hyperparameters),
  }
}

/** `box` is null, three rows, or three rows per molecule. */
function cellsOf(box: CaseFile['box']): Cell[] {
  const numbers = ((box ?? []) as readonly unknown[]).flat(2) as number[]
  return Array.from(
    { length: numbers.length / 9 },
    (_, k) => numbers.slice(9 * k, 9 * k + 9) as unknown as Cell,
  )
}

async function loadCheckpoint(
  path: string,
  name: string,
  hyperparameters: GoldenCase['hyperparameters'],
): Promise<Checkpoint> {
  const bytes = await readFile(join(path, name)).catch(() => null)
  if (bytes) return readCheckpoint(new Uint8Array(bytes), name)
  const recipeText = await readFile(join(path, 'weights_gen.json'), 'utf8').catch(() => {
    throw new InputError(`${path} holds neither ${name} nor a weights_gen.json to generate it from.`)
  })
  const recipe = JSON.parse(recipeText) as WeightsRecipe
  const explicit = await readCheckpoint(
    new Uint8Array(await readFile(join(path, recipe.explicit))),
    recipe.explicit,
  )
  return {
    source: 'weights_gen.json',
    container: 'safetensors',
    tensors: new Map([...generatedTensors(recipe), ...explicit.tensors]),
    hyperparameters,
    metadata: {},
  }
}
