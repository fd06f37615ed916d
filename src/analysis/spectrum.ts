import { SPEED_OF_LIGHT } from '../chemistry/units.ts'
import { InputError } from '../errors.ts'

export interface SpectrumOptions {
  /** fs between the samples of the correlation */
  readonly interval: number
  /** cm⁻¹ up to which the spectrum is wanted; up to where the sampling reaches (Nyquist) if left out */
  readonly maximum?: number
}

export interface Spectrum {
  /** cm⁻¹, evenly spaced: four points per width of a line */
  readonly wavenumbers: Float64Array
  /** the power at each, in units of the correlation × fs; the integral over frequency in 1/fs is C(0)/2 */
  readonly intensities: Float64Array
}

/** Points per resolution element 1/(2 T c), so that a peak's top is not missed. */
const OVERSAMPLING = 4

/**
 * Vibrational density of states: cosine transform of a velocity autocorrelation, tapered with Hann's window so that its
 * sudden end makes no ripples (lines are then about 1/(T c) wide, T the longest lag).
 *
 *   S(ν) = Δt Σ_l w_l C_l cos(2π c ν l Δt), l from −L to L
 *
 * @param correlation [lags] at multiples of the interval, from 0 on
 * @throws InputError for fewer than two lags or an interval that is no positive number
 */
export function vibrationalSpectrum(
  correlation: ArrayLike<number>,
  { interval, maximum }: SpectrumOptions,
): Spectrum {
  const lags = correlation.length
  if (lags < 2)
    throw new InputError('A spectrum needs a correlation of at least two lags: sample for longer.')
  if (!(interval > 0 && Number.isFinite(interval)))
    throw new InputError(`The time between samples must be positive, not ${interval} fs.`)
  const nyquist = 1 / (2 * interval * SPEED_OF_LIGHT)
  const spacing = nyquist / (OVERSAMPLING * lags)
  const points = Math.floor(Math.min(maximum ?? nyquist, nyquist) / spacing) + 1
  const wavenumbers = Float64Array.from({ length: points }, (_, k) => k * spacing)
  const tapered = Float64Array.from(
    { length: lags },
    (_, l) => (l === 0 ? 1 : 2) * correlation[l] * Math.cos((Math.PI * l) / (2 * lags)) ** 2,
  )
  const intensities = wavenumbers.map((_, k) => {
    // spacing · Δt · c = 1/(2 · OVERSAMPLING · lags)
    const angle = (Math.PI * k) / (OVERSAMPLING * lags)
    let sum = 0
    for (let l = 0; l < lags; l++) sum += tapered[l] * Math.cos(angle * l)
    return interval * sum
  })
  return { wavenumbers, intensities }
}
