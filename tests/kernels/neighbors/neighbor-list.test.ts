import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cell, Periodicity, Structure } from '../../../src/chemistry/structure.ts'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { AtomBuffers } from '../../../src/neighbors/atom-buffers.ts'
import { type CutoffRange, NeighborList, readStatus } from '../../../src/neighbors/neighbor-list.ts'
import { buildEdges, type EdgeList } from '../../../src/reference/graph.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()

/** Å: float32 decides about pairs this close to a cutoff as it likes. */
const MARGIN = 1e-5

/** All lengths are multiples of 2⁻⁸ Å, which nothing rounds on the way. */
const length = (least: number, most: number) =>
  fc.integer({ min: Math.round(least * 256), max: Math.round(most * 256) }).map((n) => n / 256)

const none: Periodicity = [false, false, false]
const everywhere: Periodicity = [true, true, true]

const kinds = {
  open: fc.constant({ cell: null, periodic: none }),
  orthorhombic: fc
    .tuple(length(1.5, 9), length(1.5, 9), length(1.5, 9))
    .map(([a, b, c]) => ({ cell: [a, 0, 0, 0, b, 0, 0, 0, c] as Cell, periodic: everywhere })),
  triclinic: triclinicCells(1.5, 8).map((cell) => ({ cell, periodic: everywhere })),
  // An axis that does not repeat may have any row, or none.
  'slab or wire': fc
    .tuple(triclinicCells(1.5, 6), fc.constantFrom<Periodicity>(...partly()), fc.boolean())
    .map(([cell, periodic, zeroed]) => ({
      cell: (zeroed ? cell.map((x, k) => (periodic[Math.floor(k / 3)] ? x : 0)) : cell) as unknown as Cell,
      periodic,
    })),
  'cutoff several times the cell': triclinicCells(1, 1.75).map((cell) => ({ cell, periodic: everywhere })),
}

function triclinicCells(least: number, most: number) {
  return fc
    .tuple(
      length(least, most),
      length(least, most),
      length(least, most),
      fc.array(length(-1, 1), { minLength: 3, maxLength: 3 }),
      fc.nat(2),
    )
    .map(([a, b, c, [x, y, z], turn]) => {
      const rows = [a, 0, 0, x * a, b, 0, y * a, z * b, c].map((n) => Math.round(n * 256) / 256)
      // Turned about (1, 1, 1), so that no axis is special.
      return rows.map((_, k) => rows[k - (k % 3) + ((k + turn) % 3)]) as unknown as Cell
    })
}

function partly(): Periodicity[] {
  return [1, 2, 3, 4, 5, 6].map((bits) => [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0])
}

const molecule = (kind: keyof typeof kinds): fc.Arbitrary<Structure> =>
  fc
    .tuple(
      kinds[kind] as fc.Arbitrary<Pick<Structure, 'cell' | 'periodic'>>,
      fc.array(fc.tuple(length(-6, 6), length(-6, 6), length(-6, 6)), {
        minLength: 1,
        maxLength: kind === 'open' ? 9 : kind === 'cutoff several times the cell' ? 3 : 5,
      }),
    )
    .map(([shape, places]) => ({
      name: kind,
      atomicNumbers: new Uint8Array(places.length).fill(1),
      positions: Float64Array.from(places.flat()),
      ...shape,
    }))

const ranges: readonly CutoffRange[] = [
  { lower: 0, upper: 5 },
  { lower: 1.5, upper: 3.75 },
]

/** The reference's edges of one molecule, or null where two atoms (nearly) coincide or a distance is undecided. */
function decided(structure: Structure, { lower, upper }: CutoffRange): EdgeList | null {
  const { positions, cell, periodic } = structure
  const system = {
    positions,
    batch: new Uint8Array(positions.length / 3),
    cells: cell ? [cell] : [],
    periodic,
  }
  try {
    const wide = buildEdges(system, 0, upper + MARGIN)
    for (let e = 0; e < wide.count; e++) {
      const r = wide.distance[e]
      if (wide.isSelf[e]) continue
      if (r < 0.05 || r > upper - MARGIN || Math.abs(r - lower) < MARGIN) return null
    }
    return buildEdges(system, lower, upper)
  } catch {
    return null
  }
}

/** The edge list as the GPU holds it. */
async function readEdges(device: Gpu, list: NeighborList, atoms: number) {
  const rowStarts = new Uint32Array(await device.read(list.rowStarts)).subarray(0, atoms + 1)
  const bytes = await device.read(list.edges)
  const [floats, words] = [new Float32Array(bytes), new Uint32Array(bytes)]
  const edges = Array.from({ length: rowStarts[atoms] }, (_, e) => ({
    direction: Array.from(floats.subarray(8 * e, 8 * e + 3)),
    distance: floats[8 * e + 3],
    source: words[8 * e + 4],
    receiver: words[8 * e + 5],
    reverse: words[8 * e + 6],
  }))
  return { rowStarts, edges, status: readStatus(new Uint32Array(await device.read(list.status))) }
}

