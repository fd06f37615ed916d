#!/usr/bin/env node
/** Runs the command line out of the checkout, built anew where its sources have changed. Prints nothing itself. */
import { buildCli } from '../scripts/lib/build.mjs'

try {
  await buildCli()
} catch (error) {
  const missing = error?.code === 'ERR_MODULE_NOT_FOUND' && /'vite'/.test(error.message)
  console.error(missing ? 'Dependencies are missing: run npm ci in the checkout.' : error)
  process.exit(70)
}
await import('../dist/cli/tumble.mjs')
