// Pictures of the built page in every mode, at the size of a phone, a laptop and a 4K screen, for docs/pictures.
//
//   node scripts/pictures.mjs [mode…] [--sizes phone,laptop,4k] [--to folder] [--png]
//
// The page runs in headless Chromium on the software adapter, as in the tests.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { findChromium, SOFTWARE_FLAGS } from './lib/browser.mjs'
import { buildPage } from './lib/build.mjs'
import { root } from './lib/root.mjs'
import { serveFolder } from './lib/static-server.mjs'

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  laptop: { viewport: { width: 1440, height: 900 } },
  small: { viewport: { width: 1000, height: 700 } },
  '4k': { viewport: { width: 3840, height: 2160 } },
}

const key = (name) => (page) => page.keyboard.press(name)
const choose = (id, value) => (page) => page.getByTestId(id).selectOption(value)
const molecule = (title) => async (page) => {
  await page.keyboard.press('g')
  await page.getByRole('button', { name: title }).first().click()
  await page.getByTestId('structure-name').filter({ hasText: title }).waitFor()
  await page.keyboard.press('g')
}
const select = (words) => async (page) => {
  await page.keyboard.press('/')
  await page.getByTestId('selection-words').fill(words)
  await page.getByTestId('selection-words').press('Enter')
}

/** What each picture shows: the page's address, and what a person does there. */
const MODES = {
  opening: { address: '' },
  light: { address: '?theme=light' },
  'space-filling': { address: '?style=space-filling', act: [molecule('Caffeine')] },
  tube: { address: '?style=tube&coloring=index', act: [molecule('Nylon 6, trimer')] },
  licorice: { address: '?style=licorice', act: [molecule('Polystyrene, trimer')] },
  speed: { address: '', act: [molecule('Aspirin'), key('l'), choose('coloring', 'speed')] },
  gallery: { address: '', act: [key('g')] },
  box: { address: '?theme=light', act: [molecule('Water, periodic box')] },
  images: { address: '?images=on', act: [molecule('Urea, crystal')] },
  'atoms-in-cell': {
    address: '?placement=atoms&images=on&style=licorice',
    act: [molecule('Water, periodic box')],
  },
  selection: { address: '', act: [select('serial 1 2 3')] },
  look: { address: '', act: [key('l')] },
  help: { address: '', act: [key('?')] },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sizes: { type: 'string' }, to: { type: 'string' }, png: { type: 'boolean' } },
})
const modes = positionals.length ? positionals : Object.keys(MODES)
const sizes = values.sizes?.split(',') ?? ['phone', 'laptop', '4k']
const folder = values.to ?? join(root, 'docs', 'pictures')

await buildPage()
await mkdir(folder, { recursive: true })
const server = await serveFolder(join(root, 'dist', 'page'), 0)
const site = `http://127.0.0.1:${server.address().port}/`
const browser = await chromium.launch({ executablePath: await findChromium(), args: SOFTWARE_FLAGS })
try {
  for (const mode of modes)
    for (const size of sizes) {
      const { address, act = [] } = MODES[mode]
      const context = await browser.newContext(SIZES[size])
      const page = await context.newPage()
      page.on('pageerror', ({ message }) => console.error(`${mode}, ${size}: ${message}`))
      await page.goto(site + address)
      await page.waitForSelector('body[data-status="running"]', { timeout: 120_000 })
      for (const step of act) await step(page)
      // At rest the picture is drawn once more, sharply.
      await page.waitForTimeout(2500)
      await page.keyboard.press(' ')
      await page.waitForTimeout(2500)
      const path = join(folder, `${mode}-${size}.${values.png ? 'png' : 'jpg'}`)
      await page.screenshot(values.png ? { path } : { path, type: 'jpeg', quality: 85 })
      console.log(path)
      await context.close()
    }
} finally {
  await browser.close()
  server.close()
}
