import type { History, SeriesName } from './history.ts'
import type { Monitor } from './monitors.ts'

const HEADS = {
  potential: 'potential energy (eV)',
  kinetic: 'kinetic energy (eV)',
  total: 'total energy (eV)',
  conserved: 'conserved energy (eV)',
  hand: 'work of the hand (eV)',
  temperature: 'temperature (K)',
  pressure: 'pressure (bar)',
} as const satisfies Partial<Record<SeriesName, string>>

/** Numbers that are plotted, and where on the x axis. */
export interface PlottedColumn {
  readonly head: string
  readonly places: readonly number[]
  readonly values: readonly number[]
}

/** Everything plotted of a run as comma-separated values, a row for each time in ps; the hand's work where one has pulled. */
export const plottedAsCsv = (history: History, monitors: readonly Monitor[]): string =>
  columnsAsCsv('time (ps)', [
    ...Object.entries(HEADS)
      .filter(([name]) => name !== 'hand' || history.series('hand').some((work) => work !== 0))
      .map(([name, head]) => ({
        head,
        places: history.series('time'),
        values: history.series(name as keyof typeof HEADS),
      })),
    ...monitors.map(columnOf),
  ])

export const columnOf = ({ name, unit, times, values }: Monitor): PlottedColumn => ({
  head: `${name} (${unit})`,
  places: times,
  values,
})

/**
 * A row for each place; what is not known there is left empty, and columns that never had a value are left out.
 * @param against what the places are
 */
export function columnsAsCsv(against: string, given: readonly PlottedColumn[]): string {
  const columns = given.filter(({ values }) => values.some(Number.isFinite))
  const found = columns.map(({ places, values }) => new Map(places.map((place, i) => [place, values[i]])))
  const places = [...new Set(columns.flatMap((column) => column.places))].sort((a, b) => a - b)
  const cell = (value: number | undefined) => (Number.isFinite(value) ? value : '')
  const rows = places.map((place) => [place, ...found.map((column) => cell(column.get(place)))])
  return `${[[against, ...columns.map(({ head }) => head)], ...rows].map((row) => row.join(',')).join('\n')}\n`
}
