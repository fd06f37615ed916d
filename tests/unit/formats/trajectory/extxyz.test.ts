import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extxyz, readXyzFrames } from '../../../../src/formats/trajectory/extxyz.ts'
import {
  findTrajectoryFormat,
  readTrajectory,
  trajectoryFormatOf,
} from '../../../../src/formats/trajectory/registry.ts'
import { readXyz } from '../../../../src/formats/xyz.ts'
import { complaint } from '../lib/expect-input-error.ts'
import { all, cells, chunks, drain, randomAccess, runs, structureOf, write } from './lib/frames.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const frames = (text: string, atoms: number | null = null, length = 5) =>
  drain(readXyzFrames(chunks(bytesOf(text), length), 'a.xyz', atoms))

describe('extended xyz', () => {
  it('is read back bit by bit, frame by frame', async () => {
    await fc.assert(
      fc.asyncProperty(runs(fc.option(cells)), fc.integer({ min: 1, max: 200 }), async (run, length) => {
        const given = run.frames.map((frame, i) => ({
          ...frame,
          velocities: frame.positions.map((x) => x / 3),
          forces: frame.positions.map((x) => -x),
          energy: -1.25 - i,
          info: new Map([['temperature_K', '300']]),
        }))
        const bytes = write(extxyz, run.structure, given)
        const got = await all(extxyz.read(chunks(bytes, length), 'a.xyz', run.structure.atomicNumbers.length))
        expect(got).toEqual(
          given.map((frame) => ({
            ...frame,
            info: new Map([
              ['step', String(frame.step)],
              ['time_fs', String(frame.time)],
              ['temperature_K', '300'],
            ]),
          })),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('is read as readXyz reads it, wherever chunks and lines end', async () => {
    const text = '\uFEFF\r\n2\r\nü = "é"\r\nO 0 0 1\r\nH 0 0 2\r\n\r\n 1 \r\n\r\nC 1 2 3 # end\r\n\r\n'
    for (const ends of [text, text.replaceAll('\r\n', '\n'), text.replaceAll('\r\n', '\r'), text.trimEnd()]) {
      for (let length = 1; length < 30; length++) {
        const { items, complaint: message } = await frames(ends, null, length)
        expect(message).toBeNull()
        expect(items).toEqual(readXyz(ends, 'a.xyz'))
      }
    }
  })

  it('says what is wrong after the frames before it', async () => {
    const frame = '2\n\nO 0 0 1\nH 0 0 2\n'
    const bad = await frames(`${frame}\n${frame}2\n\nO 0 0 1\nH 0 x 2\n`)
    expect(bad.items).toHaveLength(2)
    expect(bad.complaint).toBe(
      'a.xyz, frame 3 (from line 10), line 4: expected a number in column pos, found "x".',
    )
    const cut = await frames(`${frame}2\n\nO 0 0 1\n`)
    expect(cut.items).toHaveLength(1)
    expect(cut.complaint).toContain('a.xyz, frame 2 (from line 5) ends after 1 of the 2 atoms')
    expect((await frames(frame, 3)).complaint).toBe(
      'a.xyz, line 1: frame 1 has 2 atoms but the structure it is read onto has 3; open the structure this trajectory was made with.',
    )
    expect((await frames('')).complaint).toContain('is empty')
    expect((await frames('water\n\nO 0 0 1\n')).complaint).toContain('expected the number of atoms')
    expect((await frames('999999999\n\nO 0 0 1\n')).complaint).toContain('999999999 atoms')
    expect((await frames('0'.repeat(5_000_000), null, 1 << 16)).complaint).toContain(
      'is not a text file of atoms',
    )
  })

  it('refuses to write what is no number', () => {
    const writer = extxyz.createWriter(structureOf(1))
    const positions = Float64Array.of(0, 0, Number.NaN)
    expect(complaint(() => writer.frame({ step: 1, time: 0, positions, cell: null }))).toContain(
      'of atom 1 is NaN',
    )
  })
})

describe('the registry', () => {
  it('goes by the ending', () => {
    expect(
      ['a.xyz', 'b.EXTXYZ', 'c.d.PDB', 'e.dcd', '.xtc'].map((name) => trajectoryFormatOf(name).id),
    ).toEqual(['extxyz', 'extxyz', 'pdb', 'dcd', 'xtc'])
    expect(findTrajectoryFormat('run.trr')).toBeNull()
    expect(complaint(() => trajectoryFormatOf('run.trr'))).toBe(
      'run.trr: the ending says what a trajectory file is, and it must be one of .xyz, .extxyz, .pdb, .ent, .dcd, .xtc.',
    )
  })

  it('reads any of them, from anywhere, and lets go of the source when the reader stops', async () => {
    const positions = Float64Array.from({ length: 30 }, (_, i) => i / 4)
    const given = [0, 1, 2].map((step) => ({ step, time: step, positions, cell: null }))
    for (const name of ['a.xyz', 'a.pdb', 'a.dcd', 'a.xtc']) {
      const bytes = write(trajectoryFormatOf(name), structureOf(10), given)
      const got = await all(readTrajectory(randomAccess(bytes), name, 10))
      expect(got.map(({ step }) => step)).toEqual([0, 1, 2])
      let open = true
      async function* source() {
        try {
          yield* chunks(bytes)
        } finally {
          open = false
        }
      }
      for await (const frame of readTrajectory(source(), name, 10)) {
        expect(frame.step).toBe(0)
        break
      }
      expect(open).toBe(false)
    }
  })

  it('holds one frame of a long file at a time', async () => {
    // A source that would be longer than memory, were it kept: it counts what was asked of it.
    const positions = Float64Array.from({ length: 30 }, (_, i) => i / 4)
    for (const name of ['a.xyz', 'a.pdb', 'a.dcd', 'a.xtc']) {
      const writer = trajectoryFormatOf(name).createWriter(structureOf(10))
      let asked = 0
      async function* source() {
        yield writer.begin()
        for (let step = 0; ; step++) {
          asked++
          yield writer.frame({ step, time: step, positions, cell: null })
        }
      }
      let got = 0
      for await (const _ of readTrajectory(source(), name, 10)) {
        got++
        expect(asked - got).toBeLessThanOrEqual(1)
        if (got === 50) break
      }
    }
  })
})
