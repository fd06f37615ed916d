import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch } from '../gpu/kernel.ts'
import type { AtomBuffers } from './atom-buffers.ts'

const WORKGROUP = 64
const SCAN_WORKGROUP = 256
/** Bytes of one Edge in shaders/neighbors/edge.wgsl. */
const EDGE_BYTES = 32

/** Å */
export interface CutoffRange {
  readonly lower: number
  readonly upper: number
}

/** Fields of shaders/neighbors/status.wgsl, in order, each a u32. */
export const STATUS_FIELDS = ['edges', 'overflow', 'fault', 'halted', 'step', 'candidates', 'stale'] as const
export type Status = Record<(typeof STATUS_FIELDS)[number], number>

export const readStatus = (words: Uint32Array): Status =>
  Object.fromEntries(STATUS_FIELDS.map((name, i) => [name, words[i]])) as Status

/**
 * All directed pairs within the cutoff, each atom's own edge included, sorted by target (CSR), every edge with the
 * index of its reverse. Any cell and any choice of periodic axes; several images of one neighbour are several edges.
 *
 * The list is exact and rebuilt each time its dispatches run. It never drops an edge: if the capacity is too small
 * the list stays empty, `status.overflow` is set, and the integrator stands still until {@link NeighborList.grow}.
 */
export class NeighborList {
  private constructor(
    readonly gpu: Gpu,
    readonly atoms: AtomBuffers,
    readonly range: CutoffRange,
    /** edges the buffers can hold */
    readonly capacity: number,
    /** [atoms + 1] u32 */
    readonly rowStarts: GPUBuffer,
    /** [capacity] of shaders/neighbors/edge.wgsl */
    readonly edges: GPUBuffer,
    /** shaders/neighbors/status.wgsl */
    readonly status: GPUBuffer,
    /** rebuilds the list from the current positions */
    readonly dispatches: readonly Dispatch[],
    private readonly own: readonly GPUBuffer[],
  ) {}

  /**
   * A list with room for the current positions and some more.
   * @throws InputError if the adapter cannot hold it
   */
  static async create(gpu: Gpu, atoms: AtomBuffers, range: CutoffRange): Promise<NeighborList> {
    const probe = await NeighborList.withCapacity(gpu, atoms, range, 0)
    const needed = await probe.count()
    probe.destroy()
    return NeighborList.withCapacity(gpu, atoms, range, Math.ceil(needed * 1.25) + 64)
  }

  private static async withCapacity(
    gpu: Gpu,
    atoms: AtomBuffers,
    range: CutoffRange,
    capacity: number,
  ): Promise<NeighborList> {
    const constants = { WORKGROUP, CUTOFF_LOWER: range.lower, CUTOFF_UPPER: range.upper }
    const [count, scan, fill, reverse] = await Promise.all([
      gpu.kernel('neighbors/pairs', { constants, conditions: { COUNT: true } }),
      gpu.kernel('neighbors/scan', { constants: { WORKGROUP: SCAN_WORKGROUP } }),
      gpu.kernel('neighbors/pairs', { constants, conditions: { COUNT: false } }),
      gpu.kernel('neighbors/reverse', { constants: { WORKGROUP } }),
    ])
    const counts = gpu.buffer('neighbor counts', atoms.atoms * 4)
    const rowStarts = gpu.buffer('row starts', (atoms.atoms + 1) * 4)
    const edges = gpu.buffer('edges', capacity * EDGE_BYTES)
    const status = gpu.buffer('status', STATUS_FIELDS.length * 4)
    const limit = gpu.bufferFrom(
      'edge capacity',
      Uint32Array.of(capacity, 0, 0, 0),
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    const { system, positions, moleculeOf, starts, cells } = atoms
    const search = { system, positions, molecules: moleculeOf, starts, cells }
    const perAtom = cover(atoms.atoms, WORKGROUP)
    return new NeighborList(
      gpu,
      atoms,
      range,
      capacity,
      rowStarts,
      edges,
      status,
      [
        count.bind({ ...search, counts }, perAtom, 'count neighbors'),
        scan.bind({ system, capacity: limit, counts, row_starts: rowStarts, status }, [1, 1, 1]),
        fill.bind({ ...search, row_starts: rowStarts, edges }, perAtom, 'fill neighbors'),
        reverse.bind({ system, row_starts: rowStarts, edges }, cover(capacity, WORKGROUP)),
      ],
      [counts, rowStarts, edges, status, limit],
    )
  }

  /** Edges of the current positions; the list itself is left empty or filled as its capacity allows. */
  private async count(): Promise<number> {
    this.gpu.submit('count edges', this.dispatches.slice(0, 2))
    const { edges, overflow } = readStatus(new Uint32Array(await this.gpu.read(this.status)))
    return Math.max(edges, overflow)
  }

  /** A new list that can hold what did not fit, with this one's status taken over and the overflow cleared. */
  async grow(): Promise<NeighborList> {
    const status = new Uint32Array(await this.gpu.read(this.status))
    const { overflow: edges } = readStatus(status)
    const bigger = await NeighborList.withCapacity(
      this.gpu,
      this.atoms,
      this.range,
      Math.ceil(edges * 1.25) + 64,
    )
    status[STATUS_FIELDS.indexOf('overflow')] = 0
    this.gpu.upload(bigger.status, status)
    this.destroy()
    return bigger
  }

  destroy(): void {
    for (const buffer of this.own) buffer.destroy()
  }
}
