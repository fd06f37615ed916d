import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { InputError } from '../../../src/errors.ts'
import { buildEdges } from '../../../src/reference/graph.ts'
import { useGpu } from '../lib/device.ts'
import { build, check, expectWellFormed, kinds, molecule, none, ranges, readEdges } from './lib/lists.ts'

const gpu = useGpu()

// The same systems in every run of the tests.
const options = { seed: 20260101, numRuns: 15, endOnFailure: true }

describe.each(ranges)('neighbour list from $lower to $upper Å', (range) => {
  test.each(Object.keys(kinds) as (keyof typeof kinds)[])('one molecule: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(molecule(kind), (structure) => check(gpu(), [structure], range)),
      options,
    )
  })

  test.each(Object.keys(kinds) as (keyof typeof kinds)[])('by the cell list: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(molecule(kind), (structure) =>
        check(gpu(), [structure], range, { method: 'cells', skin: 0.7 }),
      ),
      options,
    )
  })

  test('several molecules of any kind in one batch', async () => {
    const any = fc.oneof(...(Object.keys(kinds) as (keyof typeof kinds)[]).map(molecule))
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 2, maxLength: 6 }), (structures) =>
        check(gpu(), structures, range),
      ),
      options,
    )
  })
})

test('more atoms than one workgroup scans at a time', async () => {
  // A jittered grid of 7 × 7 × 7 atoms: 343 rows for 256 lanes.
  const positions = Float64Array.from({ length: 3 * 343 }, (_, k) => {
    const atom = Math.floor(k / 3)
    const grid = [atom % 7, Math.floor(atom / 7) % 7, Math.floor(atom / 49)][k % 3]
    return 1.5 * grid + Math.round(40 * Math.sin(12.9898 * k)) / 256
  })
  const atomicNumbers = new Uint8Array(343).fill(1)
  await check(gpu(), [{ name: 'grid', atomicNumbers, positions, cell: null, periodic: none }], ranges[1])
})

test('a list that is too small stays empty, says so, and holds everything once grown', async () => {
  const range = ranges[0]
  const row = (spacing: number): Structure => ({
    name: `row of atoms ${spacing} Å apart`,
    atomicNumbers: new Uint8Array(100).fill(1),
    positions: Float64Array.from({ length: 300 }, (_, k) => (k % 3 === 0 ? (spacing * k) / 3 : 0)),
    cell: null,
    periodic: none,
  })
  const [sparse, dense] = [row(6), row(0.5)]
  const { atoms, list } = await build(gpu(), [sparse], range)
  expect((await readEdges(gpu(), list, 100)).edges.length).toBe(100)

  atoms.uploadPositions([dense])
  gpu().submit('rebuild', list.dispatches)
  const needed = buildEdges({ ...dense, batch: new Uint8Array(100), cells: [] }, 0, range.upper).count
  expect(needed).toBeGreaterThan(list.capacity)
  const full = await readEdges(gpu(), list, 100)
  expect(full.status).toMatchObject({ edges: 0, overflow: needed })
  expect(full.edges).toEqual([])
  expect(full.rowStarts.every((start) => start === 0)).toBe(true)

  // The flag stays up until the host has seen it, even if the atoms move apart again.
  atoms.uploadPositions([sparse])
  gpu().submit('rebuild', list.dispatches)
  expect((await readEdges(gpu(), list, 100)).status).toMatchObject({ edges: 100, overflow: needed })

  atoms.uploadPositions([dense])
  const bigger = await list.grow()
  expect(bigger.capacity).toBeGreaterThanOrEqual(needed)
  gpu().submit('rebuild', bigger.dispatches)
  const read = await readEdges(gpu(), bigger, 100)
  expectWellFormed(read)
  expect(read.edges.length).toBe(needed)
})

test('a cutoff whose pairs no adapter can hold is refused at once, with the figures', async () => {
  const crystal: Structure = {
    name: 'crystal',
    atomicNumbers: new Uint8Array(4).fill(18),
    positions: Float64Array.of(0, 0, 0, 2, 2, 0, 2, 0, 2, 0, 2, 2),
    cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
    periodic: [true, true, true],
  }
  const attempt = build(gpu(), [crystal], { lower: 0, upper: 1000 })
  await expect(attempt).rejects.toThrow(InputError)
  // 4² atoms, 4/3 π 1000³ / 64 images, 32 bytes each
  await expect(attempt).rejects.toThrow(
    /^crystal: its pairs within 1000 Å need about 31 GiB and the adapter allows \d/,
  )
})
