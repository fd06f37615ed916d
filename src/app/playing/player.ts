import { partnersOf } from '../../chemistry/bonds.ts'
import { completeCell } from '../../chemistry/cell.ts'
import { type Paths, pathsOf, wholePieces } from '../../chemistry/molecules.ts'
import type { Structure } from '../../chemistry/structure.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { Grip } from '../../viewer/hand.ts'
import type { Watched } from '../../viewer/molecule-scene.ts'
import { FrameClock, placeAfter } from './pacing.ts'
import { frame, looping, rate } from './signals.ts'
import type { Trajectory } from './trajectory.ts'

/**
 * Shows a trajectory in place of a simulation: frames stay on the CPU, the one that is shown is in the buffers that the
 * viewer draws from. Nothing is read back, and no frame is made up between two of the file's.
 */
export class Player implements Watched {
  readonly atoms: number
  readonly origin: Watched['origin']
  readonly positionBuffer: GPUBuffer
  readonly velocityBuffer: GPUBuffer | undefined
  readonly forceBuffer: GPUBuffer | undefined
  readonly hasAtomEnergies = false
  /** Counted from 0. */
  at = 0
  private readonly clock = new FrameClock()
  private readonly scratch: Float32Array<ArrayBuffer>
  /** [3 × atoms] Å, less the origin: where atoms of the frame that is shown are, with molecules in one piece. */
  private placed: ArrayLike<number> = []
  /** Along the bonds of the first frame's atoms; null in open space, where nothing is cut. */
  private readonly paths: Paths | null
  private fresh = true

  constructor(
    private readonly gpu: Gpu,
    readonly trajectory: Trajectory,
  ) {
    const { frames } = trajectory
    this.atoms = frames.atoms
    this.origin = frames.origin
    this.scratch = new Float32Array(4 * this.atoms)
    const buffer = (name: string) => gpu.buffer(`trajectory ${name}`, this.scratch.byteLength)
    this.positionBuffer = buffer('positions')
    this.velocityBuffer = frames.velocities ? buffer('velocities') : undefined
    this.forceBuffer = frames.forces ? buffer('forces') : undefined
    const { structure } = trajectory
    const repeats = structure.cell && structure.periodic.some(Boolean)
    this.paths = repeats ? pathsOf(inFullCell(structure), partnersOf(structure)) : null
    this.upload()
  }

  /** The atoms as the first frame shows them. */
  get structure(): Structure {
    const { structure } = this.trajectory
    const { paths } = this
    return paths ? { ...structure, positions: wholePieces(inFullCell(structure), paths) } : structure
  }

  get length(): number {
    return this.trajectory.frames.length
  }

  /** How the viewer asks where atoms are; they cannot be pulled. */
  get grip(): Grip {
    const { frames } = this.trajectory
    return {
      positions: async () => Float64Array.from(this.placed, (x, i) => x + frames.origin[i % 3]),
      pull: null,
      release() {},
    }
  }

  /** Shows a frame, or the nearest that there is. */
  show(index: number): void {
    this.clock.restart()
    this.put(Math.min(Math.max(0, Math.round(index)), this.length - 1))
  }

  /** Begins again where the end has been reached. */
  begin(): void {
    if (this.at === this.length - 1) this.show(0)
  }

  /**
   * Time has passed.
   * @returns whether the last frame has been reached and nothing follows
   */
  pass(seconds: number): boolean {
    const count = this.clock.pass(seconds, rate.value)
    if (count === 0) return false
    const place = placeAfter(this.at, count, this.length, looping.value)
    this.put(place.frame)
    return place.ended
  }

  /** Whether another frame is shown than when this was asked last. */
  takeFresh(): boolean {
    const { fresh } = this
    this.fresh = false
    return fresh
  }

  private put(index: number): void {
    if (index !== this.at) {
      this.at = index
      this.upload()
      this.fresh = true
    }
    frame.value = index
  }

  private upload(): void {
    const { trajectory, paths, at } = this
    const { positions, velocities, forces } = trajectory.frames
    const row = positions.at(at)
    // Files often cut molecules at the faces of the cell, and each frame elsewhere.
    this.placed = paths
      ? wholePieces(
          inFullCell({
            ...trajectory.structure,
            positions: Float64Array.from(row),
            cell: trajectory.frames.cellAt(at) ?? trajectory.structure.cell,
          }),
          paths,
        )
      : row
    this.fill(this.positionBuffer, this.placed)
    if (velocities) this.fill(this.velocityBuffer, velocities.at(at))
    if (forces) this.fill(this.forceBuffer, forces.at(at))
  }

  /** Three numbers per atom in the file, four on the GPU. */
  private fill(buffer: GPUBuffer | undefined, row: ArrayLike<number>): void {
    if (!buffer) return
    const { scratch, atoms } = this
    for (let atom = 0; atom < atoms; atom++)
      for (let k = 0; k < 3; k++) scratch[4 * atom + k] = row[3 * atom + k]
    this.gpu.upload(buffer, scratch)
  }

  destroy(): void {
    for (const buffer of [this.positionBuffer, this.velocityBuffer, this.forceBuffer]) buffer?.destroy()
  }
}

/** With a row along every axis of the cell, also along those that do not repeat. */
const inFullCell = (structure: Structure): Structure => {
  const { cell, periodic } = structure
  return { ...structure, cell: cell && completeCell(cell, periodic) }
}
