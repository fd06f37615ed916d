import { describe, expect, test } from 'vitest'
import { defaultTuning } from '../../../src/gpu/tuning.ts'
import { sizeClass, type TextStore, TuningMemory } from '../../../src/gpu/tuning-memory.ts'

const storeOf = (text: string | null): TextStore & { text: string | null } => ({
  text,
  load() {
    return this.text
  },
  save(text) {
    this.text = text
  },
})

const gpu = defaultTuning(false, 100)

describe('what is remembered of an adapter', () => {
  test('is there in the next program, for systems of about the same size', () => {
    const store = storeOf(null)
    const best = { ...gpu, edgeLanes: 512, lists: null }
    new TuningMemory(store).remember('Some GPU', 100, best)
    const next = new TuningMemory(store)
    expect(next.recall('Some GPU', 100)).toEqual(best)
    expect(next.recall('Some GPU', 256)).toEqual(best)
    expect(next.recall('Some GPU', 257)).toBeNull()
    expect(next.recall('Some GPU', 32)).toBeNull()
    expect(next.recall('Another GPU', 100)).toBeNull()
  })

  test('keeps what else is known', () => {
    const store = storeOf(null)
    new TuningMemory(store).remember('Some GPU', 9, { ...gpu, rowLanes: 8 })
    new TuningMemory(store).remember('Some GPU', 5000, { ...gpu, rowLanes: 16 })
    const memory = new TuningMemory(store)
    expect([9, 5000].map((atoms) => memory.recall('Some GPU', atoms)?.rowLanes)).toEqual([8, 16])
  })

  test.each([
    '',
    'nonsense',
    'null',
    '[]',
    '{"version": 1}',
    '{"version": 1, "tunings": 7}',
    `{"version": 999, "tunings": {"Some GPU, up to 32 atoms": ${JSON.stringify(gpu)}}}`,
  ])('text that nobody understands counts as nothing: %s', (text) => {
    expect(new TuningMemory(storeOf(text)).recall('Some GPU', 9)).toBeNull()
  })

  test.each([
    { ...gpu, edgeLanes: 0 },
    { ...gpu, edgeLanes: 1e6 },
    { ...gpu, rowLanes: 7 },
    { ...gpu, lists: { lanes: 256 } },
    { ...gpu, single: null },
    { ...gpu, subgroups: 'yes' },
    { ...gpu, nearestFirst: undefined },
    { ...gpu, blocksApart: 1 },
    null,
    3,
  ])('nor does a tuning that no kernel could be made with: %j', (tuning) => {
    const text = JSON.stringify({ version: 1, tunings: { 'Some GPU, up to 32 atoms': tuning } })
    expect(new TuningMemory(storeOf(text)).recall('Some GPU', 9)).toBeNull()
  })

  test('sizes are told in words', () => {
    expect([1, 32, 33, 2049].map(sizeClass)).toEqual([
      'up to 32 atoms',
      'up to 32 atoms',
      'up to 256 atoms',
      'more than 2048 atoms',
    ])
  })
})
