/** Σ coefficients[k] x[k] = sum */
export interface LinearEquation {
  readonly coefficients: readonly number[]
  readonly sum: number
}

/** Entries are whole numbers of at most a few thousand, reduced a few times. */
const ZERO = 1e-8

/** More unknowns that can be chosen freely than this have too many solutions to look for. */
const MOST_FREE = 2

/** As many choices take a second; networks of published size have a million at most. */
const MOST_CHOICES = 2e7

interface Reduced {
  /** One row per pivot: coefficients and, last, the sum. */
  readonly rows: readonly (readonly number[])[]
  readonly pivots: readonly number[]
}

/** Gauss–Jordan elimination; null if the equations contradict one another. */
function reduce(equations: readonly LinearEquation[], unknowns: number): Reduced | null {
  const rows = equations.map(({ coefficients, sum }) => [...coefficients, sum])
  const pivots: number[] = []
  for (let column = 0; column < unknowns; column++) {
    const rank = pivots.length
    let best = -1
    for (let r = rank; r < rows.length; r++) {
      const size = Math.abs(rows[r][column])
      if (size > ZERO && (best < 0 || size > Math.abs(rows[best][column]))) best = r
    }
    if (best < 0) continue
    ;[rows[rank], rows[best]] = [rows[best], rows[rank]]
    const pivot = rows[rank][column]
    rows[rank] = rows[rank].map((x) => x / pivot)
    rows.forEach((row, r) => {
      const factor = row[column]
      if (r === rank || factor === 0) return
      rows[r] = row.map((x, c) => x - factor * rows[rank][c])
    })
    pivots.push(column)
  }
  const contradiction = rows.slice(pivots.length).some((row) => Math.abs(row[unknowns]) > 1e-6)
  return contradiction ? null : { rows: rows.slice(0, pivots.length), pivots }
}

/**
 * All x of positive whole numbers up to `most` that satisfy the equations, whose coefficients are whole numbers.
 * @returns null if so many unknowns are free that it would be guessing.
 */
export function wholeSolutions(
  equations: readonly LinearEquation[],
  unknowns: number,
  most: number,
): number[][] | null {
  const reduced = reduce(equations, unknowns)
  if (reduced === null) return []
  const { rows, pivots } = reduced
  const free = Array.from({ length: unknowns }, (_, k) => k).filter((k) => !pivots.includes(k))
  if (free.length > MOST_FREE || most ** free.length > MOST_CHOICES) return null
  const solutions: number[][] = []
  const x = new Array<number>(unknowns).fill(0)
  const finish = () => {
    rows.forEach((row, r) => {
      x[pivots[r]] = Math.round(free.reduce((rest, k) => rest - row[k] * x[k], row[unknowns]))
    })
    const exact = equations.every(
      ({ coefficients, sum }) => coefficients.reduce((total, c, k) => total + c * x[k], 0) === sum,
    )
    if (exact && x.every((n) => n >= 1 && n <= most)) solutions.push([...x])
  }
  const choose = (n: number) => {
    if (n === free.length) return finish()
    for (x[free[n]] = 1; x[free[n]] <= most; x[free[n]]++) choose(n + 1)
    x[free[n]] = 0
  }
  choose(0)
  return solutions
}
