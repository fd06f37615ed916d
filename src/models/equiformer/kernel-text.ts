/** Pieces of WGSL that all writers of kernels for irreps use. */
import { rotationGenerators } from '../irreps/rotation.ts'

/** A kernel whose lanes do one thing in each of several blocks. */
export interface BlockKernelSource {
  /** Number of blocks. */
  readonly blocks: number
  /** The module for some of the blocks, which are told apart by workgroup_id.z in that order. */
  source(blocks: readonly number[]): string
  /**
   * Lanes of a block.
   * @param items edges or atoms
   */
  lanes(block: number, items: number): number
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** A number as WGSL: the nearest float32. */
export const literal = (value: number): string => {
  const text = String(Math.fround(value))
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** main, which leads the lanes of a block to its function. */
const mainOf = (blocks: readonly number[]): string[] => [
  '@compute @workgroup_size(WORKGROUP)',
  'fn main(',
  '  @builtin(global_invocation_id) id: vec3u,',
  '  @builtin(workgroup_id) group: vec3u,',
  '  @builtin(num_workgroups) groups: vec3u,',
  ') {',
  '  let lane = flat_index(id, groups, WORKGROUP);',
  '  switch group.z {',
  ...blocks.map((b, z) => `    ${z < blocks.length - 1 ? `case ${z}u` : 'default'}: { block_${b}(lane); }`),
  '  }',
  '}',
  '',
]

/** What modules with functions of the distance import. */
export const RADIAL = ['place_of', 'weights_at'] as const

/**
 * A kernel of blocks.
 * @param imports what its functions may use of hand-written modules
 * @param functions the lines of each block's function, whose argument is `lane`
 */
export const blockKernel = (
  imports: Readonly<Record<string, readonly string[]>>,
  functions: readonly (readonly string[])[],
  lanes: BlockKernelSource['lanes'],
): BlockKernelSource => ({
  blocks: functions.length,
  lanes,
  source: (blocks) => {
    const lines = blocks.flatMap((b) => [`fn block_${b}(lane: u32) {`, ...functions[b], '}', ''])
    // Whole words: an unread `start` is no binding where `row_starts` is one.
    const used = (names: readonly string[]) =>
      names.filter((name) => lines.some((line) => new RegExp(`\\b${name}\\b`).test(line)))
    return [
      ...Object.entries(imports).map(
        ([module, names]) => `import package::${module.replaceAll('/', '::')}::{${used(names).join(', ')}};`,
      ),
      'import package::common::index::flat_index;',
      'import constants::WORKGROUP;',
      '',
      ...lines,
      ...mainOf(blocks),
    ].join('\n')
  },
})

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
