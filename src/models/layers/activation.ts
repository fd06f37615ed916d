/** Numbers by which shaders/common/activation.wgsl knows the activation functions. */
export const ACTIVATIONS = { silu: 0, ssp: 1, tanh: 2, sigmoid: 3, mish: 4 } as const

export type ActivationName = keyof typeof ACTIVATIONS
