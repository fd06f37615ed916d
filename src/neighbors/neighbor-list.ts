import { imagesWithin } from '../chemistry/cell.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, lanesFor } from '../gpu/kernel.ts'
import type { AtomBuffers } from './atom-buffers.ts'
import { CellList } from './cell-list.ts'
import { rowLanes } from './row-lanes.ts'
import { readStatus, STATUS_FIELDS } from './status.ts'

/** Lanes that order a row, and the longest row that they do. */
const ORDERING = 128
const ORDERED = 1024
/** Bytes of one Edge in shaders/neighbors/edge.wgsl. */
const EDGE_BYTES = 32

/** Å */
export interface CutoffRange {
  readonly lower: number
  readonly upper: number
}

export interface NeighborOptions {
  /** How pairs are found; by the number of atoms if left out. */
  readonly method?: 'brute force' | 'cells'
  /** Å beyond the cutoff within which the cell list keeps candidates; 1 if left out. */
  readonly skin?: number
}

/** From so many atoms on, the cell list is the faster one. */
const CELLS_FROM = 400
const SKIN = 1

/**
 * Before anything starts: counting pairs that can never be held would take the device minutes.
 * @throws InputError where a cell repeats so often within the cutoff that its pairs cannot fit the adapter
 */
function checkRoom(gpu: Gpu, { structures }: AtomBuffers, { upper }: CutoffRange): void {
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits
  const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize)
  for (const { name, cell, periodic, atomicNumbers } of structures) {
    if (!cell || !periodic.some(Boolean)) continue
    const images = imagesWithin(cell, periodic, upper)
    // Along three axes every atom sees that many of every other; along fewer, surely of itself.
    const pairs = atomicNumbers.length * images * (periodic.every(Boolean) ? atomicNumbers.length : 1)
    const needed = pairs * EDGE_BYTES
    if (needed > 1.5 * limit)
      throw new InputError(
        `${name}: its pairs within ${upper} Å need about ${(needed / 2 ** 30).toPrecision(2)} GiB and the adapter allows ${(limit / 2 ** 30).toPrecision(2)}: use fewer atoms or a smaller cutoff.`,
      )
  }
}

/** What the buffers can hold. */
interface Capacity {
  readonly edges: number
  readonly candidates: number
}

/**
 * All directed pairs within the cutoff, each atom's own edge included, sorted by target (CSR), then by source and image;
 * on a GPU, up to {@link ORDERED} edges of an atom by distance. Every edge has its reverse. Any cell and any choice of
 * periodic axes; several images of one neighbour are several edges.
 *
 * The list is exact each time its dispatches have run: a function of the positions and the cell of the moment, whatever
 * was before. Small and batched systems are searched by brute force; large ones out of candidates that a
 * {@link CellList} keeps. It never drops an edge: if the capacity is too small the list stays empty, `status.overflow`
 * is set, and the integrator stands still until {@link NeighborList.grow}.
 */
export class NeighborList {
  private constructor(
    readonly gpu: Gpu,
    readonly atoms: AtomBuffers,
    readonly range: CutoffRange,
    private readonly options: Required<NeighborOptions>,
    private readonly capacities: Capacity,
    /** [atoms + 1] u32 */
    readonly rowStarts: GPUBuffer,
    /** [capacity] of shaders/neighbors/edge.wgsl */
    readonly edges: GPUBuffer,
    /** shaders/neighbors/status.wgsl */
    readonly status: GPUBuffer,
    /** brings the list up to the current positions */
    readonly dispatches: readonly Dispatch[],
    /** the first of them: all but writing edges */
    private readonly counting: readonly Dispatch[],
    /** where candidates come from; null for brute force */
    readonly cells: CellList | null,
    private readonly own: readonly GPUBuffer[],
  ) {}

  /**
   * A list with room for the current positions and some more.
   * @throws InputError if the adapter cannot hold it
   */
  static async create(
    gpu: Gpu,
    atoms: AtomBuffers,
    range: CutoffRange,
    { method, skin = SKIN }: NeighborOptions = {},
  ): Promise<NeighborList> {
    checkRoom(gpu, atoms, range)
    const standard = atoms.molecules === 1 && atoms.atoms >= CELLS_FROM ? 'cells' : 'brute force'
    const options = { method: method ?? standard, skin }
    return NeighborList.thatFits(gpu, atoms, range, options, { edges: 0, candidates: 0 })
  }

  /** Grows until all fits: candidates that do not fit hide how many edges there are. */
  private static async thatFits(
    gpu: Gpu,
    atoms: AtomBuffers,
    range: CutoffRange,
    options: Required<NeighborOptions>,
    least: Capacity,
  ): Promise<NeighborList> {
    for (let capacity = least; ; ) {
      const list = await NeighborList.withCapacity(gpu, atoms, range, options, capacity)
      const needed = await list.needs().catch((error) => {
        list.destroy()
        throw error
      })
      if (!needed) return list
      list.destroy()
      capacity = needed
    }
  }

