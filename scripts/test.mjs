/**
 * `npm test`: installs and builds what is missing, gets two browsers, then checks types, lint and layers and runs every
 * test. Words after `npm test --` go to Vitest. The last line says how much passed; what was skipped has failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium, findFirefox } from './lib/browser.mjs'
import { buildCli, buildPage } from './lib/build.mjs'
import { ensureDependencies } from './lib/install.mjs'
import { root } from './lib/root.mjs'
import { tally } from './lib/tally.mjs'

ensureDependencies()

for (const [title, variable, find] of [
  ['Chromium', 'TUMBLE_CHROMIUM', findChromium],
  ['Firefox', 'TUMBLE_FIREFOX', findFirefox],
]) {
  const path = await find()
  if (path) process.env[variable] = path
  console.log(path ? `${title}: ${path}` : `No ${title} was found or could be installed: its tests fail.`)
}

const counts = { passed: 0, failed: 0 }
const check = async (name, work) => {
  const began = performance.now()
  const passed = await work()
  counts[passed ? 'passed' : 'failed']++
  console.log(`${passed ? '✓' : '✗'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
}

/** Runs a dependency's program and shows what it says. */
const program = (path, ...words) =>
  spawnSync(process.execPath, [join(root, 'node_modules', path), ...words], { cwd: root, stdio: 'inherit' })

const built = (build) => async () => {
  try {
    await build()
    return true
  } catch (error) {
    console.error(error)
    return false
  }
}

await check('page builds', built(buildPage))
await check('command line builds', built(buildCli))
await check('types', () => program('typescript/bin/tsc', '--noEmit').status === 0)
await check('lint', () => program('@biomejs/biome/bin/biome', 'check', '--error-on-warnings').status === 0)

const folder = mkdtempSync(join(tmpdir(), 'tumble-test-'))
const report = join(folder, 'report.json')
const { status } = program(
  'vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
)
let results = null
try {
  results = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error('Vitest ended without a report.')
}
rmSync(folder, { recursive: true, force: true })

const { passed, failed, remarks } = tally(results, status === 0)
for (const remark of remarks) console.log(remark)
counts.passed += passed
counts.failed += failed
process.exitCode = counts.failed === 0 ? 0 : 1
console.log(`Tests: ${counts.passed} passed, ${counts.failed} failed`)
