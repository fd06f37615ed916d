/** `npm run bench`: builds the benchmarks if need be and runs them. A number after `--` leaves out larger systems. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buildBenchmarks } from './lib/build.mjs'
import { ensureDependencies } from './lib/install.mjs'
import { root } from './lib/root.mjs'

ensureDependencies()
await buildBenchmarks()
const program = join(root, 'dist', 'benchmarks', 'main.mjs')
const { status } = spawnSync(process.execPath, [program, root, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exit(status ?? 1)
