import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewOf } from '../../../../src/formats/trajectory/bytes.ts'
import { orient } from '../../../../src/formats/trajectory/orientation.ts'
import { xtc } from '../../../../src/formats/trajectory/xtc.ts'
import { complaint } from '../lib/expect-input-error.ts'
import {
  all,
  cells,
  chunks,
  drain,
  expected,
  fixture,
  randomAccess,
  runs,
  structureOf,
  write,
} from './lib/frames.ts'

const read = (bytes: Uint8Array, atoms: number) => drain(xtc.read(chunks(bytes, 11), 'a.xtc', atoms))
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])))

describe('files of GROMACS and xdrfile', () => {
  for (const [name, atoms] of [
    ['water.xtc', 141],
    ['mixed.xtc', 240],
    ['wide.xtc', 12],
  ] as const) {
    it(`reads ${name} to the last digit`, async () => {
      const frames = await all(xtc.read(chunks(fixture(name), 100), name, atoms))
      const { frames: other } = expected(name)
      expect(frames).toHaveLength(other.length)
      for (const [i, frame] of frames.entries()) {
        // xdrfile multiplies by 0.001 in single precision: of seven digits the last may be one off.
        const off = name === 'wide.xtc' ? 1 : 0
        const got = Array.from(frame.positions, (x) => Math.round(x * 100))
        expect(worst(got, other[i].milli_nm)).toBeLessThanOrEqual(off)
        expect(frame.step).toBe(other[i].step)
        expect(frame.time).toBeCloseTo(other[i].time_ps * 1000, 6)
        const box = other[i].box_nm as number[]
        if (box.every((x) => x === 0)) expect(frame.cell).toBeNull()
        else
          expect(
            worst(
              frame.cell!,
              box.map((x) => 10 * x),
            ),
          ).toBeLessThan(1e-9)
      }
    })
  }

  it('reads few atoms, which are not compressed', async () => {
    const frames = await all(xtc.read(randomAccess(fixture('few.xtc')), 'few.xtc', 3))
    const { frames: other } = expected('few.xtc')
    expect(frames.map(({ positions }) => Array.from(positions, (x) => x / 10))).toEqual(
      other.map(({ nm }: { nm: number[] }) => nm.map((x) => (x * 10) / 10)),
    )
    expect(frames.map(({ step, time }) => [step, time])).toEqual([
      [0, 0],
      [10, 5],
    ])
  })

  it('writes files about as short as theirs', async () => {
    for (const [name, atoms] of [
      ['water.xtc', 141],
      ['mixed.xtc', 240],
    ] as const) {
      const theirs = fixture(name)
      const frames = await all(xtc.read(chunks(theirs), name, atoms))
      const ours = write(xtc, structureOf(atoms), frames)
      expect(ours.length).toBeLessThan(1.1 * theirs.length)
      const again = await all(xtc.read(chunks(ours), name, atoms))
      expect(again).toEqual(frames)
    }
  })
})

