/**
 * The rooms of src/ and what each may know. ARCHITECTURE: app and cli → viewer, dynamics → models → neighbors,
 * reference → chemistry, formats → gpu → errors. Written out per room, so that a new dependency is a decision. A folder
 * with stricter rules than the room it is in has an entry of its own, by its path.
 */
interface Room {
  /** Other rooms of src/ it may import from; its own is understood. */
  readonly rooms: readonly string[]
  /** Packages it may import, `node:` for Node's own modules. */
  readonly packages?: readonly string[]
}

const rooms: Readonly<Record<string, Room>> = {
  errors: { rooms: [] },
  gpu: { rooms: ['errors'], packages: ['wesl'] },
  chemistry: { rooms: ['errors'], packages: ['wgpu-matrix'] },
  formats: { rooms: ['chemistry', 'errors'] },
  // What features are made of: data and numbers that models and their reference share. No GPU.
  'models/irreps': { rooms: ['errors'] },
  // Judges the GPU code, so it must not share any with it.
  reference: { rooms: ['models/irreps', 'chemistry', 'formats', 'errors'] },
  neighbors: { rooms: ['chemistry', 'gpu', 'errors'] },
  models: { rooms: ['models/irreps', 'neighbors', 'reference', 'chemistry', 'formats', 'gpu', 'errors'] },
  analysis: {
    rooms: ['models', 'neighbors', 'chemistry', 'gpu', 'errors'],
    // Eigenvalues of symmetric matrices.
    packages: ['ml-matrix'],
  },
  dynamics: { rooms: ['models', 'neighbors', 'chemistry', 'formats', 'gpu', 'errors'] },
  viewer: {
    rooms: ['analysis', 'dynamics', 'models', 'neighbors', 'chemistry', 'gpu', 'errors'],
    packages: ['three', 'wgpu-matrix'],
  },
  app: {
    rooms: ['viewer', 'analysis', 'dynamics', 'models', 'neighbors', 'chemistry', 'formats', 'gpu', 'errors'],
    packages: ['preact', '@preact/signals', 'uplot', 'mediabunny', 'openchemlib'],
  },
  cli: {
    rooms: ['analysis', 'dynamics', 'models', 'neighbors', 'chemistry', 'formats', 'gpu', 'errors'],
    packages: ['node:'],
  },
}

/** Single files that may know more than their room: `from` (a file or folder) → `to`. */
const exceptions: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  { from: 'reference/', to: 'models/et/parameters.ts', why: 'what a network is: types, no GPU' },
  { from: 'reference/', to: 'models/equiformer/parameters.ts', why: 'what a network is: types, no GPU' },
  { from: 'gpu/node.ts', to: 'webgpu', why: 'Dawn, the device in Node' },
  { from: 'gpu/node.ts', to: 'node:', why: 'looks for drivers' },
]

/** Words that belong to one room: what they mean is its business alone. */
const reservedWords: readonly {
  readonly word: RegExp
  readonly rooms: readonly string[]
  readonly what: string
}[] = [
  {
    word: /\bcreate(?:ComputePipeline|RenderPipeline|Buffer|ShaderModule)(?:Async)?\s*\(/,
    rooms: ['gpu'],
    what: 'only src/gpu makes buffers, shader modules and pipelines',
  },
  {
    word: /\b(?:document|window|localStorage)\s*\??\./,
    rooms: ['app'],
    what: 'only src/app knows the page',
  },
]

/** Comments blanked, lines kept. Strings that hold // or /* keep their beginning, which is all that matters here. */
const withoutComments = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1')

const importsOf = (text: string): string[] =>
  [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"\s]+)['"]/g)].map(([, specifier]) => specifier)

/** The innermost folder that has an entry, otherwise the outermost one. */
const roomOf = (file: string): string => {
  const folders = file.split('/').slice(0, -1)
  const paths = folders.map((_, depth) => folders.slice(0, depth + 1).join('/'))
  return paths.findLast((path) => path in rooms) ?? file.split('/')[0].replace(/\.tsx?$/, '')
}

/** A specifier as a path below src/, a package's name, `node:`, or null for files outside src/. */
function resolve(file: string, specifier: string): string | null {
  if (specifier.startsWith('node:')) return 'node:'
  if (!specifier.startsWith('.')) {
    const [scope, name] = specifier.split('/')
    return scope.startsWith('@') ? `${scope}/${name}` : scope
  }
  const { pathname } = new URL(specifier, `file:///src/${file}`)
  return pathname.startsWith('/src/') ? pathname.slice('/src/'.length) : null
}

/**
 * What a source file does that its room may not, one sentence each.
 * @param file path below src/
 */
export function violations(file: string, text: string): string[] {
  const room = roomOf(file)
  const found: string[] = []
  // The library's public face may show anything but the two programs built on it.
  const allowed = room === 'index' ? { rooms: Object.keys(rooms).filter(isLibrary) } : rooms[room]
  if (!allowed) return [`src/${file}: the room ${room} has no place among the layers.`]
  const code = withoutComments(text)
  for (const specifier of importsOf(code)) {
    const target = resolve(file, specifier)
    if (target === null) continue
    const known =
      specifier.startsWith('.') && target !== 'node:'
        ? roomOf(target) === room || allowed.rooms.includes(roomOf(target))
        : allowed.packages?.includes(target)
    const excepted = exceptions.some(({ from, to }) => file.startsWith(from) && target === to)
    // Dawn and its driver search must not reach a browser.
    const nodeOnly = target === 'gpu/node.ts' && room !== 'cli'
    if (nodeOnly || !(known || excepted)) found.push(`src/${file} must not import ${specifier}.`)
  }
  for (const { word, rooms: owners, what } of reservedWords) {
    const match = word.exec(code)
    if (match && !owners.includes(room)) found.push(`src/${file} uses ${match[0]}: ${what}.`)
  }
  return found
}

const isLibrary = (room: string): boolean => room !== 'app' && room !== 'cli'
