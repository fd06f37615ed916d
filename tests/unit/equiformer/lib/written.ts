/** Looks at modules that were written for some irreps. */

import { bindingsOf } from '../../../../src/gpu/kernel.ts'
import { linkShader } from '../../../../src/gpu/shaders.ts'
import { type BlockKernelSource, range } from '../../../../src/models/equiformer/kernel-text.ts'

/** The module for all blocks. */
export const wholeOf = ({ source, blocks }: BlockKernelSource): string => source(range(blocks))

/** The body of each block's function. */
export const blocksOf = (kernel: BlockKernelSource): string[] =>
  Array.from(wholeOf(kernel).matchAll(/^fn block_\d+\(lane: u32\) \{\n(.*?)^\}/gms), ([, body]) => body)

/** Numbers that are not whole in the text of WGSL, as they are written, and zeros and ones that are. */
export const floatsIn = (body: string): string[] =>
  Array.from(body.matchAll(/(?<![\w.])-?\d+(?:\.\d+(?:e[+-]?\d+)?|e[+-]?\d+)/g), ([text]) => text)

/** Imported names that nothing but the import has, in the module of all blocks or of one. */
export function idleImports({ source, blocks }: BlockKernelSource): string[] {
  return [range(blocks), ...range(blocks).map((b) => [b])].flatMap((some) => idleIn(source(some)))
}

function idleIn(source: string): string[] {
  const lines = source.split('\n')
  const body = lines.filter((line) => !line.startsWith('import ')).join('\n')
  return lines
    .filter((line) => line.startsWith('import '))
    .flatMap(
      (line) =>
        /\{(.*)\}/
          .exec(line)?.[1]
          .split(',')
          .map((name) => name.trim()) ?? [/(\w+);$/.exec(line)![1]],
    )
    .filter((name) => !new RegExp(`\\b${name}\\b`).test(body))
}

/** Names of the bindings that are left when a module is linked. */
export async function bindingNames(kernel: BlockKernelSource): Promise<string[]> {
  const name = 'written/for a test'
  const { code } = await linkShader(name, {
    constants: { WORKGROUP: 64, TERMS: 6, SEGMENTS_PER_ANGSTROM: 2 },
    modules: { [name]: wholeOf(kernel) },
  })
  return bindingsOf(code)
    .map((binding) => binding.name)
    .sort()
}
