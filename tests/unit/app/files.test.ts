import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openBytes, openFiles } from '../../../src/app/files.ts'
import { structureAt } from '../../../src/app/playing/trajectory.ts'
import { readXyz, writeXyz } from '../../../src/formats/index.ts'
import { dcd } from '../../../src/formats/trajectory/dcd.ts'
import { all, write } from '../formats/trajectory/lib/frames.ts'

const WATER = '3\n\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n'
const [water] = readXyz(WATER, 'water.xyz')
/** Water that goes 1 Å and 1 fs a frame along x. */
const moved = (count: number) =>
  Array.from({ length: count }, (_, step) => ({
    ...{ step, time: step, cell: null },
    positions: water.positions.map((x, i) => (i % 3 === 0 ? x + step : x)),
  }))
const trajectory3 = write(dcd, water, moved(3))
const frames = (count: number): string =>
  writeXyz(moved(count).map(({ positions }) => ({ ...water, positions })))
const gro =
  '12\n2\n    1ION     CL    1   0.100   0.000   0.000\n    1SOL     MW    2   0.200   0.000   0.000\n 0 0 0\n'
const file = (name: string, content: string | Uint8Array) => new File([content as BlobPart], name)

it('opens a trajectory as a reader that waits for its structure', async () => {
  const content = await openBytes(trajectory3, 'run.dcd')
  if (!('loose' in content)) throw new Error('expected a trajectory without elements')
  expect(content.loose.title).toBe('DCD')
  const [frame, ...rest] = await all(content.loose.frames(water))
  expect(rest).toHaveLength(2)
  expect(frame.positions[3]).toBeCloseTo(0.76, 6)
})

it('opens structures of any kind, gzipped too, and passes their remarks on', async () => {
  const { structure, complaints, remarks } = await openFiles([file('a.gro.gz', gzipSync(gro))])
  expect([...structure!.atomicNumbers]).toEqual([17])
  expect(complaints).toEqual([])
  expect(remarks).toEqual(['a.gro.gz: 1 sites named MW are no atoms (virtual sites) and were left out.'])
})

it('has one sentence for each file that it cannot use', async () => {
  const { structure, trajectory, complaints } = await openFiles([
    file('run.dcd', trajectory3),
    file('notes.txt', 'Dear diary'),
  ])
  expect(structure).toBeNull()
  expect(trajectory).toBeNull()
  expect(complaints).toEqual([
    expect.stringMatching(
      /^notes\.txt begins as text, "Dear diary"; Tumble opens structures \(\.xyz, .*\.safetensors\)/,
    ),
    expect.stringMatching(/^run\.dcd holds positions without elements \(DCD\): open the structure .* first/),
  ])
})