  private static async withCapacity(
    gpu: Gpu,
    atoms: AtomBuffers,
    range: CutoffRange,
    options: Required<NeighborOptions>,
    capacity: Capacity,
  ): Promise<NeighborList> {
    const CANDIDATES = options.method === 'cells'
    const rows = rowLanes(gpu, atoms.atoms)
    const { nearestFirst } = gpu.tuningFor(atoms.atoms)
    const [pairs, scan, order] = await Promise.all([
      gpu.kernel('neighbors/pairs', {
        constants: { ...rows.constants, CUTOFF_LOWER: range.lower, CUTOFF_UPPER: range.upper },
        conditions: { ...rows.conditions, CANDIDATES },
      }),
      gpu.kernel('neighbors/scan', {
        constants: { WORKGROUP: lanesFor(atoms.atoms) },
        conditions: { EDGES: true, CANDIDATES: false },
      }),
      nearestFirst
        ? gpu.kernel('neighbors/nearest_first', { constants: { WORKGROUP: ORDERING, ROOM: ORDERED } })
        : null,
    ])
    const own: GPUBuffer[] = []
    let cellList: CellList | null = null
    const keep = (buffer: GPUBuffer) => {
      own.push(buffer)
      return buffer
    }
    const uniform = (label: string, ...words: number[]) =>
      keep(gpu.bufferFrom(label, Uint32Array.from(words), GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST))
    try {
      const limit = uniform('capacity', capacity.edges, capacity.candidates)
      const counts = keep(gpu.buffer('neighbor counts', atoms.atoms * 4))
      const rowStarts = keep(gpu.buffer('row starts', (atoms.atoms + 1) * 4))
      // A binding must have room for one element, even where nothing is written.
      const edges = keep(gpu.buffer('edges', Math.max(1, capacity.edges) * EDGE_BYTES))
      const status = keep(gpu.buffer('status', STATUS_FIELDS.length * 4))
      gpu.upload(status, Uint32Array.of(1), 4 * STATUS_FIELDS.indexOf('stale'))
      const { system, positions, moleculeOf, starts, cells } = atoms
      cellList = CANDIDATES
        ? await CellList.create(
            gpu,
            atoms,
            { reach: range.upper + options.skin, skin: options.skin, capacity: capacity.candidates },
            { counts, status, capacity: limit },
          )
        : null
      const search = {
        ...{ system, positions, cells, counts, edges, row_starts: rowStarts },
        ...(cellList
          ? { candidate_starts: cellList.starts, candidates: cellList.candidates }
          : { molecules: moleculeOf, starts }),
      }
      const count = { ...search, run: uniform('count', 0) }
      const fill = { ...search, run: uniform('fill', 1) }
      const counting = [
        ...(cellList?.dispatches ?? []),
        pairs.bind(count, rows.workgroups, 'count neighbors'),
        scan.bind({ system, capacity: limit, counts, row_starts: rowStarts, status }, [1, 1, 1]),
      ]
      const dispatches = [
        ...counting,
        pairs.bind(fill, rows.workgroups, 'fill neighbors'),
        ...(order ? [order.bind({ system, row_starts: rowStarts, edges }, cover(atoms.atoms, 1))] : []),
      ]
      return new NeighborList(
        ...([gpu, atoms, range, options, capacity, rowStarts, edges, status] as const),
        dispatches,
        counting,
        cellList,
        own,
      )
    } catch (error) {
      cellList?.destroy()
      for (const buffer of own) buffer.destroy()
      throw error
    }
  }

  /** Edges the buffers can hold. */
  get capacity(): number {
    return this.capacities.edges
  }

  /** Of the GPU's memory. */
  get bytes(): number {
    return this.own.reduce((sum, { size }) => sum + size, this.cells?.bytes ?? 0)
  }

  /** Finds the pairs of the current positions; the capacity that they need and do not find, or null. */
  private async needs(): Promise<Capacity | null> {
    this.gpu.submit('count neighbors', this.counting)
    return this.larger(new Uint32Array(await this.gpu.read(this.status)))
  }

  /** What does not fit, with a quarter to spare; null where everything does. */
  private larger(status: Uint32Array): Capacity | null {
    const { overflow, candidates } = readStatus(status)
    if (overflow === 0) return null
    const roomy = (wanted: number, has: number) => (wanted > has ? Math.ceil(wanted * 1.25) + 64 : has)
    return {
      edges: roomy(overflow, this.capacities.edges),
      candidates: roomy(candidates, this.capacities.candidates),
    }
  }

  /**
   * A new list that can hold what did not fit and the pairs of the current positions, with this one's status taken over,
   * the overflow cleared, and its candidates to be found anew. This one is destroyed.
   * @throws InputError if the adapter cannot hold it; then this list stays as it is
   */
  async grow(): Promise<NeighborList> {
    const status = new Uint32Array(await this.gpu.read(this.status))
    const bigger = await NeighborList.thatFits(
      ...([this.gpu, this.atoms, this.range, this.options] as const),
      this.larger(status) ?? this.capacities,
    )
    status[STATUS_FIELDS.indexOf('overflow')] = 0
    status[STATUS_FIELDS.indexOf('candidates')] = 0
    status[STATUS_FIELDS.indexOf('stale')] = 1
    this.gpu.upload(bigger.status, status)
    this.destroy()
    return bigger
  }

  destroy(): void {
    this.cells?.destroy()
    for (const buffer of this.own) buffer.destroy()
  }
}
