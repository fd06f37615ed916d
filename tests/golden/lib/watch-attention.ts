/** Attention weights as those who watch get them, against float64; and what watching leaves alone. */
import { expect } from 'vitest'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import { moleculesOf } from '../../../src/cli/golden/run.ts'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import type { ForceField } from '../../../src/models/force-field.ts'
import { AtomBuffers } from '../../../src/neighbors/atom-buffers.ts'
import { NeighborList } from '../../../src/neighbors/neighbor-list.ts'
import type { EdgeList } from '../../../src/reference/graph.ts'
import { expectClose } from '../../kernels/lib/compare.ts'

export interface ExpectedAttention {
  /** With atoms' edges to themselves or without: where they are missing, their weights must be 0. */
  readonly edges: EdgeList
  readonly heads: number
  /** [edges × heads] of every layer */
  readonly weights: readonly Float64Array[]
}

/** Å; edges of one pair of atoms are further apart than this. */
const SAME_WAY = 1e-3

/** The edge of the reference that leads from one atom to another along a vector, −1 for none. */
function finder({ count, atoms, receiver, source, vector }: EdgeList) {
  const places = new Map<number, number[]>()
  for (let e = 0; e < count; e++) {
    const key = receiver[e] * atoms + source[e]
    places.set(key, [...(places.get(key) ?? []), e])
  }
  return (i: number, j: number, way: ArrayLike<number>): number =>
    (places.get(i * atoms + j) ?? []).find((e) =>
      [0, 1, 2].every((c) => Math.abs(way[c] - vector[3 * e + c]) < SAME_WAY),
    ) ?? -1
}

/**
 * Evaluates a case and looks at every head of every layer.
 * @param types of all atoms, as the force field numbers them
 * @param bound of errors, relative to the largest weight of a layer
 */
export async function expectAttention(
  gpu: Gpu,
  { name, ...golden }: GoldenCase,
  field: ForceField,
  types: Uint32Array,
  { edges, heads, weights }: ExpectedAttention,
  bound: number,
): Promise<void> {
  expect(field.card.attention).toEqual({ layers: weights.length, heads })
  const structures = moleculesOf({ name, ...golden }).map(({ structure }) => structure)
  const atoms = new AtomBuffers(gpu, structures, types)
  const neighbors = await NeighborList.create(gpu, atoms, field.range)
  const program = await field.compile(gpu, atoms, neighbors)
  const attention = program.attention!
  const { layers } = attention
  expect({ layers, heads: attention.heads }).toEqual(field.card.attention)
  const missing = edges.isSelf.some(Boolean) ? 0 : edges.atoms
  const count = edges.count + missing
  expect(attention.capacity).toBeGreaterThanOrEqual(count)
  gpu.submit('evaluate', [...neighbors.dispatches, ...program.dispatches])
  const before = await gpu.readAll([atoms.outputs, atoms.virial])

  const links = gpu.buffer('links', 16 * attention.capacity)
  const ends = gpu.buffer('ends', 8 * attention.capacity)
  const placeOf = finder(edges)
  for (let layer = 0; layer < layers; layer++) {
    const seen = new Float64Array(edges.count * heads).fill(Number.NaN)
    for (let head = 0; head < heads; head++) {
      gpu.submit('watch', [await attention.weigh({ layer, head }, { links, ends })])
      const contents = await gpu.readAll([links, ends])
      const [link, end] = [new Float32Array(contents[0]), new Uint32Array(contents[1])]
      const ways = new Float64Array(edges.vector.length).fill(Number.NaN)
      let own = 0
      for (let n = 0; n < count; n++) {
        const way = link.subarray(4 * n, 4 * n + 3)
        const e = placeOf(end[2 * n], end[2 * n + 1], way)
        if (e < 0) {
          expect([end[2 * n] - end[2 * n + 1], ...link.subarray(4 * n, 4 * n + 4)]).toEqual([0, 0, 0, 0, 0])
          own++
          continue
        }
        ways.set(way, 3 * e)
        seen[e * heads + head] = link[4 * n + 3]
      }
      expect(own).toBe(missing)
      expect(link.subarray(4 * count).every((x) => x === 0)).toBe(true)
      expect(end.subarray(2 * count).every((x) => x === 0)).toBe(true)
      expectClose(`ways, ${name}`, ways, edges.vector, 1e-6)
    }
    expectClose(`layer ${layer}, ${name}`, seen, weights[layer], bound)
  }

  // Whoever watches changes nothing, and what has been kept is kept: the same bits when all is done again.
  const after = await gpu.readAll([atoms.outputs, atoms.virial])
  expect(after).toEqual(before)
  gpu.submit('evaluate', [...neighbors.dispatches, ...program.dispatches])
  expect(await gpu.readAll([atoms.outputs, atoms.virial])).toEqual(before)
  for (const thing of [links, ends, program, neighbors, atoms]) thing.destroy()
}
