import { partnersOf } from '../chemistry/bonds.ts'
import { completeCell } from '../chemistry/cell.ts'
import { loosePieces, type Pieces, piecesOf } from '../chemistry/molecules.ts'
import type { Structure } from '../chemistry/structure.ts'
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

/** Pieces that are drawn as one, and the kernel that moves them. */
interface Wrapping {
  readonly pieces: Pieces
  readonly lanes: number
  readonly kernel: Kernel
}

async function wrapping(gpu: Gpu, pieces: Pieces): Promise<Wrapping> {
  const { starts } = pieces
  const largest = starts.reduce((most, start, i) => Math.max(most, start - (starts[i - 1] ?? 0)), 0)
  const lanes = largest < LARGE ? 1 : WRAP_WORKGROUP
  const constants = { WORKGROUP: WRAP_WORKGROUP, LANES: lanes }
  return { pieces, lanes, kernel: await gpu.kernel('viewer/wrap', { constants }) }
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
  private readonly buffers: GPUBuffer[] = []
  private readonly bound: { molecules: readonly Dispatch[]; atoms: readonly Dispatch[] | null }
  private name: PlacementName = 'molecules'
  private wanted: PlacementName = 'molecules'
  private destroyed = false

  /** @param molecules of {@link Placement.molecules} */
  constructor(
    private readonly gpu: Gpu,
    private readonly around: { readonly scene: GPUBuffer; readonly positions: GPUBuffer },
    private readonly molecules: Wrapping,
  ) {
    this.shifts = this.keep('shifts', fours(molecules.pieces.shifts))
    this.bound = { molecules: this.bind(molecules), atoms: null }
  }

  /** Whole molecules, which every picture begins with: made while other things are. */
  static molecules(gpu: Gpu, structure: Structure): Promise<Wrapping> {
    const cell = completeCell(structure.cell!, structure.periodic)
    return wrapping(gpu, piecesOf({ ...structure, cell }, partnersOf(structure)))
  }

  private bind({ pieces: { starts, members, shifts }, lanes, kernel }: Wrapping): readonly Dispatch[] {
    const resources = {
      ...this.around,
      starts: this.keep('piece starts', starts),
      members: this.keep('piece members', members),
      whole: this.keep('whole pieces', fours(shifts)),
      shifts: this.shifts,
    }
    return [kernel.bind(resources, cover((starts.length - 1) * lanes, WRAP_WORKGROUP))]
  }

  private keep(name: string, data: ArrayBufferView): GPUBuffer {
    const buffer = this.gpu.bufferFrom(`viewer ${name}`, data)
    this.buffers.push(buffer)
    return buffer
  }

  /** Atoms are drawn so from the next update on; single atoms once their kernel has been made, when they first are. */
  async choose(name: PlacementName): Promise<void> {
    this.wanted = name
    if (name === 'atoms' && !this.bound.atoms) {
      const loose = await wrapping(this.gpu, loosePieces(this.molecules.pieces.members.length))
      if (this.destroyed) return
      this.bound.atoms ??= this.bind(loose)
    }
    if (name !== this.wanted || name === this.name) return
    this.name = name
    const { shifts, gpu, molecules } = this
    gpu.upload(shifts, name === 'atoms' ? new Float32Array(shifts.size / 4) : fours(molecules.pieces.shifts))
  }

  /** What to submit for this moment. */
  dispatches(): readonly Dispatch[] {
    return this.name === 'free' || this.held ? [] : (this.bound[this.name] ?? [])
  }

  destroy(): void {
    this.destroyed = true
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
