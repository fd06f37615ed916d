import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel, lanesFor } from '../gpu/kernel.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'
import type { ExternalForces } from './external-forces.ts'
import type { ForceSystem } from './force-system.ts'
import { OBSERVABLES_BYTES } from './observables.ts'
import { checkSettings, packRun, RUN_BYTES, type RunSettings } from './run-settings.ts'

const WORKGROUP = 64
/** Sums of six vectors a lane have to fit into 16 KiB. */
export const OBSERVE_WORKGROUP = 128

/** Bytes of Control in shaders/dynamics/control.wgsl. */
export const CONTROL_BYTES = 96

/** Offsets in Control, in floats. */
export const CONTROL_SCALE = 3
export const CONTROL_THERMAL = 16
export const CONTROL_HAND = 17
export const CONTROL_PULLED_ATOM = 19
export const CONTROL_PULL = 20

interface Kernels {
  readonly advance: Kernel
  readonly hand: Kernel
  readonly settle: Kernel
  readonly regulate: Kernel
  readonly observe: Kernel
}

/**
 * The parts of a step that are not forces, and the sums that report on it: for one system, or for replicas of one, the
 * molecules of `atoms`, all of the same atoms.
 */
export class Integrator {
  /** [atoms] vec4f: xyz in Å/fs, w 1/mass in 1/u, 0 for an atom that is held fast */
  readonly velocities: GPUBuffer
  /** [atoms] vec4f: what rounding took from positions in Å; w heat in eV */
  readonly remainder: GPUBuffer
  /** [replicas] of Control in shaders/dynamics/control.wgsl */
  readonly control: GPUBuffer
  /** [replicas] of Observables in shaders/dynamics/observe.wgsl */
  readonly observables: GPUBuffer
  /** shaders/dynamics/run.wgsl */
  readonly run: GPUBuffer
  /** Whether a hand has pulled at atoms since the start, so that its work has to be counted. */
  private pulled = false
  private bound: Record<keyof Kernels, Dispatch> | null = null