describe('round trips', () => {
  it('give back positions to half a hundredth of an Å, step, time and cell', async () => {
    await fc.assert(
      fc.asyncProperty(runs(fc.option(cells)), async ({ structure, frames }) => {
        const atoms = structure.atomicNumbers.length
        const { items, complaint: message } = await read(write(xtc, structure, frames), atoms)
        expect(message).toBeNull()
        expect(items).toHaveLength(frames.length)
        for (const [i, item] of items.entries()) {
          const turned = orient(frames[i].positions, frames[i].cell)
          expect(worst(item.positions, turned.positions)).toBeLessThan(0.005 + 1e-9)
          expect(item.step).toBe(frames[i].step)
          // Single precision.
          expect(Math.abs(item.time! - frames[i].time!)).toBeLessThanOrEqual(frames[i].time! * 2 ** -23)
          if (turned.cell) expect(worst(item.cell!, turned.cell)).toBeLessThan(50 * 2 ** -23)
          else expect(item.cell).toBeNull()
        }
      }),
      { numRuns: 150 },
    )
  })

  it('hold at any precision and extent', async () => {
    await fc.assert(
      fc.asyncProperty(
        runs(fc.constant(null), 30, 150_000),
        fc.constantFrom(10, 100, 10_000, 100_000),
        async ({ structure, frames }, precision) => {
          const bytes = write(xtc, structure, frames, { precision })
          const { items } = await read(bytes, structure.atomicNumbers.length)
          for (const [i, { positions }] of items.entries()) {
            const compressed = structure.atomicNumbers.length > 9
            const bound = compressed ? 5 / precision + 1e-9 : 150_000 * 2 ** -23
            expect(worst(positions, frames[i].positions)).toBeLessThanOrEqual(bound)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('hold for atoms all in one place, and for long runs of neighbours', async () => {
    for (const step of [0, 0.5, 7]) {
      const positions = Float64Array.from({ length: 3 * 100 }, (_, i) => Math.floor(i / 3) * step)
      const [frame] = (
        await read(write(xtc, structureOf(100), [{ step: 1, time: 1, positions, cell: null }]), 100)
      ).items
      expect(worst(frame.positions, positions)).toBeLessThan(1e-9)
    }
  })
})

describe('what is wrong is said', () => {
  const frames = [0, 1, 2].map((step) => ({
    step,
    time: step,
    positions: Float64Array.from({ length: 60 }, (_, i) => Math.sin(i + step) * 9),
    cell: null,
  }))
  const whole = write(xtc, structureOf(20), frames)

  it('reads the longer lengths of GROMACS 2023', async () => {
    const [frame] = frames
    const old = write(xtc, structureOf(20), [frame])
    const longer = new Uint8Array(old.length + 4)
    longer.set(old.subarray(0, 88))
    longer.set(old.subarray(88), 92)
    viewOf(longer).setInt32(0, 2023)
    expect((await read(longer, 20)).items).toEqual((await read(old, 20)).items)
    viewOf(longer).setInt32(88, 1)
    expect((await read(longer, 20)).complaint).toContain('not those of 20 atoms')
  })

  it('delivers the frames before a cut and names frame and byte', async () => {
    for (let length = 1; length < whole.length; length++) {
      const { items, complaint: message } = await read(whole.subarray(0, length), 20)
      // Frames differ in length; each is whole or not there.
      const sizes = [0, 1, 2, 3].map((n) => write(xtc, structureOf(20), frames.slice(0, n)).length)
      const there = sizes.filter((size) => size > 0 && size <= length).length
      expect(items).toHaveLength(there)
      if (sizes.includes(length)) expect(message).toBeNull()
      else
        expect(message).toBe(
          `a.xtc ends at byte ${length}, within frame ${there + 1}; the file is cut short, the frames before are whole.`,
        )
    }
  })

  it('for other atoms, other files, and nothing', async () => {
    expect((await read(whole, 21)).complaint).toBe(
      'a.xtc, frame 1, has 20 atoms but the structure it is read onto has 21; open the structure this trajectory was made with.',
    )
    expect((await read(new TextEncoder().encode('HEADER something'), 20)).complaint).toContain(
      'not an .xtc file',
    )
    expect((await read(new Uint8Array(0), 20)).complaint).toContain('is empty')
    const noStructure = await drain(xtc.read(chunks(whole), 'a.xtc', null))
    expect(noStructure.complaint).toContain('open the structure of its atoms first')
  })

  it('without taking memory for a header that announces 2³¹ atoms', async () => {
    const huge = whole.slice()
    viewOf(huge).setInt32(4, 0x7fffffff)
    expect((await read(huge, 20)).complaint).toContain('has 2147483647 atoms')
    const bits = whole.slice()
    viewOf(bits).setInt32(88, 0x7fffffff)
    expect((await read(bits, 20)).complaint).toContain('not those of 20 atoms')
  })

  it('whatever bytes are damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (damage) => {
          const bytes = whole.slice()
          for (const [at, byte] of damage) bytes[at] = byte
          await read(bytes, 20)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('when a frame cannot be written', () => {
    const writer = xtc.createWriter(structureOf(20))
    const put = (positions: Float64Array) =>
      complaint(() => writer.frame({ step: 5, time: 1, positions, cell: null }))
    expect(put(frames[0].positions.map((x, i) => (i === 4 ? Number.NaN : x)))).toContain(
      'Step 5: coordinate y of atom 2 is NaN',
    )
    expect(put(new Float64Array(57))).toContain('has 19 atoms')
    expect(put(frames[0].positions.map((x) => x * 1e8))).toContain('too far apart')
    expect(put(frames[0].positions.map((x) => x * 1e300))).toContain('too far apart')
    expect(complaint(() => xtc.createWriter(structureOf(20), { precision: 0 }))).toContain('precision')
  })
})
