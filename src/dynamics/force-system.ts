import { atomCount, type Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import type { AttentionProgram } from '../models/attention.ts'
import type { ForceField, ForceProgram } from '../models/force-field.ts'
import { AtomBuffers } from '../neighbors/atom-buffers.ts'
import { NeighborList } from '../neighbors/neighbor-list.ts'
import { ExternalForces } from './external-forces.ts'
import type { Restraint, SphericalWall } from './types.ts'

/** Atoms of one structure, or of several copies of it, on the GPU with everything that exerts forces on them. */
export class ForceSystem {
  /** Set while list and program are being replaced; for good where that fails. */
  private growing = false

  private constructor(
    readonly gpu: Gpu,
    readonly structure: Structure,
    readonly field: ForceField,
    readonly atoms: AtomBuffers,
    readonly external: ExternalForces,
    private list: NeighborList,
    private program: ForceProgram,
  ) {}

  /**
   * @param copies that do not feel each other: the molecules of {@link atoms}
   * @throws InputError for systems that do not fit the adapter and for restraints that make no sense
   */
  static async create(
    gpu: Gpu,
    structure: Structure,
    field: ForceField,
    outside: { readonly restraints?: readonly Restraint[]; readonly wall?: SphericalWall } = {},
    copies = 1,
  ): Promise<ForceSystem> {
    const made: { destroy(): void }[] = []
    const keep = <T extends { destroy(): void }>(thing: T): T => {
      made.push(thing)
      return thing
    }
    try {
      const all = Array.from({ length: copies }, () => structure)
      const types = field.typesOf(structure)
      const typesOfAll = Uint32Array.from(
        { length: copies * types.length },
        (_, i) => types[i % types.length],
      )
      const atoms = keep(new AtomBuffers(gpu, all, typesOfAll))
      const external = keep(await ExternalForces.create(gpu, atoms, outside))
      const list = keep(await NeighborList.create(gpu, atoms, field.range))
      const program = await field.compile(gpu, atoms, list)
      return new ForceSystem(gpu, structure, field, atoms, external, list, program)
    } catch (error) {
      for (const thing of made) thing.destroy()
      throw error
    }
  }

  get status(): GPUBuffer {
    return this.list.status
  }

  /** eV of one copy that does not depend on positions. */
  get constantEnergy(): number {
    return this.field.constantEnergy(this.atoms.typeIndices.subarray(0, atomCount(this.structure)))
  }

  /** Neighbour list, then energy and forces of the current positions. */
  get dispatches(): readonly Dispatch[] {
    return [...this.list.dispatches, ...this.program.dispatches, ...this.external.dispatches]
  }

  /** Larger buffers after an overflow; what is bound to {@link status} must be bound anew. */
  async grow(): Promise<void> {
    this.growing = true
    this.list = await this.list.grow()
    const program = await this.field.compile(this.gpu, this.atoms, this.list)
    this.program.destroy()
    this.program = program
    this.growing = false
  }

  /**
   * Attention weights of the present forces; null for a model that has none, and while what they are computed from makes
   * way for larger buffers. To be asked for each time, then.
   */
  get attention(): AttentionProgram | null {
    return this.growing ? null : this.program.attention
  }

  destroy(): void {
    this.program.destroy()
    this.list.destroy()
    this.external.destroy()
    this.atoms.destroy()
  }
}
