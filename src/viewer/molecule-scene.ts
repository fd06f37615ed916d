import { partnersOf } from '../chemistry/bonds.ts'
import { completeCell, inverse, toCartesian, toFractional, type Vector } from '../chemistry/cell.ts'
import { moleculesOf } from '../chemistry/molecules.ts'
import type { Cell, Structure } from '../chemistry/structure.ts'
import type { LiveSimulation } from '../dynamics/types.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel } from '../gpu/kernel.ts'
import { elementRadii } from './appearance.ts'
import { Painter } from './painter.ts'
import { Placement } from './placement.ts'
import type { Style } from './styles.ts'

const WORKGROUP = 64
/** Bonds an atom can show. */
export const SLOTS = 8
/** Pairs one update looks at; more atoms than that are taken in slices, one per update. */
const PAIRS_PER_UPDATE = 4_000_000

/** Byte layout of `Scene` in shaders/viewer/scene.wgsl, in 32-bit words. */
export const SCENE = {
  atoms: 0,
  first: 1,
  ballScale: 2,
  ballBase: 3,
  cell: 4,
  inverse: 16,
  home: 28,
  words: 32,
}

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
  /** The middle of the cell, Å as positions are; it keeps its place in a cell that changes. */
  home: Vector = [0, 0, 0]
  /** [3] fractional coordinates of `home` */
  private middle: Vector = [0, 0, 0]
  /** Where atoms are drawn in the cell; null in open space. */
  readonly placement: Placement | null = null
  /** True if the picture follows the mean position. */
  readonly follows: boolean
  readonly scene: GPUBuffer
  private readonly words = new ArrayBuffer(4 * SCENE.words)
  private readonly updates: readonly Dispatch[]
  private readonly rows: number

  private constructor(
    private readonly gpu: Gpu,
    readonly structure: Structure,
    readonly simulation: Watched,
    readonly painter: Painter,
    kernels: { bonds: Kernel; occlusion: Kernel; center: Kernel },
    molecules: Awaited<ReturnType<typeof Placement.molecules>> | null,
  ) {
    const atoms = simulation.atoms
    this.atoms = atoms
    this.rows = Math.min(atoms, Math.max(1024, Math.ceil(PAIRS_PER_UPDATE / atoms / WORKGROUP) * WORKGROUP))
    this.radii = gpu.bufferFrom('viewer radii', elementRadii(structure))
    this.bonds = gpu.buffer('viewer bonds', 4 * SLOTS * atoms)
    this.occlusion = gpu.buffer('viewer occlusion', 16 * atoms)
    this.center = gpu.buffer('viewer center', 16)
    this.scene = gpu.buffer('viewer scene', 4 * SCENE.words, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)

    this.follows = !repeats(structure)
    new Uint32Array(this.words)[SCENE.atoms] = atoms
    const { scene, radii, bonds, occlusion, center } = this
    const positions = simulation.positionBuffer
    if (!this.follows) this.enclose(structure.cell!)
    if (molecules) this.placement = new Placement(gpu, { scene, positions }, molecules)
    const groups = cover(this.rows, WORKGROUP)
    this.updates = [
      kernels.bonds.bind({ scene, positions, radii, bonds }, groups),
      kernels.occlusion.bind({ scene, positions, radii, occlusion }, groups),
      kernels.center.bind({ scene, positions, center }, [1, 1, 1]),
    ]
  }

  static async create(gpu: Gpu, structure: Structure, simulation: Watched): Promise<MoleculeScene> {
    const [painter, bonds, occlusion, center, molecules] = await Promise.all([
      Painter.create(gpu, structure, simulation, () => ownersIn(structure)),
      gpu.kernel('viewer/bonds', { constants: { WORKGROUP, SLOTS } }),
      gpu.kernel('viewer/occlusion', { constants: { WORKGROUP } }),
      gpu.kernel('viewer/center', { constants: { WORKGROUP } }),
      repeats(structure) ? Placement.molecules(gpu, structure) : null,
    ])
    return new MoleculeScene(gpu, structure, simulation, painter, { bonds, occlusion, center }, molecules)
  }

  /** The first cell: its middle is where the picture looks. */
  private enclose(cell: Cell): void {
    const c = completeCell(cell, this.structure.periodic)
    const { origin } = this.simulation
    const home = [0, 1, 2].map((k) => 0.5 * (c[k] + c[3 + k] + c[6 + k]) - origin[k])
    this.middle = toFractional(inverse(c), home[0], home[1], home[2])
    this.setCell(cell)
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
    this.home = toCartesian(this.cell, this.middle)
    const floats = new Float32Array(this.words)
    floats.set(this.home, SCENE.home)
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
    const placed = this.placement?.dispatches() ?? []
    this.gpu.submit('viewer', [...placed, ...this.updates, ...this.painter.dispatches(), ...also])
    this.first = this.first + this.rows >= this.atoms ? 0 : this.first + this.rows
  }

  /** What must not lag behind the atoms by a frame. */
  keepUp(dispatches: readonly Dispatch[]): void {
    if (dispatches.length > 0) this.gpu.submit('viewer', dispatches)
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
    this.placement?.destroy()
    for (const buffer of [this.radii, this.bonds, this.occlusion, this.center, this.scene]) buffer.destroy()
  }
}

/** Whether there are images of the atoms. */
export const repeats = ({ cell, periodic }: Structure): boolean => cell !== null && periodic.some(Boolean)

/** [atoms] the molecule each atom belongs to. */
const ownersIn = (structure: Structure): Uint32Array =>
  moleculesOf(partnersOf(structure), structure.atomicNumbers.length).of
