import type { Gpu } from '../../gpu/gpu.ts'
import { cover, type Dispatch, type KernelOptions, type Resource, type Workgroups } from '../../gpu/kernel.ts'
import type { Tuning } from '../../gpu/tuning.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import type { ActivationName } from './activation.ts'
import { type Operand, type Operation, OperationList } from './atomwise.ts'

/** Threads per workgroup of kernels without workgroup memory. */
export const WORKGROUP = 64

/** Folder of the modules that lists of operations are written as. */
const LISTS = 'lists'

/** Storage bindings start at multiples of this many bytes on every adapter. */
const ALIGNMENT = 256

export interface LinearCall {
  readonly input: Operand & { readonly width: number }
  readonly output: Operand & { readonly width: number }
  /** rows per atom: 1 for scalars (if left out), 3 for the components of vectors, 2l + 1 for those of an irrep */
  readonly parts?: number
  readonly weights: GPUBufferBinding
  readonly bias?: GPUBufferBinding | null
  /** Applies the activation and keeps what it was applied to in `saved` (rows as the output's). */
  readonly activate?: { readonly activation: ActivationName; readonly saved: GPUBufferBinding }
  /** Multiplies the result by the activation's derivative at `saved`. */
  readonly derivative?: { readonly activation: ActivationName; readonly saved: GPUBufferBinding }
  /** Adds to what the output holds. */
  readonly add?: boolean
  /** Is added to the result: the way around a layer. Not with `activate` or `derivative`. */
  readonly plus?: Operand
}

/**
 * Writes down a force program: kernels in the order they run, and the buffers between them. Kernels compile in
 * parallel while the list is being written. Operations on atoms that follow each other become one dispatch where the
 * adapter is better off with few of them.
 */
export class ProgramBuilder {
  private readonly pending: Promise<Dispatch>[] = []
  private readonly owned: GPUBuffer[] = []
  private operations = new OperationList()
  private readonly tuning: Tuning

  /** @param constants of the network, that kernels of operations on atoms are compiled with */
  constructor(
    readonly gpu: Gpu,
    readonly atoms: AtomBuffers,
    readonly neighbors: NeighborList,
    private readonly constants: Readonly<Record<string, number>> = {},
  ) {
    this.tuning = gpu.tuningFor(atoms.atoms)
  }

  /** A zero-filled buffer of `floats` per atom. */
  perAtom(label: string, floats: number): GPUBufferBinding {
    return { buffer: this.own(this.gpu.buffer(label, this.atoms.atoms * floats * 4)) }
  }

  /**
   * Zero-filled tensors of so many floats per atom, side by side in one buffer if the adapter allows one that large:
   * a list of operations reaches few buffers. They must not lie on top of each other: in a list, one workgroup may be
   * at the end while another is at the beginning.
   */
  room<Name extends string>(
    label: string,
    floats: Readonly<Record<Name, number>>,
  ): Record<Name, GPUBufferBinding> {
    const bytes = (count: number) => Math.max(16, this.atoms.atoms * count * 4)
    const names = Object.keys(floats) as Name[]
    let size = 0
    const places = names.map((name) => {
      const offset = size
      size = offset + Math.ceil(bytes(floats[name]) / ALIGNMENT) * ALIGNMENT
      return offset
    })
    const { maxBufferSize, maxStorageBufferBindingSize } = this.gpu.device.limits
    const fits = size <= Math.min(maxBufferSize, maxStorageBufferBindingSize)
    const whole = fits ? this.own(this.gpu.buffer(label, size)) : null
    const tensors = names.map((name, k) => [
      name,
      whole
        ? { buffer: whole, offset: places[k], size: bytes(floats[name]) }
        : this.perAtom(`${label} ${name}`, floats[name]),
    ])
    return Object.fromEntries(tensors) as Record<Name, GPUBufferBinding>
  }

  /** Registers a buffer to be destroyed with the program. */
  own(buffer: GPUBuffer): GPUBuffer {
    this.owned.push(buffer)
    return buffer
  }

  call(
    kernel: string,
    options: KernelOptions,
    resources: Record<string, Resource>,
    workgroups: Workgroups,
    label = kernel,
  ): void {
    this.finishOperations()
    this.dispatch(kernel, { WORKGROUP, ...options.constants }, options, resources, workgroups, label)
  }

  /** Threads for `count` items per atom. */
  overAtoms(count = 1): Workgroups {
    return cover(this.atoms.atoms * count, WORKGROUP)
  }

  /** shaders/atomwise/linear.wgsl */
  linear({ input, output, parts, weights, bias, activate, derivative, add, plus }: LinearCall): void {
    const nonlinear = activate ?? derivative
    const third = nonlinear ? { tensor: nonlinear.saved, rows: output.rows } : plus
    this.operate({
      name: 'linear',
      operands: [input, output, ...(third ? [third] : [])],
      parts,
      inputs: input.width,
      outputs: output.width,
      weights,
      bias,
      activation: nonlinear?.activation,
      flags: [
        ...(activate ? (['activate'] as const) : []),
        ...(derivative ? (['derivative'] as const) : []),
        ...(add ? (['add'] as const) : []),
        ...(plus ? (['plus'] as const) : []),
      ],
    })
  }

  /** Has something done to each atom alone, after what was asked for before. */
  operate(operation: Operation): void {
    if (!this.tuning.lists) this.finishOperations()
    if (this.operations.add(operation)) return
    this.finishOperations()
    if (!this.operations.add(operation)) throw new Error(`${operation.name} needs too many buffers.`)
  }

  /** The recorded dispatches once every kernel has compiled, and the way to free their buffers. */
  async build(): Promise<{ dispatches: Dispatch[]; destroy(): void }> {
    this.finishOperations()
    const dispatches = await Promise.all(this.pending)
    return { dispatches, destroy: () => this.destroy() }
  }

  /** Frees the buffers of a program that could not be built. */
  destroy(): void {
    for (const buffer of this.owned) buffer.destroy()
  }

  private finishOperations(): void {
    const { operations, gpu } = this
    if (operations.length === 0) return
    this.operations = new OperationList()
    const bindings = operations.bindings(gpu)
    this.own(bindings.operations.buffer)
    const name = `${LISTS}/${operations.name}`
    const { constants, conditions } = operations.options(this.tuning)
    this.dispatch(
      name,
      { ...this.constants, ...constants },
      { conditions, modules: { [name]: operations.source } },
      bindings,
      cover(this.atoms.atoms, constants.ATOMS),
      name,
    )
  }

  private dispatch(
    kernel: string,
    constants: Readonly<Record<string, number>>,
    options: KernelOptions,
    resources: Record<string, Resource>,
    workgroups: Workgroups,
    label: string,
  ): void {
    this.pending.push(
      this.gpu
        .kernel(kernel, { ...options, constants })
        .then((compiled) => compiled.bind({ system: this.atoms.system, ...resources }, workgroups, label)),
    )
  }
}
