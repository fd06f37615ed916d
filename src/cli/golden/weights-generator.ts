/**
 * Weights by formula: golden cases of large networks carry a recipe of a few kilobytes instead of their weights.
 * SPEC section 12; bit for bit the generator that the expected values were computed with.
 */
import type { Tensor } from '../../formats/checkpoint.ts'

/** `weights_gen.json` of a case. */
export interface WeightsRecipe {
  readonly seed: string
  readonly tensors: {
    readonly [name: string]: {
      readonly shape: readonly number[]
      readonly offset: number
      readonly scale: number
    }
  }
  /** File beside it with the tensors that follow no formula. */
  readonly explicit: string
}

/** 32-bit FNV-1a of a text's UTF-8 bytes. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Number k of the stream of hash h, uniform in [−1, 1) with 24 bits. */
export function uniform(h: number, k: number): number {
  let s = (h + Math.imul(k, 0x9e3779b9)) | 0
  s = Math.imul(s ^ (s >>> 16), 0x21f0aaad)
  s = Math.imul(s ^ (s >>> 15), 0x735a2d97)
  s ^= s >>> 15
  return (s >>> 8) * 2 ** -23 - 1
}

/** The tensors of a recipe, float32. */
export function generatedTensors(recipe: WeightsRecipe): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const [name, { shape, offset, scale }] of Object.entries(recipe.tensors)) {
    const h = fnv1a(`${recipe.seed}/${name}`)
    const data = new Float32Array(shape.reduce((product, n) => product * n, 1))
    for (let k = 0; k < data.length; k++) data[k] = offset + scale * uniform(h, k)
    tensors.set(name, { dtype: 'float32', shape, data })
  }
  return tensors
}
