/** The page of the benchmarks in headless Chromium, and the files of peers that it compares with. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { findChromium, HARDWARE_FLAGS, SOFTWARE_FLAGS } from './browser.mjs'
import { buildBenchmarksPage } from './build.mjs'
import { npm } from './install.mjs'
import { root } from './root.mjs'
import { serveFolder } from './static-server.mjs'

/** Threads of WebAssembly share memory, which browsers allow to a page that is isolated from other origins. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const PEERS = 'dist/benchmarks-page-peers'
const PAGE = 'benchmarks/page/index.html'

/** Serves the checkout, in which the page and all that it reads lie. */
export async function servePage(port) {
  await buildBenchmarksPage()
  const server = await serveFolder(root, port, ISOLATED)
  return { url: `http://127.0.0.1:${server.address().port}/${PAGE}`, close: () => server.close() }
}

/** A Chromium that has what the benchmarks need. */
export async function chromiumOptions(gpu) {
  const executablePath = await findChromium()
  if (!executablePath)
    throw new Error(
      'No Chromium: run "npx playwright install chromium", install Debian\'s chromium package, or name one in TUMBLE_CHROMIUM.',
    )
  // Looked for once: whoever asks next is answered by the name.
  process.env.TUMBLE_CHROMIUM = executablePath
  return { executablePath, args: gpu ? HARDWARE_FLAGS : SOFTWARE_FLAGS }
}

/** Calls a function of window.bench in a page of its own. */
export async function inPage(gpu, name, ...words) {
  const { chromium } = await import('playwright')
  const site = await servePage(0)
  const browser = await chromium.launch(await chromiumOptions(gpu))
  try {
    const page = await browser.newPage()
    page.on('console', (message) => {
      if (['info', 'error', 'warning'].includes(message.type())) console.error(message.text())
    })
    await page.goto(site.url)
    await page.waitForFunction(() => 'bench' in window)
    return await page.evaluate(([name, words]) => window.bench[name](...words), [name, words])
  } finally {
    await browser.close()
    site.close()
  }
}

/** The structure of an ONNX file: FILE.xyz, or the longest-named .xyz beside it with whose name FILE ends. */
export function structureBeside(onnx) {
  const folder = dirname(onnx)
  const name = basename(onnx, extname(onnx))
  const stems = readdirSync(folder)
    .filter((file) => extname(file) === '.xyz')
    .map((file) => basename(file, '.xyz'))
    .filter((stem) => name.endsWith(stem))
    .sort((a, b) => b.length - a.length)
  return stems.length > 0 ? join(folder, `${stems[0]}.xyz`) : null
}

/** A user's mistake, told in one sentence as src/errors.ts has it. */
const inputError = (message) => Object.assign(new Error(message), { name: 'InputError' })

/** Lays ONNX files and their structures where the page finds them. */
export function layPeers(files) {
  const pairs = files.map((onnx) => {
    const xyz = existsSync(onnx) && structureBeside(onnx)
    if (!xyz) throw inputError(`${onnx}: there is no such file, or no .xyz beside it that has its atoms.`)
    return { onnx, xyz }
  })
  const folder = join(root, PEERS)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of pairs.flatMap(({ onnx, xyz }) => [onnx, xyz]))
    copyFileSync(file, join(folder, basename(file)))
  const entries = pairs.map(({ onnx, xyz }) => ({ onnx: basename(onnx), xyz: basename(xyz) }))
  writeFileSync(join(folder, 'index.json'), JSON.stringify(entries))
}

/** onnxruntime-web, where it is missing. Its scripts are not run: they fetch for Node what is not used here. */
export function installPeers() {
  const folder = join(root, 'benchmarks')
  if (existsSync(join(folder, 'node_modules', 'onnxruntime-web'))) return
  console.error('Installing onnxruntime-web for the comparison (npm ci --prefix benchmarks) …')
  const { status } = npm('ci', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts')
  if (status !== 0) throw new Error('npm ci failed: see above; it needs a connection to the npm registry.')
}
