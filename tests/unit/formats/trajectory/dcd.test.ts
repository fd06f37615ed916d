import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellOf } from '../../../../src/chemistry/cell-parameters.ts'
import { concatenate, viewOf } from '../../../../src/formats/trajectory/bytes.ts'
import { dcd } from '../../../../src/formats/trajectory/dcd.ts'
import { orient } from '../../../../src/formats/trajectory/orientation.ts'
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

const read = (bytes: Uint8Array, atoms: number) => drain(dcd.read(chunks(bytes, 13), 'a.dcd', atoms))
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])))

/** Bytes of the header that the writer makes: two records of 84, one of one number. */
const HEADER = 92 + 92 + 12

const frames = [0, 1, 2].map((i) => ({
  step: 100 + 20 * i,
  time: 50 + 10 * i,
  positions: Float64Array.from({ length: 12 }, (_, k) => Math.fround(Math.sin(k + i) * 9)),
  cell: [10, 0, 0, 0, 11, 0, 0, 0, 12] as const,
}))
const structure = structureOf(4, frames[0].cell)
const whole = write(dcd, structure, frames)

describe('files of other programs', () => {
  for (const name of ['mdanalysis.dcd', 'mdtraj.dcd']) {
    it(`reads ${name}`, async () => {
      const got = await all(dcd.read(chunks(fixture(name), 100), name, 20))
      const { frames: other } = expected(name)
      expect(got).toHaveLength(other.length)
      for (const [i, { positions, cell }] of got.entries()) {
        expect(Array.from(positions)).toEqual(other[i].A)
        const [a, b, c, alpha, beta, gamma] = other[i].cell
        // The other program gives the cell in single precision.
        const theirs = cellOf({ lengths: [a, b, c], angles: [alpha, beta, gamma] }, name)!
        expect(worst(cell!, theirs)).toBeLessThan(1e-5)
      }
    })
  }

  it('tells step and time from the header', async () => {
    const got = await all(dcd.read(randomAccess(fixture('mdanalysis.dcd')), 'a.dcd', 20))
    const { frames: other } = expected('mdanalysis.dcd')
    expect(got.map(({ step }) => step)).toEqual([40, 60, 80])
    for (const [i, { time }] of got.entries()) expect(time).toBeCloseTo(other[i].time_ps * 1000, 4)
  })
})

describe('round trips', () => {
  it('give back single precision, steps, times and cells', async () => {
    await fc.assert(
      fc.asyncProperty(runs(fc.option(cells)), async ({ structure: atoms, frames: run }) => {
        const { items, complaint: message } = await read(write(dcd, atoms, run), atoms.atomicNumbers.length)
        expect(message).toBeNull()
        expect(items).toHaveLength(run.length)
        for (const [i, { step, time, positions, cell }] of items.entries()) {
          const turned = orient(run[i].positions, run[i].cell)
          expect(Array.from(positions)).toEqual(Array.from(turned.positions, Math.fround))
          expect(step).toBe(run[i].step)
          expect(Math.abs(time! - run[i].time!)).toBeLessThanOrEqual(run[i].time! * 2 ** -23)
          if (turned.cell) expect(worst(cell!, turned.cell)).toBeLessThan(1e-9)
          else expect(cell).toBeNull()
        }
      }),
      { numRuns: 150 },
    )
  })

  it('count frames by the end of the file, whatever the header says', async () => {
    for (const count of [0, 1, 1000, -1]) {
      const bytes = whole.slice()
      viewOf(bytes).setInt32(8, count, true)
      expect((await read(bytes, 4)).items).toHaveLength(3)
    }
    expect(viewOf(whole).getInt32(8, true)).toBe(3)
  })

  it('are whole before the end is written', async () => {
    const writer = dcd.createWriter(structure)
    const begun = concatenate([writer.begin(), writer.frame(frames[0])])
    expect(begun).toHaveLength(HEADER + 56 + 3 * 24)
    expect((await read(begun, 4)).items[0].positions).toEqual(frames[0].positions)
    expect(dcd.createWriter(structure).end().patches).toEqual([])
  })
})

