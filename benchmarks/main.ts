/** What scripts/bench.mjs runs of the benchmarks in Node: the suite through Dawn, and what is made of its results. */

import type { BenchOptions } from './arguments.ts'
import { goalTable } from './goals.ts'
import { nodeHost } from './node-host.ts'
import type { Results } from './results.ts'
import { runSuite } from './suite.ts'
import { markdown, sectionsOf } from './tables.ts'

export { HELP, parseBenchArguments, wantsSuite } from './arguments.ts'
export { documentOf } from './document.ts'

/** The suite in this process. @param root folder of the checkout */
export const runInNode = (root: string, options: BenchOptions, command: string): Promise<Results> =>
  runSuite(
    nodeHost(root, (text) => process.stderr.write(`${text}\n`)),
    options,
    command,
  )

/** For a terminal: all tables. */
export const textOf = (results: Results): string =>
  [...sectionsOf(results), { title: 'Goals', text: markdown(goalTable(results)) }]
    .map(({ title, text }) => `\n${title} (${results.adapter})\n\n${text}`)
    .join('\n')
