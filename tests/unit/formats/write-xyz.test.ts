import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { volume } from '../../../src/chemistry/cell.ts'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import { writeXyz } from '../../../src/formats/write-xyz.ts'
import { readXyz } from '../../../src/formats/xyz.ts'
import { succeedsOrExplains } from './lib/expect-input-error.ts'
import { dataFile } from './lib/files.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const column = (count: number, width: number, value = finite) =>
  fc
    .array(value, { minLength: count * width, maxLength: count * width })
    .map((values) => Float64Array.from(values))

const reserved = ['lattice', 'properties', 'pbc', 'energy', 'free_energy']
const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\r'))
const key = line.filter((text) => text !== '' && !reserved.includes(text.toLowerCase()))
const info = fc
  .uniqueArray(fc.tuple(key, line), { minLength: 1, maxLength: 4, selector: ([name]) => name })
  .map((entries) => new Map(entries))

const cells = fc
  // fc.double draws tiny numbers by preference, and cells of them have no volume.
  .array(
    fc.integer({ min: -20_000, max: 20_000 }).map((n) => n / 997),
    { minLength: 9, maxLength: 9 },
  )
  .map((numbers) => numbers as unknown as Cell)
  .filter((cell) => volume(cell) > 1)
  .map((cell): Cell => {
    const [a, b, c] = [cell.slice(0, 3), cell.slice(3, 6), cell.slice(6)]
    const signed =
      a[0] * (b[1] * c[2] - b[2] * c[1]) +
      a[1] * (b[2] * c[0] - b[0] * c[2]) +
      a[2] * (b[0] * c[1] - b[1] * c[0])
    return signed > 0 ? cell : ([...b, ...a, ...c] as unknown as Cell)
  })
  .filter((cell) => ![0, 3, 6].some((at) => Math.hypot(...cell.slice(at, at + 3)) < 1e-3))

const structures: fc.Arbitrary<Structure> = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc
    .record(
      {
        name: fc.constant('a.xyz'),
        atomicNumbers: fc.uint8Array({ min: 1, max: 118, minLength: count, maxLength: count }),
        positions: column(count, 3),
        box: fc.option(fc.tuple(cells, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()))),
        masses: column(count, 1, fc.double({ min: 1e-3, max: 300, noNaN: true })),
        velocities: column(count, 3),
        forces: column(count, 3),
        energy: finite,
        columns: fc.tuple(column(count, 1, fc.double()), column(count, 2)).map(
          ([a, b]) =>
            new Map([
              ['charge', { width: 1, values: a }],
              ['spin', { width: 2, values: b }],
            ]),
        ),
        info,
      },
      { requiredKeys: ['name', 'atomicNumbers', 'positions', 'box'] },
    )
    .map(({ box, ...rest }) => ({
      ...rest,
      cell: box?.[0] ?? null,
      periodic: box?.[1] ?? [false, false, false],
    })),
)

describe('writeXyz', () => {
  it('is read back bit by bit', () => {
    fc.assert(
      fc.property(fc.array(structures, { minLength: 1, maxLength: 3 }), (frames) => {
        expect(readXyz(writeXyz(frames), 'a.xyz')).toEqual(frames)
      }),
      { numRuns: 300 },
    )
  })

  it('writes what ASE and OVITO expect', () => {
    const water: Structure = {
      name: 'water',
      atomicNumbers: Uint8Array.of(8),
      positions: Float64Array.of(0, 0.1, -0),
      cell: [9, 0, 0, 0, 9, 0, 0, 0, 9],
      periodic: [true, true, false],
      energy: -1.5,
      forces: Float64Array.of(1, 2, 3),
      info: new Map([['note', 'two words']]),
    }
    expect(writeXyz([water])).toBe(
      '1\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 pbc="T T F" note="two words"\nO 0 0.1 -0 1 2 3\n',
    )
  })
})

describe('readXyz never fails in another way than by explaining', () => {
  const whole = new TextDecoder().decode(dataFile('water32_box.xyz'))
  it('for any beginning of a file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
        succeedsOrExplains(() => readXyz(whole.slice(0, length), 'a.xyz'))
      }),
      { numRuns: 300 },
    )
  })
  it('for any text after a count', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (comment, atom) => {
        succeedsOrExplains(() => readXyz(`1\n${comment}=\nH ${atom}`, 'a.xyz'))
      }),
      { numRuns: 500 },
    )
  })
})
