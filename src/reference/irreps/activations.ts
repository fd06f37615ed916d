/**
 * Activations whose output has unit second moment for a normally distributed input: e3nn's `normalize2mom`.
 * Equiformer SPEC section 5.
 *
 * The factors ⟨f(z)²⟩^(−1/2) are e3nn's estimates from a million samples of a fixed seed, not the exact integrals, which
 * differ in the fourth digit: networks were trained with the estimates.
 */
import { type Activation, activations } from '../activations.ts'

export type NormalizedActivationName = 'silu' | 'sigmoid' | 'smooth-leaky-relu'

/** Equiformer's slope for negative arguments. */
const LEAK = 0.2

const { silu, sigmoid } = activations

/** (1 + a)/2 x + (1 − a)/2 x (2σ(x) − 1), upstream's SmoothLeakyReLU. */
const smoothLeakyRelu: Activation = {
  value: (x) => 0.5 * (1 + LEAK) * x + 0.5 * (1 - LEAK) * x * (2 * sigmoid.value(x) - 1),
  derivative: (x) =>
    0.5 * (1 + LEAK) + 0.5 * (1 - LEAK) * (2 * sigmoid.value(x) - 1) + (1 - LEAK) * x * sigmoid.derivative(x),
}

const scaled = (factor: number, { value, derivative }: Activation): Activation => ({
  value: (x) => factor * value(x),
  derivative: (x) => factor * derivative(x),
})

export const normalizedActivations: Readonly<Record<NormalizedActivationName, Activation>> = {
  silu: scaled(1.6791767923989418, silu),
  sigmoid: scaled(1.8467055342154763, sigmoid),
  'smooth-leaky-relu': scaled(1.531320475574866, smoothLeakyRelu),
}

/** The activation of every element. */
export const activateNormalized = (name: NormalizedActivationName, x: Float64Array): Float64Array =>
  x.map(normalizedActivations[name].value)

/** Gradient with respect to x, from the gradient gy of the result. */
export const activateNormalizedAdjoint = (
  name: NormalizedActivationName,
  x: Float64Array,
  gy: Float64Array,
): Float64Array => x.map((value, i) => gy[i] * normalizedActivations[name].derivative(value))
