/** Draws the PNG icons of the manifest from public/icons/tumble.svg, in headless Chromium: node scripts/icons.mjs */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { findChromium, SOFTWARE_FLAGS } from './lib/browser.mjs'
import { root } from './lib/root.mjs'

const folder = join(root, 'public', 'icons')
const svg = readFileSync(join(folder, 'tumble.svg'), 'utf8')
/** Systems cut maskable icons to their own shape: the ground reaches the edges, the drawing keeps to the middle. */
const maskable = svg
  .replace(' rx="7"', '')
  .replace('viewBox="0 0 32 32"', 'viewBox="-3 -3 38 38"')
  .replace('<rect width="32" height="32"', '<rect x="-3" y="-3" width="38" height="38"')

const browser = await chromium.launch({ executablePath: await findChromium(), args: SOFTWARE_FLAGS })
const page = await browser.newPage()
for (const [name, size, drawing] of [
  ['tumble-192', 192, svg],
  ['tumble-512', 512, svg],
  ['tumble-maskable', 512, maskable],
]) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw}</style>${drawing}`)
  await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true })
}
await browser.close()
