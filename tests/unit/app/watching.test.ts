import { describe, expect, test } from 'vitest'
import { wordsOf } from '../../../src/app/warning-words.ts'
import { type Circumstances, hotFrom, judgeStart, type Verdict, Watch } from '../../../src/app/watching.ts'
import { BOLTZMANN } from '../../../src/chemistry/units.ts'
import type { Report } from '../../../src/dynamics/types.ts'
import { atoms, gallery } from '../chemistry/lib/structures.ts'

const usual: Circumstances = { target: 300, relaxation: 200, timestep: 0.5, moving: 100 }

interface Moment {
  readonly temperature?: number
  readonly conserved?: number
  readonly fault?: string | null
}

/** A run that is reported every 10 fs. */
class Run {
  time = 0
  private readonly watch = new Watch()

  constructor(private circumstances: Circumstances = usual) {}

  set(change: Partial<Circumstances>): void {
    this.circumstances = { ...this.circumstances, ...change }
  }

  one({ temperature = 300, conserved = 0, fault = null }: Moment): Verdict {
    this.time += 10
    const report = { time: this.time, temperature, conservedEnergy: conserved, fault } as Report
    return this.watch.take(report, this.circumstances)
  }

  /** So many reports, of what there is at a time in fs. @returns every change, `+hot` and `-hot` */
  go(reports: number, momentAt: (time: number) => Moment = () => ({})): string[] {
    return Array.from({ length: reports }, () => this.one(momentAt(this.time + 10))).flatMap(changes)
  }

  disturb(): void {
    this.watch.disturbed()
  }

  forgive(): void {
    this.watch.forgive('hot')
  }
}

const changes = ({ raised, gone }: Verdict) => [
  ...raised.map(({ kind }) => `+${kind}`),
  ...gone.map((kind) => `-${kind}`),
]

/** What is conserved gains so many kT per atom and ps, kT of 300 K and 100 atoms; eV. */
const drifting = (rate: number) => (time: number) => ({
  conserved: (rate * BOLTZMANN * 300 * 100 * time) / 1000,
})
const hot = () => ({ temperature: 700 })

describe('a run that stops', () => {
  test('is told of once, until it goes on', () => {
    const run = new Run()
    const stopped = () => ({ fault: 'It stopped.' })
    expect(run.go(5)).toEqual([])
    expect(run.go(3, stopped)).toEqual(['+unstable'])
    expect(run.go(3)).toEqual(['-unstable'])
    expect(run.go(1, stopped)).toEqual(['+unstable'])
  })

  test('has nothing else to say', () => {
    const run = new Run()
    run.go(20, hot)
    expect(run.go(1, () => ({ temperature: 9000, fault: 'It stopped.' }))).toEqual(['+unstable', '-hot'])
    expect(run.go(30, () => ({ temperature: 9000, fault: 'It stopped.' }))).toEqual([])
  })
})

describe('heat', () => {
  test('is told when it has lasted, once, and taken back when it is over', () => {
    const run = new Run()
    expect(run.go(30)).toEqual([])
    // A kick that is gone within vibrations is none.
    expect(run.go(2, hot)).toEqual([])
    expect(run.go(30)).toEqual([])
    expect(run.go(5, hot)).toEqual([])
    expect(run.go(30, hot)).toEqual(['+hot'])
    // Not over yet, and not hot any more: still the same thing.
    expect(run.go(30, () => ({ temperature: 500 }))).toEqual([])
    expect(run.go(30, hot)).toEqual([])
    expect(run.go(30)).toEqual(['-hot'])
    expect(run.go(30, hot)).toEqual(['+hot'])
  })

  test('is told again when what was done about it did not help', () => {
    const run = new Run()
    run.go(30, hot)
    run.forgive()
    expect(run.go(5, hot)).toEqual([])
    expect(run.go(15, hot)).toEqual(['+hot'])
  })

  test('left over from a higher target is given three relaxation times', () => {
    const run = new Run({ ...usual, target: 1000 })
    expect(run.go(30, () => ({ temperature: 1000 }))).toEqual([])
    run.set({ target: 300 })
    const cooling = (time: number) => ({ temperature: 300 + 700 * Math.exp(-(time - 300) / 200) })
    expect(run.go(60, cooling)).toEqual([])
    expect(run.go(60, cooling)).toEqual([])
    // What does not cool by then is told.
    run.set({ target: 200 })
    expect(run.go(59, hot)).toEqual([])
    expect(run.go(10, hot)).toEqual(['+hot'])
  })

  test('of few atoms has to be more than chance, and of a target of 0 K more than nothing', () => {
    expect(hotFrom({ target: 300, moving: 1000 })).toBe(600)
    expect(hotFrom({ target: 300, moving: 3 })).toBeCloseTo(300 * (1 + 5 * Math.sqrt(2 / 9)))
    expect(hotFrom({ target: 0, moving: 10 })).toBe(300)
    expect(hotFrom({ target: 1000, moving: 1000 })).toBe(2000)
  })
})

