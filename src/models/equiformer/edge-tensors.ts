/** What kernels on edges share: tensors with a row for every edge, frames, pulls, and the way kernels are called. */
import { cover, type Resource } from '../../gpu/kernel.ts'
import type { NeighborList } from '../../neighbors/neighbor-list.ts'
import { wignerD } from '../irreps/rotation.ts'
import { type ProgramBuilder, WORKGROUP } from '../layers/program-builder.ts'
import type { BlockKernelSource } from './kernel-text.ts'
import { type Frames, frameLength } from './turn-source.ts'

/** Takes the y axis to the x axis: K of shaders/irreps/frames.wgsl. */
export const TO_X = [0, 1, 0, -1, 0, 0, 0, 0, 1]

export class EdgeTensors {
  /** Room for so many edges. */
  readonly capacity: number
  /** [edges, frameLength] */
  readonly frames: GPUBuffer
  /** [edges] */
  readonly reverse: GPUBuffer
  /** [edges, pullColumns] (torque x, gradient of the distance, torque z, of others) */
  readonly pulls: GPUBuffer
  readonly list: { readonly edges: GPUBuffer; readonly row_starts: GPUBuffer }

  constructor(
    readonly builder: ProgramBuilder,
    { capacity, edges, rowStarts }: NeighborList,
    /** The highest degree of features. */
    readonly degrees: Frames,
    /** vec4s that an edge's pulls have room for. */
    readonly pullColumns: number,
  ) {
    this.capacity = Math.max(1, capacity)
    this.list = { edges, row_starts: rowStarts }
    this.frames = this.tensor('frames', frameLength(degrees.maxDegree))
    this.reverse = this.tensor('reverse edges', 1)
    this.pulls = this.tensor('pulls', 4 * pullColumns)
  }

  /** [edges, floats] */
  tensor(label: string, floats: number): GPUBuffer {
    return this.builder.own(this.builder.gpu.buffer(label, this.capacity * Math.max(1, floats) * 4))
  }

  /** Numbers that do not change, for kernels to read. */
  table(label: string, values: Uint32Array | Float32Array): GPUBuffer {
    return this.builder.own(this.builder.gpu.bufferFrom(label, values))
  }

  /** Brings frames and reverse edges up to the list, and clears the pulls. */
  begin(): void {
    const { builder, frames, reverse, pulls, degrees, pullColumns } = this
    const { maxDegree } = degrees
    const axes = wignerD(maxDegree, TO_X).slice(1)
    this.perEdge(
      'irreps/frames',
      1,
      { DEGREES: maxDegree, FRAME: frameLength(maxDegree) },
      {
        ...this.list,
        axes: this.table('axes', Float32Array.from(axes.flatMap((d) => [...d]))),
        ...{ frames, reverse },
      },
    )
    builder.call(
      'equiformer/clear_pulls',
      { constants: { PULLS: pullColumns } },
      { row_starts: this.list.row_starts, pulls },
      cover(this.capacity * pullColumns, WORKGROUP),
    )
  }

  /** Appends a kernel with `count` invocations for every edge. */
  perEdge(
    kernel: string,
    count: number,
    constants: Record<string, number>,
    resources: Record<string, Resource>,
  ): void {
    this.builder.call(kernel, { constants }, resources, cover(this.capacity * count, WORKGROUP))
  }

  /**
   * Appends a kernel that was written for the irreps at hand, as one dispatch or one for each of its blocks.
   */
  written(
    label: string,
    kernel: BlockKernelSource,
    items: number,
    resources: Record<string, Resource>,
    constants: Record<string, number> = {},
  ): void {
    const { gpu, atoms } = this.builder
    const { blocksApart } = gpu.tuningFor(atoms.atoms)
    const all = Array.from({ length: kernel.blocks }, (_, b) => b)
    for (const blocks of blocksApart ? all.map((b) => [b]) : [all]) {
      const name = `written/${label}`
      const source = kernel.source(blocks)
      const [x, y] = cover(Math.max(...blocks.map((b) => kernel.lanes(b, items))), WORKGROUP)
      // Scalars have no use for frames.
      const { frames, ...others } = resources
      const needed = source.includes('frames[') ? resources : others
      const options = { constants, modules: { [name]: source } }
      this.builder.call(name, options, needed, [x, y, blocks.length], label)
    }
  }

  /** Appends what makes forces and virial of the pulls. */
  end(): void {
    const { builder, frames, reverse, pulls, degrees, pullColumns } = this
    const { atoms } = builder
    const gradients = this.tensor('edge gradients', 4)
    this.perEdge(
      'equiformer/edge_gradient',
      1,
      { PULLS: pullColumns, FRAME: frameLength(degrees.maxDegree) },
      {
        ...this.list,
        ...{ frames, pulls, gradients },
      },
    )
    builder.call(
      'equiformer/pull',
      {},
      { ...this.list, reverse, gradients, virial: atoms.virial, outputs: atoms.outputs },
      builder.overAtoms(),
    )
  }
}
