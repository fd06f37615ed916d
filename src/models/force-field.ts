import type { Cell, Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'
import type { CutoffRange, NeighborList } from '../neighbors/neighbor-list.ts'
import type { AttentionProgram, AttentionSize } from './attention.ts'
import type { OpenStatement } from './open-statements.ts'

/** How a model's own energy unit is named and what one of it is in eV. */
export interface EnergyUnit {
  readonly name: string
  readonly inEv: number
}

/** What a user should know about a loaded model; shown by `tumble card` and on the page. */
export interface ModelCard {
  readonly title: string
  readonly architecture: string
  readonly parameterCount: number
  /** Hyperparameters that matter to the numbers, in reading order. */
  readonly hyperparameters: readonly (readonly [name: string, value: string])[]
  /** Atomic numbers the model was trained on, or null where the file does not tell. */
  readonly elements: readonly number[] | null
  readonly cutoff: number
  readonly energyUnit: EnergyUnit
  readonly priors: readonly string[]
  /** What the head returns: an energy, or another property (then no dynamics). */
  readonly output: 'energy' | 'dipole moment' | 'spatial extent' | 'vector'
  /** Heads whose weights can be looked at while atoms move; null for a model that has none. */
  readonly attention: AttentionSize | null
  /** What the file does not tell and users may state, in the order in which it is asked. */
  readonly open: readonly OpenStatement[]
  /** Sentences about limits, doubts and what cannot be honoured. */
  readonly notes: readonly string[]
  /** Free entries out of the file's metadata (level of theory, licence …). */
  readonly about: readonly (readonly [name: string, value: string])[]
}

/**
 * A trained force field on the CPU side: its card, and the way onto a GPU.
 * Energies are in eV, lengths in Å, forces in eV/Å, whatever the file used.
 */
export interface ForceField {
  readonly card: ModelCard
  /** Distances in Å within which two atoms feel each other through the network. */
  readonly range: CutoffRange
  /** Rows in Å of the cell the model puts a structure into that has none of its own; null for open space. */
  readonly defaultCell: Cell | null
  /**
   * Per-atom type indices of a structure, [atoms].
   * @throws InputError naming the atoms whose element the model does not know.
   */
  typesOf(structure: Structure): Uint32Array
  /**
   * Energy in eV of one molecule that does not depend on positions (reference energies, mean), in double precision.
   * It is never added on the GPU, where it would cost the sum its digits.
   */
  constantEnergy(types: Uint32Array): number
  /** Uploads weights and builds pipelines for up to the capacities of `atoms` and `neighbors`. */
  compile(gpu: Gpu, atoms: AtomBuffers, neighbors: NeighborList): Promise<ForceProgram>
}

/** A force field on a GPU, bound to one set of atom buffers and one neighbour list. */
export interface ForceProgram {
  /** Appends energy and forces of the current positions and neighbour list to a pass. */
  encode(pass: GPUComputePassEncoder): void
  readonly dispatches: readonly Dispatch[]
  /**
   * [molecules] of three vec4f, the first of which is the molecule's output, for heads that return no energy;
   * null for an energy.
   */
  readonly properties: GPUBuffer | null
  /** Attention weights of the last evaluation; null for a model that has none. */
  readonly attention: AttentionProgram | null
  destroy(): void
}

/** The structure in the cell it is simulated in: its own, or the one the model was trained with. */
export const inDefaultCell = (structure: Structure, { defaultCell }: ForceField): Structure =>
  structure.cell || !defaultCell
    ? structure
    : { ...structure, cell: defaultCell, periodic: [true, true, true] }
