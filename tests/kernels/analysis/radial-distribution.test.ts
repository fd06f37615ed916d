import { describe, expect, test } from 'vitest'
import { RadialDistribution } from '../../../src/analysis/radial-distribution.ts'
import { volume } from '../../../src/chemistry/cell.ts'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import { imageRanges, latticeOf } from '../../../src/reference/lattice.ts'
import { useGpu } from '../lib/device.ts'
import { scattered, Upload } from './lib/frames.ts'

const gpu = useGpu()

const triclinic: Cell = [7.5, 0.25, 0, -2.5, 6.75, 0.5, 1.25, -1.5, 8.25]
const scaled = (cell: Cell, by: number) => cell.map((x) => Math.fround(x * by)) as unknown as Cell

/** Å: float32 decides about pairs this close to the edge of a bin as it likes. */
const MARGIN = 2e-5

interface Counts {
  readonly bins: Float64Array
  /** pairs near either edge of each bin */
  readonly undecided: Float64Array
}

/** Pairs of two elements by distance in float64, each once. */
function pairsOf(structure: Structure, [za, zb]: readonly number[], maximum: number, bins: number): Counts {
  const { positions, atomicNumbers, cell, periodic } = structure
  const lattice = cell && latticeOf(cell, periodic)
  const rows = cell ?? [0, 0, 0, 0, 0, 0, 0, 0, 0]
  const counts = { bins: new Float64Array(bins), undecided: new Float64Array(bins) }
  const width = maximum / bins
  for (let i = 0; i < atomicNumbers.length; i++) {
    for (let j = 0; j < atomicNumbers.length; j++) {
      if (atomicNumbers[i] !== za || atomicNumbers[j] !== zb) continue
      const d = [0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k])
      const [na, nb, nc] = imageRanges(lattice, d, maximum + MARGIN)
      for (let a = na[0]; a <= na[1]; a++) {
        for (let b = nb[0]; b <= nb[1]; b++) {
          for (let c = nc[0]; c <= nc[1]; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue
            const r = Math.hypot(...d.map((x, k) => x + a * rows[k] + b * rows[3 + k] + c * rows[6 + k]))
            // Like pairs are met from either side.
            const weight = za === zb ? 0.5 : 1
            const bin = Math.floor(r / width)
            if (bin < bins) counts.bins[bin] += weight
            const edge = Math.round(r / width)
            if (Math.abs(r - edge * width) > MARGIN) continue
            for (const near of [edge - 1, edge])
              if (near >= 0 && near < bins) counts.undecided[near] += weight
          }
        }
      }
    }
  }
  return counts
}

const systems: Record<string, Structure> = {
  open: scattered(150, 4),
  'two atoms': scattered(2, 2),
  triclinic: scattered(100, 9, triclinic),
  'cell much smaller than the maximum': scattered(4, 3, scaled(triclinic, 0.4)),
  slab: scattered(60, 5, triclinic, [true, false, true]),
  'wire whose atoms meet their own images': scattered(9, 2, scaled(triclinic, 0.6), [false, true, false]),
}

const names = [
  ['H–H', 1, 1],
  ['H–C', 1, 6],
  ['H–O', 1, 8],
  ['C–C', 6, 6],
  ['C–O', 6, 8],
  ['O–O', 8, 8],
] as const

