/** What scripts/bench.mjs runs of the benchmarks in Node: the suite through Dawn, and what is made of its results. */

import type { BenchOptions } from './arguments.ts'
import { goalTable } from './goals.ts'
import { nodeHost } from './node-host.ts'
import { compareTorch } from './peers/torch.ts'
import type { PeerResults, Results } from './results.ts'
import { describeHost, runSuite } from './suite.ts'
import { markdown, sectionsOf } from './tables.ts'

export { HELP, parseBenchArguments, wantsSuite } from './arguments.ts'
export { documentOf } from './document.ts'

const remark = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** The suite in this process. @param root folder of the checkout */
export const runInNode = (root: string, options: BenchOptions, command: string): Promise<Results> =>
  runSuite(nodeHost(root, remark), options, command)

/** Results without any case: which adapter this is. */
export const describeInNode = (root: string, command: string): Promise<Results> =>
  describeHost(nodeHost(root, remark), command)

/** TorchMD-NET in PyTorch beside Tumble in this process. */
export const compareWithTorch = (root: string, options: BenchOptions): Promise<PeerResults[]> =>
  compareTorch(nodeHost(root, remark), root, options.torch!, options)

/** For a terminal: all tables, and the goals that they tell of. */
export const textOf = (results: Results): string =>
  [...sectionsOf(results), { title: 'Goals', text: markdown(goalTable(results, false)) }]
    .map(({ title, text }) => `\n${title} (${results.adapter})\n\n${text}`)
    .join('\n')
