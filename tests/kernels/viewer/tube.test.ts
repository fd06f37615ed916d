/** The tube along a backbone, held against the textbook's matrices of its two splines. */
import { describe, expect, test } from 'vitest'
import { SCENE } from '../../../src/viewer/molecule-scene.ts'
import { SEGMENTS, spansOf } from '../../../src/viewer/tube.ts'
import { useGpu } from '../lib/device.ts'
import { run } from '../lib/run.ts'

const gpu = useGpu()

type Point = readonly number[]

const BASES = {
  // Rows are powers of u.
  peptide: [
    [0, 1, 0, 0],
    [-0.5, 0, 0.5, 0],
    [1, -2.5, 2, -0.5],
    [-0.5, 1.5, -1.5, 0.5],
  ],
  other: [
    [1 / 6, 4 / 6, 1 / 6, 0],
    [-0.5, 0, 0.5, 0],
    [0.5, -1, 0.5, 0],
    [-1 / 6, 0.5, -0.5, 1 / 6],
  ],
}

const combine = (weights: readonly number[], points: readonly Point[]): number[] =>
  [0, 1, 2].map((k) => weights.reduce((sum, w, i) => sum + w * points[i][k], 0))

const spline = (points: readonly Point[], basis: readonly Point[], u: number) => {
  const at = (powers: readonly number[]) =>
    [0, 1, 2, 3].map((i) => powers.reduce((sum, power, row) => sum + power * basis[row][i], 0))
  const slope = combine(at([0, 1, 2 * u, 3 * u * u]), points)
  return {
    point: combine(at([1, u, u * u, u ** 3]), points),
    way: slope.map((x) => x / Math.hypot(...slope)),
  }
}

/** Mirror images beyond the ends. */
const extended = (points: readonly Point[]): Point[] => {
  const mirror = (a: Point, b: Point) => a.map((x, k) => 2 * x - b[k])
  return [mirror(points[0], points[1]), ...points, mirror(points.at(-1)!, points.at(-2)!)]
}

const unfolded = ([x, y]: readonly number[]) => {
  const z = 1 - Math.abs(x) - Math.abs(y)
  const t = Math.max(-z, 0)
  const v = [x + (x < 0 ? t : -t), y + (y < 0 ? t : -t), z]
  return v.map((c) => c / Math.hypot(...v))
}

interface Shown {
  readonly positions: readonly Point[]
  readonly atoms: readonly number[]
  readonly peptide: boolean
  /** Å, a cubic cell */
  readonly side?: number
  readonly shifts?: readonly Point[]
}

async function tube({ positions, atoms, peptide, side = 0, shifts }: Shown) {
  const scene = new Float32Array(SCENE.words)
  new Uint32Array(scene.buffer)[SCENE.atoms] = positions.length
  for (const k of [0, 1, 2]) {
    scene[SCENE.cell + 5 * k] = side
    scene[SCENE.inverse + 5 * k] = side > 0 ? 1 / side : 0
  }
  const spans = spansOf([{ atoms: Uint32Array.from(atoms), peptide }])
  const count = (spans.length / 5) * SEGMENTS
  const fours = (rows: readonly Point[]) => Float32Array.from(rows.flatMap((row) => [...row, 0]))
  const { pieces } = await run(
    gpu(),
    'viewer/tube',
    { constants: { SEGMENTS }, conditions: { PERIODIC: shifts !== undefined } },
    { scene, positions: fours(positions), spans, ...(shifts && { shifts: fours(shifts) }) },
    { pieces: new Float32Array(12 * count) },
    count,
  )
  return Array.from({ length: count }, (_, i) => {
    const row = [...pieces.subarray(12 * i, 12 * i + 12)]
    return {
      ...{ from: row.slice(0, 3), begins: row[3], to: row.slice(4, 7), ends: row[7] },
      ...{ before: unfolded(row.slice(8, 10)), after: unfolded(row.slice(10)) },
    }
  })
}

/** A few roundings in float32 of numbers so large, Å. */
const expectNear = (found: readonly number[], wanted: readonly number[], name: string, largest = 4) => {
  for (const [k, x] of wanted.entries())
    expect(Math.abs(found[k] - x), name).toBeLessThan(8 * 2 ** -23 * largest)
}

const positions = [
  [0, 0, 0],
  [7, 7, 7],
  [1.2, 0.8, -0.3],
  [2.1, -0.4, 0.9],
  [1.5, -1.9, 1.4],
  [0.2, -2.2, 0.3],
]
/** Atom 1 is none of it. */
const atoms = [0, 2, 3, 4]

describe.each([
  ['through the alpha carbons of a peptide', true],
  ['smoothly along another backbone', false],
])('a tube %s', (_, peptide) => {
  const points = extended(atoms.map((atom) => positions[atom]))
  const basis = peptide ? BASES.peptide : BASES.other

  test('is the spline, piece by piece, in places and directions', async () => {
    const pieces = await tube({ positions, atoms, peptide })
    expect(pieces).toHaveLength(3 * SEGMENTS)
    pieces.forEach(({ from, to, before, after }, i) => {
      const span = Math.floor(i / SEGMENTS)
      const around = points.slice(span, span + 4)
      const [u, v] = [(i % SEGMENTS) / SEGMENTS, ((i % SEGMENTS) + 1) / SEGMENTS]
      const [first, last] = [spline(around, basis, u), spline(around, basis, v)]
      expectNear(from, first.point, `piece ${i} begins`)
      expectNear(to, last.point, `piece ${i} ends`)
      expectNear(before, first.way, `piece ${i} sets out`)
      expectNear(after, last.way, `piece ${i} arrives`)
    })
    expect(pieces.map(({ begins }) => begins)).toEqual(pieces.map((_, i) => (i === 0 ? 1 : 0)))
    expect(pieces.map(({ ends }) => ends)).toEqual(pieces.map((_, i) => (i === pieces.length - 1 ? 1 : 0)))
  })

  test('goes where atoms are drawn in a cell, and by nearest images', async () => {
    const side = 8
    // Drawn two cells further along a; the last two are on the far side of the cell.
    const moved = positions.map(([x, y, z], i) => [x, y + (i > 3 ? side : 0), z])
    const shifts = positions.map((_, i) => [2, i > 3 ? -1 : 0, 0])
    const pieces = await tube({ positions: moved, atoms, peptide, side, shifts })
    const whole = await tube({ positions, atoms, peptide })
    pieces.forEach(({ from, to, before }, i) => {
      expectNear(from, [whole[i].from[0] + 2 * side, ...whole[i].from.slice(1)], `piece ${i} begins`, 24)
      expectNear(to, [whole[i].to[0] + 2 * side, ...whole[i].to.slice(1)], `piece ${i} ends`, 24)
      expectNear(before, whole[i].before, `piece ${i} sets out`, 24)
    })
  })
})
