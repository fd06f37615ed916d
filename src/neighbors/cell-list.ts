import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch } from '../gpu/kernel.ts'
import type { AtomBuffers } from './atom-buffers.ts'
import { rowLanes } from './row-lanes.ts'
import { STATUS_FIELDS } from './status.ts'

const WORKGROUP = 64
const ONE_WORKGROUP = 256
/** Bytes of Grid, Home and Candidate in shaders/neighbors/grid.wgsl. */
export const GRID_BYTES = 64
export const HOME_BYTES = 16
export const CANDIDATE_BYTES = 8
/** Candidates of one atom that lanes sort in workgroup memory; the rest of a longer row is sorted where it lies. */
export const ROW_ROOM = 1024
/** An atom may move so many skins before its candidates are found anew: below ½, which leaves room for rounding. */
const MOVE = 0.49

/** Buffers that a list of neighbours and the search for candidates share. */
export interface SharedBuffers {
  readonly counts: GPUBuffer
  readonly status: GPUBuffer
  readonly capacity: GPUBuffer
}

/**
 * Pairs of one molecule within cutoff and skin: a cell list (counting sort into bins, Allen & Tildesley, "Computer
 * Simulation of Liquids", 5.3) whose kernels decide by themselves when it must be made anew. Cost and memory grow with
 * the number of atoms.
 */
export class CellList {
  private constructor(
    /** Grid in shaders/neighbors/grid.wgsl */
    readonly grid: GPUBuffer,
    /** [atoms + 1] u32 */
    readonly starts: GPUBuffer,
    /** [capacity] of Candidate in shaders/neighbors/grid.wgsl */
    readonly candidates: GPUBuffer,
    readonly dispatches: readonly Dispatch[],
    private readonly own: readonly GPUBuffer[],
  ) {}

  /**
   * @param reach cutoff and skin in Å
   * @param capacity candidates the buffers can hold
   */
  static async create(
    gpu: Gpu,
    atoms: AtomBuffers,
    { reach, skin, capacity }: { reach: number; skin: number; capacity: number },
    shared: SharedBuffers,
  ): Promise<CellList> {
    const rows = rowLanes(gpu, atoms.atoms)
    const candidatesOf = (conditions: Record<string, boolean>) =>
      gpu.kernel('neighbors/candidates', {
        constants: { ...rows.constants, REACH: reach, ROOM: ROW_ROOM },
        conditions: { ...rows.conditions, ...conditions },
      })
    const scanOf = (conditions: Record<string, boolean>) =>
      gpu.kernel('neighbors/scan', { constants: { WORKGROUP: ONE_WORKGROUP }, conditions })
    const [check, plan, bin, scanBins, scatter, sortBins, count, scanCandidates, fill] = await Promise.all([
      gpu.kernel('neighbors/check', { constants: { WORKGROUP, LIMIT: MOVE * skin } }),
      gpu.kernel('neighbors/plan', {
        constants: { WORKGROUP: ONE_WORKGROUP, REACH: reach, STALE: STATUS_FIELDS.indexOf('stale') },
      }),
      gpu.kernel('neighbors/bin', { constants: { WORKGROUP } }),
      scanOf({ EDGES: false, CANDIDATES: false }),
      gpu.kernel('neighbors/scatter', { constants: { WORKGROUP } }),
      gpu.kernel('neighbors/sort_bins', { constants: { WORKGROUP } }),
      candidatesOf({ COUNT: true }),
      scanOf({ EDGES: false, CANDIDATES: true }),
      candidatesOf({ COUNT: false }),
    ])
    const n = atoms.atoms
    const own: GPUBuffer[] = []
    const buffer = (label: string, bytes: number) => {
      try {
        const made = gpu.buffer(label, bytes)
        own.push(made)
        return made
      } catch (error) {
        for (const made of own) made.destroy()
        throw error
      }
    }
    const grid = buffer('grid', GRID_BYTES)
    const references = buffer('reference positions', 16 * n)
    const homes = buffer('homes', HOME_BYTES * n)
    const slots = buffer('places in bins', 4 * n)
    const bin_counts = buffer('bin counts', 4 * n)
    const bin_starts = buffer('bin starts', 4 * (n + 1))
    const order = buffer('order of bins', 4 * n)
    const sorted_atoms = buffer('sorted atoms', 4 * n)
    const sorted_positions = buffer('sorted positions', 16 * n)
    const sorted_homes = buffer('sorted homes', HOME_BYTES * n)
    const starts = buffer('candidate starts', 4 * (n + 1))
    const candidates = buffer('candidates', CANDIDATE_BYTES * capacity)
    const { system, positions, cells } = atoms
    const { counts, status } = shared
    const perAtom = cover(n, WORKGROUP)
    const sorted = { sorted_atoms, sorted_positions, sorted_homes }
    const search = { system, cells, grid, ...sorted, bin_starts }
    return new CellList(
      grid,
      starts,
      candidates,
      [
        check.bind({ system, positions, references, bin_counts, status }, perAtom),
        plan.bind({ system, positions, cells, flags: status, grid }, [1, 1, 1]),
        bin.bind({ system, positions, cells, grid, references, homes, slots, bin_counts }, perAtom),
        scanBins.bind({ system, counts: bin_counts, row_starts: bin_starts, grid }, [1, 1, 1], 'scan bins'),
        scatter.bind({ system, grid, homes, slots, bin_starts, order }, perAtom),
        sortBins.bind({ system, positions, grid, homes, bin_starts, order, ...sorted }, perAtom),
        count.bind({ ...search, counts }, rows.workgroups, 'count candidates'),
        scanCandidates.bind(
          { system, capacity: shared.capacity, counts, row_starts: starts, status, grid },
          [1, 1, 1],
          'scan candidates',
        ),
        fill.bind({ ...search, candidate_starts: starts, candidates }, rows.workgroups, 'fill candidates'),
      ],
      own,
    )
  }

  /** Of the GPU's memory. */
  get bytes(): number {
    return this.own.reduce((sum, { size }) => sum + size, 0)
  }

  destroy(): void {
    for (const buffer of this.own) buffer.destroy()
  }
}
