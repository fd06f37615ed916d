/** Fields of shaders/neighbors/status.wgsl, in order, each a u32. */
export const STATUS_FIELDS = ['edges', 'overflow', 'fault', 'halted', 'step', 'candidates', 'stale'] as const

export type Status = Record<(typeof STATUS_FIELDS)[number], number>

export const readStatus = (words: Uint32Array): Status =>
  Object.fromEntries(STATUS_FIELDS.map((name, i) => [name, words[i]])) as Status
