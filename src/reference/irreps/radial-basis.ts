/**
 * Equiformer's radial bases with derivatives. Equiformer SPEC section 6.
 *
 * | SPEC                                         | here                                            |
 * |----------------------------------------------|-------------------------------------------------|
 * | d, rc                                        | distance and `cutoff` (Å)                       |
 * | `exp`: means μ_k, betas β_k, α = 5/rc        | TorchMD-NET's exponential-normal functions, from 0 |
 * | `gaussian`: t = weight d/rc + bias, s = |std| + 10⁻⁵ | `exp(−½((t − mean)/s)²)/(√(2·3.14159) s)` |
 * | `bessel`: t = d/rc, frequencies f_k          | `envelope(t) √(2/rc³) sin(f t)/t`               |
 * | φ_k(d)                                       | `equiformerRadialBasis` [E × K]                 |
 * | gd = Σ_k gφ_k φ_k'(d)                        | `equiformerRadialBasisAdjoint` [E]              |
 *
 * The Gaussians do not decay at the cutoff: energies of such networks jump when an edge crosses it, upstream's too.
 */
import { radialFunction } from '../radial.ts'

export type EquiformerRadialBasis =
  | {
      readonly kind: 'exp'
      readonly cutoff: number
      readonly means: Float64Array
      readonly betas: Float64Array
    }
  | {
      readonly kind: 'gaussian'
      readonly cutoff: number
      readonly mean: Float64Array
      readonly std: Float64Array
      readonly weight: number
      readonly bias: number
    }
  | { readonly kind: 'bessel'; readonly cutoff: number; readonly frequencies: Float64Array }

/** Upstream writes out these digits of π in the Gaussians' norm. */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: networks were trained with it
const UPSTREAM_PI = 3.14159

type ValueAndDerivative = [value: number, derivative: number]

/**
 * 1 − 21 t⁵ + 35 t⁶ − 15 t⁷ for t < 1, else 0 (Gasteiger et al., arXiv:2003.03123, eq. (8), p = 5), factorised: near
 * t = 1 the sum of powers cancels.
 */
function envelope(t: number): ValueAndDerivative {
  if (t >= 1) return [0, 0]
  const rest = 1 - t
  return [rest ** 3 * (1 + t * (3 + t * (6 + t * (10 + 15 * t)))), -105 * t ** 4 * rest ** 2]
}

/** Number of radial functions K. */
export const equiformerRadialCount = (basis: EquiformerRadialBasis): number => {
  if (basis.kind === 'exp') return basis.means.length
  return basis.kind === 'gaussian' ? basis.mean.length : basis.frequencies.length
}

/** φ_k(d) and φ_k'(d) (1/Å), d > 0. */
export function equiformerRadialFunction(
  basis: EquiformerRadialBasis,
  k: number,
  d: number,
): ValueAndDerivative {
  const { cutoff } = basis
  switch (basis.kind) {
    case 'exp': {
      const { means, betas } = basis
      return radialFunction({ kind: 'expnorm', cutoffLower: 0, cutoffUpper: cutoff, means, betas }, k, d)
    }
    case 'gaussian': {
      const width = Math.abs(basis.std[k]) + 1e-5
      const offset = ((basis.weight * d) / cutoff + basis.bias - basis.mean[k]) / width
      const value = Math.exp(-0.5 * offset * offset) / (Math.sqrt(2 * UPSTREAM_PI) * width)
      return [value, (-offset * value * basis.weight) / (cutoff * width)]
    }
    case 'bessel': {
      const t = d / cutoff
      const frequency = basis.frequencies[k]
      const [window, slope] = envelope(t)
      const scale = Math.sqrt(2 / cutoff ** 3)
      const wave = Math.sin(frequency * t) / t
      const waveSlope = (frequency * Math.cos(frequency * t) - wave) / t
      return [scale * window * wave, (scale * (slope * wave + window * waveSlope)) / cutoff]
    }
  }
}

/** φ [E × K] at the distances [E]. */
export function equiformerRadialBasis(basis: EquiformerRadialBasis, distances: Float64Array): Float64Array {
  const count = equiformerRadialCount(basis)
  return new Float64Array(distances.length * count).map(
    (_, at) => equiformerRadialFunction(basis, at % count, distances[Math.floor(at / count)])[0],
  )
}

/** Gradient with respect to the distances, [E], from the gradient gphi [E × K]. */
export function equiformerRadialBasisAdjoint(
  basis: EquiformerRadialBasis,
  distances: Float64Array,
  gphi: Float64Array,
): Float64Array {
  const count = equiformerRadialCount(basis)
  return distances.map((d, e) => {
    let sum = 0
    for (let k = 0; k < count; k++) {
      sum += gphi[e * count + k] * equiformerRadialFunction(basis, k, d)[1]
    }
    return sum
  })
}
