import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel } from '../gpu/kernel.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'
import { OBSERVABLES } from './observables.ts'
import { checkSettings, packRun, RUN_BYTES } from './run-settings.ts'
import type { Thermostat } from './types.ts'

const WORKGROUP = 64
const OBSERVE_WORKGROUP = 256

export interface IntegratorSettings {
  /** fs */
  readonly timestep: number
  readonly thermostat: Thermostat
  readonly seed: number
}

/** Velocity Verlet and BAOAB Langevin dynamics: the two halves of a step, and the sums that report on it. */
export class Integrator {
  /** [atoms] vec4f: xyz in Å/fs, w 1/mass in 1/u */
  readonly velocities: GPUBuffer
  /** shaders/dynamics/observe.wgsl */
  readonly observables: GPUBuffer
  private readonly remainder: GPUBuffer
  private readonly run: GPUBuffer
  private bound: { advance: Dispatch; settle: Dispatch; observe: Dispatch } | null = null

  private constructor(
    private readonly gpu: Gpu,
    private readonly atoms: AtomBuffers,
    private current: IntegratorSettings,
    private readonly kernels: { readonly advance: Kernel; readonly settle: Kernel; readonly observe: Kernel },
  ) {
    this.velocities = gpu.buffer('velocities', atoms.atoms * 16)
    this.remainder = gpu.buffer('position remainders', atoms.atoms * 16)
    this.observables = gpu.buffer('observables', OBSERVABLES.length * 4)
    this.run = gpu.buffer('run', RUN_BYTES, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
    this.configure(current)
  }

  static async create(gpu: Gpu, atoms: AtomBuffers, settings: IntegratorSettings): Promise<Integrator> {
    const [advance, settle, observe] = await Promise.all([
      gpu.kernel('dynamics/advance', { constants: { WORKGROUP } }),
      gpu.kernel('dynamics/settle', { constants: { WORKGROUP } }),
      gpu.kernel('dynamics/observe', { constants: { WORKGROUP: OBSERVE_WORKGROUP } }),
    ])
    return new Integrator(gpu, atoms, settings, { advance, settle, observe })
  }

  get settings(): IntegratorSettings {
    return this.current
  }

  /** Takes effect with the next submission. */
  configure(settings: IntegratorSettings): void {
    checkSettings(settings.timestep, settings.thermostat)
    this.current = settings
    this.gpu.upload(this.run, new Uint8Array(packRun(settings.timestep, settings.thermostat, settings.seed)))
  }

  /** Ties the kernels to the status of a neighbour list. */
  bind(status: GPUBuffer): void {
    const { atoms, run, velocities, observables, remainder } = this
    const { system, positions, outputs } = atoms
    const perAtom = cover(atoms.atoms, WORKGROUP)
    this.bound = {
      advance: this.kernels.advance.bind(
        { system, run, outputs, positions, velocities, remainder, status },
        perAtom,
      ),
      settle: this.kernels.settle.bind({ system, run, outputs, velocities, status }, perAtom),
      observe: this.kernels.observe.bind({ system, outputs, velocities, status, observables }, [1, 1, 1]),
    }
  }

  get advance(): Dispatch {
    return this.dispatches.advance
  }
  get settle(): Dispatch {
    return this.dispatches.settle
  }
  get observe(): Dispatch {
    return this.dispatches.observe
  }

  /**
   * @param velocities [atoms × 3] in Å/fs
   * @param masses [atoms] in u
   */
  uploadVelocities(velocities: ArrayLike<number>, masses: ArrayLike<number>): void {
    const data = new Float32Array(this.atoms.atoms * 4)
    for (let i = 0; i < masses.length; i++) {
      data.set([velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2], 1 / masses[i]], 4 * i)
    }
    this.gpu.upload(this.velocities, data)
    this.gpu.upload(this.remainder, new Float32Array(this.atoms.atoms * 4))
  }

  destroy(): void {
    for (const buffer of [this.velocities, this.remainder, this.observables, this.run]) buffer.destroy()
  }

  private get dispatches() {
    if (!this.bound) throw new Error('The integrator is not bound to a neighbour list yet.')
    return this.bound
  }
}
