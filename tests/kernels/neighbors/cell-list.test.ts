/** The cell list: rebuilt when it must be and not more often, exact whatever happened before, linear in the atoms. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import { InputError } from '../../../src/errors.ts'
import type { NeighborList } from '../../../src/neighbors/neighbor-list.ts'
import { readStatus, STATUS_FIELDS } from '../../../src/neighbors/status.ts'
import { useGpu } from '../lib/device.ts'
import { cube, liquid, moved, uniforms } from './lib/liquid.ts'
import {
  build,
  check,
  everywhere,
  expectWellFormed,
  kinds,
  length,
  partly,
  readEdges,
  triclinicCells,
} from './lib/lists.ts'

/** A software adapter shared with other work can take its time. */
const PATIENCE = 400_000

const gpu = useGpu()
const range = { lower: 0, upper: 3 }
const cells = { method: 'cells', skin: 0.8 } as const

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
    ['a cell narrower than the cutoff', [2.5, 0, 0, 0.75, 12, 0, -0.5, 4, 12] as Cell],
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
      // And brute force agrees with both, images included.
      const brute = await build(gpu(), [moved(start, positions)], range, { method: 'brute force' })
      const all = await readEdges(gpu(), brute.list, 125)
      expect(walked.edges).toEqual(all.edges)
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
    const current = (await readEdges(gpu(), list, 125)).status.overflow > 0 ? await list.grow() : list
    gpu().submit('grown', current.dispatches)
    const after = await readEdges(gpu(), current, 125)
    const fresh = await build(gpu(), [squeezed], range, { method: 'brute force' })
    const wanted = await readEdges(gpu(), fresh.list, 125)
    expectWellFormed(after)
    expect(after.edges).toEqual(wanted.edges)
  })
})

test('edges that do not fit although their candidates do: what is needed is said, and growing takes over the step', async () => {
  // All pairs are candidates from the start, and few of them edges.
  const wide = { method: 'cells', skin: 20 } as const
  const start = liquid(4, 3.5, null)
  const dense = moved(
    start,
    start.positions.map((x) => x / 4),
  )
  const { atoms, list } = await build(gpu(), [start], range, wide)
  atoms.uploadPositions([dense])
  gpu().upload(list.status, Uint32Array.of(41), 4 * STATUS_FIELDS.indexOf('step'))
  gpu().submit('dense', list.dispatches)
  const brute = await build(gpu(), [dense], range, { method: 'brute force' })
  const wanted = await readEdges(gpu(), brute.list, 64)
  const full = await readEdges(gpu(), list, 64)
  expect(full.status).toMatchObject({ edges: 0, overflow: wanted.edges.length, candidates: 0 })
  expect(full.edges).toEqual([])
  const bigger = await list.grow()
  gpu().submit('grown', bigger.dispatches)
  const grown = await readEdges(gpu(), bigger, 64)
  expect(grown.status).toMatchObject({ overflow: 0, step: 41 })
  expect(grown.edges).toEqual(wanted.edges)
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
  expect(full.status.stale).toBe(1)
  expect(full.edges).toEqual([])
  // Edges do not fit either, which shows only once the candidates do.
  const bigger = await list.grow()
  expect(readStatus(new Uint32Array(await gpu().read(bigger.status)))).toMatchObject({
    overflow: 0,
    stale: 1,
  })
  gpu().submit('grown', bigger.dispatches)
  const grown = await readEdges(gpu(), bigger, 216)
  expectWellFormed(grown)
  expect(grown.edges.length).toBeGreaterThan(list.capacity)
  expect(grown.status.stale).toBe(0)
  const brute = await build(gpu(), [dense], range, { method: 'brute force' })
  expect(grown.edges).toEqual((await readEdges(gpu(), brute.list, 216)).edges)
})

const shapes = fc.oneof(
  kinds.open,
  kinds['slab or wire'],
  fc.tuple(triclinicCells(2, 14), fc.constantFrom(everywhere, ...partly())).map(([cell, periodic]) => ({
    cell,
    periodic,
  })),
) as fc.Arbitrary<Pick<Structure, 'cell' | 'periodic'>>

test('any cell, density, cutoff and skin: the same bits as brute force', { timeout: PATIENCE }, async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.integer({ min: 20, max: 120 }),
      length(4, 40),
      // Few, because cutoff and skin are constants of the kernels: each pair of them is compiled.
      fc.constantFrom(1.07, 2.3, 3.9),
      fc.constantFrom(0, 0, 0.75),
      fc.constantFrom(0.25, 1, 2.5),
      fc.nat(1_000_000),
      async (shape, count, spread, upper, lower, skin, seed) => {
        const uniform = uniforms(seed + 1)
        const positions = Float64Array.from(
          { length: 3 * count },
          () => Math.round(256 * spread * (uniform() - 0.5)) / 256,
        )
        const structure = { name: 'gas', atomicNumbers: new Uint8Array(count).fill(1), positions, ...shape }
        const lists = []
        for (const method of ['cells', 'brute force'] as const) {
          const { atoms, list } = await build(gpu(), [structure], { lower, upper }, { method, skin })
          lists.push(await readEdges(gpu(), list, count))
          list.destroy()
          atoms.destroy()
        }
        expectWellFormed(lists[0])
        expect(lists[0].edges).toEqual(lists[1].edges)
      },
    ),
    { numRuns: 60 },
  )
})

test('atoms that image numbers cannot tell apart are refused, at the start and later', async () => {
  const start = liquid(2, 3, cube(6))
  const far = moved(
    start,
    start.positions.map((x, k) => (k === 4 ? x + 6 * 450 : x)),
  )
  for (const method of ['cells', 'brute force'] as const) {
    await expect(build(gpu(), [far], range, { method })).rejects.toThrow(InputError)
  }
  const { atoms } = await build(gpu(), [start], range, cells)
  expect(() => atoms.uploadPositions([far])).toThrow('wrap them into the cell')
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

test('four thousand atoms: every row as brute force counts it', { timeout: PATIENCE }, async () => {
  const structure = liquid(16, 2.4, cube(2.4 * 16))
  const { atoms, list } = await build(gpu(), [structure], range, cells)
  const read = await readEdges(gpu(), list, atoms.atoms)
  expectWellFormed(read)
  // Every pair of atoms is looked at: the cost grows with the square of their number.
  const brute = await build(gpu(), [structure], range, { method: 'brute force' })
  expect(read.rowStarts).toEqual((await readEdges(gpu(), brute.list, atoms.atoms)).rowStarts)
  for (const thing of [list, atoms, brute.list, brute.atoms]) thing.destroy()
})

test('ten thousand atoms: memory in proportion', async () => {
  const bytesPerAtom: number[] = []
  for (const side of [10, 22]) {
    const { atoms, list } = await build(gpu(), [liquid(side, 2.4, cube(2.4 * side))], range, cells)
    expectWellFormed(await readEdges(gpu(), list, atoms.atoms))
    bytesPerAtom.push(list.bytes / atoms.atoms)
    for (const thing of [list, atoms]) thing.destroy()
  }
  expect(bytesPerAtom[1] / bytesPerAtom[0]).toBeLessThan(1.1)
})
