/**
 * Functions of the distance, tabulated once in double precision on equidistant knots and interpolated by cubic
 * Hermite splines on the GPU (shaders/radial/table.wgsl). One look-up replaces a product with a basis of R functions,
 * and the spline's own derivative makes the force the exact gradient of the tabulated energy.
 */

/** Writes `width` values and derivatives (per Å) of the functions at distance r (Å). */
export type RadialFunctions = (r: number, values: Float64Array, derivatives: Float64Array) => void

export interface RadialTable {
  /** intervals; knots 0 … `knots` cover 0 … cutoff */
  readonly knots: number
  readonly knotsPerAngstrom: number
  /** [knots + 1, width / 4, 2, 4]: value, then slope per knot spacing */
  readonly data: Float32Array
  /** largest deviation of the spline from the functions at interval centres, relative to the largest value */
  readonly error: number
}

/** Deviation at which a table is fine enough: half of what float32 can resolve. */
const TOLERANCE = 3e-8
const FIRST_KNOTS = 512
/** A table grows no larger than this many bytes; beyond it the error it has is reported, not hidden. */
const MOST_BYTES = 96 * 2 ** 20

interface Samples {
  readonly values: Float64Array
  readonly derivatives: Float64Array
}

function sample(functions: RadialFunctions, width: number, count: number, distance: (i: number) => number): Samples {
  const values = new Float64Array(count * width)
  const derivatives = new Float64Array(count * width)
  for (let i = 0; i < count; i++) {
    const range: [number, number] = [i * width, (i + 1) * width]
    functions(distance(i), values.subarray(...range), derivatives.subarray(...range))
  }
  return { values, derivatives }
}

/** Largest |spline − function| at interval centres over the largest |function|. */
function deviation(knots: Samples, centres: Samples, width: number, spacing: number): number {
  let worst = 0
  let largest = 0
  for (let i = 0; i < centres.values.length; i++) {
    const right = i + width
    const spline =
      (knots.values[i] + knots.values[right]) / 2 + (spacing / 8) * (knots.derivatives[i] - knots.derivatives[right])
    worst = Math.max(worst, Math.abs(spline - centres.values[i]))
    largest = Math.max(largest, Math.abs(centres.values[i]))
  }
  return largest > 0 ? worst / largest : 0
}

/** Knots and the centres between them, in order. */
function interleave(knots: Samples, centres: Samples, width: number): Samples {
  const merge = (a: Float64Array, b: Float64Array) => {
    const out = new Float64Array(a.length + b.length)
    const rows = a.length / width
    for (let i = 0; i < rows; i++) {
      out.set(a.subarray(i * width, (i + 1) * width), 2 * i * width)
      if (i < rows - 1) out.set(b.subarray(i * width, (i + 1) * width), (2 * i + 1) * width)
    }
    return out
  }
  return {
    values: merge(knots.values, centres.values),
    derivatives: merge(knots.derivatives, centres.derivatives),
  }
}

/**
 * Tabulates with as many knots as the functions need: the number is doubled until the spline meets the functions at
 * the centres of all intervals within {@link TOLERANCE}.
 * @param width number of functions, a multiple of 4
 * @param cutoff Å
 */
export function tabulate(functions: RadialFunctions, width: number, cutoff: number): RadialTable {
  let count = FIRST_KNOTS
  let knots = sample(functions, width, count + 1, (i) => (cutoff * i) / count)
  for (;;) {
    const spacing = cutoff / count
    const centres = sample(functions, width, count, (i) => spacing * (i + 0.5))
    const error = deviation(knots, centres, width, spacing)
    if (error <= TOLERANCE || (2 * count + 1) * width * 8 > MOST_BYTES) {
      return { knots: count, knotsPerAngstrom: count / cutoff, data: pack(knots, width, spacing), error }
    }
    knots = interleave(knots, centres, width)
    count *= 2
  }
}

function pack({ values, derivatives }: Samples, width: number, spacing: number): Float32Array {
  const data = new Float32Array(values.length * 2)
  for (let i = 0; i < values.length; i += 4) {
    for (let lane = 0; lane < 4; lane++) {
      data[2 * i + lane] = values[i + lane]
      data[2 * i + 4 + lane] = derivatives[i + lane] * spacing
    }
  }
  if (width % 4 !== 0) throw new Error(`A radial table's width must be a multiple of 4, not ${width}.`)
  return data
}
