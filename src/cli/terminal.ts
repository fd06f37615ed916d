/** Text for people on a terminal. */

export interface Column {
  readonly title: string
  readonly align?: 'right'
}

/** Lines of a table that is as wide as what it holds. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, c) => Math.max(title.length, ...rows.map((row) => row[c].length)))
  return [columns.map(({ title }) => title), ...rows].map((row) => rowOf(columns, widths, row))
}

/** One line of a table whose widths are known, for tables that grow while they are shown. */
export function rowOf(columns: readonly Column[], widths: readonly number[], row: readonly string[]): string {
  const cells = row.map((text, c) =>
    columns[c].align === 'right' ? text.padStart(widths[c]) : text.padEnd(widths[c]),
  )
  return cells.join('  ').trimEnd()
}

/** `1.23e-6`, or a dash for nothing. */
export const scientific = (value: number | null): string => (value === null ? '-' : value.toExponential(2))

/** Seconds as `48 s`, `3 min 5 s` or `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

const BAR = 30

/** A bar on stderr that fills up; silent where stderr is no terminal. */
export class ProgressBar {
  private readonly started = performance.now()
  private readonly shown = process.stderr.isTTY === true

  constructor(private readonly total: number) {}

  show(done: number): void {
    if (!this.shown) return
    const share = done / this.total
    const filled = Math.round(BAR * share)
    const elapsed = (performance.now() - this.started) / 1000
    const left = done > 0 && done < this.total ? `, ${duration((elapsed / share) * (1 - share))} left` : ''
    const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled)
    process.stderr.write(`\r\x1b[2K${bar} ${done}/${this.total} steps${left}`)
  }

  end(): void {
    if (this.shown) process.stderr.write('\r\x1b[2K')
  }
}

/** One remark on stderr; stdout carries results only. */
export const remark = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
