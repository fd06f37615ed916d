import fc from 'fast-check'
import { expect } from 'vitest'
import type { Cell, Periodicity, Structure } from '../../../../src/chemistry/structure.ts'
import type { Gpu } from '../../../../src/gpu/gpu.ts'
import { AtomBuffers } from '../../../../src/neighbors/atom-buffers.ts'
import {
  type CutoffRange,
  NeighborList,
  type NeighborOptions,
} from '../../../../src/neighbors/neighbor-list.ts'
import { readStatus } from '../../../../src/neighbors/status.ts'
import { buildEdges, type EdgeList } from '../../../../src/reference/graph.ts'

/** Å: float32 decides about pairs this close to a cutoff as it likes. */
const MARGIN = 1e-5

/** All lengths are multiples of 2⁻⁸ Å, which nothing rounds on the way. */
export const length = (least: number, most: number) =>
  fc.integer({ min: Math.round(least * 256), max: Math.round(most * 256) }).map((n) => n / 256)

export const none: Periodicity = [false, false, false]
export const everywhere: Periodicity = [true, true, true]

export const kinds = {
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

export function triclinicCells(least: number, most: number) {
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

export function partly(): Periodicity[] {
  return [1, 2, 3, 4, 5, 6].map((bits) => [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0])
}

export const molecule = (kind: keyof typeof kinds): fc.Arbitrary<Structure> =>
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

export const ranges: readonly CutoffRange[] = [
  { lower: 0, upper: 5 },
  { lower: 1.5, upper: 3.75 },
]

/** The reference's edges of one molecule, or null where two atoms (nearly) coincide or a distance is undecided. */
export function decided(structure: Structure, { lower, upper }: CutoffRange): EdgeList | null {
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
export async function readEdges(device: Gpu, list: NeighborList, atoms: number) {
  const rowStarts = new Uint32Array(await device.read(list.rowStarts)).subarray(0, atoms + 1)
  const bytes = await device.read(list.edges)
  const [floats, words] = [new Float32Array(bytes), new Uint32Array(bytes)]
  const edges = Array.from({ length: rowStarts[atoms] }, (_, e) => ({
    direction: Array.from(floats.subarray(8 * e, 8 * e + 3)),
    distance: floats[8 * e + 3],
    source: words[8 * e + 4],
    receiver: words[8 * e + 5],
    image: words[8 * e + 6],
  }))
  return { rowStarts, edges, status: readStatus(new Uint32Array(await device.read(list.status))) }
}

export type ReadEdges = Awaited<ReturnType<typeof readEdges>>

/** Rows, their order and mirror images: what must hold of any list. */
export function expectWellFormed({ rowStarts, edges, status }: ReadEdges): void {
  expect(status).toMatchObject({ edges: edges.length, overflow: 0, fault: 0 })
  expect(rowStarts[0]).toBe(0)
  type Found = (typeof edges)[number]
  const key = ({ receiver, source, image }: Pick<Found, 'receiver' | 'source' | 'image'>) =>
    `${receiver} ${source} ${image}`
  const byKey = new Map(edges.map((edge) => [key(edge), edge]))
  edges.forEach((edge, e) => {
    if (e < rowStarts[edge.receiver] || e >= rowStarts[edge.receiver + 1])
      throw new Error(`edge ${e} is not in the row of its receiver ${edge.receiver}`)
    const next = edges[e + 1]
    const sorted = next?.source === edge.source ? next.image > edge.image : next?.source > edge.source
    if (next?.receiver === edge.receiver && !sorted)
      throw new Error(`row ${edge.receiver} is not sorted by source and image, each once`)
    // Bitwise the mirror image, which the adjoints rely on.
    const [a, b, c] = imageOf(edge.image)
    const back = byKey.get(
      key({ receiver: edge.source, source: edge.receiver, image: imageCode(-a, -b, -c) }),
    )
    if (!back) throw new Error(`edge ${e} has no reverse edge`)
    if (back.distance !== edge.distance || back.direction.some((x, k) => x !== 0 - edge.direction[k]))
      throw new Error(`edge ${e} and its reverse are not mirror images`)
  })
}

/** As shaders/neighbors/edge.wgsl codes shifts by whole cells. */
const imageCode = (a: number, b: number, c: number) => ((a + 512) << 20) | ((b + 512) << 10) | (c + 512)
const imageOf = (code: number) => [code >>> 20, (code >>> 10) & 1023, code & 1023].map((n) => n - 512)

/** The same edges as the reference's, each found once. */
export function expectSameEdges({ edges }: ReadEdges, references: readonly EdgeList[]): void {
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

/** A list of some structures' pairs, brought up to date. */
export async function build(
  device: Gpu,
  structures: readonly Structure[],
  range: CutoffRange,
  options?: NeighborOptions,
) {
  const types = new Uint32Array(structures.flatMap((s) => [...s.atomicNumbers]))
  const atoms = new AtomBuffers(device, structures, types)
  const list = await NeighborList.create(device, atoms, range, options)
  device.submit('rebuild', list.dispatches)
  return { atoms, list }
}

/** Compares a list of the GPU with the reference; refuses systems whose edges float32 may decide otherwise. */
export async function check(
  device: Gpu,
  structures: readonly Structure[],
  range: CutoffRange,
  options?: NeighborOptions,
): Promise<void> {
  const references = structures.map((structure) => decided(structure, range))
  fc.pre(references.every((reference) => reference !== null))
  const { atoms, list } = await build(device, structures, range, options)
  const read = await readEdges(device, list, atoms.atoms)
  list.destroy()
  atoms.destroy()
  expectWellFormed(read)
  expectSameEdges(read, references as EdgeList[])
}
