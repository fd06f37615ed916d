/** Fields of Observables in shaders/dynamics/observe.wgsl, in order; 4 bytes each. */
export const OBSERVABLES = ['potential', 'kinetic', 'edges', 'overflow', 'fault', 'step'] as const

export interface Observables extends Record<(typeof OBSERVABLES)[number], number> {}

export function readObservables(bytes: ArrayBuffer): Observables {
  const floats = new Float32Array(bytes)
  const words = new Uint32Array(bytes)
  const [potential, kinetic] = floats
  const [, , edges, overflow, fault, step] = words
  return { potential, kinetic, edges, overflow, fault, step }
}
