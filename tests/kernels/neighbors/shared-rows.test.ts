/** Lanes that share an atom find what one lane finds that has it to itself: the same bits in the same order. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import { ROW_ROOM } from '../../../src/neighbors/cell-list.ts'
import type { CutoffRange, NeighborOptions } from '../../../src/neighbors/neighbor-list.ts'
import { STATUS_FIELDS } from '../../../src/neighbors/status.ts'
import { useGpu } from '../lib/device.ts'
import { liquid, moved, uniforms } from './lib/liquid.ts'
import {
  build,
  check,
  everywhere,
  expectWellFormed,
  kinds,
  length,
  molecule,
  readEdges,
} from './lib/lists.ts'

/** A software adapter shared with other work can take its time. */
const PATIENCE = 400_000

const gpu = useGpu()
const range = { lower: 0, upper: 3 }
const cells = { method: 'cells', skin: 0.8 } as const
const all = Object.keys(kinds) as (keyof typeof kinds)[]
const options = { seed: 20260101, numRuns: 4, endOnFailure: true }

/** What is done with so many lanes for an atom. */
async function withLanes<T>(rowLanes: number, work: () => Promise<T>): Promise<T> {
  gpu().tuned = { rowLanes }
  try {
    return await work()
  } finally {
    gpu().tuned = null
  }
}

/** The list of fresh buffers, which has been checked. */
async function listOf(structures: readonly Structure[], within: CutoffRange, how: NeighborOptions) {
  const { atoms, list } = await build(gpu(), structures, within, how)
  const read = await readEdges(gpu(), list, atoms.atoms)
  const candidates = list.cells && new Uint32Array(await gpu().read(list.cells.candidates))
  list.destroy()
  atoms.destroy()
  expectWellFormed(read)
  return { ...read, candidates }
}

/** Compares lists, candidates included, for several numbers of lanes. */
async function same(
  structures: readonly Structure[],
  within: CutoffRange,
  how: NeighborOptions,
  lanes: readonly number[] = [64],
) {
  const alone = await withLanes(1, () => listOf(structures, within, how))
  for (const many of lanes)
    expect(await withLanes(many, () => listOf(structures, within, how))).toEqual(alone)
  return alone
}

/** Atoms anywhere. */
function gas(count: number, spread: number, seed: number): Structure {
  const uniform = uniforms(seed + 1)
  const positions = Float64Array.from(
    { length: 3 * count },
    () => Math.round(256 * spread * (uniform() - 0.5)) / 256,
  )
  return { ...liquid(1, 1, null), atomicNumbers: new Uint8Array(count).fill(1), positions }
}

describe.each(['brute force', 'cells'] as const)('%s', (method) => {
  test.each(all)('what the reference finds: %s', async (kind) => {
    await withLanes(64, () =>
      fc.assert(
        fc.asyncProperty(molecule(kind), (structure) =>
          check(gpu(), [structure], { lower: 1.5, upper: 3.75 }, { method, skin: 0.7 }),
        ),
        options,
      ),
    )
  })

  test('any number of lanes, periodic and not', async () => {
    const lanes = [8, 256]
    for (const cell of [
      null,
      [9, 0, 0, 4, 8.5, 0, -3, 2, 9] as Cell,
      [2.5, 0, 0, 1, 9, 0, 0, 0, 9] as Cell,
    ]) {
      await same([liquid(4, 2.3, cell)], { lower: 0.5, upper: 3 }, { method, skin: 0.8 }, lanes)
    }
  })

  test('rows longer than workgroup memory holds', async () => {
    const cell: Cell = [2, 0, 0, 0.25, 2.25, 0, -0.5, 0.125, 2]
    const crystal = { ...gas(3, 1.5, 4), cell, periodic: everywhere }
    const within = { lower: 0, upper: 11 }
    const { rowStarts } = await same([crystal], within, { method, skin: 0.5 })
    expect(rowStarts[1]).toBeGreaterThan(1.5 * ROW_ROOM)
  })

  test('one atom', async () => {
    await same([gas(1, 1, 1)], range, { method, skin: 1 })
  })
})

test('any cell, density, cutoff and skin', { timeout: PATIENCE }, async () => {
  const shapes = fc.oneof(kinds.open, kinds.triclinic, kinds['slab or wire']) as fc.Arbitrary<
    Pick<Structure, 'cell' | 'periodic'>
  >
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.integer({ min: 20, max: 120 }),
      length(4, 40),
      fc.constantFrom(1.07, 3.9),
      fc.constantFrom(0.25, 2.5),
      fc.nat(1_000_000),
      async (shape, count, spread, upper, skin, seed) => {
        const structure = { ...gas(count, spread, seed), ...shape }
        const found = await same([structure], { lower: 0, upper }, { method: 'cells', skin })
        const brute = () => listOf([structure], { lower: 0, upper }, { method: 'brute force' })
        expect(found.edges).toEqual((await withLanes(64, brute)).edges)
      },
    ),
    { numRuns: 4 },
  )
})

test('a thin gas', async () => {
  await same([moved(gas(60, 900, 5), gas(60, 900, 5).positions)], range, cells)
})

test('several molecules of any kind in one batch', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...all.map(molecule)), { minLength: 2, maxLength: 6 }), (structures) =>
      withLanes(64, () => check(gpu(), structures, { lower: 0, upper: 5 })),
    ),
    options,
  )
})

test('while atoms walk and jump', async () => {
  await withLanes(64, async () => {
    const start = liquid(5, 2.4, [12, 0, 0, 5, 11, 0, -4, 3, 12])
    const uniform = uniforms(3)
    const { atoms, list } = await build(gpu(), [start], range, cells)
    let { positions } = start
    for (let step = 0; step < 12; step++) {
      positions = positions.map((x) => Math.round(256 * (x + 0.12 * (uniform() - 0.5))) / 256)
      if (step === 6) positions[30] += 5
      atoms.uploadPositions([moved(start, positions)])
      gpu().submit('walk', list.dispatches)
      const walked = await readEdges(gpu(), list, 125)
      expectWellFormed(walked)
      if (step % 3 > 0) continue
      const now = [moved(start, positions)]
      expect(walked.edges).toEqual(
        (await withLanes(1, () => listOf(now, range, { method: 'brute force' }))).edges,
      )
      gpu().tuned = { rowLanes: 64 }
    }
    list.destroy()
    atoms.destroy()
  })
})

test.each(['brute force', 'cells'] as const)('a list that is too small stays empty: %s', async (method) => {
  await withLanes(64, async () => {
    const sparse = liquid(6, 6, null)
    const dense = moved(
      sparse,
      sparse.positions.map((x) => x / 4),
    )
    const { atoms, list } = await build(gpu(), [sparse], range, { ...cells, method })
    atoms.uploadPositions([dense])
    gpu().upload(list.status, Uint32Array.of(41), 4 * STATUS_FIELDS.indexOf('step'))
    gpu().submit('dense', list.dispatches)
    const full = await readEdges(gpu(), list, 216)
    expect(full.status.overflow).toBeGreaterThan(0)
    expect(full.status.edges).toBe(0)
    expect(full.edges).toEqual([])
    const bigger = await list.grow()
    gpu().submit('grown', bigger.dispatches)
    const grown = await readEdges(gpu(), bigger, 216)
    expectWellFormed(grown)
    expect(grown.status.step).toBe(41)
    const alone = await withLanes(1, () => listOf([dense], range, { method: 'brute force' }))
    expect(grown.edges).toEqual(alone.edges)
    bigger.destroy()
    atoms.destroy()
  })
})