describe.each(Object.entries(systems))('pairs by distance, %s', (_, structure) => {
  test('all images, every pair of elements, summed over frames in which the cell changes', async () => {
    const maximum = 6.5
    const bins = 61
    const upload = new Upload(gpu(), structure)
    const rdf = await RadialDistribution.create(gpu(), upload.source, { maximum, bins })
    const frames = [1, 1.0625, 0.9375].map((by) => ({
      ...structure,
      positions: structure.positions.map((x) => Math.fround(x * by)),
      cell: structure.cell && scaled(structure.cell, by),
    }))
    for (const { positions, cell } of frames) {
      upload.frame(positions, positions, cell)
      upload.take(rdf)
    }
    const report = await rdf.read()
    expect(report.samples).toBe(3)
    let total = 0
    let doubtful = 0
    for (const [name, ...numbers] of names) {
      const pairs = report.pairs.get(name)
      if (!pairs) {
        expect(numbers.every((z) => structure.atomicNumbers.includes(z))).toBe(false)
        continue
      }
      const parts = frames.map((frame) => pairsOf(frame, numbers, maximum, bins))
      for (let k = 0; k < bins; k++) {
        const expected = parts.reduce((sum, part) => sum + part.bins[k], 0)
        const undecided = parts.reduce((sum, part) => sum + part.undecided[k], 0)
        total += expected
        doubtful += undecided
        expect(Math.abs(pairs.counts[k] - expected), `${name} bin ${k}`).toBeLessThanOrEqual(undecided)
      }
    }
    // The check would say nothing if most pairs were in doubt.
    expect(doubtful).toBeLessThanOrEqual(0.01 * total)
    if (structure.cell && structure.periodic.every(Boolean)) {
      const mean = frames.reduce((sum, { cell }) => sum + volume(cell!) / 3, 0)
      expect(Math.abs(report.volume! / mean - 1)).toBeLessThan(1e-6)
    } else expect(report.volume).toBeNull()
    const before = report.pairs.get('H–O')!.counts
    rdf.reset()
    for (const { positions, cell } of frames) {
      upload.frame(positions, positions, cell)
      upload.take(rdf)
    }
    expect((await rdf.read()).pairs.get('H–O')!.counts).toEqual(before)
    rdf.destroy()
    upload.destroy()
  })
})

test('points scattered evenly have g(r) = 1', async () => {
  const cell: Cell = [9, 0, 0, 3, 10, 0, -2, 1, 8]
  const frames = 30
  const base = scattered(120, 1, cell)
  const upload = new Upload(gpu(), base)
  const rdf = await RadialDistribution.create(gpu(), upload.source, { maximum: 12, bins: 6 })
  for (let frame = 0; frame < frames; frame++) {
    const random = scattered(120 + frame, 0.5, null).positions
    const positions = base.positions.map((_, k) => {
      const [i, x] = [k - (k % 3), k % 3]
      return random[i] * cell[x] + random[i + 1] * cell[3 + x] + random[i + 2] * cell[6 + x]
    })
    upload.frame(positions, positions)
    upload.take(rdf)
  }
  const { pairs } = await rdf.read()
  for (const [name, { values, counts }] of pairs) {
    for (let k = 2; k < 6; k++) {
      // Within five standard deviations of a count; like pairs lack 1/N, an atom being no neighbour of itself but for
      // its images.
      const lack = 1 / 40
      expect(Math.abs(values[k] - 1), `${name} ${k}`).toBeLessThan(5 / Math.sqrt(counts[k]) + lack)
    }
  }
  rdf.destroy()
  upload.destroy()
})

test('totals go beyond 32 bits', async () => {
  const structure = scattered(2, 1)
  const upload = new Upload(gpu(), structure)
  const kernel = await gpu().kernel('analysis/fold', { constants: { WORKGROUP: 64, COUNT: 3 } })
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage
  const make = (label: string, words: number[]) =>
    gpu().bufferFrom(label, Uint32Array.from(words), STORAGE | COPY_SRC | COPY_DST)
  const totals = make('totals', [2 ** 32 - 2, 7, 2 ** 32 - 1, 0, 5, 1])
  const histogram = make('histogram', [1, 1, 2 ** 32 - 1, 9])
  const dispatch = kernel.bind(
    {
      frame: make('frame', [1, 1, 0]),
      cells: upload.atoms.cells,
      histogram,
      totals,
      volume: make('volume', [0]),
    },
    [1, 1, 1],
  )
  gpu().submit('fold', [dispatch])
  expect([...new Uint32Array(await gpu().read(totals))].slice(0, 6)).toEqual([2 ** 32 - 1, 7, 0, 1, 4, 2])
  expect([...new Uint32Array(await gpu().read(histogram))]).toEqual([0, 0, 0, 9])
  upload.destroy()
})
