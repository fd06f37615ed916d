import { describe, expect, test } from 'vitest'
import type { Cell } from '../../../src/chemistry/structure.ts'
import { InputError } from '../../../src/errors.ts'
import {
  type AtomSystem,
  buildEdges,
  edgeVectorAdjoint,
  positionsAdjoint,
  reverseEdges,
  strainAdjoint,
} from '../../../src/reference/graph.ts'
import { checkAdjoint, dot, random, slope } from './adjoint.ts'
import { cluster, smallEdges } from './systems.ts'

const everywhere = [true, true, true] as const

/** Upstream's rule for its reduced lower-triangular boxes (SPEC 4.2): one image per pair. */
function upstreamVector(d: readonly number[], box: Cell): number[] {
  const v = [...d]
  for (const row of [2, 1, 0]) {
    const q = v[row] / box[3 * row + row]
    const n = Math.sign(q) * Math.floor(Math.abs(q) + 0.5)
    for (let c = 0; c < 3; c++) v[c] -= n * box[3 * row + c]
  }
  return v
}

describe('edges of open systems', () => {
  test('join atoms of one molecule only, and every atom with itself', () => {
    const edges = buildEdges(cluster([3, 4]), 0, 100)
    expect(edges.count).toBe(3 * 3 + 4 * 4)
    expect(Array.from(edges.isSelf).reduce((sum, self) => sum + self, 0)).toBe(7)
    expect(edges.rowStart[7]).toBe(edges.count)
  })

  test('are sorted by receiver and source', () => {
    const edges = smallEdges()
    const order = Array.from(edges.receiver, (i, e) => i * edges.atoms + edges.source[e])
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  test('keep the self edge above a lower cutoff, and no other edge below it', () => {
    const edges = buildEdges(cluster([5]), 1.6, 4)
    for (let e = 0; e < edges.count; e++) {
      expect(edges.isSelf[e] === 1 ? edges.distance[e] === 0 : edges.distance[e] >= 1.6).toBe(true)
    }
  })

  test('refuse two atoms at one place', () => {
    const system = { ...cluster([2]), positions: new Float64Array(6) }
    expect(() => buildEdges(system, 0, 5)).toThrow(
      new InputError('Atoms 1 and 2 are at the same position; move one of them.'),
    )
    expect(() => buildEdges(system, 1, 5)).toThrow(InputError)
  })
})

describe('edges of periodic systems', () => {
  test.each(Array.from({ length: 8 }, (_, k) => k))(
    'equal upstream’s where it allows the box (%i)',
    (seed) => {
      const up = 2.5
      const [x, y, z, s, t, w] = random(`box ${seed}`, 6)
      const [ax, by, cz] = [5.5 + x / 2, 5.5 + y / 2, 5.5 + z / 2]
      const box: Cell = [ax, 0, 0, (s * ax) / 2, by, 0, (t * ax) / 2, (w * by) / 2, cz]
      // Far outside the box, too: positions need not be wrapped.
      const positions = random(`positions ${seed}`, 30).map((value) => 12 * value)
      const edges = buildEdges(
        { positions, batch: new Int32Array(10), cells: [box], periodic: everywhere },
        0,
        up,
      )
      const expected: number[][] = []
      for (let i = 0; i < 10; i++) {
        for (let j = 0; j < 10; j++) {
          const d = [0, 1, 2].map((c) => positions[3 * j + c] - positions[3 * i + c])
          const v = upstreamVector(d, box)
          if (Math.hypot(...v) < up) expected.push([i, j, ...v])
        }
      }
      expect(edges.count).toBe(expected.length)
      expected.forEach(([i, j, ...v], e) => {
        expect([edges.receiver[e], edges.source[e]]).toEqual([i, j])
        v.forEach((value, c) => {
          expect(edges.vector[3 * e + c]).toBeCloseTo(value, 10)
        })
      })
    },
  )

  test('count every image in a cell smaller than the cutoff', () => {
    // One atom on a cubic lattice of 1 Å: its neighbours are the integer points within the radius.
    const cell: Cell = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    const system = { positions: new Float64Array(3), batch: [0], cells: [cell], periodic: everywhere }
    let points = 0
    for (let a = -4; a <= 4; a++) {
      for (let b = -4; b <= 4; b++)
        for (let c = -4; c <= 4; c++) if (a * a + b * b + c * c < 3.7 ** 2) points++
    }
    expect(buildEdges(system, 0, 3.7).count).toBe(points)
    // The same lattice in a sheared cell.
    const sheared: Cell = [1, 0, 0, 3, 1, 0, -2, 5, 1]
    expect(buildEdges({ ...system, cells: [sheared] }, 0, 3.7).count).toBe(points)
    // Periodic in a plane, and along a line: rows that do not repeat may be anything.
    expect(buildEdges({ ...system, periodic: [true, true, false] }, 0, 1.5).count).toBe(9)
    const wire: Cell = [0, 0, 0, 0, 0, 0, 0, 1, 1]
    const alongC = { ...system, cells: [wire], periodic: [false, false, true] as const }
    expect(buildEdges(alongC, 0, 3).count).toBe(5)
  })

  test('give every molecule its own cell', () => {
    const cells: Cell[] = [1, 2].map((a) => [a, 0, 0, 0, a, 0, 0, 0, a] as const)
    const system = { positions: new Float64Array(6), batch: [0, 1], cells, periodic: everywhere }
    expect(Array.from(buildEdges(system, 0, 1.1).rowStart)).toEqual([0, 7, 8])
  })

  test('refuse a flat cell', () => {
    const cells: Cell[] = [[1, 0, 0, 0, 1, 0, 1, 1, 0]]
    const system = { positions: new Float64Array(3), batch: [0], cells, periodic: everywhere }
    expect(() => buildEdges(system, 0, 2)).toThrow(InputError)
  })

  test('know their reverse', () => {
    const cell: Cell = [2, 0, 0, 0.5, 2, 0, 0.3, -0.4, 2.2]
    const edges = buildEdges({ ...cluster([4]), cells: [cell], periodic: everywhere }, 0, 3)
    const reverse = reverseEdges(edges)
    for (let e = 0; e < edges.count; e++) {
      expect(reverse[reverse[e]]).toBe(e)
      expect([edges.receiver[reverse[e]], edges.source[reverse[e]]]).toEqual([
        edges.source[e],
        edges.receiver[e],
      ])
      for (let c = 0; c < 3; c++) {
        expect(edges.vector[3 * reverse[e] + c]).toBeCloseTo(-edges.vector[3 * e + c], 12)
      }
    }
  })
})

describe('gradients of edge geometry', () => {
  const cell: Cell = [2.3, 0, 0, 0.5, 2.5, 0, 0.3, -0.4, 2.2]
  const periodic: AtomSystem = { ...cluster([4]), cells: [cell], periodic: everywhere }

  test.each([
    ['open', cluster([5, 2])],
    ['periodic', periodic],
  ] as const)('toward positions, %s', (_, system) => {
    checkAdjoint(
      { positions: system.positions },
      ({ positions }) => {
        const { distance, unit } = buildEdges({ ...system, positions }, 0, 2.6)
        return { distance, unit }
      },
      ({ positions }, { distance, unit }) => {
        const edges = buildEdges({ ...system, positions }, 0, 2.6)
        return { positions: positionsAdjoint(edges, edgeVectorAdjoint(edges, distance, unit)) }
      },
    )
  })

  test('toward strain', () => {
    const strained = (strain: Float64Array): AtomSystem => {
      const apply = (rows: ArrayLike<number>) =>
        Float64Array.from(rows, (x, k) => {
          const at = k - (k % 3)
          return x + [0, 1, 2].reduce((sum, c) => sum + strain[3 * (k % 3) + c] * rows[at + c], 0)
        })
      return {
        ...periodic,
        positions: apply(periodic.positions),
        cells: [Array.from(apply(cell)) as unknown as Cell],
      }
    }
    const edges = buildEdges(periodic, 0, 2.6)
    const seed = random('seed', edges.count)
    const gradient = strainAdjoint(
      edges.vector,
      edgeVectorAdjoint(edges, seed, new Float64Array(3 * edges.count)),
    )
    const direction = random('strain', 9)
    const expected = slope(
      (strain) => dot(buildEdges(strained(strain), 0, 2.6).distance, seed),
      new Float64Array(9),
      direction,
      1e-6,
    )
    expect(dot(gradient, direction)).toBeCloseTo(expected, 7)
  })
})
