/** Small helpers on row-major matrices. */

/** Rows of `table` [rows × width] chosen by `index`: [index.length × width]. */
export function gatherRows(table: Float64Array, width: number, index: ArrayLike<number>): Float64Array {
  const out = new Float64Array(index.length * width)
  for (let i = 0; i < index.length; i++) {
    out.set(table.subarray(index[i] * width, (index[i] + 1) * width), i * width)
  }
  return out
}

/** [rows × (p + q)] out of a [rows × p] and b [rows × q]. */
export function concatenate(a: Float64Array, b: Float64Array, rows: number): Float64Array {
  const p = a.length / rows
  const q = b.length / rows
  const out = new Float64Array(a.length + b.length)
  for (let row = 0; row < rows; row++) {
    out.set(a.subarray(row * p, (row + 1) * p), row * (p + q))
    out.set(b.subarray(row * q, (row + 1) * q), row * (p + q) + p)
  }
  return out
}

/** Columns first … first + count − 1 of a [rows × width] matrix. */
export function columns(a: Float64Array, width: number, first: number, count: number): Float64Array {
  const rows = a.length / width
  const out = new Float64Array(rows * count)
  for (let row = 0; row < rows; row++) {
    out.set(a.subarray(row * width + first, row * width + first + count), row * count)
  }
  return out
}

/** target += term, element by element; returns target. */
export function accumulate(target: Float64Array, term: Float64Array): Float64Array {
  for (let k = 0; k < target.length; k++) target[k] += term[k]
  return target
}

/** a + b as a new array. */
export const add = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, k) => x + b[k])
