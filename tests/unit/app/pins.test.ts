import { afterEach, expect, test } from 'vitest'
import { barostatWanted } from '../../../src/app/ensemble.ts'
import { areSame, keepSelection } from '../../../src/app/selecting.ts'
import * as state from '../../../src/app/state.ts'
import { atoms, cube } from '../chemistry/lib/structures.ts'

const water = atoms([
  ['O', 0, 0, 0],
  ['H', 0.76, 0.59, 0],
  ['H', -0.76, 0.59, 0],
])
const moved = { ...water, positions: water.positions.map((x) => x + 1), cell: cube(9) }
const others = atoms([
  ['O', 0, 0, 0],
  ['H', 0.76, 0.59, 0],
])

afterEach(() => {
  state.held.value = new Set()
  state.selection.value = []
  state.structure.value = null
  state.barostatOn.value = false
})

test('atoms stay pinned and selected where they are the same ones, and no longer', () => {
  state.held.value = new Set([1])
  state.selection.value = [1, 2]
  expect(keepSelection(water, moved)).toBe(true)
  expect([...state.held.value]).toEqual([1])
  expect(state.selection.value).toEqual([1, 2])
  expect(keepSelection(water, others)).toBe(false)
  expect(state.held.value.size).toBe(0)
  expect(state.selection.value).toEqual([])
})

test('the same atoms have one name, the same elements and the same order', () => {
  expect(areSame(null, water)).toBe(false)
  expect(areSame(water, { ...water, name: 'another' })).toBe(false)
  expect(areSame(water, { ...water, atomicNumbers: Uint8Array.of(1, 8, 1) })).toBe(false)
})

test('a barostat waits until pinned atoms are let go: it would move them with the cell', () => {
  state.structure.value = { ...moved, periodic: [true, true, true] }
  state.barostatOn.value = true
  expect(barostatWanted().kind).toBe('isotropic')
  state.held.value = new Set([0])
  expect(barostatWanted().kind).toBe('none')
})
