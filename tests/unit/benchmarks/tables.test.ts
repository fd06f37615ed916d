import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../benchmarks/document.ts'
import { goalsOf } from '../../../benchmarks/goals.ts'
import type { Measured, Results } from '../../../benchmarks/results.ts'
import {
  caseTable,
  digits,
  duration,
  growthTable,
  markdown,
  nanosecondsPerDay,
  peerTable,
  rate,
  startupTable,
  variantTable,
} from '../../../benchmarks/tables.ts'

const measured = (change: Partial<Measured> = {}): Measured => ({
  model: 'small',
  system: 'water box',
  atoms: 384,
  periodic: true,
  pairs: 3840,
  secondsPerStep: { quickest: 0.1, median: 0.2, samples: 9 },
  stepsPerSubmission: 1,
  dispatchesPerStep: 59,
  submissionsPerBatch: 1,
  bytesPerStep: 5e6,
  flops: { products: 1e6, edges: 1e6, useful: 2e6, upstream: 4e6 },
  shareOfProduct: 0.5,
  shareOfCopy: 0.01,
  bytesPerAtom: 1000,
  bytesOfModel: 1e6,
  bytesPerReport: 144,
  firstStep: { load: 0.1, device: 0.1, compile: 0.5, forces: 0.1, step: 0.1, total: 0.9 },
  energyPerAtom: -1,
  largestBuffers: [],
  ...change,
})

const results = (change: Partial<Results> = {}): Results => ({
  command: 'npm run bench -- --docs',
  date: '2026-01-01T00:00:00.000Z',
  host: 'Node',
  machine: 'a machine',
  adapter: 'an adapter',
  isSoftware: true,
  ceilings: { flopsPerSecond: 2e9, product: 'tiled', bytesPerSecond: 1e10, copy: 'kernel' },
  cases: [],
  ...change,
})

describe('numbers for people', () => {
  test.each([
    [1234567, '1,234,567'],
    [123.4, '123'],
    [12.34, '12.3'],
    [1.234, '1.23'],
    [0.1234, '0.123'],
    [Number.NaN, '-'],
  ])('%d as %s', (value, text) => {
    expect(digits(value)).toBe(text)
  })

  test('rates and durations have the unit they are best read in', () => {
    expect([rate(2.13e9, 'FLOP/s'), rate(5, 'B')]).toEqual(['2.13 GFLOP/s', '5.00 B'])
    expect([2.87, 0.0352, 0.00012].map(duration)).toEqual(['2.87 s', '35.2 ms', '120 µs'])
  })

  test('a step of 1 ms at 0.5 fs makes 43.2 ns a day', () => {
    expect(nanosecondsPerDay(1e-3)).toBeCloseTo(43.2, 9)
  })
})

describe('tables', () => {
  test('Markdown has a rule, and as many cells in each row', () => {
    const notRun = {
      model: 'spice',
      system: 'water ball',
      atoms: 999,
      periodic: false,
      notRun: 'not run: estimated 300 s per step',
    } as const
    const table = caseTable([measured(), notRun])
    expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true)
    expect(table.rows[1].slice(0, 5)).toEqual(['spice', 'water ball', '999', '-', notRun.notRun])
    const lines = markdown(table).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[1]).toMatch(/^\|---\|---\|---:\|/)
  })

  test('growth takes the repeated boxes of the bundled model and compares with the smallest', () => {
    const large = measured({
      atoms: 3840,
      pairs: 38400,
      secondsPerStep: { quickest: 1.1, median: 1.2, samples: 2 },
    })
    const others = [measured({ atoms: 96 }), measured({ model: 'md17' }), measured({ periodic: false })]
    const { columns, rows } = growthTable([...others, measured(), large])
    const relative = columns.indexOf('cost/atom, relative')
    expect(rows.map((row) => [row[0], row[relative]])).toEqual([
      ['384', '1.00'],
      ['3,840', '1.10'],
    ])
  })

  test('peers: a row for each engine and one for each that failed', () => {
    const engine = {
      engine: 'Tumble, one MD step',
      times: { quickest: 0.01, median: 0.02, samples: 3 },
      ratio: 1,
      secondsToLoad: 2,
      energyDifference: 1e-6,
      forceDifference: null,
    }
    const peer = {
      host: '',
      adapter: '',
      file: 'models/et.ckpt',
      structure: 'ethanol',
      atoms: 9,
      peer: 'PyTorch',
      engines: [engine],
      failures: ['torch.compile: no'],
    }
    expect(peerTable([peer]).rows).toEqual([
      ['ethanol', engine.engine, 'et', '9', '10.0 ms', '20.0 ms', '1.00', '2.00 s', '1.0e-6', '-'],
      ['ethanol', 'torch.compile: no', 'et', '9', '-', '-', '-', '-', '-', '-'],
    ])
  })

  test('starts of the page: quickest and median', () => {
    const warm = [1, 3, 2].map((x) => ({ running: x, firstStep: x + 0.5 }))
    const cold = warm.map((start) => ({ ...start, firstPicture: start.running - 0.5 }))
    const { rows } = startupTable({ browser: '', cold, warm })
    expect(rows[0]).toEqual(['cold', '3', '500 ms', '1.50 s', '1.00 s', '2.00 s', '1.50 s', '2.50 s'])
    // Results from before the page had the mark.
    expect(rows[1]).toEqual(['warm', '3', '-', '-', '1.00 s', '2.00 s', '1.50 s', '2.50 s'])
  })
})

