import { BOLTZMANN } from '../chemistry/units.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel } from '../gpu/kernel.ts'
import type { AtomBuffers } from '../neighbors/atom-buffers.ts'
import type { Integrator } from './integrator.ts'
import { fieldsOf, type Layout, sizeOf } from './readback.ts'
import type { StepPart } from './stepper.ts'

const WORKGROUP = 64

/** Fields of Rung and of Climber in shaders/dynamics/ladder.wgsl. */
export const RUNG = [
  ['thermal', 1],
  ['replica', 1],
  ['tried', 1],
  ['made', 1],
] as const satisfies Layout
export const CLIMBER = [
  ['rung', 1],
  ['factor', 1],
  ['end', 1],
  ['round_trips', 1],
] as const satisfies Layout

/** Of Climber in shaders/dynamics/ladder.wgsl. */
const BOTTOM = 1

/** Where the replicas are on their ladder, and how they got there. Rungs and replicas are counted from 0. */
export interface Climb {
  /** K, by rung */
  readonly ladder: readonly number[]
  /** The replica on each rung. */
  readonly replicaOn: readonly number[]
  /** The rung of each replica. */
  readonly rungOf: readonly number[]
  /** Exchanges of each rung with the next one: tried, and made; one fewer than there are rungs. */
  readonly tried: readonly number[]
  readonly made: readonly number[]
  /** How often each replica has been from the lowest rung to the highest and back. */
  readonly roundTrips: readonly number[]
}

/** Replica exchange, decided on the GPU between two steps: shaders/dynamics/exchange.wgsl. */
export class Exchange implements StepPart {
  private readonly settings: GPUBuffer
  private readonly rungs: GPUBuffer
  private readonly climbers: GPUBuffer
  private dispatches: readonly Dispatch[] = []

  private constructor(
    private readonly gpu: Gpu,
    private readonly atoms: AtomBuffers,
    private readonly integrator: Integrator,
    private readonly kernels: { readonly exchange: Kernel; readonly velocities: Kernel },
    /** K, rising, one for each replica */
    readonly ladder: readonly number[],
    readonly every: number,
  ) {
    this.settings = gpu.bufferFrom(
      'exchange settings',
      Uint32Array.of(every),
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    this.rungs = gpu.buffer('rungs', sizeOf(RUNG) * ladder.length)
    this.climbers = gpu.buffer('climbers', sizeOf(CLIMBER) * ladder.length)
  }

  /**
   * @param ladder in K, rising, one temperature for each replica
   * @param every steps between exchanges
   */
  static async create(
    gpu: Gpu,
    atoms: AtomBuffers,
    integrator: Integrator,
    ladder: readonly number[],
    every: number,
  ): Promise<Exchange> {
    const [exchange, velocities] = await Promise.all([
      gpu.kernel('dynamics/exchange', { constants: { WORKGROUP } }),
      gpu.kernel('dynamics/exchange_velocities', { constants: { WORKGROUP } }),
    ])
    return new Exchange(gpu, atoms, integrator, { exchange, velocities }, ladder, every)
  }

  /** Every replica on the rung of its own number, nothing exchanged yet. */
  start(): void {
    const count = this.ladder.length
    const bytes = new ArrayBuffer(sizeOf(RUNG) * count)
    const [floats, words] = [new Float32Array(bytes), new Uint32Array(bytes)]
    this.ladder.forEach((temperature, k) => {
      floats[4 * k] = BOLTZMANN * temperature
      words[4 * k + 1] = k
    })
    this.gpu.upload(this.rungs, words)
    const climbers = new ArrayBuffer(sizeOf(CLIMBER) * count)
    const rung = new Uint32Array(climbers)
    const factor = new Float32Array(climbers)
    for (let k = 0; k < count; k++) {
      rung[4 * k] = k
      factor[4 * k + 1] = 1
      rung[4 * k + 2] = k === 0 ? BOTTOM : 0
    }
    this.gpu.upload(this.climbers, rung)
  }

  bind(status: GPUBuffer): void {
    const { atoms, integrator, settings, rungs, climbers, kernels } = this
    const { system } = atoms
    const { run, observables, control: controls, velocities } = integrator
    this.dispatches = [
      integrator.observe,
      kernels.exchange.bind(
        { system, run, settings, status, observables, controls, rungs, climbers },
        [1, 1, 1],
      ),
      kernels.velocities.bind({ system, status, climbers, velocities }, cover(atoms.atoms, WORKGROUP)),
    ]
  }

  after(step: number): readonly Dispatch[] {
    return step % this.every === 0 ? this.dispatches : []
  }

  /** What {@link read} wants to see. */
  get buffers(): readonly GPUBuffer[] {
    return [this.rungs, this.climbers]
  }

  /** @param contents of {@link buffers} */
  read([rungs, climbers]: readonly ArrayBuffer[]): Climb {
    const { ladder } = this
    const parts = <L extends Layout>(layout: L, bytes: ArrayBuffer, whole: readonly string[]) =>
      ladder.map((_, k) => fieldsOf(layout, bytes.slice(k * sizeOf(layout), (k + 1) * sizeOf(layout)), whole))
    const onRungs = parts(RUNG, rungs, ['replica', 'tried', 'made'])
    const ofClimbers = parts(CLIMBER, climbers, ['rung', 'end', 'round_trips'])
    return {
      ladder,
      replicaOn: onRungs.map(({ replica }) => replica[0]),
      rungOf: ofClimbers.map(({ rung }) => rung[0]),
      tried: onRungs.slice(0, -1).map(({ tried }) => tried[0]),
      made: onRungs.slice(0, -1).map(({ made }) => made[0]),
      roundTrips: ofClimbers.map(({ round_trips }) => round_trips[0]),
    }
  }

  destroy(): void {
    for (const buffer of [this.settings, this.rungs, this.climbers]) buffer.destroy()
  }
}
