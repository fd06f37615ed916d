/** Where atoms of a periodic structure are drawn. */
import { describe, expect, test } from 'vitest'
import { toCartesian } from '../../../src/chemistry/cell.ts'
import type { Cell } from '../../../src/chemistry/structure.ts'
import { SCENE } from '../../../src/viewer/molecule-scene.ts'
import { useGpu } from '../lib/device.ts'
import { run, WORKGROUP } from '../lib/run.ts'

const gpu = useGpu()

/** Skewed, of the heights of no axis; along c nothing repeats. */
const cell: Cell = [10, 0, 0, 3, 9, 0, 0, 0, 8]
const open = 2
const home = [4, -2, 1] as const

const fours = (rows: readonly (readonly number[])[]) => Float32Array.from(rows.flatMap((row) => [...row, 0]))

/** Fractional coordinates about the middle of the cell. */
const at = (...s: readonly [number, number, number]) => toCartesian(cell, s).map((x, k) => x + home[k])

interface Drawn {
  readonly lanes: number
  readonly positions: readonly (readonly number[])[]
  readonly pieces: readonly (readonly number[])[]
  readonly whole?: readonly (readonly number[])[]
  readonly before?: readonly (readonly number[])[]
}

async function wrap({ lanes, positions, pieces, ...given }: Drawn): Promise<number[][]> {
  const none = positions.map(() => [0, 0, 0])
  const { whole = none, before = whole } = given
  const scene = new Float32Array(SCENE.words)
  new Uint32Array(scene.buffer)[SCENE.atoms] = positions.length
  scene.set(home, SCENE.home)
  const [a, b, c] = [cell.slice(0, 3), cell.slice(3, 6), cell.slice(6)]
  for (const [axis, row] of [a, b, c].entries()) scene.set(row, SCENE.cell + 4 * axis)
  // Columns of H⁻¹ as the kernel multiplies from the left; the open axis yields no shift.
  const inverse = [
    [1 / 10, 0, 0],
    [-3 / 90, 1 / 9, 0],
    [0, 0, open === 2 ? 0 : 1 / 8],
  ]
  for (const [axis, row] of inverse.entries()) scene.set(row, SCENE.inverse + 4 * axis)
  const starts = [0]
  for (const piece of pieces) starts.push(starts.at(-1)! + piece.length)
  const { shifts } = await run(
    gpu(),
    'viewer/wrap',
    { constants: { LANES: lanes } },
    {
      scene,
      positions: fours(positions),
      starts: Uint32Array.from(starts),
      members: Uint32Array.from(pieces.flat()),
      whole: fours(whole),
    },
    { shifts: fours(before) },
    pieces.length * lanes,
  )
  return positions.map((_, i) => [...shifts.subarray(4 * i, 4 * i + 3)])
}

describe.each([1, WORKGROUP])('with %i lanes for a piece', (lanes) => {
  test('single atoms are drawn in the cell, along the axes that repeat', async () => {
    const positions = [at(0.1, -0.4, 0), at(0.7, 0, 0), at(-1.2, 2.7, 5), at(0, -0.6, -3)]
    expect(await wrap({ lanes, positions, pieces: [[0], [1], [2], [3]] })).toEqual([
      [0, 0, 0],
      [-1, 0, 0],
      [1, -3, 0],
      [0, 1, 0],
    ])
  })

  test('a piece goes as one, by its middle, and cut pieces are whole', async () => {
    // The piece of atoms 3, 0 and 2 was cut at a face: 2 is on the other side.
    const positions = [at(0.45, 0, 0), at(0.1, 0.1, 0), at(-0.4, 0, 0), at(0.52, 0, 0)]
    const whole = [
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ]
    // Its middle lies at (0.45 + 0.6 + 0.52) / 3 = 0.5233.
    expect(await wrap({ lanes, positions, whole, pieces: [[3, 0, 2], [1]] })).toEqual([
      [-1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [-1, 0, 0],
    ])
  })

  test('a piece at a face stays on its side until it is well beyond', async () => {
    const here = [at(0.51, 0, 0), at(0.53, 0, 0)]
    const inside = [
      [0, 0, 0],
      [0, 0, 0],
    ]
    expect(await wrap({ lanes, positions: here, pieces: [[0], [1]], before: inside })).toEqual([
      [0, 0, 0],
      [-1, 0, 0],
    ])
    // On its way back, from the other side.
    const back = [at(0.49, 0, 0), at(0.47, 0, 0)]
    const outside = [
      [-1, 0, 0],
      [-1, 0, 0],
    ]
    expect(await wrap({ lanes, positions: back, pieces: [[0], [1]], before: outside })).toEqual([
      [-1, 0, 0],
      [0, 0, 0],
    ])
  })

  test('pieces may have more atoms than a workgroup has lanes', async () => {
    const count = 2 * WORKGROUP + 7
    const positions = Array.from({ length: count }, (_, i) => at(1.3 + 0.001 * (i % 5), 0, 0))
    const all = positions.map((_, i) => i)
    expect(await wrap({ lanes, positions, pieces: [all.slice(0, 3), all.slice(3)] })).toEqual(
      positions.map(() => [-1, 0, 0]),
    )
  })
})
