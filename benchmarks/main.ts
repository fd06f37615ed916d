/**
 * The benchmarks in Node: what scripts/bench.mjs runs, and what runs by itself where there is a GPU but neither npm nor a
 * browser (`node dist/benchmarks/main.mjs ROOT [options]`, with node_modules/webgpu and public/ in ROOT).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InputError, messageOf } from '../src/errors.ts'
import { type BenchOptions, HELP, parseBenchArguments, wantsSuite } from './arguments.ts'
import { documentOf } from './document.ts'
import { goalTable } from './goals.ts'
import { nodeHost } from './node-host.ts'
import type { BenchApi } from './page/api.ts'
import { compareTorch } from './peers/torch.ts'
import type { PeerResults, Results, StartupResults } from './results.ts'
import { describeHost, runSuite } from './suite.ts'
import { markdown, sectionsOf } from './tables.ts'

export { HELP, parseBenchArguments }

/** What needs a browser; scripts/lib drives one. */
interface BrowserDriver {
  readonly page: BenchApi
  startup(): Promise<StartupResults>
}

const remark = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/**
 * Does what the options ask for, and writes it where they say.
 * @param root folder of the checkout
 * @param command what the user has typed, for the document
 * @throws InputError where the options need a browser and there is none
 */
export async function measure(
  root: string,
  options: BenchOptions,
  command: string,
  browser: BrowserDriver | null,
): Promise<void> {
  const { json, docs, from } = options
  const all =
    from.length > 0
      ? await Promise.all(from.map(readResults))
      : [await freshResults(root, options, command, browser)]
  const text = `${JSON.stringify(all.length === 1 ? all[0] : all, null, 2)}\n`
  if (json) await writeFile(json, text)
  else if (!docs && from.length === 0) process.stdout.write(text)
  if (docs) {
    await mkdir(join(root, 'docs'), { recursive: true })
    await writeFile(join(root, 'docs', 'performance.md'), documentOf(all))
  }
  for (const results of all) remark(textOf(results))
}

async function freshResults(
  root: string,
  options: BenchOptions,
  command: string,
  browser: BrowserDriver | null,
): Promise<Results> {
  const { page, onnx, torch, startup } = options
  const inBrowser = () => {
    if (browser) return browser
    throw new InputError('--page, --onnx and --startup need a browser: use npm run bench.')
  }
  const host = nodeHost(root, remark)
  let results: Results
  if (wantsSuite(options))
    results = await (page ? inBrowser().page.run(options, command) : runSuite(host, options, command))
  else if (onnx.length > 0 || startup) results = await inBrowser().page.describe(command)
  else results = await describeHost(host, command)

  const peers: PeerResults[] = []
  if (onnx.length > 0) peers.push(...((await tried('onnxruntime-web', () => inBrowser().page.peers())) ?? []))
  if (torch)
    peers.push(...((await tried('TorchMD-NET', () => compareTorch(host, root, torch, options))) ?? []))
  if (peers.length > 0) results = { ...results, peers }
  const starts = startup ? await tried('startup', () => inBrowser().startup()) : null
  return starts ? { ...results, startup: starts } : results
}

/** What comes after a long suite must not take its figures along when it fails; the exit status tells. */
async function tried<T>(what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    remark(`${what}: ${messageOf(error)}`)
    process.exitCode = 1
    return null
  }
}

/** @throws InputError for a file that is not the JSON of a run */
async function readResults(file: string): Promise<Results> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InputError(`There is no file ${file} to read results from.`)
  })
  try {
    const results = JSON.parse(text) as Results
    if (Array.isArray(results.cases)) return results
  } catch {
    // Said below.
  }
  throw new InputError(`${file} is not the JSON of a run of npm run bench.`)
}

/** All tables for a terminal; goals that the results do not tell of are left to the document. */
function textOf(results: Results): string {
  const goals = goalTable(results, false)
  const sections = sectionsOf(results).map(({ title, text }) => `\n${title} (${results.adapter})\n\n${text}`)
  return [...sections, ...(goals.rows.length > 0 ? [`\nGoals\n\n${markdown(goals)}`] : [])].join('\n')
}

async function alone([root, ...words]: readonly string[]): Promise<void> {
  const options = root === undefined ? null : parseBenchArguments(words)
  if (options) await measure(root, options, ['npm run bench --', ...words].join(' '), null)
  else remark(HELP)
}

const [, program, ...words] = process.argv
if (program && import.meta.url === pathToFileURL(program).href) {
  const status = await alone(words).then(
    () => process.exitCode,
    (error) => {
      remark(messageOf(error))
      return 2
    },
  )
  // Dawn's instance would keep the process alive.
  process.exit(status)
}
