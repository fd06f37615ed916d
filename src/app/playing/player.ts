import type { Gpu } from '../../gpu/gpu.ts'
import type { Grip } from '../../viewer/hand.ts'
import type { Watched } from '../../viewer/molecule-scene.ts'
import { FrameClock, placeAfter } from './pacing.ts'
import type { Rows } from './rows.ts'
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
    this.upload()
  }

  get length(): number {
    return this.trajectory.frames.length
  }

  /** How the viewer asks where atoms are; they cannot be pulled. */
  get grip(): Grip {
    const { frames } = this.trajectory
    return {
      positions: async () =>
        Float64Array.from(frames.positions.at(this.at), (x, i) => x + frames.origin[i % 3]),
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
    const { positions, velocities, forces } = this.trajectory.frames
    this.fill(this.positionBuffer, positions)
    if (velocities) this.fill(this.velocityBuffer, velocities)
    if (forces) this.fill(this.forceBuffer, forces)
  }

  /** Three numbers per atom in the file, four on the GPU. */
  private fill(buffer: GPUBuffer | undefined, rows: Rows): void {
    if (!buffer) return
    const { scratch, atoms } = this
    const row = rows.at(this.at)
    for (let atom = 0; atom < atoms; atom++)
      for (let k = 0; k < 3; k++) scratch[4 * atom + k] = row[3 * atom + k]
    this.gpu.upload(buffer, scratch)
  }

  destroy(): void {
    for (const buffer of [this.positionBuffer, this.velocityBuffer, this.forceBuffer]) buffer?.destroy()
  }
}
