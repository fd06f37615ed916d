import type { Report } from '../dynamics/types.ts'
import * as state from './state.ts'

/** Atoms whose distance, angle or dihedral is followed. */
export interface Monitor {
  /** Two to four atoms, counted from 0. */
  readonly atoms: readonly number[]
  /** C1–O3, say. */
  readonly name: string
  readonly unit: 'Å' | '°'
  /** ps, and what was measured then. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** Values a monitor remembers; older ones go. */
const MOST_VALUES = 600

/** What was measured at a report, one number per monitor. */
export function record(report: Report, measured: readonly number[]): void {
  const time = report.time / 1000
  state.monitors.value = state.monitors.value.map((monitor, i) => {
    const { times, values } = monitor
    if (measured[i] === undefined || time === times[times.length - 1]) return monitor
    // An earlier time means that the run has gone back.
    const rest = times.findLastIndex((then) => then < time) + 1
    const from = Math.max(0, rest - MOST_VALUES + 1)
    return {
      ...monitor,
      times: [...times.slice(from, rest), time],
      values: [...values.slice(from, rest), measured[i]],
    }
  })
}
