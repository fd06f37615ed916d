/** Choices that change how fast an answer comes and nothing else: which are best depends on the adapter and the size. */

/** Workgroups of what happens to each atom alone. */
export interface Share {
  readonly lanes: number
  /** atoms that one workgroup takes */
  readonly atoms: number
}

export interface Tuning {
  /**
   * Operations on atoms that follow each other are one dispatch with barriers in between, of such workgroups; null: each
   * is a dispatch of its own.
   */
  readonly lists: Share | null
  /** Workgroups of a dispatch that is one operation. */
  readonly single: Share
  /** Lanes that share an atom's edges in attention, at most. */
  readonly edgeLanes: number
  /** Lanes that are in one subgroup sum without a barrier, where the adapter lets them. */
  readonly subgroups: boolean
  /** Lanes that share an atom while its neighbours are looked for: 1, or a power of two from 8 to 256. */
  readonly rowLanes: number
  /** Whether an atom's edges are put in the order of their lengths. */
  readonly nearestFirst: boolean
  /**
   * Whether kernels that do one thing for each of several blocks of irreps are a dispatch for each block: on a processor
   * that plays a GPU, lanes go through the code of all blocks a kernel has.
   */
  readonly blocksApart: boolean
}

/** From so many atoms on, workgroups have enough of them to read their weights less often. */
const MANY_ATOMS = 2048

/** Up to so many, most of a GPU is idle: an atom is done soonest in a workgroup of its own. */
const FEW_ATOMS = 32

const SINGLE: Share = { lanes: 64, atoms: 4 }

/**
 * Where nothing was measured. A GPU waits between dispatches for longer than at a barrier, and for memory longest of all; on
 * a processor that plays one it is the other way round.
 */
export function defaultTuning(isSoftware: boolean, atoms: number): Tuning {
  const together = atoms <= FEW_ATOMS ? 1 : atoms < MANY_ATOMS ? 4 : 16
  return {
    lists: isSoftware ? null : { lanes: 256, atoms: together },
    single: SINGLE,
    edgeLanes: isSoftware ? 1 : 256,
    subgroups: true,
    rowLanes: isSoftware ? 1 : 64,
    nearestFirst: !isSoftware,
    blocksApart: isSoftware,
  }
}

const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= 1024

const isShare = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  isCount((value as Share).lanes) &&
  isCount((value as Share).atoms)

/** Whether something that comes from outside is a whole tuning that kernels can be made with. */
export function isTuning(value: unknown): value is Tuning {
  if (typeof value !== 'object' || value === null) return false
  const { lists, single, edgeLanes, subgroups, rowLanes, nearestFirst, blocksApart } = value as Tuning
  return (
    (lists === null || isShare(lists)) &&
    isShare(single) &&
    isCount(edgeLanes) &&
    typeof subgroups === 'boolean' &&
    (rowLanes === 1 || [8, 16, 32, 64, 128, 256].includes(rowLanes)) &&
    typeof nearestFirst === 'boolean' &&
    typeof blocksApart === 'boolean'
  )
}
