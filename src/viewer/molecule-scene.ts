import { completeCell, inverse } from '../chemistry/cell.ts'
import type { Cell, Structure } from '../chemistry/structure.ts'
import type { LiveSimulation } from '../dynamics/types.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel } from '../gpu/kernel.ts'
import { elementRadii } from './appearance.ts'
import { Painter } from './painter.ts'
import type { Style } from './styles.ts'

const WORKGROUP = 64
/** Bonds an atom can show. */
export const SLOTS = 8
/** Pairs one update looks at; more atoms than that are taken in slices, one per update. */
const PAIRS_PER_UPDATE = 4_000_000

/** Byte layout of `Scene` in shaders/viewer/scene.wgsl, in 32-bit words. */
const SCENE = { atoms: 0, first: 1, ballScale: 2, ballBase: 3, cell: 4, inverse: 16, words: 28 }

/** What the viewer needs of a simulation; atoms at rest will do. */
export type Watched = Pick<LiveSimulation, 'atoms' | 'positionBuffer' | 'origin'> &
  Partial<Pick<LiveSimulation, 'velocityBuffer' | 'forceBuffer' | 'attention'>> & {
    /** False where forces come without the atoms' shares of the energy: files have none. */
    readonly hasAtomEnergies?: boolean
  }

/** What the viewer adds on the GPU to a simulation's positions: looks, bonds, occlusion, centre. */
export class MoleculeScene {
  readonly atoms: number
  readonly radii: GPUBuffer
  readonly bonds: GPUBuffer
  readonly occlusion: GPUBuffer
  readonly center: GPUBuffer
  /** Rows a, b, c, completed where a direction does not repeat, and their inverse; null if open. */
  cell: Cell | null = null
  inverseCell: Cell | null = null
  /** True if the picture follows the mean position. */
  readonly follows: boolean
  private readonly scene: GPUBuffer
  private readonly words = new ArrayBuffer(4 * SCENE.words)
  private readonly updates: readonly Dispatch[]
  private readonly rows: number

  private constructor(
    private readonly gpu: Gpu,
    readonly structure: Structure,
    readonly simulation: Watched,
    readonly painter: Painter,
    kernels: { bonds: Kernel; occlusion: Kernel; center: Kernel },
  ) {
    const atoms = simulation.atoms
    this.atoms = atoms
    this.rows = Math.min(atoms, Math.max(1024, Math.ceil(PAIRS_PER_UPDATE / atoms / WORKGROUP) * WORKGROUP))
    this.radii = gpu.bufferFrom('viewer radii', elementRadii(structure))
    this.bonds = gpu.buffer('viewer bonds', 4 * SLOTS * atoms)
    this.occlusion = gpu.buffer('viewer occlusion', 16 * atoms)
    this.center = gpu.buffer('viewer center', 16)
    this.scene = gpu.buffer('viewer scene', 4 * SCENE.words, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)

    const repeats = structure.cell !== null && structure.periodic.some(Boolean)
    this.follows = !repeats
    new Uint32Array(this.words)[SCENE.atoms] = atoms
    if (repeats) this.setCell(structure.cell!)
    const { scene, radii, bonds, occlusion, center } = this
    const positions = simulation.positionBuffer
    const groups = cover(this.rows, WORKGROUP)
    this.updates = [
      kernels.bonds.bind({ scene, positions, radii, bonds }, groups),
      kernels.occlusion.bind({ scene, positions, radii, occlusion }, groups),
      kernels.center.bind({ scene, positions, center }, [1, 1, 1]),
    ]
  }

  /** @param molecules which molecule each atom belongs to, [atoms]; asked for when it is wanted */
  static async create(
    gpu: Gpu,
    structure: Structure,
    simulation: Watched,
    molecules: () => Uint32Array,
  ): Promise<MoleculeScene> {
    const [painter, bonds, occlusion, center] = await Promise.all([
      Painter.create(gpu, structure, simulation, molecules),
      gpu.kernel('viewer/bonds', { constants: { WORKGROUP, SLOTS } }),
      gpu.kernel('viewer/occlusion', { constants: { WORKGROUP } }),
      gpu.kernel('viewer/center', { constants: { WORKGROUP } }),
    ])
    return new MoleculeScene(gpu, structure, simulation, painter, { bonds, occlusion, center })
  }

  /**
   * Another cell from the next update on: a barostat has changed it.
   * @returns false if it is the one there was
   */
  setCell(cell: Cell): boolean {
    const { periodic } = this.structure
    const complete = completeCell(cell, periodic)
    if (this.cell?.every((x, i) => x === complete[i])) return false
    this.cell = complete
    this.inverseCell = inverse(this.cell)
    const floats = new Float32Array(this.words)
    for (let axis = 0; axis < 3; axis++) {
      for (let k = 0; k < 3; k++) {
        // Columns of the matrix are the cell's rows; a direction that does not repeat never yields a shift.
        floats[SCENE.cell + 4 * axis + k] = this.cell[3 * axis + k]
        floats[SCENE.inverse + 4 * axis + k] = periodic[k] ? this.inverseCell[3 * axis + k] : 0
      }
    }
    return true
  }

  private first = 0

  /**
   * Looks at the present positions: bonds and occlusion of the next slice of atoms, and the centre.
   * @param also to be done at the same moment
   */
  update(style: Pick<Style, 'ballScale' | 'ballBase'>, also: readonly Dispatch[] = []): void {
    const floats = new Float32Array(this.words)
    new Uint32Array(this.words)[SCENE.first] = this.first
    floats[SCENE.ballScale] = style.ballScale
    floats[SCENE.ballBase] = style.ballBase
    this.gpu.upload(this.scene, floats)
    this.gpu.submit('viewer', [...this.updates, ...this.painter.dispatches(), ...also])
    this.first = this.first + this.rows >= this.atoms ? 0 : this.first + this.rows
  }

  /** Colours alone: nothing has moved. */
  repaint(): void {
    this.gpu.submit('viewer colors', this.painter.dispatches())
  }

  /** Slices an update of all atoms takes. */
  get slices(): number {
    return Math.ceil(this.atoms / this.rows)
  }

  destroy(): void {
    this.painter.destroy()
    for (const buffer of [this.radii, this.bonds, this.occlusion, this.center, this.scene]) buffer.destroy()
  }
}
