import type { History, SeriesName } from './history.ts'
import type { Monitor } from './monitors.ts'

const HEADS = {
  potential: 'potential energy (eV)',
  kinetic: 'kinetic energy (eV)',
  total: 'total energy (eV)',
  conserved: 'conserved energy (eV)',
  temperature: 'temperature (K)',
  pressure: 'pressure (bar)',
} as const satisfies Partial<Record<SeriesName, string>>

/** Everything plotted as comma-separated values, a row for each time in ps; what was not known then is left empty. */
export function plottedAsCsv(history: History, monitors: readonly Monitor[]): string {
  const columns = [
    ...Object.entries(HEADS).map(([name, head]) => ({
      head,
      times: history.series('time'),
      values: history.series(name as keyof typeof HEADS),
    })),
    ...monitors.map(({ name, unit, times, values }) => ({ head: `${name} (${unit})`, times, values })),
  ].filter(({ values }) => values.some(Number.isFinite))
  const found = columns.map(({ times, values }) => new Map(times.map((time, i) => [time, values[i]])))
  const times = [...new Set(columns.flatMap((column) => column.times))].sort((a, b) => a - b)
  const cell = (value: number | undefined) => (Number.isFinite(value) ? value : '')
  const rows = times.map((time) => [time, ...found.map((column) => cell(column.get(time)))])
  return `${[['time (ps)', ...columns.map(({ head }) => head)], ...rows].map((row) => row.join(',')).join('\n')}\n`
}
