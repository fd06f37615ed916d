import { ACCELERATION, BOLTZMANN } from '../chemistry/units.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Kernel } from '../gpu/kernel.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'
import type { Integrator } from './integrator.ts'

const WORKGROUP = 64
/** Bytes of Nudge in shaders/dynamics/nudge.wgsl. */
export const NUDGE_BYTES = 32

/** What happens to the velocities of some atoms at once. */
export interface Nudge {
  /** Factor of the velocities; 1 if left out. −1 turns back, 0 freezes. */
  readonly scale?: number
  /** Å/fs, added to each. */
  readonly push?: readonly [number, number, number]
  /** K: random velocities of this temperature are added. */
  readonly stir?: number
}

/** Changes velocities between steps; what energy that brings or takes is heat (shaders/dynamics/nudge.wgsl). */
export class Nudger {
  private readonly uniform: GPUBuffer
  private readonly handled: GPUBuffer

  private constructor(
    private readonly gpu: Gpu,
    private readonly atoms: AtomBuffers,
    private readonly kernel: Kernel,
  ) {
    this.uniform = gpu.buffer('nudge', NUDGE_BYTES, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
    this.handled = gpu.buffer('nudged atoms', 4 * atoms.atoms)
  }

  static async create(gpu: Gpu, atoms: AtomBuffers): Promise<Nudger> {
    return new Nudger(gpu, atoms, await gpu.kernel('dynamics/nudge', { constants: { WORKGROUP } }))
  }

  /**
   * @param chosen atoms, counted from 0
   * @param masses [atoms] u that they have from now on; Infinity holds one fast
   * @param status of the present neighbour list
   * @param seed of what stirs
   */
  nudge(
    { scale = 1, push = [0, 0, 0], stir = 0 }: Nudge,
    chosen: Iterable<number>,
    masses: Float64Array,
    { velocities, remainder }: Pick<Integrator, 'velocities' | 'remainder'>,
    status: GPUBuffer,
    seed: number,
  ): void {
    const { gpu, uniform, handled, atoms } = this
    const inverse = new Float32Array(atoms.atoms).fill(-1)
    for (const atom of chosen) inverse[atom] = 1 / masses[atom]
    gpu.upload(handled, inverse)
    const words = new ArrayBuffer(NUDGE_BYTES)
    const floats = new Float32Array(words)
    floats.set([...push, scale])
    new Uint32Array(words).set([seed >>> 0, 0x6e756467], 4)
    floats[6] = Math.sqrt(BOLTZMANN * stir * ACCELERATION)
    gpu.upload(uniform, floats)
    const { system } = atoms
    const resources = { system, nudge: uniform, handled, velocities, remainder, status }
    gpu.submit('nudge', [this.kernel.bind(resources, cover(atoms.atoms, WORKGROUP))])
  }

  destroy(): void {
    this.uniform.destroy()
    this.handled.destroy()
  }
}
