import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openBytes, openFiles } from '../../../src/app/files.ts'
import { readXyz } from '../../../src/formats/index.ts'
import { dcd } from '../../../src/formats/trajectory/dcd.ts'
import { all, write } from '../formats/trajectory/lib/frames.ts'

const WATER = '3\n\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n'
const [water] = readXyz(WATER, 'water.xyz')
const trajectory = write(dcd, water, [{ step: 0, time: 0, positions: water.positions, cell: null }])
const gro =
  '12\n2\n    1ION     CL    1   0.100   0.000   0.000\n    1SOL     MW    2   0.200   0.000   0.000\n 0 0 0\n'
const file = (name: string, content: string | Uint8Array) => new File([content as BlobPart], name)

it('opens a trajectory as a reader that waits for its structure', async () => {
  const content = await openBytes(trajectory, 'run.dcd')
  if (!('trajectory' in content)) throw new Error('expected a trajectory')
  expect(content.trajectory.title).toBe('DCD')
  const [frame, ...rest] = await all(content.trajectory.frames(water))
  expect(rest).toEqual([])
  expect(frame.positions[3]).toBeCloseTo(0.76, 6)
})

it('opens structures of any kind, gzipped too, and passes their remarks on', async () => {
  const { structure, complaints, remarks } = await openFiles([file('a.gro.gz', gzipSync(gro))])
  expect([...structure!.atomicNumbers]).toEqual([17])
  expect(complaints).toEqual([])
  expect(remarks).toEqual(['a.gro.gz: 1 sites named MW are no atoms (virtual sites) and were left out.'])
})

it('has one sentence for each file that it cannot use', async () => {
  const { structure, complaints } = await openFiles([
    file('run.dcd', trajectory),
    file('notes.txt', 'Dear diary'),
    file('water.xyz', WATER),
  ])
  expect(structure!.name).toBe('water.xyz')
  expect(complaints).toEqual([
    expect.stringMatching(/^run\.dcd holds positions without elements \(DCD\): .* must be loaded first/),
    expect.stringMatching(
      /^notes\.txt begins as text, "Dear diary"; Tumble opens structures \(\.xyz, .*\.safetensors\)/,
    ),
  ])
})
