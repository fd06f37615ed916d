import type { Report } from '../dynamics/types.ts'

const SERIES = [
  'time',
  'potential',
  'kinetic',
  'total',
  'conserved',
  'hand',
  'temperature',
  'pressure',
] as const
export type SeriesName = (typeof SERIES)[number]

/** The last reports of a run, for plots. Time in ps, energies in eV, temperature in K, pressure in bar or not a number. */
export class History {
  private readonly columns: Record<SeriesName, number[]> = {
    time: [],
    potential: [],
    kinetic: [],
    total: [],
    conserved: [],
    hand: [],
    temperature: [],
    pressure: [],
  }

  constructor(private readonly capacity = 600) {}

  get length(): number {
    return this.columns.time.length
  }

  push(report: Report): void {
    const { time } = this.columns
    const now = report.time / 1000
    // A report of a step already known (a paused run) says nothing new; an earlier one means a new start.
    if (time.length && now === time[time.length - 1]) return
    if (time.length && now < time[time.length - 1]) this.clear()
    const values = {
      time: now,
      potential: report.potentialEnergy,
      kinetic: report.kineticEnergy,
      total: report.totalEnergy,
      conserved: report.conservedEnergy,
      hand: report.handWork,
      temperature: report.temperature,
      pressure: report.pressure ?? Number.NaN,
    }
    for (const name of SERIES) {
      this.columns[name].push(values[name])
      if (this.columns[name].length > this.capacity) this.columns[name].shift()
    }
  }

  /** Forgets what came after a time in fs. */
  cutAfter(time: number): void {
    const rest = this.columns.time.findLastIndex((then) => then <= time / 1000) + 1
    for (const name of SERIES) this.columns[name].length = rest
  }

  clear(): void {
    for (const name of SERIES) this.columns[name].length = 0
  }

  series(name: SeriesName): readonly number[] {
    return this.columns[name]
  }
}

/** Steps per second out of the last seconds' reports. */
export class Speedometer {
  private readonly marks: { at: number; step: number }[] = []

  constructor(private readonly windowSeconds = 2.5) {}

  clear(): void {
    this.marks.length = 0
  }

  /** @param at seconds */
  mark(at: number, step: number): void {
    const { marks } = this
    if (marks.length && step < marks[marks.length - 1].step) this.clear()
    marks.push({ at, step })
    while (marks.length > 2 && at - marks[0].at > this.windowSeconds) marks.shift()
  }

  get stepsPerSecond(): number | null {
    const { marks } = this
    if (marks.length < 2) return null
    const [first, last] = [marks[0], marks[marks.length - 1]]
    return last.at > first.at ? (last.step - first.step) / (last.at - first.at) : null
  }
}

/** Simulated nanoseconds per day of wall time. */
export const nanosecondsPerDay = (stepsPerSecond: number, timestep: number): number =>
  stepsPerSecond * timestep * 1e-6 * 86_400
