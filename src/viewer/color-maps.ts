/** Scales of colour for numbers, and colours to tell things apart. All safe for the common kinds of colour blindness. */
import { Color, SRGBColorSpace } from 'three/webgpu'

/** sRGB, each 0 … 1. */
export type Rgb = readonly [number, number, number]

/** Steps in which the GPU knows a scale. */
export const STOPS = 64

/**
 * Viridis (S. van der Walt, N. Smith, 2015), as polynomials of the sixth degree for red, green and blue (M. Zucker's fit,
 * public domain).
 */
const VIRIDIS: readonly (readonly number[])[] = [
  [
    0.2777273272234177, 0.1050930431085774, -0.3308618287255563, -4.634230498983486, 6.228269936347081,
    4.776384997670288, -5.435455855934631,
  ],
  [
    0.005407344544966578, 1.404613529898575, 0.214847559468213, -5.799100973351585, 14.17993336680509,
    -13.74514537774601, 4.645852612178535,
  ],
  [
    0.3340998053353061, 1.384590162594685, 0.09509516302823659, -19.33244095627987, 56.69055260068105,
    -65.35303263337234, 26.3124352495832,
  ],
]
/** Its darkest tenth is lost on a dark ground. */
const VIRIDIS_FROM = 0.1

/** Blue for negative, red for positive, light between: ends of ColorBrewer's RdBu (C. Brewer). */
const NEGATIVE: Rgb = [0.26, 0.58, 0.84]
const NEUTRAL: Rgb = [0.91, 0.91, 0.92]
const POSITIVE: Rgb = [0.9, 0.36, 0.3]

/** Eight colours that everybody can tell apart (M. Okabe, K. Ito, 2008), without their black. */
export const DISTINCT: readonly Rgb[] = [
  [0.337, 0.706, 0.914],
  [0.902, 0.624, 0],
  [0, 0.62, 0.451],
  [0.8, 0.475, 0.655],
  [0.941, 0.894, 0.259],
  [0, 0.447, 0.698],
  [0.835, 0.369, 0],
  [0.65, 0.67, 0.7],
]

export type ColorMapName = 'sequential' | 'diverging'

const between = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]

/** The colour at a place of a scale, 0 … 1. */
export function colorAt(map: ColorMapName, place: number): Rgb {
  const t = Math.min(1, Math.max(0, place))
  if (map === 'diverging')
    return t < 0.5 ? between(NEGATIVE, NEUTRAL, 2 * t) : between(NEUTRAL, POSITIVE, 2 * t - 1)
  const x = VIRIDIS_FROM + (1 - VIRIDIS_FROM) * t
  const channel = (terms: readonly number[]) =>
    Math.min(
      1,
      Math.max(
        0,
        terms.reduceRight((sum, term) => sum * x + term, 0),
      ),
    )
  return [channel(VIRIDIS[0]), channel(VIRIDIS[1]), channel(VIRIDIS[2])]
}

/** Linear light, as shaders reckon. */
export function linear([r, g, b]: Rgb): Rgb {
  const color = new Color().setRGB(r, g, b, SRGBColorSpace)
  return [color.r, color.g, color.b]
}

/** [STOPS × 4] a scale in linear light; w unused. */
export const stopsOf = (map: ColorMapName): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    Array.from({ length: STOPS }, (_, i) => [...linear(colorAt(map, i / (STOPS - 1))), 1]).flat(),
  )