/** One variant of 107 and one of 48 dispatches. */
const compared = [
  {
    model: 'spice',
    structure: 'ethanol',
    atoms: 9,
    variants: [
      { name: 'operations on atoms one by one', standard: true, dispatchesPerStep: 107 },
      { name: 'operations on atoms in lists', standard: false, dispatchesPerStep: 48 },
    ].map((variant, k) => ({
      ...variant,
      secondsPerStep: { quickest: 0.1 * (k + 1), median: 0.2, samples: 3 },
      ratio: k + 1,
    })),
  },
] as const

test('variants: which one is the standard, and how they compare', () => {
  expect(variantTable(compared).rows).toEqual([
    [
      'spice',
      'ethanol',
      'operations on atoms one by one (the standard here)',
      '9',
      '107',
      '100 ms',
      '200 ms',
      '1.00',
    ],
    ['spice', 'ethanol', 'operations on atoms in lists', '9', '48', '200 ms', '200 ms', '2.00'],
  ])
})

describe('goals', () => {
  test('dispatches in lists count with those of a cell list', () => {
    const spice = measured({ model: 'spice', dispatchesPerStep: 116 })
    const found = (given: Results) =>
      goalsOf(given).find(({ what }) => what.startsWith('dispatches per step'))?.found
    expect(found(results({ cases: [spice] }))).toEqual({ text: '116', reached: false })
    expect(found(results({ cases: [spice], variants: compared }))).toEqual({ text: '57', reached: true })
  })

  const stateOf = (results: Results, what: RegExp) =>
    goalsOf(results).find((goal) => what.test(goal.what))!.found

  test('are told apart into reached, missed and not measured', () => {
    const spice = measured({ model: 'spice', dispatchesPerStep: 61 })
    const all = results({ cases: [spice, measured()] })
    expect(stateOf(all, /dispatches/)).toEqual({ text: '61', reached: false })
    expect(stateOf(all, /submissions/)).toEqual({ text: '1', reached: true })
    expect(stateOf(all, /cost per atom/)).toBeNull()
    expect(stateOf(all, /first motion.*nothing cached/)).toBeNull()
  })

  test('cost per atom is judged over the whole range only', () => {
    const sized = (atoms: number, quickest: number) =>
      measured({ atoms, secondsPerStep: { quickest, median: quickest, samples: 2 } })
    const some = [sized(384, 0.384), sized(1152, 1.3)]
    expect(stateOf(results({ cases: some }), /cost per atom/)).toBeNull()
    expect(stateOf(results({ cases: [...some, sized(10_080, 10.08)] }), /cost per atom/)).toEqual({
      text: '1.13',
      reached: true,
    })
  })

  test('a share of a software adapter’s peak is not held against a goal for GPUs', () => {
    const large = measured({ atoms: 1152 })
    expect(stateOf(results({ cases: [large] }), /measured peak/)).toBeNull()
    expect(stateOf(results({ cases: [large], isSoftware: false }), /measured peak/)).toEqual({
      text: '50.0 %',
      reached: true,
    })
  })
})

test('the document names command, adapter, date and peaks, and holds the tables of every run', () => {
  const command = 'npm run bench -- --docs --json /tmp/a.json --seconds 5'
  const one = results({ cases: [measured()], command })
  const text = documentOf([one, { ...one, adapter: 'another adapter' }])
  for (const part of [
    'npm run bench -- --docs --seconds 5\n',
    '## an adapter\n',
    '## another adapter\n',
    '2026-01-01',
    '2.00 GFLOP/s',
  ])
    expect(text).toContain(part)
  for (const title of ['Goals', 'Time per step', 'Time to first step'])
    expect(text.split(`\n### ${title}\n`)).toHaveLength(3)
})
