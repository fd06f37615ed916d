import type { Gpu } from '../../gpu/gpu.ts'
import { cover, type Dispatch, type KernelOptions, type Resource, type Workgroups } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import { ACTIVATIONS, type ActivationName } from './activation.ts'

/** Threads per workgroup of kernels without workgroup memory. */
export const WORKGROUP = 64

/** How rows of an atom lie in a buffer; all in floats, multiples of 4. */
export interface Rows {
  /** rows per atom: 1 for scalars, 3 for the components of vectors */
  readonly parts: number
  readonly atomStride: number
  readonly partStride: number
  readonly base: number
}

/** One row per atom, `stride` floats apart, starting at `base`. */
export const scalarRows = (stride: number, base = 0): Rows => ({
  parts: 1,
  atomStride: stride,
  partStride: 0,
  base,
})

/** Three rows per atom of `width` floats, `stride` floats from atom to atom, starting at `base`. */
export const vectorRows = (width: number, stride = 3 * width, base = 0): Rows => ({
  parts: 3,
  atomStride: stride,
  partStride: width,
  base,
})

export interface LinearCall {
  readonly label: string
  readonly input: { readonly buffer: Resource; readonly rows: Rows; readonly width: number }
  readonly output: { readonly buffer: Resource; readonly rows: Rows; readonly width: number }
  readonly weights: Resource
  readonly bias?: Resource | null
  /** Applies the activation and keeps what it was applied to in `saved` (rows as the output's). */
  readonly activate?: { readonly activation: ActivationName; readonly saved: Resource }
  /** Multiplies the result by the activation's derivative at `saved`. */
  readonly derivative?: { readonly activation: ActivationName; readonly saved: Resource }
  /** Adds to what the output holds. */
  readonly add?: boolean
}

/**
 * Writes down a force program: kernels in the order they run, and the buffers between them. Kernels compile in
 * parallel while the list is being written.
 */
export class ProgramBuilder {
  private readonly pending: Promise<Dispatch>[] = []
  private readonly owned: GPUBuffer[] = []

  constructor(
    readonly gpu: Gpu,
    readonly atoms: AtomBuffers,
    readonly neighbors: NeighborList,
  ) {}

  /** A zero-filled buffer of `floats` per atom. */
  perAtom(label: string, floats: number): GPUBuffer {
    return this.own(this.gpu.buffer(label, this.atoms.atoms * floats * 4))
  }

  /** A zero-filled buffer of `floats` per edge the neighbour list can hold. */
  perEdge(label: string, floats: number): GPUBuffer {
    return this.own(this.gpu.buffer(label, this.neighbors.capacity * floats * 4))
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
    this.pending.push(
      this.gpu
        .kernel(kernel, { ...options, constants: { WORKGROUP, ...options.constants } })
        .then((compiled) => compiled.bind({ system: this.atoms.system, ...resources }, workgroups, label)),
    )
  }

  /** Threads for `count` items per atom. */
  overAtoms(count = 1): Workgroups {
    return cover(this.atoms.atoms * count, WORKGROUP)
  }

  /** Threads for `count` items per edge. */
  overEdges(count = 1): Workgroups {
    return cover(this.neighbors.capacity * count, WORKGROUP)
  }

  /** shaders/common/linear.wgsl */
  linear({ label, input, output, weights, bias, activate, derivative, add }: LinearCall): void {
    const { rows } = input
    const shape = [
      rows.parts,
      input.width / 4,
      output.width / 4,
      rows.atomStride / 4,
      rows.partStride / 4,
      rows.base / 4,
      output.rows.atomStride / 4,
      output.rows.partStride / 4,
      output.rows.base / 4,
    ]
    const uniform = this.gpu.bufferFrom(
      `${label} shape`,
      Uint32Array.from(shape),
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    const nonlinear = activate ?? derivative
    this.call(
      'common/linear',
      {
        constants: { ACTIVATION: nonlinear ? ACTIVATIONS[nonlinear.activation] : 0 },
        conditions: {
          BIAS: Boolean(bias),
          ACTIVATE: Boolean(activate),
          DERIVATIVE: Boolean(derivative),
          ADD: Boolean(add),
        },
      },
      {
        shape: this.own(uniform),
        x: input.buffer,
        weights,
        y: output.buffer,
        ...(bias ? { bias } : {}),
        ...(nonlinear ? { saved: nonlinear.saved } : {}),
      },
      cover(Math.ceil((this.atoms.atoms * rows.parts) / 4) * (output.width / 4), WORKGROUP),
      label,
    )
  }

  /** The recorded dispatches once every kernel has compiled, and the way to free their buffers. */
  async build(): Promise<{ dispatches: Dispatch[]; destroy(): void }> {
    const dispatches = await Promise.all(this.pending)
    return {
      dispatches,
      destroy: () => {
        for (const buffer of this.owned) buffer.destroy()
      },
    }
  }
}
