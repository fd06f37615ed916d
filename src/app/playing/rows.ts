/** Bytes of a block: growing copies nothing, and a short trajectory wastes little. */
const BLOCK = 1 << 20

/** Rows of so many float32 numbers each, in blocks: they grow without being copied, and no row is an object. */
export class Rows {
  length = 0
  private readonly blocks: Float32Array[] = []
  private readonly perBlock: number

  constructor(readonly width: number) {
    this.perBlock = Math.max(1, Math.floor(BLOCK / (4 * width)))
  }

  /** @param less what is taken away from the numbers before they are rounded, again and again: an origin */
  push(values: ArrayLike<number>, less: ArrayLike<number> = [0]): void {
    const { width, perBlock, blocks, length } = this
    if (length % perBlock === 0) blocks.push(new Float32Array(width * perBlock))
    const row = this.at(this.length++)
    for (let i = 0; i < row.length; i++) row[i] = values[i] - less[i % less.length]
  }

  /** [width]; a view, not a copy. */
  at(index: number): Float32Array {
    const { width, perBlock, blocks } = this
    const from = width * (index % perBlock)
    return blocks[Math.floor(index / perBlock)].subarray(from, from + width)
  }
}
