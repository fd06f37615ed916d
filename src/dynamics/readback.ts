/** What comes back from the GPU, as numbers with names. */

/** Fields of a shader's struct in order, and how many numbers of four bytes each holds. */
export type Layout = readonly (readonly [name: string, width: number])[]

/** Bytes of a struct. */
export const sizeOf = (layout: Layout): number => 4 * layout.reduce((sum, [, width]) => sum + width, 0)

/** @param whole fields that are u32; the others are f32 */
export function fieldsOf<const L extends Layout>(
  layout: L,
  bytes: ArrayBuffer,
  whole: readonly string[],
): Record<L[number][0], readonly number[]> {
  const floats = new Float32Array(bytes)
  const words = new Uint32Array(bytes)
  let at = 0
  const entries = layout.map(([name, width]) => {
    at += width
    return [name, Array.from((whole.includes(name) ? words : floats).subarray(at - width, at))]
  })
  return Object.fromEntries(entries)
}

/** [atoms × 3] out of a buffer of vec4f, moved by an offset. */
export function xyzOf(bytes: ArrayBuffer, offset: readonly number[] = [0, 0, 0]): Float64Array {
  const data = new Float32Array(bytes)
  return Float64Array.from(
    { length: (data.length / 4) * 3 },
    (_, i) => data[4 * Math.floor(i / 3) + (i % 3)] + offset[i % 3],
  )
}

/** Nine numbers, the rows of the first Cell of shaders/neighbors/edge.wgsl. */
export const cellRowsOf = (bytes: ArrayBuffer): readonly number[] => Array.from(xyzOf(bytes.slice(0, 48)))
