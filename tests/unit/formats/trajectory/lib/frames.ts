import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect } from 'vitest'
import { volume } from '../../../../../src/chemistry/cell.ts'
import type { Cell, Structure } from '../../../../../src/chemistry/structure.ts'
import { InputError } from '../../../../../src/errors.ts'
import { concatenate } from '../../../../../src/formats/trajectory/bytes.ts'
import type {
  RandomAccess,
  TrajectoryFormat,
  TrajectoryFrame,
  WriterOptions,
} from '../../../../../src/formats/trajectory/types.ts'

/** A file of tests/unit/formats/trajectory/data as bytes. */
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../data/${name}`, import.meta.url)))

/** What an independent program read in a fixture. */
export const expected = (name: string) => JSON.parse(new TextDecoder().decode(fixture(`${name}.json`)))

/** Bytes in chunks of this length. */
export async function* chunks(bytes: Uint8Array, length = 7): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length)
}

export const randomAccess = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: async (offset, length) => bytes.slice(offset, offset + length),
})

/** All that comes, and the message of the InputError that ended it, if one did. */
export const drain = async <T>(
  items: AsyncIterable<T>,
): Promise<{ items: T[]; complaint: string | null }> => {
  const found: T[] = []
  try {
    for await (const item of items) found.push(item)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    expect(error.message).toMatch(/^[^\n]+\.$/)
    return { items: found, complaint: error.message }
  }
  return { items: found, complaint: null }
}

/** All items; an error fails the test. */
export const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** A whole file, its patches applied. */
export const write = (
  format: TrajectoryFormat,
  structure: Structure,
  frames: readonly TrajectoryFrame[],
  options?: WriterOptions,
): Uint8Array => {
  const writer = format.createWriter(structure, options)
  const pieces = [writer.begin(), ...frames.map((frame) => writer.frame(frame))]
  const { bytes, patches } = writer.end()
  const file = concatenate([...pieces, bytes])
  for (const patch of patches) file.set(patch.bytes, patch.offset)
  return file
}

export const structureOf = (atoms: number, cell: Cell | null = null): Structure => ({
  name: 'test',
  atomicNumbers: Uint8Array.from({ length: atoms }, (_, i) => [8, 1, 1, 17, 6][i % 5]),
  positions: new Float64Array(3 * atoms),
  cell,
  periodic: [cell !== null, cell !== null, cell !== null],
})

/** Right-handed cells that lie anyhow in space. */
export const cells: fc.Arbitrary<Cell> = fc
  .array(
    fc.integer({ min: -20_000, max: 20_000 }).map((n) => n / 997),
    { minLength: 9, maxLength: 9 },
  )
  .map((x): Cell => {
    const signed =
      x[0] * (x[4] * x[8] - x[5] * x[7]) +
      x[1] * (x[5] * x[6] - x[3] * x[8]) +
      x[2] * (x[3] * x[7] - x[4] * x[6])
    const rows = signed > 0 ? x : [...x.slice(3, 6), ...x.slice(0, 3), ...x.slice(6)]
    return rows as unknown as Cell
  })
  // Flat cells magnify the digits that a format drops.
  .filter((cell) => volume(cell) > 200)

/** Cells that already lie as the formats want them: a along x, b in the xy plane. */
export const orientedCells: fc.Arbitrary<Cell> = fc
  .tuple(
    fc.double({ min: 5, max: 50, noNaN: true }),
    fc.double({ min: 5, max: 50, noNaN: true }),
    fc.double({ min: 5, max: 50, noNaN: true }),
    ...([0, 1, 2].map(() => fc.double({ min: -4, max: 4, noNaN: true })) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  )
  .map(([a, b, c, xy, xz, yz]): Cell => [a, 0, 0, xy, b, 0, xz, yz, c])

/**
 * Frames at even steps in one cell or none: molecules (small differences), gas, and both.
 * @param reach Å of the farthest atom.
 */
export const runs = (cell: fc.Arbitrary<Cell | null>, most = 40, reach = 400) =>
  fc
    .record({
      atoms: fc.integer({ min: 1, max: most }),
      frames: fc.integer({ min: 1, max: 3 }),
      cell,
      spread: fc.constantFrom(0.5, 2, 20, reach / 2),
      seed: fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
      start: fc.integer({ min: 0, max: 1000 }),
      interval: fc.integer({ min: 1, max: 500 }),
    })
    .map(({ atoms, frames, cell: box, spread, seed, start, interval }) => ({
      structure: structureOf(atoms, box),
      frames: Array.from({ length: frames }, (_, i): TrajectoryFrame => {
        const positions = new Float64Array(3 * atoms)
        for (let k = 0; k < 3 * atoms; k++) {
          const molecule = k % 9 < 3 || k < 3 ? 0 : positions[k - 3]
          const x = molecule + (k % 9 < 3 ? spread : 1) * seed.next().value
          positions[k] = Math.max(-reach, Math.min(reach, x))
        }
        return { step: start + i * interval, time: 0.5 * (start + i * interval), positions, cell: box }
      }),
    }))
