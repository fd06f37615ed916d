/**
 * Functions of the distance as piecewise polynomials, fitted once in double precision and evaluated on the GPU
 * (shaders/radial/table.wgsl). One look-up replaces a product with a basis of R functions, and the polynomial's own
 * derivative makes the force the exact gradient of the tabulated energy.
 *
 * The distance is divided into equal segments, and each segment into as many equal intervals as its functions need:
 * exponential-normal bases are narrow near an atom and broad far from it, where most of its neighbours are. Few intervals
 * stay in the nearest cache.
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
  /** of all segments together */
  readonly intervals: number
  readonly segmentsPerAngstrom: number
  /** coefficients of one polynomial: its degree + 1 */
  readonly terms: number
  /**
   * [segments, 4]: start in Å, intervals per Å, number of its first interval, how many it has; then
   * [intervals, terms, width], constant term first
   */
  readonly data: Float32Array
  /** largest deviation of a polynomial's slope from the function's, relative to the largest slope in the same segment */
  readonly error: number
}

/** As many as shaders/radial/table.wgsl has. */
export const SEGMENTS = 16
/** Floats before the coefficients. */
export const SEGMENT_FLOATS = 4 * SEGMENTS
/** Six terms: an interval may span a fifth of the narrowest basis function's width. */
const TERMS = 6
/** Relative deviation of slopes at which a table is fine enough: that of a few roundings in float32. */
const TOLERANCE = 2e-7
/** Slopes that are smaller than this share of the largest of all matter to nobody. */
const SMALL = 1e-3
/** Intervals of a segment's first try; the needed number follows from its error. */
const FIRST_INTERVALS = 4
/** Intervals of a segment that are looked at for their error, and for the largest slope. */
const CHECKED = 16
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

/** Like {@link tabulate}, for several sets of functions that share their intervals. */
export function tabulateAlike(
  sets: readonly RadialFunctions[],
  width: number,
  cutoff: number,
): RadialTable[] {
  if (width % 4 !== 0) throw new Error(`A radial table's width must be a multiple of 4, not ${width}.`)
  const scales = sets.map((functions) => slopeScales(functions, width, cutoff))
  const segments = Array.from({ length: SEGMENTS }, (_, k) => {
    let segment = segmentOf((k * cutoff) / SEGMENTS, cutoff / SEGMENTS, FIRST_INTERVALS)
    sets.forEach((functions, s) => {
      segment = refined(segment, functions, width, scales[s][k])
    })
    return segment
  })
  const intervals = segments.reduce((sum, segment) => sum + segment.intervals, 0)
  return sets.map((functions, s) => {
    const data = new Float32Array(SEGMENT_FLOATS + intervals * width * TERMS)
    let first = 0
    let error = 0
    segments.forEach((segment, k) => {
      data.set([segment.start, segment.perAngstrom, first, segment.intervals], 4 * k)
      const coefficientsOf = fitter(functions, width, segment)
      for (let i = 0; i < segment.intervals; i++)
        data.set(coefficientsOf(i), SEGMENT_FLOATS + (first + i) * width * TERMS)
      first += segment.intervals
      error = Math.max(error, slopeError(functions, width, segment, scales[s][k]))
    })
    return { intervals, segmentsPerAngstrom: SEGMENTS / cutoff, terms: TERMS, data, error }
  })
}

/** A stretch of the distance, Å, in equal intervals. */
interface Segment {
  readonly start: number
  readonly length: number
  readonly intervals: number
  readonly perAngstrom: number
}

/** Fitted where float32 has it: start and density are rounded first. */
const segmentOf = (start: number, length: number, intervals: number): Segment => ({
  start: Math.fround(start),
  length,
  intervals,
  perAngstrom: Math.fround(intervals / length),
})

/** The largest |derivative| in each segment, but none so small that it matters to nobody. */
function slopeScales(functions: RadialFunctions, width: number, cutoff: number): number[] {
  const derivatives = new Float64Array(width)
  const largest = Array.from({ length: SEGMENTS }, (_, k) => {
    let most = 0
    for (let n = 0; n <= CHECKED; n++) {
      derivatives.fill(0)
      functions.derivatives(((k + n / CHECKED) * cutoff) / SEGMENTS, derivatives)
      for (const derivative of derivatives) most = Math.max(most, Math.abs(derivative))
    }
    return most
  })
  const least = SMALL * Math.max(...largest)
  return largest.map((scale) => Math.max(scale, least))
}

/** With the smallest number of intervals, from those it has on, that meets the tolerance, or the most there may be. */
function refined(segment: Segment, functions: RadialFunctions, width: number, scale: number): Segment {
  const most = Math.floor(MOST_BYTES / (width * TERMS * 4 * SEGMENTS))
  for (let finer = segment; ; ) {
    const error = slopeError(functions, width, finer, scale)
    if (error <= TOLERANCE || finer.intervals >= most) return finer
    // The slope of a polynomial with n terms errs by the power n − 1 of the spacing.
    const factor = Math.max(1.1, 1.05 * (error / TOLERANCE) ** (1 / (TERMS - 1)))
    finer = segmentOf(segment.start, segment.length, Math.min(most, Math.ceil(finer.intervals * factor)))
  }
}

/** Coefficients [terms, width] of the polynomials in one interval. */
function fitter(functions: RadialFunctions, width: number, { start, perAngstrom }: Segment) {
  const spacing = 1 / perAngstrom
  const sample = new Float64Array(width)
  const coefficients = new Float64Array(TERMS * width)
  return (interval: number): Float64Array => {
    coefficients.fill(0)
    for (let j = 0; j < TERMS; j++) {
      sample.fill(0)
      functions.values(start + spacing * (interval + 0.5 + nodes[j] / 2), sample)
      for (let k = 0; k < TERMS; k++) {
        const factor = interpolation[k * TERMS + j]
        const row = k * width
        for (let f = 0; f < width; f++) coefficients[row + f] += factor * sample[f]
      }
    }
    return coefficients
  }
}

/** Largest |slope − derivative| at the right ends of some intervals, where a polynomial errs most, over `scale`. */
function slopeError(functions: RadialFunctions, width: number, segment: Segment, scale: number): number {
  const { start, intervals, perAngstrom } = segment
  const spacing = 1 / perAngstrom
  const coefficientsOf = fitter(functions, width, segment)
  const derivatives = new Float64Array(width)
  let worst = 0
  for (let i = 0; i < intervals; i += Math.max(1, Math.floor(intervals / CHECKED))) {
    const coefficients = coefficientsOf(i)
    derivatives.fill(0)
    functions.derivatives(start + spacing * (i + 1), derivatives)
    for (let f = 0; f < width; f++) {
      let slope = 0
      for (let k = 1; k < TERMS; k++) slope += k * coefficients[k * width + f]
      worst = Math.max(worst, Math.abs((2 / spacing) * slope - derivatives[f]))
    }
  }
  return scale > 0 ? worst / scale : 0
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