type ReadEdges = Awaited<ReturnType<typeof readEdges>>

/** Rows, order and reverse edges: what must hold of any list. */
function expectWellFormed({ rowStarts, edges, status }: ReadEdges): void {
  expect(status).toMatchObject({ edges: edges.length, overflow: 0, fault: 0 })
  expect(rowStarts[0]).toBe(0)
  edges.forEach((edge, e) => {
    if (e < rowStarts[edge.receiver] || e >= rowStarts[edge.receiver + 1])
      throw new Error(`edge ${e} is not in the row of its receiver ${edge.receiver}`)
    const next = edges[e + 1]
    if (next?.receiver === edge.receiver && next.source < edge.source)
      throw new Error(`row ${edge.receiver} is not sorted by source`)
    // Bitwise the mirror image, which the adjoints rely on.
    const back = edges[edge.reverse]
    if (back?.reverse !== e || back.source !== edge.receiver || back.receiver !== edge.source)
      throw new Error(`edge ${e} has a wrong reverse edge`)
    if (back.distance !== edge.distance || back.direction.some((x, k) => x !== 0 - edge.direction[k]))
      throw new Error(`edge ${e} and its reverse are not mirror images`)
  })
}

/** The same edges as the reference's, each found once. */
function expectSameEdges({ edges }: ReadEdges, references: readonly EdgeList[]): void {
  const byPair = new Map<string, ReadEdges['edges']>()
  for (const edge of edges) {
    const key = `${edge.receiver} ${edge.source}`
    byPair.set(key, [...(byPair.get(key) ?? []), edge])
  }
  expect(edges.length).toBe(references.reduce((sum, { count }) => sum + count, 0))
  let first = 0
  for (const reference of references) {
    for (let e = 0; e < reference.count; e++) {
      const [i, j] = [first + reference.receiver[e], first + reference.source[e]]
      const candidates = byPair.get(`${i} ${j}`) ?? []
      const found = candidates.findIndex(({ direction, distance }) =>
        direction.every((u, c) => Math.abs(u * distance - reference.vector[3 * e + c]) < 1e-5),
      )
      if (found < 0) throw new Error(`the edge ${j} → ${i} of length ${reference.distance[e]} Å is missing`)
      const { direction, distance } = candidates[found]
      expect(Math.abs(distance - reference.distance[e])).toBeLessThan(2e-6)
      direction.forEach((u, c) => {
        expect(Math.abs(u - reference.unit[3 * e + c])).toBeLessThan(1e-6 / Math.min(1, distance || 1))
      })
      if (reference.isSelf[e]) expect({ direction, distance }).toEqual({ direction: [0, 0, 0], distance: 0 })
      candidates.splice(found, 1)
    }
    first += reference.atoms
  }
}

async function build(device: Gpu, structures: readonly Structure[], range: CutoffRange) {
  const atoms = new AtomBuffers(
    device,
    structures,
    new Uint32Array(structures.flatMap((s) => [...s.atomicNumbers])),
  )
  const list = await NeighborList.create(device, atoms, range)
  device.submit('rebuild', list.dispatches)
  return { atoms, list }
}

async function check(structures: readonly Structure[], range: CutoffRange): Promise<void> {
  const references = structures.map((structure) => decided(structure, range))
  fc.pre(references.every((reference) => reference !== null))
  const { atoms, list } = await build(gpu(), structures, range)
  const read = await readEdges(gpu(), list, atoms.atoms)
  list.destroy()
  atoms.destroy()
  expectWellFormed(read)
  expectSameEdges(read, references as EdgeList[])
}

// The same systems in every run of the tests.
const options = { seed: 20260101, numRuns: 15, endOnFailure: true }

describe.each(ranges)('neighbour list from $lower to $upper Å', (range) => {
  test.each(Object.keys(kinds) as (keyof typeof kinds)[])('one molecule: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(molecule(kind), (structure) => check([structure], range)),
      options,
    )
  })

  test('several molecules of any kind in one batch', async () => {
    const any = fc.oneof(...(Object.keys(kinds) as (keyof typeof kinds)[]).map(molecule))
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 2, maxLength: 6 }), (structures) =>
        check(structures, range),
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
  await check([{ name: 'grid', atomicNumbers, positions, cell: null, periodic: none }], ranges[1])
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
