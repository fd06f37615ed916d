/**
 * TorchMD-NET's activation functions with their derivatives. SPEC section 6.
 *
 * Every form is safe for arguments of any size: `exp` only ever sees a non-positive number.
 */
import type { ActivationName } from '../models/et/parameters.ts'

export interface Activation {
  readonly value: (x: number) => number
  readonly derivative: (x: number) => number
}

/** 1/(1 + e^−x) */
const sigmoid = (x: number): number => {
  const e = Math.exp(-Math.abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/** log(1 + e^x) */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

export const activations: Readonly<Record<ActivationName, Activation>> = {
  silu: {
    value: (x) => x * sigmoid(x),
    derivative: (x) => {
      const s = sigmoid(x)
      return s * (1 + x * (1 - s))
    },
  },
  ssp: { value: (x) => softplus(x) - Math.LN2, derivative: sigmoid },
  tanh: { value: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2 },
  sigmoid: { value: sigmoid, derivative: (x) => sigmoid(x) * sigmoid(-x) },
  mish: {
    value: (x) => x * Math.tanh(softplus(x)),
    derivative: (x) => {
      const t = Math.tanh(softplus(x))
      return t + x * (1 - t * t) * sigmoid(x)
    },
  },
}

/** The activation of every element. */
export const activate = (name: ActivationName, x: Float64Array): Float64Array =>
  x.map(activations[name].value)

/** Gradient with respect to the pre-activation x, from the gradient gy of the result. */
export const activateAdjoint = (name: ActivationName, x: Float64Array, gy: Float64Array): Float64Array =>
  x.map((value, i) => gy[i] * activations[name].derivative(value))
