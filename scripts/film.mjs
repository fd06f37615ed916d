// The moving picture of the README: one turn, filmed by the built page itself, made small by ffmpeg.
//
//   node scripts/film.mjs [address] [--to docs/turn.webp]
//
// `address` is what follows the page's own, '?load=structures/aspirin.xyz&attention=2.1' if left out. ffmpeg must be installed.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { findChromium, SOFTWARE_FLAGS } from './lib/browser.mjs'
import { buildPage } from './lib/build.mjs'
import { root } from './lib/root.mjs'
import { serveFolder } from './lib/static-server.mjs'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { to: { type: 'string' } } })
const address = positionals[0] ?? '?load=structures/aspirin.xyz&attention=2.1'
const to = values.to ?? join(root, 'docs', 'turn.webp')
/** A processor that plays the GPU takes its time for 240 frames. */
const PATIENCE = 900_000

await buildPage()
const server = await serveFolder(join(root, 'dist', 'page'), 0)
const browser = await chromium.launch({ executablePath: await findChromium(), args: SOFTWARE_FLAGS })
const folder = mkdtempSync(join(tmpdir(), 'tumble-film-'))
try {
  // Wide enough for panels to stand beside the molecule, which is all that is kept.
  const page = await browser.newPage({ viewport: { width: 1000, height: 480 }, colorScheme: 'dark' })
  page.setDefaultTimeout(PATIENCE)
  // Without a dialog to choose a file in, the page hands the film over as a download.
  await page.addInitScript(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }))
  await page.goto(`http://127.0.0.1:${server.address().port}/${address}`)
  await page.waitForSelector('body[data-status="running"]')
  await page.keyboard.press('l')
  const film = page.waitForEvent('download')
  await page.getByTestId('film-turn').click()
  const path = join(folder, 'film')
  await (await film).saveAs(path)
  const small = 'fps=15,crop=iw*0.5:ih*0.82:iw*0.24:ih*0.08,scale=520:-2'
  execFileSync('ffmpeg', [
    ...['-y', '-loglevel', 'error', '-i', path, '-vf', small],
    ...['-c:v', 'libwebp_anim', '-quality', '70', '-loop', '0', '-f', 'webp', to],
  ])
  console.log(to)
} finally {
  await browser.close()
  server.close()
  rmSync(folder, { recursive: true, force: true })
}
