/**
 * Cosine cutoff and radial bases with derivatives. SPEC section 5; arXiv:2202.02541 eq. (1) and (2).
 *
 * | SPEC                 | here                                  |
 * |----------------------|---------------------------------------|
 * | r                    | `r`, `distances[e]` (Å)               |
 * | C(r; lo, up)         | `cosineCutoff`                        |
 * | r_lo, r_up           | `cutoffLower`, `cutoffUpper` (Å)      |
 * | mu_k, beta_k         | `means`, `betas` (expnorm)            |
 * | alpha = 5/(up − lo)  | `alpha`                               |
 * | offset_k, coeff      | `offsets` (Å), `coefficient` (1/Å²)   |
 * | phi_k(r)             | `radialBasis`, [E × R]                |
 * | gr = Σ_k gphi_k phi_k'(r) | `radialBasisAdjoint`, [E]        |
 */
import { type EtParameters, float64Of } from '../models/et/parameters.ts'

export type RadialBasis =
  | {
      readonly kind: 'expnorm'
      readonly cutoffLower: number
      readonly cutoffUpper: number
      readonly means: Float64Array
      readonly betas: Float64Array
    }
  | { readonly kind: 'gauss'; readonly offsets: Float64Array; readonly coefficient: number }

/** The basis of a model, with the stored values of means, betas or offsets. */
export function radialBasisOf({ hyper, tensors }: EtParameters): RadialBasis {
  const values = (key: string) => float64Of(tensors.get(`representation_model.distance_expansion.${key}`)!)
  if (hyper.radialBasis === 'gauss') {
    return { kind: 'gauss', offsets: values('offset'), coefficient: values('coeff')[0] }
  }
  const { cutoffLower, cutoffUpper } = hyper
  return { kind: 'expnorm', cutoffLower, cutoffUpper, means: values('means'), betas: values('betas') }
}

/**
 * C(r; lo, up). With lo > 0 the window opens at lo as well: C(lo) = C(up) = 0, its maximum is midway,
 * and self edges (r = 0) get weight 0.
 */
export function cosineCutoff(r: number, lo: number, up: number): number {
  if (lo > 0) {
    return r > lo && r < up ? 0.5 * (Math.cos(Math.PI * ((2 * (r - lo)) / (up - lo) + 1)) + 1) : 0
  }
  return r < up ? 0.5 * (Math.cos((Math.PI * r) / up) + 1) : 0
}

/** dC/dr in 1/Å. */
export function cosineCutoffDerivative(r: number, lo: number, up: number): number {
  if (lo > 0) {
    const width = up - lo
    return r > lo && r < up ? (-Math.PI / width) * Math.sin(Math.PI * ((2 * (r - lo)) / width + 1)) : 0
  }
  return r < up ? ((-0.5 * Math.PI) / up) * Math.sin((Math.PI * r) / up) : 0
}

/** Number of radial functions R. */
export const radialCount = (basis: RadialBasis): number =>
  basis.kind === 'expnorm' ? basis.means.length : basis.offsets.length

/** phi_k(r) and phi_k'(r) of one function at one distance. */
export function radialFunction(
  basis: RadialBasis,
  k: number,
  r: number,
): [value: number, derivative: number] {
  if (basis.kind === 'gauss') {
    const delta = r - basis.offsets[k]
    const value = Math.exp(basis.coefficient * delta * delta)
    return [value, 2 * basis.coefficient * delta * value]
  }
  const { cutoffLower, cutoffUpper } = basis
  const alpha = 5 / (cutoffUpper - cutoffLower)
  const beta = basis.betas[k]
  const decay = Math.exp(alpha * (cutoffLower - r))
  // The difference first: with beta up to (R/2)² = 1024 the expanded square would cancel.
  const delta = decay - basis.means[k]
  const gaussian = Math.exp(-beta * delta * delta)
  // The cutoff inside the basis always starts at zero, whatever r_lo is (SPEC section 5).
  const cutoff = cosineCutoff(r, 0, cutoffUpper)
  const slope = cosineCutoffDerivative(r, 0, cutoffUpper)
  return [cutoff * gaussian, slope * gaussian + cutoff * gaussian * 2 * beta * delta * alpha * decay]
}

/** phi [E × R] at the distances [E]. */
export function radialBasis(basis: RadialBasis, distances: Float64Array): Float64Array {
  const count = radialCount(basis)
  const phi = new Float64Array(distances.length * count)
  for (let e = 0; e < distances.length; e++) {
    for (let k = 0; k < count; k++) phi[e * count + k] = radialFunction(basis, k, distances[e])[0]
  }
  return phi
}

/** Gradient with respect to the distances, [E], from the gradient gphi [E × R]. */
export function radialBasisAdjoint(
  basis: RadialBasis,
  distances: Float64Array,
  gphi: Float64Array,
): Float64Array {
  const count = radialCount(basis)
  const gr = new Float64Array(distances.length)
  for (let e = 0; e < distances.length; e++) {
    for (let k = 0; k < count; k++) {
      gr[e] += gphi[e * count + k] * radialFunction(basis, k, distances[e])[1]
    }
  }
  return gr
}
