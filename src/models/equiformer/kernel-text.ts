/** Pieces of WGSL that all writers of kernels for irreps use. */
import { rotationGenerators } from '../irreps/rotation.ts'

/** A module, the blocks that have lanes of their own along workgroup_id.z, and the most lanes that a block has. */
export interface BlockKernelSource {
  readonly source: string
  readonly blocks: number
  /** @param items edges or atoms */
  lanes(items: number): number
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** A number as WGSL: the nearest float32. */
export const literal = (value: number): string => {
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** main, which leads every block's lanes to its function, `block_0`, `block_1`, … */
export const mainOf = (blocks: number): string[] => [
  '@compute @workgroup_size(WORKGROUP)',
  'fn main(',
  '  @builtin(global_invocation_id) id: vec3u,',
  '  @builtin(workgroup_id) group: vec3u,',
  '  @builtin(num_workgroups) groups: vec3u,',
  ') {',
  '  let lane = flat_index(id, groups, WORKGROUP);',
  '  switch group.z {',
  ...range(blocks).map((b) =>
    b < blocks - 1 ? `    case ${b}u: { block_${b}(lane); }` : `    default: { block_${b}(lane); }`,
  ),
  '  }',
  '}',
  '',
]

/** What modules with functions of the distance import. */
export const RADIAL = ['place_of', 'weights_at'] as const

/** A module of block functions: what it imports from hand-written ones, the functions, and main. */
export const moduleOf = (
  imports: Readonly<Record<string, readonly string[]>>,
  functions: readonly (readonly string[])[],
): string =>
  [
    ...Object.entries(imports).map(([module, names]) => {
      // Whole words: an unread `start` is no binding where `row_starts` is one.
      const used = names.filter((name) =>
        functions.flat().some((line) => new RegExp(`\\b${name}\\b`).test(line)),
      )
      return `import package::${module.replaceAll('/', '::')}::{${used.join(', ')}};`
    }),
    'import package::common::index::flat_index;',
    'import constants::WORKGROUP;',
    '',
    ...functions.flatMap((lines, b) => [`fn block_${b}(lane: u32) {`, ...lines, '}', '']),
    ...mainOf(functions.length),
  ].join('\n')

/** ⟨g, J_a x⟩ over the components of a degree, four channels summed: a number. Components that are null are zero. */
export function torqueTerms(
  degree: number,
  axis: number,
  g: (component: number) => string,
  x: (component: number) => string | null,
): string {
  const parts = 2 * degree + 1
  const generators = rotationGenerators(degree)
  const terms = range(parts).flatMap((m) =>
    range(parts).flatMap((n) => {
      const value = generators[(axis * parts + m) * parts + n]
      return value === 0 || x(n) === null ? [] : [`${literal(value)} * dot(${g(m)}, ${x(n)})`]
    }),
  )
  return terms.length > 0 ? terms.join(' + ') : '0.0'
}