  private constructor(
    private readonly gpu: Gpu,
    private readonly atoms: AtomBuffers,
    private readonly external: ExternalForces,
    /** [atoms of a replica] u; Infinity for atoms that are held fast */
    public masses: Float64Array,
    private readonly kernels: Kernels,
    private current: RunSettings,
  ) {
    this.velocities = gpu.buffer('velocities', atoms.atoms * 16)
    this.remainder = gpu.buffer('position remainders', atoms.atoms * 16)
    this.control = gpu.buffer('control', CONTROL_BYTES * atoms.molecules)
    this.observables = gpu.buffer('observables', OBSERVABLES_BYTES * atoms.molecules)
    this.run = gpu.buffer('run', RUN_BYTES, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
  }

  /**
   * @param masses [atoms of a replica] u; Infinity for atoms that are held fast
   * @throws InputError for settings no run can have
   */
  static async create(
    gpu: Gpu,
    { atoms, external }: Pick<ForceSystem, 'atoms' | 'external'>,
    masses: Float64Array,
    settings: RunSettings,
  ): Promise<Integrator> {
    checkSettings(settings, lightestOf(masses))
    const [advance, hand, settle, regulate, observe] = await Promise.all([
      gpu.kernel('dynamics/advance', { constants: { WORKGROUP } }),
      gpu.kernel('dynamics/hand'),
      gpu.kernel('dynamics/settle', { constants: { WORKGROUP } }),
      gpu.kernel('dynamics/regulate', {
        constants: { WORKGROUP: lanesFor(masses.length) },
      }),
      gpu.kernel('dynamics/observe', {
        constants: { WORKGROUP: lanesFor(masses.length, OBSERVE_WORKGROUP) },
      }),
    ])
    return new Integrator(
      gpu,
      atoms,
      external,
      masses,
      { advance, hand, settle, regulate, observe },
      settings,
    )
  }

  get settings(): RunSettings {
    return this.current
  }

  /**
   * Takes effect with the next submission.
   * @param step at which a temperature ramp begins
   * @param freedom degrees of freedom that share the kinetic energy
   * @throws InputError for settings no run can have; the former ones stay
   */
  configure(settings: RunSettings, step: number, freedom: number): void {
    checkSettings(settings, lightestOf(this.masses))
    this.current = settings
    this.gpu.upload(this.run, new Uint8Array(packRun(settings, step, freedom)))
  }

  /** Ties the kernels to the status of a neighbour list. */
  bind(status: GPUBuffer): void {
    const { atoms, run, velocities, observables, remainder, control: controls, kernels } = this
    const { system, positions, outputs, virial, cells } = atoms
    const outside = this.external.uniform
    const perAtom = cover(atoms.atoms, WORKGROUP)
    const perReplica = [atoms.molecules, 1, 1] as const
    this.bound = {
      advance: kernels.advance.bind(
        { system, run, outputs, positions, velocities, remainder, status, controls, cells },
        perAtom,
      ),
      hand: kernels.hand.bind({ run, outside, positions, velocities, status, controls }, [1, 1, 1]),
      settle: kernels.settle.bind({ system, run, outputs, velocities, status, controls }, perAtom),
      regulate: kernels.regulate.bind(
        { system, run, velocities, virial, cells, status, controls },
        perReplica,
      ),
      observe: kernels.observe.bind(
        { system, outputs, velocities, remainder, virial, cells, controls, status, observables },
        perReplica,
      ),
    }
  }

  get advance(): Dispatch {
    return this.dispatches.advance
  }
  /**
   * What comes after the forces of a step.
   * @param between what acts on whole steps, before a global thermostat looks at velocities
   */
  after(between: readonly Dispatch[] = []): readonly Dispatch[] {
    const { hand, settle, regulate } = this.dispatches
    const first = this.pulled ? [hand, settle] : [settle]
    const { thermostat, barostat } = this.current
    const local = thermostat.kind === 'none' || thermostat.kind === 'langevin'
    return local && barostat.kind === 'none' ? [...first, ...between] : [...first, ...between, regulate]
  }
  get observe(): Dispatch {
    return this.dispatches.observe
  }

  /** A hand pulls at atoms from now on, or did in a state that the run goes on from: its work is counted. */
  countHand(): void {
    this.pulled = true
  }

  /**
   * Starts anew: no heat, no work, no strain to come. A hand that pulls already has not done any work yet.
   * @param velocities [atoms × 3] in Å/fs
   * @param thermal [replicas] kB T in eV of thermostats with temperatures of their own; empty where the settings' holds
   */
  start(velocities: ArrayLike<number>, thermal: readonly number[] = []): void {
    const { atoms: count, molecules } = this.atoms
    const data = new Float32Array(count * 4)
    for (let i = 0; i < count; i++) {
      const inverse = 1 / this.masses[i % this.masses.length]
      if (inverse > 0) data.set([velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]], 4 * i)
      data[4 * i + 3] = inverse
    }
    this.gpu.upload(this.velocities, data)
    this.gpu.upload(this.remainder, new Float32Array(count * 4))
    const stride = CONTROL_BYTES / 4
    const control = new Float32Array(molecules * stride)
    for (let replica = 0; replica < molecules; replica++) {
      control[replica * stride + CONTROL_SCALE] = 1
      control[replica * stride + CONTROL_THERMAL] = thermal[replica] ?? 0
    }
    const { pulling } = this.external
    if (pulling) {
      control.set(pulling.spring, CONTROL_PULL)
      new Uint32Array(control.buffer)[CONTROL_PULLED_ATOM] = pulling.atom
    }
    this.gpu.upload(this.control, control)
  }

  destroy(): void {
    for (const buffer of [this.velocities, this.remainder, this.control, this.observables, this.run])
      buffer.destroy()
  }

  private get dispatches() {
    if (!this.bound) throw new Error('The integrator is not bound to a neighbour list yet.')
    return this.bound
  }
}

/** u; of the atoms that move. Where none does, any timestep will do. */
function lightestOf(masses: Float64Array): number {
  const lightest = masses.reduce((least, mass) => Math.min(least, mass), Number.POSITIVE_INFINITY)
  return Number.isFinite(lightest) ? lightest : 1
}
