/**
 * Golden cases: networks whose outputs upstream implementations computed in double precision.
 *
 * A case is a folder with `case.json` (which has a `golden` block) and the checkpoint it names, or a recipe to
 * generate that checkpoint's weights from. All architectures share the block, so one verifier reads them all.
 * `reference.json` lists several systems for one trained model instead; each is a case, too.
 *
 * Nothing here knows where files come from: the command line reads them from disk (case.ts), a test page fetches them.
 */
import type { Cell } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
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
  /** [N] for networks that tell surfaces from adsorbates: 0 below the surface, 1 surface, 2 adsorbate. */
  readonly tags: Uint8Array | null
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
  readonly extra?: { readonly tags?: readonly number[] } | null
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

/** A file of the case's folder by its name, or null where there is none. */
export type ReadFile = (name: string) => Promise<Uint8Array | null>

/**
 * The case in a `case.json`, or null where that has no `golden` block: it tests parts of a network.
 * @param json content of the file
 * @param path the case's folder, for people
 */
export function readCase(json: unknown, path: string, read: ReadFile): GoldenCase | null {
  const content = json as CaseFile
  const { golden } = content
  if (!golden) return null
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
    tags: content.extra?.tags ? Uint8Array.from(content.extra.tags) : null,
    head: golden.head ?? 'Scalar',
    expectedOutput: golden.output ?? (golden.energy ?? []).map((energy) => [energy]),
    expectedForces: golden.forces ? Float64Array.from(golden.forces.flat()) : null,
    forceRms: golden.force_rms ?? 0,
    yardstick: {
      energyMaxAbs: golden.yardstick.energy_max_abs,
      forceMaxAbs: golden.yardstick.force_max_abs ?? null,
    },
    loadCheckpoint: () => loadCheckpoint(path, read, golden.checkpoint, content.hyperparameters),
  }
}

/** `reference.json`: systems evaluated by one trained model, which lies beside it or is the bundled one. */
interface ReferenceFile {
  readonly systems?: readonly {
    readonly name: string
    readonly z: readonly number[]
    readonly pos: readonly (readonly number[])[]
    readonly energy: number
    readonly forces: readonly (readonly number[])[]
    readonly f32_pytorch_dev: { readonly energy: number; readonly max_force: number }
  }[]
}

/**
 * The cases in a `reference.json`.
 * @param json content of the file
 * @param path its folder, whose last name is the model's
 * @param read finds the model, too, where that is a bundled one
 */
export function readReference(json: unknown, path: string, read: ReadFile): GoldenCase[] {
  const { systems = [] } = json as ReferenceFile
  const name = path.split(/[/\\]/).at(-1)
  const model = `${name}.ckpt`
  return systems.map((system) => {
    const forces = system.forces.flat()
    return {
      name: `${name}/${system.name}`,
      path,
      architecture: 'torchmd-net-et',
      hyperparameters: {},
      types: Uint32Array.from(system.z),
      atomicNumbers: Uint8Array.from(system.z),
      positions: Float64Array.from(system.pos.flat()),
      batch: new Uint32Array(system.z.length),
      moleculeCount: 1,
      cells: [],
      partialCharges: null,
      tags: null,
      head: 'Scalar',
      expectedOutput: [[system.energy]],
      expectedForces: Float64Array.from(forces),
      forceRms: Math.hypot(...forces) / Math.sqrt(forces.length),
      yardstick: {
        energyMaxAbs: system.f32_pytorch_dev.energy,
        forceMaxAbs: system.f32_pytorch_dev.max_force,
      },
      loadCheckpoint: () => loadTrained(path, read, model),
    }
  })
}

async function loadTrained(path: string, read: ReadFile, model: string): Promise<Checkpoint> {
  const bytes = await read(model)
  if (bytes) return readCheckpoint(bytes, model)
  throw new InputError(
    `${path} holds a reference.json, but no ${model} is beside it or among the bundled models.`,
  )
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
  read: ReadFile,
  name: string,
  hyperparameters: GoldenCase['hyperparameters'],
): Promise<Checkpoint> {
  const bytes = await read(name)
  if (bytes) return readCheckpoint(bytes, name)
  const recipeText = await read('weights_gen.json')
  if (!recipeText)
    throw new InputError(`${path} holds neither ${name} nor a weights_gen.json to generate it from.`)
  const recipe = JSON.parse(new TextDecoder().decode(recipeText)) as WeightsRecipe
  const explicitBytes = await read(recipe.explicit)
  if (!explicitBytes)
    throw new InputError(`${path} holds a weights_gen.json, but no ${recipe.explicit} that it names.`)
  const explicit = await readCheckpoint(explicitBytes, recipe.explicit)
  return {
    source: 'weights_gen.json',
    container: 'safetensors',
    tensors: new Map([...generatedTensors(recipe), ...explicit.tensors]),
    hyperparameters,
    metadata: {},
  }
}
