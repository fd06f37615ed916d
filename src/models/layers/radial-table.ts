/**
 * Functions of the distance as piecewise polynomials, fitted once in double precision and evaluated on the GPU
 * (shaders/radial/table.wgsl). One look-up replaces a product with a basis of R functions, and the polynomial's own
 * derivative makes the force the exact gradient of the tabulated energy.
 *
 * Each interval has its own polynomial in t ∈ [−1, 1], interpolating the functions at Chebyshev nodes. Coefficients,
 * not knot values, are stored: the slope is then a sum of terms that were each rounded once, where differences of
 * neighbouring knot values would lose to float32 what finer knots win.
 */

/** `width` functions of the distance. Both methods write into zeroed arrays. */
export interface RadialFunctions {
  /** Values at distance r (Å). */
  values(r: number, out: Float64Array): void
  /** Derivatives (per Å) at distance r (Å). */
  derivatives(r: number, out: Float64Array): void
}

export interface RadialTable {
  /** equal intervals between 0 and the cutoff */
  readonly intervals: number
  readonly intervalsPerAngstrom: number
  /** coefficients of one polynomial: its degree + 1 */
  readonly terms: number
  /** [intervals, terms, width], constant term first */
  readonly data: Float32Array
  /** largest deviation of a polynomial's slope from the function's, relative to the largest slope */
  readonly error: number
}

/** Six terms: an interval may span a fifth of the narrowest basis function's width. */
const TERMS = 6
/** Relative deviation of slopes at which a table is fine enough: that of a few roundings in float32. */
const TOLERANCE = 2e-7
/** Intervals of the first try; the needed number follows from its error. */
const FIRST_INTERVALS = 256
/** Share of the intervals that are looked at for their error. */
const CHECKED = 1 / 16
/** A table grows no larger than this many bytes; beyond it the error it has is reported, not hidden. */
const MOST_BYTES = 64 * 2 ** 20

const nodes = Array.from({ length: TERMS }, (_, j) => Math.cos((Math.PI * (j + 0.5)) / TERMS))

/** [terms, terms]: row k gives the coefficient of t^k from values at the nodes. */
const interpolation = invertVandermonde(nodes)

/**
 * Fits functions with as many intervals as they need, judged by the slopes at the ends of intervals, where a
 * polynomial errs most.
 * @param width number of functions, a multiple of 4
 * @param cutoff Å
 */
export function tabulate(functions: RadialFunctions, width: number, cutoff: number): RadialTable {
  return tabulateAlike([functions], width, cutoff)[0]
}

/** Like {@link tabulate}, for several sets of functions that share their intervals, and so the kernels that read them. */
export function tabulateAlike(
  sets: readonly RadialFunctions[],
  width: number,
  cutoff: number,
): RadialTable[] {
  if (width % 4 !== 0) throw new Error(`A radial table's width must be a multiple of 4, not ${width}.`)
  let intervals = FIRST_INTERVALS
  for (const functions of sets) intervals = intervalsFor(functions, width, cutoff, intervals)
  return sets.map((functions) => {
    const data = new Float32Array(intervals * width * TERMS)
    const coefficientsOf = fitter(functions, width, cutoff / intervals)
    for (let i = 0; i < intervals; i++) data.set(coefficientsOf(i), i * width * TERMS)
    const error = slopeError(functions, width, cutoff, intervals)
    return { intervals, intervalsPerAngstrom: intervals / cutoff, terms: TERMS, data, error }
  })
}

/** The smallest number of intervals, from `first` on, that meets the tolerance, or the most there may be. */
function intervalsFor(functions: RadialFunctions, width: number, cutoff: number, first: number): number {
  const most = Math.max(first, Math.floor(MOST_BYTES / (width * TERMS * 4)))
  let intervals = first
  for (;;) {
    const error = slopeError(functions, width, cutoff, intervals)
    if (error <= TOLERANCE || intervals >= most) return intervals
    // The slope of a polynomial with n terms errs by the power n − 1 of the spacing.
    const factor = Math.max(1.1, 1.05 * (error / TOLERANCE) ** (1 / (TERMS - 1)))
    intervals = Math.min(most, Math.ceil((intervals * factor) / 16) * 16)
  }
}

/** Coefficients [terms, width] of the polynomials in one interval. */
function fitter(functions: RadialFunctions, width: number, spacing: number) {
  const sample = new Float64Array(width)
  const coefficients = new Float64Array(TERMS * width)
  return (interval: number): Float64Array => {
    coefficients.fill(0)
    for (let j = 0; j < TERMS; j++) {
      sample.fill(0)
      functions.values(spacing * (interval + 0.5 + nodes[j] / 2), sample)
      for (let k = 0; k < TERMS; k++) {
        const factor = interpolation[k * TERMS + j]
        const row = k * width
        for (let f = 0; f < width; f++) coefficients[row + f] += factor * sample[f]
      }
    }
    return coefficients
  }
}

/** Largest |slope − derivative| at the right ends of some intervals, over the largest |derivative|. */
function slopeError(functions: RadialFunctions, width: number, cutoff: number, intervals: number): number {
  const spacing = cutoff / intervals
  const coefficientsOf = fitter(functions, width, spacing)
  const derivatives = new Float64Array(width)
  let worst = 0
  let largest = 0
  for (let i = 0; i < intervals; i += 1 / CHECKED) {
    const coefficients = coefficientsOf(i)
    derivatives.fill(0)
    functions.derivatives(spacing * (i + 1), derivatives)
    for (let f = 0; f < width; f++) {
      let slope = 0
      for (let k = 1; k < TERMS; k++) slope += k * coefficients[k * width + f]
      worst = Math.max(worst, Math.abs((2 / spacing) * slope - derivatives[f]))
      largest = Math.max(largest, Math.abs(derivatives[f]))
    }
  }
  return largest > 0 ? worst / largest : 0
}

/** Gauss–Jordan with pivoting on [t_j^k | 1]; the nodes lie in [−1, 1], so it is well conditioned. */
function invertVandermonde(t: readonly number[]): Float64Array {
  const n = t.length
  const rows = t.map((x, j) => [...t.map((_, k) => x ** k), ...t.map((_, k) => (k === j ? 1 : 0))])
  for (let column = 0; column < n; column++) {
    const pivot = rows.findIndex(
      (row, j) =>
        j >= column &&
        Math.abs(row[column]) === Math.max(...rows.slice(column).map((r) => Math.abs(r[column]))),
    )
    ;[rows[column], rows[pivot]] = [rows[pivot], rows[column]]
    const scale = 1 / rows[column][column]
    rows[column] = rows[column].map((x) => x * scale)
    for (let j = 0; j < n; j++) {
      if (j === column) continue
      const factor = rows[j][column]
      rows[j] = rows[j].map((x, k) => x - factor * rows[column][k])
    }
  }
  return Float64Array.from(rows.flatMap((row) => row.slice(n)))
}