describe('several frames in a file', () => {
  it('of the same atoms are a trajectory', async () => {
    const { structure, trajectory, remarks } = await openFiles([file('run.xyz', frames(3))])
    expect(structure!.name).toBe('run.xyz')
    expect(trajectory!.frames.length).toBe(3)
    expect(trajectory!.frames.times).toBeNull()
    expect(trajectory!.frames.energies).toBeNull()
    expect([...structureAt(trajectory!, 2).positions.slice(3)]).toEqual([
      ...[expect.closeTo(2.76, 6), expect.closeTo(0.59, 6), 0],
      ...[expect.closeTo(1.24, 6), expect.closeTo(0.59, 6), 0],
    ])
    expect(remarks).toEqual([])
  })

  it('of other atoms are molecules, of which the first is simulated', async () => {
    const ammonia = '4\n\nN 0 0 0\nH 1 0 0\nH 0 1 0\nH 0 0 1\n'
    const order = '3\n\nH 0 0 0\nO 0.76 0.59 0\nH -0.76 0.59 0\n'
    for (const other of [ammonia, order]) {
      const { structure, trajectory, remarks } = await openFiles([file('both.xyz', WATER + other)])
      expect([...structure!.atomicNumbers]).toEqual([8, 1, 1])
      expect(trajectory).toBeNull()
      expect(remarks).toEqual(['both.xyz has 2 molecules, not frames of one: the first one is simulated.'])
    }
  })

  it('play as far as they are whole, and it is said what is wrong', async () => {
    const { trajectory, complaints } = await openFiles([file('cut.xyz', `${frames(2)}3\n\nO 0 0 0\n`)])
    expect(trajectory!.frames.length).toBe(2)
    expect(complaints).toEqual([expect.stringMatching(/^cut\.xyz ends after 1 of the 3 atoms/)])
    // A single whole frame is no trajectory.
    const single = await openFiles([file('cut.xyz', `${WATER}3\n\nO 0 0 0\n`)])
    expect(single.structure).toBeNull()
  })

  it('keep times, energies and velocities where all of them have them', async () => {
    const line = (time: number, energy: string, properties = 'species:S:1:pos:R:3:vel:R:3') =>
      `1\nProperties=${properties} Time=${time} ${energy}\nHe ${time} 0 0 0.5 0 0\n`
    const { frames } = (
      await openFiles([file('he.xyz', line(0, 'energy=-1.5') + line(2, '') + line(4, 'energy=-2'))])
    ).trajectory!
    expect(frames.times).toEqual([0, 2, 4])
    expect(frames.energies).toEqual([-1.5, Number.NaN, -2])
    expect([...frames.velocities!.at(2)]).toEqual([0.5, 0, 0])
    const some = line(0, '') + line(0, '', 'species:S:1:pos:R:3:other:R:3')
    const other = (await openFiles([file('he.xyz', some)])).trajectory!.frames
    expect(other.velocities).toBeNull()
    // Time stands still.
    expect(other.times).toBeNull()
  })
})

describe('a trajectory without elements', () => {
  it('plays on the structure that comes with it, in either order', async () => {
    const both = [file('water.xyz', WATER), file('run.dcd', trajectory3)]
    for (const files of [both, both.toReversed()]) {
      const { structure, trajectory, complaints } = await openFiles(files)
      expect(complaints).toEqual([])
      expect(trajectory!.name).toBe('run.dcd')
      expect(trajectory!.structure.name).toBe(structure!.name)
      expect(trajectory!.frames.length).toBe(3)
      expect(trajectory!.frames.times).toEqual([0, 1, 2].map((time) => expect.closeTo(time, 4)))
    }
  })

  it('plays on the atoms that are on the page', async () => {
    const { structure, trajectory } = await openFiles([file('run.dcd', trajectory3)], water)
    expect(structure).toBeNull()
    expect(trajectory!.structure.name).toBe('water.xyz')
    expect(structureAt(trajectory!, 1).positions[0]).toBeCloseTo(1, 6)
  })

  it('takes its cell along, on atoms that have none', async () => {
    const cell = [9, 0, 0, 0, 9, 0, 0, 0, 9] as const
    const periodic = write(dcd, { ...water, cell, periodic: [true, true, true] }, [
      { step: 0, time: 0, positions: water.positions, cell },
    ])
    const { trajectory } = await openFiles([file('run.dcd', periodic)], water)
    expect(trajectory!.structure.periodic).toEqual([true, true, true])
    expect(structureAt(trajectory!, 0).cell).toEqual(cell.map((x) => expect.closeTo(x, 6)))
  })

  it('of other atoms is refused with both numbers, and nothing is lost', async () => {
    const ammonia = '4\n\nN 0 0 0\nH 1 0 0\nH 0 1 0\nH 0 0 1\n'
    const { structure, trajectory, complaints } = await openFiles([
      file('run.dcd', trajectory3),
      file('ammonia.xyz', ammonia),
    ])
    expect(structure!.name).toBe('ammonia.xyz')
    expect(trajectory).toBeNull()
    expect(complaints).toEqual([expect.stringMatching(/^run\.dcd has 3 atoms but .* has 4;/)])
  })

  it('plays as far as it is whole', async () => {
    const { trajectory, complaints } = await openFiles([file('run.dcd', trajectory3.slice(0, -8))], water)
    expect(trajectory!.frames.length).toBe(2)
    expect(complaints).toEqual([expect.stringMatching(/^run\.dcd ends at byte \d+, .* cut short/)])
  })
})
