import { atomCount } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch } from '../gpu/kernel.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'
import type { Restraint, SphericalWall } from './types.ts'

const WORKGROUP = 64
/** Bytes of External in shaders/dynamics/outside.wgsl. */
export const EXTERNAL_BYTES = 48

type Point = readonly [number, number, number]

/**
 * Restraints, a wall and the pull of a hand on one atom: shaders/dynamics/external.wgsl. Where there are several copies
 * of a structure, restraints and wall act on each, the pull on the first.
 */
export class ExternalForces {
  private pull: Required<Restraint> | null = null

  private constructor(
    private readonly gpu: Gpu,
    private readonly atoms: AtomBuffers,
    private readonly wall: SphericalWall | null,
    private readonly restrained: boolean,
    /** External of shaders/dynamics/outside.wgsl. */
    readonly uniform: GPUBuffer,
    private readonly anchors: GPUBuffer,
    private readonly dispatch: Dispatch,
  ) {
    this.upload()
  }

  /** @throws InputError for atoms that are not there and springs that are none */
  static async create(
    gpu: Gpu,
    atoms: AtomBuffers,
    { restraints = [], wall }: { readonly restraints?: readonly Restraint[]; readonly wall?: SphericalWall },
  ): Promise<ExternalForces> {
    if (wall && !(wall.radius > 0 && wall.stiffness > 0))
      throw new InputError(
        `The spherical wall needs a positive radius and stiffness, not ${wall.radius} Å and ${wall.stiffness} eV/Å².`,
      )
    const count = atomCount(atoms.structures[0])
    const springs = new Float32Array(4 * count)
    for (const restraint of restraints) {
      checkSpring(restraint, count)
      const { atom, stiffness } = restraint
      const anchor =
        restraint.anchor ?? Array.from(atoms.structures[0].positions.subarray(3 * atom, 3 * atom + 3))
      springs.set([...relative(atoms, anchor as unknown as Point), stiffness], 4 * atom)
    }
    const kernel = await gpu.kernel('dynamics/external', { constants: { WORKGROUP } })
    const uniform = gpu.buffer(
      'external forces',
      EXTERNAL_BYTES,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    const { length } = springs
    const ofAll = Float32Array.from({ length: length * atoms.molecules }, (_, i) => springs[i % length])
    const anchors = gpu.bufferFrom('anchors', ofAll)
    const { system, positions, outputs } = atoms
    const dispatch = kernel.bind(
      { system, outside: uniform, anchors, positions, outputs },
      cover(atoms.atoms, WORKGROUP),
    )
    return new ExternalForces(gpu, atoms, wall ?? null, restraints.length > 0, uniform, anchors, dispatch)
  }

  /** Nothing where nothing acts from outside. */
  get dispatches(): readonly Dispatch[] {
    return this.restrained || this.wall || this.pull ? [this.dispatch] : []
  }

  /** Whether the whole may neither drift nor turn freely. */
  get holds(): boolean {
    return this.restrained || this.wall !== null
  }

  setPull(pull: Required<Restraint> | null): void {
    if (pull) checkSpring(pull, atomCount(this.atoms.structures[0]))
    this.pull = pull
    this.upload()
  }

  /** The atom that is pulled, and the spring as shaders know it; null while none is. */
  get pulling(): { readonly atom: number; readonly spring: readonly number[] } | null {
    const { pull, atoms } = this
    return pull && { atom: pull.atom, spring: [...relative(atoms, pull.anchor), pull.stiffness] }
  }

  destroy(): void {
    this.uniform.destroy()
    this.anchors.destroy()
  }

  private upload(): void {
    const { pulling, wall, atoms } = this
    const bytes = new ArrayBuffer(EXTERNAL_BYTES)
    const floats = new Float32Array(bytes)
    if (pulling) floats.set(pulling.spring)
    if (wall) {
      const centre = wall.centre ?? atoms.origins[0]
      floats.set([...relative(atoms, centre), wall.radius, wall.stiffness], 4)
    }
    new Uint32Array(bytes)[9] = pulling?.atom ?? 0
    this.gpu.upload(this.uniform, new Uint8Array(bytes))
  }
}

const relative = ({ origins }: AtomBuffers, point: Point): number[] => point.map((x, k) => x - origins[0][k])

function checkSpring({ atom, stiffness, anchor }: Restraint, atoms: number): void {
  if (!(Number.isInteger(atom) && atom >= 0 && atom < atoms))
    throw new InputError(`There is no atom ${atom + 1} to hold: the structure ends with atom ${atoms}.`)
  if (!(stiffness >= 0 && Number.isFinite(stiffness)))
    throw new InputError(`The stiffness of a spring must be 0 eV/Å² or more, not ${stiffness}.`)
  if (anchor && !anchor.every(Number.isFinite))
    throw new InputError(`The anchor of atom ${atom + 1} must be three numbers in Å.`)
}
