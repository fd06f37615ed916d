/**
 * The benchmarks in Node: what scripts/bench.mjs runs, and what runs by itself where there is a GPU but neither npm nor a
 * browser (`node dist/benchmarks/main.mjs ROOT [options]`, with node_modules/webgpu and public/ in ROOT).
 */
import { mkdir, writeFile } from 'node:fs/promises'
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
  if (onnx.length > 0) peers.push(...(await inBrowser().page.peers()))
  if (torch) peers.push(...(await compareTorch(host, root, torch, options)))
  if (peers.length > 0) results = { ...results, peers }
  if (startup) results = { ...results, startup: await inBrowser().startup() }
  await write(root, options, results)
}

async function write(root: string, { json, docs }: BenchOptions, results: Results): Promise<void> {
  const text = `${JSON.stringify(results, null, 2)}\n`
  if (json) await writeFile(json, text)
  else if (!docs) process.stdout.write(text)
  if (docs) {
    await mkdir(join(root, 'docs'), { recursive: true })
    await writeFile(join(root, 'docs', 'performance.md'), documentOf(results))
  }
  // Goals that these results do not tell of are left to the document.
  const goals = goalTable(results, false)
  const sections = sectionsOf(results).map(({ title, text }) => `\n${title} (${results.adapter})\n\n${text}`)
  remark([...sections, ...(goals.rows.length > 0 ? [`\nGoals\n\n${markdown(goals)}`] : [])].join('\n'))
}

async function alone([root, ...words]: readonly string[]): Promise<void> {
  const options = root === undefined ? null : parseBenchArguments(words)
  if (options) await measure(root, options, ['npm run bench --', ...words].join(' '), null)
  else remark(HELP)
}

const [, program, ...words] = process.argv
if (program && import.meta.url === pathToFileURL(program).href) {
  const status = await alone(words).then(
    () => 0,
    (error) => {
      remark(messageOf(error))
      return 2
    },
  )
  // Dawn's instance would keep the process alive.
  process.exit(status)
}
