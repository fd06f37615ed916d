/** The cell list: rebuilt when it must be and not more often, exact whatever happened before, linear in the atoms. */
import { describe, expect, test } from 'vitest'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import type { NeighborList } from '../../../src/neighbors/neighbor-list.ts'
import { STATUS_FIELDS } from '../../../src/neighbors/status.ts'
import { useGpu } from '../lib/device.ts'
import { build, check, everywhere, expectWellFormed, none, readEdges } from './lib/lists.ts'

const gpu = useGpu()
const range = { lower: 0, upper: 3 }
const cells = { method: 'cells', skin: 0.8 } as const

/** Numbers in [0, 1) that are the same in every run (Lehmer's generator). */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Atoms thrown into a cell, none closer than 0.8 Å: one in each box of a grid, jittered. */
function liquid(side: number, spacing: number, cell: Cell | null, seed = 7): Structure {
  const uniform = uniforms(seed)
  const positions = Float64Array.from({ length: 3 * side ** 3 }, (_, k) => {
    const atom = Math.floor(k / 3)
    const place = [Math.floor(atom / side ** 2), Math.floor(atom / side) % side, atom % side][k % 3]
    return Math.round(256 * (place + 0.6 * uniform()) * spacing) / 256
  })
  return {
    name: 'liquid',
    atomicNumbers: new Uint8Array(side ** 3).fill(8),
    positions,
    cell,
    periodic: cell ? everywhere : none,
  }
}

const cube = (length: number): Cell => [length, 0, 0, 0, length, 0, 0, 0, length]

/** The same atoms somewhere else. */
const moved = (structure: Structure, positions: Float64Array): Structure => ({ ...structure, positions })

/** Whether the candidates were made anew by the last run of the dispatches: `building` of the grid tells. */
async function rebuilt(list: NeighborList): Promise<boolean> {
  const grid = list.cells?.grid
  if (!grid) throw new Error('this list has no cells')
  return new Uint32Array(await gpu().read(grid))[3] === 1
}

describe('while atoms walk', () => {
  test.each([
    ['periodic', cube(12)],
    ['triclinic', [12, 0, 0, 5, 11, 0, -4, 3, 12] as Cell],
    ['open', null],
  ])('the list is the one a fresh start gives, bit for bit: %s', async (_, cell) => {
    const uniform = uniforms(3)
    const start = liquid(5, 2.4, cell)
    const { atoms, list } = await build(gpu(), [start], range, cells)
    let positions = start.positions
    let rebuilds = 0
    const steps = 24
    for (let step = 0; step < steps; step++) {
      positions = positions.map((x) => Math.round(256 * (x + 0.12 * (uniform() - 0.5))) / 256)
      // One atom jumps far away once.
      if (step === 9) positions[30] += 5
      atoms.uploadPositions([moved(start, positions)])
      gpu().submit('walk', list.dispatches)
      if (await rebuilt(list)) rebuilds++
      const walked = await readEdges(gpu(), list, 125)
      expectWellFormed(walked)
      if (step % 4 !== 1) continue
      const fresh = await build(gpu(), [start], range, cells)
      fresh.atoms.uploadPositions([moved(start, positions)])
      gpu().upload(fresh.list.status, Uint32Array.of(1), 4 * STATUS_FIELDS.indexOf('stale'))
      gpu().submit('fresh', fresh.list.dispatches)
      const anew = await readEdges(gpu(), fresh.list, 125)
      expect(walked.edges).toEqual(anew.edges)
      fresh.list.destroy()
      fresh.atoms.destroy()
      // And brute force agrees with both.
      const brute = await build(gpu(), [moved(start, positions)], range, { method: 'brute force' })
      const all = await readEdges(gpu(), brute.list, 125)
      expect(walked.edges.length).toBe(all.edges.length)
      expect(walked.edges.map(({ source, receiver }) => [source, receiver])).toEqual(
        all.edges.map(({ source, receiver }) => [source, receiver]),
      )
      brute.list.destroy()
      brute.atoms.destroy()
    }
    expect(rebuilds).toBeGreaterThan(1)
    expect(rebuilds).toBeLessThan(steps / 2)
    list.destroy()
    atoms.destroy()
  })

  test('a cell that changes under the atoms counts once the list is told', async () => {
    const start = liquid(5, 2.4, cube(12))
    const squeezed = { ...start, cell: cube(11.25), positions: start.positions.map((x) => x * 0.9375) }
    const { atoms, list } = await build(gpu(), [start], range, cells)
    atoms.uploadCells([squeezed])
    atoms.uploadPositions([squeezed])
    gpu().upload(list.status, Uint32Array.of(1), 4 * STATUS_FIELDS.indexOf('stale'))
    gpu().submit('squeezed', list.dispatches)
    let current = list
    while ((await readEdges(gpu(), current, 125)).status.overflow > 0) {
      current = await current.grow()
      gpu().submit('grown', current.dispatches)
    }
    const after = await readEdges(gpu(), current, 125)
    const fresh = await build(gpu(), [squeezed], range, { method: 'brute force' })
    const wanted = await readEdges(gpu(), fresh.list, 125)
    expectWellFormed(after)
    expect(after.edges.map(({ source, receiver }) => [receiver, source])).toEqual(
      wanted.edges.map(({ source, receiver }) => [receiver, source]),
    )
  })
})

