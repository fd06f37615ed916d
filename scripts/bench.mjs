/** `npm run bench`: builds the benchmarks if need be and runs them; `npm run bench -- --help` lists what they can. */
import { mkdirSync, writeFileSync } from 'node:fs'
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
  const { page, gpu, onnx, torch, startup, json, docs } = options
  preparePeers(onnx)
  const suite = bench.wantsSuite(options)
  let results
  if (suite && !page) results = await bench.runInNode(root, options, command)
  else if (suite) results = await inPage(gpu, 'run', options, command)
  else if (onnx.length > 0 || startup) results = await inPage(gpu, 'describe', command)
  else results = await bench.describeInNode(root, command)
  const peers = onnx.length > 0 ? await inPage(gpu, 'peers') : []
  if (torch) peers.push(...(await bench.compareWithTorch(root, options)))
  if (peers.length > 0) results.peers = peers
  if (startup) results.startup = await measureStartup(gpu)

  const text = `${JSON.stringify(results, null, 2)}\n`
  if (json) writeFileSync(json, text)
  else if (!docs) process.stdout.write(text)
  if (docs) {
    mkdirSync(join(root, 'docs'), { recursive: true })
    writeFileSync(join(root, 'docs', 'performance.md'), bench.documentOf(results))
  }
  console.error(bench.textOf(results))
  // Dawn's instance would keep the process alive.
  if (!options.serve) process.exit(0)
}

function preparePeers(files) {
  if (files.length === 0) return
  installPeers()
  layPeers(files)
}
