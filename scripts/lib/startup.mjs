/** Time from navigation to first picture and first motion of the built page, in headless Chromium. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumOptions } from './bench-page.mjs'
import { buildPage } from './build.mjs'
import { root } from './root.mjs'
import { serveFolder } from './static-server.mjs'

/** Profiles that are new, and starts in each once it has seen the page. */
const PROFILES = 3
const WARM_STARTS = 2
const PATIENCE = 120_000

/** Static hosts let browsers keep files for a while. */
const CACHED = { 'cache-control': 'max-age=600' }

/** Runs in the page ahead of its own scripts: notes when it has drawn atoms, says that it runs, and shows a step. */
function watch() {
  const seen = {}
  window.startup = seen
  const look = setInterval(() => {
    if (!document.body) return
    if (document.body.dataset.status === 'running') seen.running ??= performance.now() / 1000
    const steps = document.querySelector('[data-testid="step-count"]')?.textContent ?? ''
    const [picture] = performance.getEntriesByName('tumble:first-picture')
    if (!picture || !(Number(steps.replace(/\D/g, '')) > 0)) return
    seen.firstPicture = picture.startTime / 1000
    seen.firstStep = performance.now() / 1000
    clearInterval(look)
  }, 2)
}

async function start(context, url) {
  const page = await context.newPage()
  await page.addInitScript(watch)
  await page.goto(url)
  const seen = await page.waitForFunction(() => window.startup.firstStep && window.startup, null, {
    timeout: PATIENCE,
  })
  const times = await seen.jsonValue()
  await page.close()
  return times
}

/** @returns StartupResults of benchmarks/results.ts */
export async function measureStartup(gpu) {
  const { chromium } = await import('playwright')
  await buildPage()
  const server = await serveFolder(join(root, 'dist', 'page'), 0, CACHED)
  const url = `http://127.0.0.1:${server.address().port}/`
  const options = await chromiumOptions(gpu)
  const results = { browser: '', cold: [], warm: [] }
  try {
    for (let profile = 0; profile < PROFILES; profile++) {
      const folder = mkdtempSync(join(tmpdir(), 'tumble-startup-'))
      const context = await chromium.launchPersistentContext(folder, {
        ...options,
        viewport: { width: 1000, height: 700 },
      })
      try {
        results.browser = `Chromium ${context.browser()?.version() ?? ''}`.trim()
        results.cold.push(await start(context, url))
        for (let k = 0; k < WARM_STARTS; k++) results.warm.push(await start(context, url))
      } finally {
        await context.close()
        rmSync(folder, { recursive: true, force: true })
      }
    }
  } finally {
    server.close()
  }
  return results
}