describe('a drift of what should be conserved', () => {
  test('is told above 0.1 kT per atom and ps, either way, and by a fast one soon', () => {
    expect(new Run().go(300, drifting(0.08))).toEqual([])
    expect(new Run().go(300, drifting(0.12))).toEqual(['+drift'])
    expect(new Run().go(300, drifting(-0.12))).toEqual(['+drift'])
    expect(new Run().go(30, drifting(0.12))).toEqual([])
    expect(new Run().go(30, drifting(1))).toEqual(['+drift'])
  })

  test('is measured by kT at the target', () => {
    expect(new Run({ ...usual, target: 900 }).go(300, drifting(0.25))).toEqual([])
    expect(new Run({ ...usual, target: 900 }).go(300, drifting(0.35))).toEqual(['+drift'])
    expect(new Run({ ...usual, target: 0 }).go(300, drifting(0.12))).toEqual(['+drift'])
  })

  test('is none where what is conserved only wavers', () => {
    /** kT per atom, and fs: the timestep's error is large where vibrations are fast. */
    const wave = (height: number, period: number) => (time: number) => ({
      conserved: height * BOLTZMANN * 300 * 100 * Math.sin((2 * Math.PI * time) / period),
    })
    for (const [height, period] of [
      [2, 11],
      [0.5, 37],
      [0.3, 120],
      [0.1, 400],
      [0.04, 900],
      [0.04, 4000],
    ])
      expect(new Run().go(900, wave(height, period)), `${height} ${period}`).toEqual([])
  })

  test('ends with another timestep, and is judged anew', () => {
    const run = new Run()
    run.go(300, drifting(0.2))
    run.set({ timestep: 0.25 })
    expect(run.go(1, drifting(0.2))).toEqual(['-drift'])
    expect(run.go(300, drifting(0.2))).toEqual(['+drift'])
  })

  test('is none of what a hand or another thermostat does', () => {
    const run = new Run()
    expect(run.go(120)).toEqual([])
    run.disturb()
    expect(run.go(120, () => ({ conserved: 50 }))).toEqual([])
    run.set({ target: 350 })
    expect(run.go(120, () => ({ conserved: 90 }))).toEqual([])
  })
})

describe('the past', () => {
  test('is forgotten by a run that goes back', () => {
    const run = new Run()
    run.go(30, hot)
    run.time = 0
    expect(run.go(1, hot)).toEqual(['-hot'])
    expect(run.go(8, hot)).toEqual([])
    expect(run.go(10, hot)).toEqual(['+hot'])
  })

  test('is not heard twice: a paused run says nothing new', () => {
    const run = new Run()
    run.go(8, hot)
    for (let i = 0; i < 30; i++) {
      run.time -= 10
      expect(changes(run.one(hot()))).toEqual([])
    }
  })
})

describe('a start', () => {
  test('with atoms nearer than bonds is told by their names', () => {
    const waters = atoms([
      ['O', 0, 0, 0],
      ['H', 0.96, 0, 0],
      ['H', -0.24, 0.93, 0],
      ['O', 1.1, 0.3, 0.1],
      ['H', 1.9, 0.5, 0],
      ['H', 0.9, 1.2, 0.1],
    ])
    expect(wordsOf(judgeStart(waters)!)).toBe(
      'H2 and O4 are only 0.35 Å apart, nearer than anything a force field learns from.',
    )
  })

  test('of the gallery and with the shortest bonds there are is none', () => {
    for (const name of ['ethanol', 'nylon-6', 'urea', 'water-box'])
      expect(judgeStart(gallery(name))).toBeNull()
    const pair = (a: string, b: string, distance: number) =>
      atoms([
        [a, 0, 0, 0],
        [b, distance, 0, 0],
      ])
    expect(judgeStart(pair('N', 'N', 1.098))).toBeNull()
    expect(judgeStart(pair('C', 'O', 1.128))).toBeNull()
    expect(judgeStart(pair('H', 'H', 0.741))).toBeNull()
    expect(judgeStart(pair('C', 'C', 1))).not.toBeNull()
  })
})

test('every warning is one calm sentence', () => {
  expect(wordsOf({ kind: 'hot', temperature: 951.4, target: 300 })).toBe(
    'The atoms have become hot: 951 K, where 300 K are set.',
  )
  expect(wordsOf({ kind: 'drift', rate: 0.0871, timestep: 2 })).toBe(
    'The energy that should stay constant rises by 87.1 meV per atom and ps: 2 fs may be too long a timestep.',
  )
  expect(wordsOf({ kind: 'drift', rate: -0.0871, timestep: 0.25 })).toContain('falls by 87.1 meV')
  expect(wordsOf({ kind: 'unstable', fault: 'It stopped.' })).toBe('It stopped.')
})
