// Pictures of the built page in every mode, at the size of a phone, a laptop and a 4K screen, for docs/pictures.
//
//   node scripts/pictures.mjs [mode…] [--sizes phone,laptop,4k] [--to folder] [--png]
//
// The page runs in headless Chromium on the software adapter, as in the tests. Pictures are .webp, which takes ffmpeg, or .png.

import { execFileSync } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
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

/** ms that a processor which plays the GPU may take. */
const PATIENCE = 300_000

const key = (name) => (page) => page.keyboard.press(name)
const press = (id) => (page) => page.getByTestId(id).click()
const choose = (id, value) => (page) => page.getByTestId(id).selectOption(value)
const select = (words) => async (page) => {
  await page.keyboard.press('/')
  await page.getByTestId('selection-words').fill(words)
  await page.getByTestId('selection-words').press('Enter')
}
const steps = (count) => (page) =>
  page.waitForFunction(
    (count) =>
      Number(document.querySelector('[data-testid="step-count"]')?.textContent.replace(/\D/g, '')) > count,
    count,
    { timeout: PATIENCE },
  )
/** As a file manager would. */
const drop = (name, content) => async (page) => {
  const transfer = await page.evaluateHandle(
    ([name, content]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], name))
      return transfer
    },
    [name, content],
  )
  for (const event of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', event, { dataTransfer: transfer })
}
const notice = (page) => page.locator('.notice button').first().waitFor()
/** Phones show one panel at a time, and none by itself. */
const panel = (name) => async (page, size) => {
  if (size === 'phone') await page.getByRole('button', { name, exact: true }).click()
}
/** Held: from where ethanol's oxygen is on a laptop's screen. */
const pullOxygen = async (page) => {
  await page.keyboard.press('p')
  await page.mouse.move(867, 558)
  await page.mouse.down()
  await page.mouse.move(1010, 440, { steps: 12 })
}
const GOLD = '2\n\nAu 0 0 0\nAu 2.6 0 0\n'

/** Sizes at which a mode has something to show beside its look. */
const PANEL = ['phone', 'laptop']
const VIEW = ['phone', 'laptop', '4k']

/** What each picture shows: the page's address, what a person does there, and on which screens; on a laptop if left out. */
const MODES = {
  opening: { act: [steps(200)], on: PANEL },
  light: { address: '?theme=light', act: [steps(200)] },
  'space-filling': { address: '?load=structures/caffeine.xyz&style=space-filling' },
  licorice: { address: '?load=structures/polystyrene.xyz&style=licorice' },
  points: { address: '?load=structures/water-box.xyz&style=points' },
  tube: { address: '?load=structures/alanine-helix.xyz&style=tube&coloring=index' },
  flat: { address: '?load=structures/caffeine.xyz&projection=orthographic&outline=on&theme=light' },
  speed: { address: '?load=structures/aspirin.xyz&coloring=speed&arrows=velocities' },
  attention: { address: '?load=structures/aspirin.xyz&attention=2.1', on: VIEW },
  box: { address: '?load=structures/water-box.xyz&theme=light' },
  images: { address: '?load=structures/urea.xyz&images=on&coloring=molecule' },
  cell: { address: '?load=structures/urea.xyz', act: [key('g'), press('cell')], on: PANEL },
  plots: { act: [steps(400), panel('Plots')], on: ['phone'] },
  conditions: { act: [panel('Conditions'), choose('thermostat-kind', 'bussi')], on: ['phone'] },
  selection: { act: [select('serial 1 2 3')], on: PANEL },
  pull: { act: [steps(60), pullOxygen] },
  warning: { act: [drop('gold.xyz', GOLD), notice], on: PANEL },
  card: { act: [press('model-name')], on: PANEL },
  gallery: { act: [key('g')], on: PANEL },
  look: { act: [key('l')], on: PANEL },
  help: { act: [key('?')] },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sizes: { type: 'string' }, to: { type: 'string' }, png: { type: 'boolean' } },
})
const modes = positionals.length ? positionals : Object.keys(MODES)
const sizes = values.sizes?.split(',')
const folder = values.to ?? join(root, 'docs', 'pictures')

await buildPage()
await mkdir(folder, { recursive: true })
const server = await serveFolder(join(root, 'dist', 'page'), 0)
const site = `http://127.0.0.1:${server.address().port}/`
const browser = await chromium.launch({ executablePath: await findChromium(), args: SOFTWARE_FLAGS })
try {
  for (const mode of modes)
    for (const size of sizes ?? MODES[mode].on ?? ['laptop']) {
      const { address = '', act = [] } = MODES[mode]
      const context = await browser.newContext({ ...SIZES[size], colorScheme: 'dark' })
      const page = await context.newPage()
      page.setDefaultTimeout(PATIENCE)
      page.on('pageerror', ({ message }) => console.error(`${mode}, ${size}: ${message}`))
      await page.goto(site + address)
      await page.waitForSelector('body[data-status="running"]', { timeout: PATIENCE })
      for (const step of act) await step(page, size)
      // At rest the picture is drawn once more, sharply.
      await page.waitForTimeout(2500)
      // A space means something else to a button that has just been pressed.
      await page.evaluate(() => document.activeElement?.blur())
      await page.keyboard.press(' ')
      await page.waitForTimeout(2500)
      const path = join(folder, `${mode}-${size}`)
      await page.screenshot({ path: `${path}.png` })
      if (!values.png) {
        const quality = ['-c:v', 'libwebp', '-quality', '75']
        execFileSync('ffmpeg', ['-y', '-loglevel', 'error', '-i', `${path}.png`, ...quality, `${path}.webp`])
        await rm(`${path}.png`)
      }
      console.log(path)
      await context.close()
    }
} finally {
  await browser.close()
  server.close()
}
