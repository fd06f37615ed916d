/** Picture elements of the longer side of a film: beyond it encoders give up or fall behind. */
const LONGEST = 1920

/**
 * The size of a film of a canvas, as sharp as the screen where that is not too much. Most codecs want even numbers.
 * @param width CSS pixels
 * @param height CSS pixels
 * @param ratio picture elements per CSS pixel of the screen
 */
export function filmSize(width: number, height: number, ratio: number) {
  const scale = Math.min(ratio, LONGEST / Math.max(width, height))
  const even = (x: number) => Math.max(2, 2 * Math.round((x * scale) / 2))
  return { width: even(width), height: even(height), scale }
}
