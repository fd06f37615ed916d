/** Rows in the order of distances, and what is left as it is. */
import { expect, test } from 'vitest'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import type { CutoffRange } from '../../../src/neighbors/neighbor-list.ts'
import { useGpu } from '../lib/device.ts'
import { cube, liquid } from './lib/liquid.ts'
import { build, readEdges } from './lib/lists.ts'

const gpu = useGpu()

async function listOf(structure: Structure, range: CutoffRange, nearestFirst: boolean) {
  gpu().tuned = { nearestFirst }
  const { atoms, list } = await build(gpu(), [structure], range, {})
  gpu().submit('list', list.dispatches)
  const read = await readEdges(gpu(), list, atoms.atoms)
  list.destroy()
  atoms.destroy()
  gpu().tuned = null
  return read
}

async function rowsOf(structure: Structure, range: CutoffRange) {
  const [asFound, ordered] = [await listOf(structure, range, false), await listOf(structure, range, true)]
  expect(ordered.rowStarts).toEqual(asFound.rowStarts)
  expect(ordered.status).toEqual(asFound.status)
  return Array.from({ length: ordered.rowStarts.length - 1 }, (_, i) => {
    const row = ({ edges }: typeof ordered) => edges.slice(ordered.rowStarts[i], ordered.rowStarts[i + 1])
    return { asFound: row(asFound), ordered: row(ordered) }
  })
}

test.each([
  ['in open space', liquid(5, 2.3, null), 3],
  [
    'all atoms of a lattice, whose distances are the same',
    { ...liquid(4, 2, cube(8)), positions: lattice(4, 2) },
    4.1,
  ],
  ['images of a small cell', liquid(2, 2.2, [4.4, 0, 0, 0.5, 4.4, 0, 0, 1, 4.4] as Cell), 9],
  ['one atom', liquid(1, 1, null), 3],
] as const)('%s', async (_, structure, upper) => {
  const rows = await rowsOf(structure, { lower: 0, upper })
  for (const { asFound, ordered } of rows)
    expect(ordered).toEqual(asFound.toSorted((a, b) => a.distance - b.distance))
  if (structure.atomicNumbers.length > 1)
    expect(rows.map((row) => row.ordered)).not.toEqual(rows.map((row) => row.asFound))
})

test('a row that is too long stays as it is', async () => {
  const rows = await rowsOf(liquid(1, 1, [1.75, 0, 0, 0.25, 2, 0, 0, 0.5, 2] as Cell), {
    lower: 0,
    upper: 12.5,
  })
  expect(rows[0].asFound.length).toBeGreaterThan(1024)
  expect(rows[0].ordered).toEqual(rows[0].asFound)
})

/** Atoms of a simple cubic lattice. */
function lattice(side: number, spacing: number): Float64Array {
  return Float64Array.from({ length: 3 * side ** 3 }, (_, k) => {
    const atom = Math.floor(k / 3)
    return spacing * [Math.floor(atom / side ** 2), Math.floor(atom / side) % side, atom % side][k % 3]
  })
}
