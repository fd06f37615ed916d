/** Plain data out of checkpoints: numbers, text, lists and dictionaries. */
import type { Plain } from './checkpoint.ts'

export type PlainDictionary = { readonly [key: string]: Plain }

/** Whether plain data is a dictionary, and not a list, bytes, a tensor or an opaque object. */
export function isDictionary(value: Plain | undefined): value is PlainDictionary {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (value instanceof Map || value instanceof Uint8Array) return false
  return !('opaque' in value) && !('dtype' in value && 'data' in value)
}

/** Metadata of safetensors files is text: lists and dictionaries come as JSON. */
export function parsed(value: Plain | undefined): Plain | undefined {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value
  try {
    return JSON.parse(value) as Plain
  } catch {
    return value
  }
}
