/** `npm run bench`: builds the benchmarks if need be and runs them; `npm run bench -- --help` lists what they can. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inPage, installPeers, layPeers, servePage } from './lib/bench-page.mjs'
import { buildBenchmarks } from './lib/build.mjs'
import { ensureDependencies } from './lib/install.mjs'
import { root } from './lib/root.mjs'
import { measureStartup } from './lib/startup.mjs'

const PORT = 4180

ensureDependencies()
await buildBenchmarks()
const bench = await import(pathToFileURL(join(root, 'dist', 'benchmarks', 'main.mjs')))

const words = process.argv.slice(2)
const command = ['npm run bench', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')
try {
  const options = bench.parseBenchArguments(words)
  if (!options) console.log(bench.HELP)
  else if (options.serve) await serve(options)
  else await measure(options)
} catch (error) {
  console.error(error.name === 'InputError' ? error.message : error)
  process.exit(2)
}

async function serve({ onnx }) {
  preparePeers(onnx)
  const { url } = await servePage(PORT)
  const address = onnx.length > 0 ? `${url}?peers` : url
  console.log(`The benchmarks are at ${address} (Ctrl+C ends this).`)
}

async function measure(options) {
  const { gpu, onnx } = options
  preparePeers(onnx)
  const called = (name) => [name, (...words) => inPage(gpu, name, ...words)]
  await bench.measure(root, options, command, {
    page: Object.fromEntries(['describe', 'run', 'peers'].map(called)),
    startup: () => measureStartup(gpu),
  })
  // Dawn's instance would keep the process alive.
  process.exit(process.exitCode)
}

function preparePeers(files) {
  if (files.length === 0) return
  installPeers()
  layPeers(files)
}
