import { describe, expect, it } from 'vitest'
import { partnersOf } from '../../../src/chemistry/bonds.ts'
import { loosePieces, pathsOf, piecesOf, wholePieces } from '../../../src/chemistry/molecules.ts'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'

const cube = (side: number): Cell => [side, 0, 0, 0, side, 0, 0, 0, side]

const structure = (
  atomicNumbers: number[],
  positions: number[],
  cell: Cell,
  periodic: Structure['periodic'] = [true, true, true],
): Structure => ({
  ...{ name: 'test', atomicNumbers: Uint8Array.from(atomicNumbers), cell, periodic },
  positions: Float64Array.from(positions),
})

/** Two waters in a cell of 8 Å: the first is cut at two faces, the second is not cut. */
const waters = structure(
  [8, 8, 1, 1, 1, 1],
  [...[7.8, 4, 0.1, 3, 3, 3, 0.5, 4.5, 0.1, 7.4, 4, 7.3], ...[3.9, 3, 3, 2.7, 3.9, 3]],
  cube(8),
)

describe('pieces of a periodic picture', () => {
  it('are molecules, and say how they become whole', () => {
    const { starts, members, shifts } = piecesOf(waters, partnersOf(waters))
    expect([...starts]).toEqual([0, 3, 6])
    expect([...members]).toEqual([0, 2, 3, 1, 4, 5])
    expect([...shifts]).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0])
    const whole = wholePieces(waters, pathsOf(waters, partnersOf(waters)))
    expect([...whole.subarray(6, 12)]).toEqual([8.5, 4.5, 0.1, 7.4, 4, expect.closeTo(-0.7, 12)])
    expect([...whole.subarray(0, 6)]).toEqual([...waters.positions.subarray(0, 6)])
  })

  it('become whole in later frames along the bonds of the first, in the cell of the frame', () => {
    const paths = pathsOf(waters, partnersOf(waters))
    // The cell has grown, and the second water is cut now.
    const later = structure(
      [8, 8, 1, 1, 1, 1],
      [...[7.8, 4, 0.1, 8.9, 3, 3, 8.5, 4.5, 0.1, 7.4, 4, 8.3], ...[0.8, 3, 3, 8.6, 3.9, 3]],
      cube(9),
    )
    const moved = [...wholePieces(later, paths)].map((x, i) => x - later.positions[i])
    const ways = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -9, 9, 0, 0, 0, 0, 0]
    moved.forEach((way, i) => {
      expect(way).toBeCloseTo(ways[i], 12)
    })
  })

  it('are single atoms where bonds lead through the cell to where they began', () => {
    // A chain of carbons along a, three in a cell, and beside it a pair that is cut along b.
    const chain = structure(
      [6, 6, 6, 6, 1],
      [0.1, 0, 0, 1.6, 0, 0, 3.1, 0, 0, 1.5, 7.9, 5, 1.5, 0.9, 5],
      [4.5, 0, 0, 0, 8, 0, 0, 0, 9],
    )
    const { starts, shifts } = piecesOf(chain, partnersOf(chain))
    expect([...starts]).toEqual([0, 1, 2, 3, 5])
    expect([...shifts]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    const paths = pathsOf(chain, partnersOf(chain))
    expect([[...paths.atoms], [...paths.from]]).toEqual([[4], [3]])
  })

  it('are not moved along axes that do not repeat', () => {
    const slab = structure([8, 1], [0, 0, 7.9, 0.9, 0, 7.6], cube(8), [true, true, false])
    expect([...piecesOf(slab, partnersOf(slab)).shifts]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('may be every atom by itself', () => {
    expect(loosePieces(3)).toEqual({
      starts: Uint32Array.of(0, 1, 2, 3),
      members: Uint32Array.of(0, 1, 2),
      shifts: new Int32Array(9),
    })
  })
})
