/** What is written for the ways into frames and out of them. */
import { describe, expect, test } from 'vitest'
import {
  columnCount,
  columnsOf,
  degreeAdjointSource,
  degreeSource,
  frameLength,
  frameOffset,
  headColumns,
  mergeAdjointSource,
  mergeSource,
  valuesAdjointSource,
  valuesSource,
} from '../../../src/models/equiformer/turn-source.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { irrepsRows } from '../../../src/models/layers/irreps-rows.ts'
import { bindingNames, blocksOf, idleImports } from './lib/written.ts'

const frames = { maxDegree: 2 }
const all = irrepsRows(parseIrreps('6x0e+4x1o+2x2e'), 2)
const scalars = irrepsRows(parseIrreps('6x0e'), 2)
const part = { stride: all.width, base: 0 }
const pulls = { stride: 7, first: 0 }

const kernels = (rows: typeof all) => ({
  merge: mergeSource(rows, frames),
  'merge adjoint': mergeAdjointSource(rows, frames),
  values: valuesSource(rows, 2, part, frames),
  'values adjoint': valuesAdjointSource(rows, 2, part, pulls, frames),
  'edge degree': degreeSource(rows, frames),
  'edge degree adjoint': degreeAdjointSource(rows, pulls, frames),
})

test('matrices of degrees 1, 2, … follow each other', () => {
  expect([1, 2, 3, 4].map(frameOffset)).toEqual([0, 9, 34, 83])
  expect([0, 1, 2, 4].map(frameLength)).toEqual([1, 9, 34, 164])
})

describe.each(Object.entries(kernels(all)))('%s', (name, kernel) => {
  test('has every element of the matrices once for every turn, and none for scalars', () => {
    const [zero, one, two] = blocksOf(kernel).map((body) =>
      Array.from(body.matchAll(/frames\[frame \+ (\d+)u\]/g), ([, place]) => Number(place)).sort(
        (a, b) => a - b,
      ),
    )
    const turns = name === 'merge adjoint' ? 2 : 1
    const places = (first: number, count: number) =>
      Array.from({ length: count * turns }, (_, n) => first + Math.floor(n / turns))
    expect(zero).toEqual([])
    // Of an edge's axis alone, the column in the middle.
    const column = (first: number, width: number) =>
      Array.from({ length: width }, (_, m) => first + m * width + (width - 1) / 2)
    expect(one).toEqual(name === 'edge degree' ? column(0, 3) : places(0, 9))
    expect(two).toEqual(name === 'edge degree' ? column(9, 5) : places(9, 25))
  })

  test('can be linked, and imports no more than it uses', async () => {
    expect(idleImports(kernel)).toEqual([])
    expect(await bindingNames(kernel)).toContain('frames')
    const alone = kernels(scalars)[name as keyof ReturnType<typeof kernels>]
    expect(idleImports(alone)).toEqual([])
    expect(await bindingNames(alone)).not.toContain('frames')
  })

  test('has a lane for every four channels of a block', () => {
    expect(kernel.blocks).toBe(3)
    expect([0, 1, 2].map((block) => kernel.lanes(block, 10))).toEqual([20, 20, 20])
  })
})

test('columns of pulls: one for every four channels, block after block, dealt out to heads', () => {
  expect(columnCount(all)).toBe(6)
  expect([...columnsOf(all, 3).values()]).toEqual([3, 5, 7])
  expect([...headColumns(all, 2, 3)]).toEqual([3, 1, 5, 1, 7, 1])
})
