/**
 * Which irreducible representations (irreps) of O(3) a feature vector is made of.
 *
 * A block `64x1o` is 64 channels of degree l = 1 and odd parity. A feature row is the concatenation of its blocks, and
 * within a block the layout is [channels × (2l + 1)]: element (u, m) is at `offset + u (2l + 1) + m + l`. The order of
 * components is e3nn's: m = −l … l with y as polar axis, so that l = 1 is (x, y, z).
 * Source: Geiger and Smidt, e3nn: Euclidean neural networks, arXiv:2207.09453.
 */
import { formatIrrep, type Irrep, sameIrrep } from './irrep.ts'

/** Channels of one irrep that lie together. */
export interface IrrepsBlock extends Irrep {
  /** Number of channels. */
  readonly multiplicity: number
  /** First element of the block in a feature row. */
  readonly offset: number
  /** Elements of the block in a feature row: multiplicity × (2 degree + 1). */
  readonly dimension: number
}

export interface Irreps {
  readonly blocks: readonly IrrepsBlock[]
  /** Elements of a feature row. */
  readonly dimension: number
  /** Channels of all blocks together. */
  readonly channels: number
}

/** A block before it has a place. */
export type UnplacedBlock = Pick<IrrepsBlock, 'multiplicity' | 'degree' | 'parity'>

/** Irreps of the given blocks in the given order, one after the other. */
export function irrepsOf(blocks: readonly UnplacedBlock[]): Irreps {
  const placed: IrrepsBlock[] = []
  let offset = 0
  let channels = 0
  for (const { multiplicity, degree, parity } of blocks) {
    const dimension = multiplicity * (2 * degree + 1)
    placed.push({ multiplicity, degree, parity, offset, dimension })
    offset += dimension
    channels += multiplicity
  }
  return { blocks: placed, dimension: offset, channels }
}

/** e3nn's notation, `128x0e+64x1e+32x2e`; the empty text for no block. */
export const formatIrreps = ({ blocks }: Irreps): string =>
  blocks.map((block) => `${block.multiplicity}x${formatIrrep(block)}`).join('+')

/** Neighbouring blocks of equal irrep become one, and empty ones vanish; rows keep their layout. */
export function simplifyIrreps({ blocks }: Irreps): Irreps {
  const merged: UnplacedBlock[] = []
  for (const block of blocks) {
    if (block.multiplicity === 0) continue
    const last = merged.at(-1)
    if (last && sameIrrep(last, block)) {
      merged[merged.length - 1] = { ...last, multiplicity: last.multiplicity + block.multiplicity }
    } else {
      merged.push(block)
    }
  }
  return irrepsOf(merged)
}

/** Blocks that satisfy a condition, closed up. */
export const filterIrreps = ({ blocks }: Irreps, keep: (block: IrrepsBlock) => boolean): Irreps =>
  irrepsOf(blocks.filter(keep))

/** Blocks of both, `a` first. */
export const concatIrreps = (a: Irreps, b: Irreps): Irreps => irrepsOf([...a.blocks, ...b.blocks])

/**
 * Blocks in Equiformer's order: by degree, even before odd, equal ones as they came (`sort_irreps_even_first` upstream;
 * e3nn's own order alternates which parity is first).
 * @returns the sorted irreps, and `position[b]`: where block b went.
 */
export function sortIrreps({ blocks }: Irreps): { irreps: Irreps; position: readonly number[] } {
  const order = blocks
    .map((_, b) => b)
    .sort((a, b) => blocks[a].degree - blocks[b].degree || blocks[b].parity - blocks[a].parity || a - b)
  const position = new Array<number>(blocks.length)
  order.forEach((block, place) => {
    position[block] = place
  })
  return { irreps: irrepsOf(order.map((b) => blocks[b])), position }
}