test('candidates that do not fit leave the list empty, say so, and fit once grown', async () => {
  const sparse = liquid(6, 6, null)
  const dense = moved(
    sparse,
    sparse.positions.map((x) => x / 4),
  )
  const { atoms, list } = await build(gpu(), [sparse], range, cells)
  atoms.uploadPositions([dense])
  gpu().submit('dense', list.dispatches)
  const full = await readEdges(gpu(), list, 216)
  expect(full.status.overflow).toBeGreaterThan(0)
  expect(full.status.candidates).toBeGreaterThan(216)
  expect(full.edges).toEqual([])
  let current = list
  let growths = 0
  while ((await readEdges(gpu(), current, 216)).status.overflow > 0) {
    current = await current.grow()
    growths++
    gpu().submit('grown', current.dispatches)
  }
  expect(growths).toBeLessThanOrEqual(2)
  const grown = await readEdges(gpu(), current, 216)
  expectWellFormed(grown)
  const brute = await build(gpu(), [dense], range, { method: 'brute force' })
  expect(grown.edges.length).toBe((await readEdges(gpu(), brute.list, 216)).edges.length)
})

describe('places that are hard on bins', () => {
  test('atoms on the borders of bins and cells', async () => {
    // Spacing 3.125 = a quarter of the cell; every atom lies on a face.
    const grid = Float64Array.from({ length: 3 * 64 }, (_, k) => {
      const atom = Math.floor(k / 3)
      return 3.125 * [atom % 4, Math.floor(atom / 4) % 4, Math.floor(atom / 16)][k % 3]
    })
    const structure = { ...liquid(4, 3.125, cube(12.5)), positions: grid }
    await check(gpu(), [structure], { lower: 0, upper: 3.5 }, cells)
    const shifted = grid.map((x, k) => x + 12.5 * ((k % 5) - 2))
    await check(gpu(), [moved(structure, shifted)], { lower: 0, upper: 3.5 }, cells)
  })

  test('a thin gas: few atoms in a huge space', async () => {
    const pairs = Float64Array.from({ length: 3 * 40 }, (_, k) => {
      const atom = Math.floor(k / 3)
      return (atom % 2) * 1.5 + 400 * Math.floor(atom / 2) * [1, -0.5, 0.25][k % 3]
    })
    await check(
      gpu(),
      [{ ...liquid(2, 1, null), atomicNumbers: new Uint8Array(40).fill(1), positions: pairs }],
      range,
      cells,
    )
  })

  test('all atoms in one plane, and one atom alone', async () => {
    const flat = liquid(4, 2, null)
    await check(
      gpu(),
      [
        moved(
          flat,
          flat.positions.map((x, k) => (k % 3 === 1 ? 0 : x + (k % 7))),
        ),
      ],
      range,
      cells,
    )
    const lone = { ...flat, atomicNumbers: Uint8Array.of(2), positions: Float64Array.of(1, 2, 3) }
    await check(gpu(), [lone], range, cells)
    await check(gpu(), [{ ...lone, cell: cube(2.5), periodic: everywhere }], range, cells)
  })
})

test('ten thousand atoms: every row as brute force counts it, memory in proportion', async () => {
  const bytesPerAtom: number[] = []
  for (const side of [10, 22]) {
    const structure = liquid(side, 2.4, cube(2.4 * side))
    const { atoms, list } = await build(gpu(), [structure], range, cells)
    const read = await readEdges(gpu(), list, atoms.atoms)
    expectWellFormed(read)
    const brute = await build(gpu(), [structure], range, { method: 'brute force' })
    expect(read.rowStarts).toEqual((await readEdges(gpu(), brute.list, atoms.atoms)).rowStarts)
    bytesPerAtom.push(list.bytes / atoms.atoms)
    list.destroy()
    atoms.destroy()
    brute.list.destroy()
    brute.atoms.destroy()
  }
  expect(bytesPerAtom[1] / bytesPerAtom[0]).toBeLessThan(1.1)
})
