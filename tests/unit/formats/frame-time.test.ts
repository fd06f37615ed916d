import { expect, it } from 'vitest'
import { timeOf } from '../../../src/formats/index.ts'

it.each([
  ['Tumble', { time_fs: '2.5' }, 2.5],
  ['GPUMD', { Time: '100.00000000' }, 100],
  ['LAMMPS, in units that the file does not tell', { Timestep: '200', Time: '0.1' }, null],
  ['nobody', { comment: 'hello' }, null],
  ['somebody else', { Time: 'noon' }, null],
  ['an empty entry', { Time: '' }, null],
])('the time of a frame by %s', (_, entries, time) => {
  expect(timeOf(new Map(Object.entries(entries)))).toBe(time)
})
