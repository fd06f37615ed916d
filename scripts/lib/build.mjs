/** Builds what is older than its sources. Vite is imported only where there is something to build. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

/** When a file, or anything in a folder, was last changed. A folder's own time tells of files that are gone. */
function changed(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  const names = readdirSync(path).filter((name) => name !== 'node_modules')
  return Math.max(stat.mtimeMs, ...names.map((name) => changed(join(path, name))))
}

const isStale = (output, sources) => {
  const built = statSync(join(root, output), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return sources.some((source) => changed(join(root, source)) > built)
}

const SHARED_SOURCES = ['src', 'shaders', 'package.json', 'package-lock.json']

/**
 * Builds into a folder beside the output and then takes its place, so that whoever runs the old one, or builds at the
 * same time, is not disturbed. The output is as old as the moment its sources were read.
 */
async function buildInto(folder, marker, configFile) {
  // What is built is what people get, whoever asks for it: tests run under another name.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const began = new Date()
  const target = join(root, folder)
  const fresh = `${target}.${process.pid}`
  const old = `${target}.${process.pid}.old`
  try {
    await build({ root, configFile: join(root, configFile), logLevel: 'error', build: { outDir: fresh } })
    utimesSync(join(fresh, marker), began, began)
    mkdirSync(join(root, 'dist'), { recursive: true })
    if (existsSync(target)) renameSync(target, old)
    renameSync(fresh, target)
  } catch (error) {
    // Somebody who built at the same time was first; theirs is as good.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code) || !existsSync(join(target, marker)))
      throw error
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
}

/** The page, dist/page. */
export async function buildPage() {
  const sources = [
    ...SHARED_SOURCES,
    'public',
    'index.html',
    'courier.html',
    'vite.config.ts',
    'scripts/vite',
  ]
  if (isStale('dist/page/index.html', sources)) await buildInto('dist/page', 'index.html', 'vite.config.ts')
}

/** The command line, dist/cli/tumble.mjs. */
export async function buildCli() {
  const sources = [...SHARED_SOURCES, 'vite.cli.config.ts']
  if (isStale('dist/cli/tumble.mjs', sources)) await buildInto('dist/cli', 'tumble.mjs', 'vite.cli.config.ts')
}

/** The engine as a test page loads it, dist/engine-tests/engine.js. */
export async function buildEngineTests() {
  const folder = 'tests/browser/engine'
  const config = `${folder}/vite.config.ts`
  const sources = [...SHARED_SOURCES, `${folder}/page`, `${folder}/ensembles.ts`, config]
  if (isStale('dist/engine-tests/engine.js', sources))
    await buildInto('dist/engine-tests', 'engine.js', config)
}

/** The benchmarks, dist/benchmarks/main.mjs. */
export async function buildBenchmarks() {
  const sources = [...SHARED_SOURCES, 'benchmarks']
  if (isStale('dist/benchmarks/main.mjs', sources))
    await buildInto('dist/benchmarks', 'main.mjs', 'benchmarks/vite.config.ts')
}

/** The page of the benchmarks, dist/benchmarks-page/page.js, which benchmarks/page/index.html loads. */
export async function buildBenchmarksPage() {
  const sources = [...SHARED_SOURCES, 'benchmarks']
  if (isStale('dist/benchmarks-page/page.js', sources))
    await buildInto('dist/benchmarks-page', 'page.js', 'benchmarks/page/vite.config.ts')
}