describe('the dialects', () => {
  /** Every number of the file turned round: numbers of four bytes, but for text and cells. */
  const bigEndian = (bytes: Uint8Array): Uint8Array => {
    const turned = bytes.slice()
    const turn = (at: number, size: number) => turned.subarray(at, at + size).reverse()
    const spans: [from: number, to: number, size: number][] = [
      [0, 4, 4],
      [8, 100, 4],
      [180, HEADER, 4],
    ]
    for (let at = HEADER; at < bytes.length; at += 56 + 72) {
      spans.push([at, at + 4, 4], [at + 4, at + 52, 8], [at + 52, at + 56 + 72, 4])
    }
    for (const [from, to, size] of spans) for (let at = from; at < to; at += size) turn(at, size)
    return turned
  }
  const cellOffset = HEADER + 4
  const withCell = (six: readonly number[]): Uint8Array => {
    const bytes = whole.slice(0, HEADER + 56 + 72)
    for (const [i, x] of six.entries()) viewOf(bytes).setFloat64(cellOffset + 8 * i, x, true)
    return bytes
  }

  it('reads big-endian files', async () => {
    expect(await read(bigEndian(whole), 4)).toEqual(await read(whole, 4))
  })

  it('reads angles as cosines too, right angles of either kind exactly', async () => {
    const cosines = (await read(withCell([10, -0.5, 11, 0, 0.25, 12]), 4)).items[0].cell!
    const degrees = (await read(withCell([10, 120, 11, 90, (Math.acos(0.25) * 180) / Math.PI, 12]), 4))
      .items[0].cell!
    expect(worst(cosines, degrees)).toBeLessThan(1e-12)
    expect((await read(withCell([10, 0, 11, 0, 0, 12]), 4)).items[0].cell).toEqual(frames[0].cell)
    expect((await read(withCell([10, 90, 11, 90, 90, 12]), 4)).items[0].cell).toEqual(frames[0].cell)
    expect((await read(withCell([0, 90, 0, 90, 90, 0]), 4)).items[0].cell).toBeNull()
  })

  it("reads CHARMM's symmetric matrix", async () => {
    const { cell } = (await read(withCell([20, -1, 21, 2, -3, 22]), 4)).items[0]
    expect(cell).toEqual([20, -1, 2, -1, 21, -3, 2, -3, 22])
  })

  it('skips a fourth dimension', async () => {
    const one = whole.slice(0, HEADER + 56 + 72)
    const four = concatenate([
      one,
      one.slice(-24),
      whole.slice(HEADER + 56 + 72, HEADER + 2 * (56 + 72)),
      one.slice(-24),
    ])
    viewOf(four).setInt32(8 + 4 * 11, 1, true)
    expect((await read(four, 4)).items).toEqual((await read(whole, 4)).items.slice(0, 2))
  })

  it("reads X-PLOR's header, whose time is in double precision and which knows no cell", async () => {
    const plain = write(
      dcd,
      structureOf(4),
      frames.map((frame) => ({ ...frame, cell: null })),
    )
    viewOf(plain).setInt32(8 + 4 * 19, 0, true)
    viewOf(plain).setFloat64(8 + 4 * 9, 0.5 / 48.88821291, true)
    const { items } = await read(plain, 4)
    expect(items.map(({ time }) => time)).toEqual([50, 60, 70])
  })
})

describe('what is wrong is said', () => {
  it('delivers the frames before a cut and names frame and byte', async () => {
    const size = 56 + 72
    for (let length = 0; length < whole.length; length++) {
      const { items, complaint: message } = await read(whole.subarray(0, length), 4)
      const there = Math.max(0, Math.floor((length - HEADER) / size))
      expect(items).toHaveLength(there)
      if (length >= HEADER && (length - HEADER) % size === 0) expect(message).toBeNull()
      else if (length >= HEADER) {
        expect(message).toContain(`a.dcd ends at byte ${length}, within `)
        expect(message).toContain(` of frame ${there + 1};`)
      } else expect(message).not.toBeNull()
    }
  })

  it('for other atoms and other files', async () => {
    expect((await read(whole, 5)).complaint).toBe(
      'a.dcd has 4 atoms but the structure it is read onto has 5; open the structure this trajectory was made with.',
    )
    const text = new TextEncoder().encode('MODEL        1\nATOM  ')
    expect((await read(text, 4)).complaint).toContain('is not a DCD file')
    const velocities = whole.slice()
    velocities.set(new TextEncoder().encode('VELD'), 4)
    expect((await read(velocities, 4)).complaint).toContain('holds velocities')
    const fixed = whole.slice()
    viewOf(fixed).setInt32(8 + 4 * 8, 2, true)
    expect((await read(fixed, 4)).complaint).toContain('leaves 2 fixed atoms out')
    expect((await drain(dcd.read(chunks(whole), 'a.dcd', null))).complaint).toContain('open the structure')
  })

  it('for numbers and cells that are none', async () => {
    const nan = whole.slice()
    viewOf(nan).setFloat32(HEADER + 56 + 24 + 4 + 8, Number.NaN, true)
    expect((await read(nan, 4)).complaint).toBe(
      `a.dcd, frame 1, byte ${HEADER}: coordinate y of atom 3 is NaN; it must be finite.`,
    )
    const flat = whole.slice()
    for (const i of [1, 3, 4]) viewOf(flat).setFloat64(HEADER + 4 + 8 * i, 170, true)
    expect((await read(flat, 4)).complaint).toContain('cell vector c holds NaN')
  })

  it('for records whose two lengths differ', async () => {
    const damaged = whole.slice()
    const end = HEADER + 56 + 20
    viewOf(damaged).setInt32(end, 17, true)
    expect((await read(damaged, 4)).complaint).toBe(
      `a.dcd, byte ${end}: x of frame 1 ends as a record of 17 bytes but began as one of 16; the file is damaged.`,
    )
  })

  it('without taking memory for headers that announce 2³¹ atoms', async () => {
    const huge = whole.slice()
    viewOf(huge).setInt32(HEADER - 8, 0x7fffffff, true)
    expect((await read(huge, 4)).complaint).toContain('has 2147483647 atoms')
    const long = whole.slice()
    viewOf(long).setInt32(HEADER, 0x7ffffff0, true)
    expect((await read(long, 4)).complaint).toContain(
      `byte ${HEADER}: expected the cell of frame 1, found a record of 2147483632 bytes`,
    )
  })

  it('whatever bytes are damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (damage) => {
          const bytes = whole.slice()
          for (const [at, byte] of damage) bytes[at] = byte
          await read(bytes, 4)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('when a frame cannot be written', () => {
    const writer = dcd.createWriter(structure)
    expect(complaint(() => writer.frame({ ...frames[0], cell: null }))).toContain('has no cell')
    expect(
      complaint(() => writer.frame({ ...frames[0], positions: new Float64Array(12).fill(1 / 0) })),
    ).toContain('coordinate x of atom 1 is Infinity')
    expect(complaint(() => writer.frame({ ...frames[0], cell: [0, 10, 0, 11, 0, 0, 0, 0, 12] }))).toContain(
      'left-handed',
    )
  })
})
