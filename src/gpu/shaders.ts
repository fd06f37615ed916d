import { link } from 'wesl/core'

/** Every WGSL module of the project by WESL file name (`./et/attention.wgsl`), as Vite or Vitest found it. */
const sources: Record<string, string> = Object.fromEntries(
  Object.entries(
    import.meta.glob('/shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true }) as Record<
      string,
      string
    >,
  ).map(([path, text]) => [path.replace('/shaders/', './'), text]),
)

/** Names of all shader modules, for tests that must visit each: `et/attention`, `neighbors/pairs`, … */
export const shaderNames = (): string[] => Object.keys(sources).map((path) => path.slice(2, -'.wgsl'.length))

/** What a module is specialised with before it is compiled. */
export interface ShaderOptions {
  /** Link-time constants, imported in WGSL as `import constants::NAME;`. */
  readonly constants?: Readonly<Record<string, number>>
  /** Flags of `@if(flag)`. Those a module asks for and nobody sets are false. */
  readonly conditions?: Readonly<Record<string, boolean>>
  /** Modules beside those in shaders/, by name: WGSL that only a test has. */
  readonly modules?: Readonly<Record<string, string>>
}

/** One linked module: plain WGSL, and the way back from a position in it to the file it came from. */
export interface LinkedShader {
  readonly code: string
  locate(offset: number): { file: string; line: number }
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/**
 * Links `shaders/<name>.wgsl` with everything it imports.
 * @throws Error naming the module if it does not exist or an import cannot be found.
 */
export async function linkShader(name: string, options: ShaderOptions = {}): Promise<LinkedShader> {
  const modules = Object.entries(options.modules ?? {}).map(([module, text]) => [`./${module}.wgsl`, text])
  const weslSrc: Record<string, string> = { ...sources, ...Object.fromEntries(modules) }
  if (!(`./${name}.wgsl` in weslSrc)) throw new Error(`There is no shader module shaders/${name}.wgsl.`)
  const linked = await link({
    weslSrc,
    rootModuleName: `./${name}.wgsl`,
    constants: { ...options.constants },
    conditions: { ...options.conditions },
    keepComments: false,
  })
  return {
    code: linked.dest,
    locate(offset) {
      const { src, position } = linked.sourceMap.destToSrc(offset)
      // The linker calls every module .wesl.
      const path = (src.path ?? `${name}.wgsl`).replace(/^\.\//, '').replace(/\.wesl$/, '.wgsl')
      return { file: `shaders/${path}`, line: lineAt(src.text, position) }
    },
  }
}
