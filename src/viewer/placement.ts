import { partnersOf } from '../chemistry/bonds.ts'
import { completeCell } from '../chemistry/cell.ts'
import { loosePieces, type Pieces, piecesOf } from '../chemistry/molecules.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel } from '../gpu/kernel.ts'

/** Where atoms of a periodic structure are drawn: simulations never wrap them. */
export const placements = [
  { name: 'molecules', title: 'Whole molecules' },
  { name: 'atoms', title: 'Each by itself' },
  { name: 'free', title: 'Where they went' },
] as const
export type PlacementName = (typeof placements)[number]['name']

export const WRAP_WORKGROUP = 64
/** Atoms of a piece from which on a workgroup shares them. */
const LARGE = 64

export interface WrapKernels {
  readonly one: Kernel
  readonly shared: Kernel
}

/**
 * By how many cell vectors each atom is drawn from where the simulation has it. The picture adds them to the positions it
 * reads, which therefore stay the simulation's own.
 */
export class Placement {
  /** [atoms] xyz whole cell vectors. */
  readonly shifts: GPUBuffer
  /** While a hand holds an atom the picture of it must not leap to the other side of the cell. */
  held = false
  private readonly pieces: Pieces
  private readonly bound: Readonly<Record<'molecules' | 'atoms', readonly Dispatch[]>>
  private readonly buffers: GPUBuffer[] = []
  private name: PlacementName = 'molecules'

  constructor(
    private readonly gpu: Gpu,
    structure: Structure,
    around: { readonly scene: GPUBuffer; readonly positions: GPUBuffer },
    kernels: WrapKernels,
  ) {
    const atoms = atomCount(structure)
    const cell = completeCell(structure.cell!, structure.periodic)
    this.pieces = piecesOf({ ...structure, cell }, partnersOf(structure))
    this.shifts = this.keep('shifts', fours(this.pieces.shifts))
    const bind = ({ starts, members, shifts }: Pieces, kernel: Kernel, lanes: number) => [
      kernel.bind(
        {
          ...around,
          starts: this.keep('piece starts', starts),
          members: this.keep('piece members', members),
          whole: this.keep('whole pieces', fours(shifts)),
          shifts: this.shifts,
        },
        cover((starts.length - 1) * lanes, WRAP_WORKGROUP),
      ),
    ]
    const { starts } = this.pieces
    const largest = starts.reduce((most, start, i) => Math.max(most, start - (starts[i - 1] ?? 0)), 0)
    this.bound = {
      molecules:
        largest < LARGE
          ? bind(this.pieces, kernels.one, 1)
          : bind(this.pieces, kernels.shared, WRAP_WORKGROUP),
      atoms: bind(loosePieces(atoms), kernels.one, 1),
    }
  }

  static async kernels(gpu: Gpu): Promise<WrapKernels> {
    const kernel = (LANES: number) =>
      gpu.kernel('viewer/wrap', { constants: { WORKGROUP: WRAP_WORKGROUP, LANES } })
    const [one, shared] = await Promise.all([kernel(1), kernel(WRAP_WORKGROUP)])
    return { one, shared }
  }

  private keep(name: string, data: ArrayBufferView): GPUBuffer {
    const buffer = this.gpu.bufferFrom(`viewer ${name}`, data)
    this.buffers.push(buffer)
    return buffer
  }

  choose(name: PlacementName): void {
    if (name === this.name) return
    this.name = name
    const { pieces, gpu, shifts } = this
    gpu.upload(shifts, name === 'atoms' ? new Float32Array(shifts.size / 4) : fours(pieces.shifts))
  }

  /** What to submit for this moment. */
  dispatches(): readonly Dispatch[] {
    return this.name === 'free' || this.held ? [] : this.bound[this.name]
  }

  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy()
  }
}

/** Three numbers per atom, four on the GPU. */
const fours = (threes: Int32Array): Float32Array<ArrayBuffer> => {
  const rows = new Float32Array((threes.length / 3) * 4)
  threes.forEach((x, i) => {
    rows[4 * Math.floor(i / 3) + (i % 3)] = x
  })
  return rows
}
