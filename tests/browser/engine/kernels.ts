import { readFileSync } from 'node:fs'
import { shaderNames } from '../../../src/gpu/shaders.ts'

const source = (name: string): string =>
  readFileSync(new URL(`../../../shaders/${name}.wgsl`, import.meta.url), 'utf8')

/** Names of the shader modules in some folders of shaders/ that have an entry point. */
export const kernelsOf = (folders: readonly string[]): string[] =>
  shaderNames().filter((name) => folders.includes(name.split('/')[0]) && source(name).includes('@compute'))

/** Whether a module is for adapters that have subgroups alone; others have them as a condition. */
export const needsSubgroups = (name: string): boolean => /^enable subgroups;/m.test(source(name))
