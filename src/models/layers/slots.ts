/**
 * Where channels live on the GPU. Rows are made of vec4s, so widths are padded with zeros to multiples of four:
 * per head, so that a vec4 never straddles two heads.
 */

/** Places of a tensor's channels in a padded row. */
export interface Slots {
  /** [channels] slot of each channel */
  readonly at: Uint32Array
  /** slots in a row, a multiple of 4 */
  readonly width: number
}

export const padded = (width: number): number => Math.ceil(width / 4) * 4

/** `heads` blocks of `headWidth` channels, each block padded. One head is plain padding at the end. */
export function headSlots(heads: number, headWidth: number): Slots {
  const stride = padded(headWidth)
  return {
    at: Uint32Array.from(
      { length: heads * headWidth },
      (_, c) => Math.floor(c / headWidth) * stride + (c % headWidth),
    ),
    width: heads * stride,
  }
}

export const plainSlots = (channels: number): Slots => headSlots(1, channels)

/** Rows joined end to end: `parts` in order. */
export function concatSlots(...parts: readonly Slots[]): Slots {
  const at: number[] = []
  let width = 0
  for (const part of parts) {
    for (const slot of part.at) at.push(width + slot)
    width += part.width
  }
  return { at: Uint32Array.from(at), width }
}
