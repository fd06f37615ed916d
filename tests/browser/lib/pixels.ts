import type { Pixels } from './tumble-page.ts'

/** Whether something holds of a pixel, 0 … 255 each. */
export type Pixel = (r: number, g: number, b: number) => boolean

/** Share of a picture's pixels of which something holds. */
export const share = ({ data }: Pick<Pixels, 'data'>, holds: Pixel): number => {
  let count = 0
  for (let i = 0; i < data.length; i += 4) if (holds(data[i], data[i + 1], data[i + 2])) count++
  return (4 * count) / data.length
}

/** The red of oxygen. */
export const isRed: Pixel = (r, g, b) => r > 120 && r > 2 * g && r > 2 * b

/** Much lighter than the backdrop. */
export const isBright: Pixel = (r, g, b) => r + g + b > 330

/** Share of pixels whose red has changed visibly between two pictures of the same size. */
export const differing = ({ data: a }: Pick<Pixels, 'data'>, { data: b }: Pick<Pixels, 'data'>): number => {
  let count = 0
  for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) > 40) count++
  return (4 * count) / a.length
}
