/** Finds a Chromium for the tests, or gets one. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './root.mjs'

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
/** A download that takes longer is given up; the system's browser serves as well. */
const DOWNLOAD_MILLISECONDS = 5 * 60_000

/** Whether a browser starts at all: one whose system libraries are missing does not. */
const starts = (path) => spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0

const onPath = () =>
  [
    ...(process.env.PATH ?? '')
      .split(delimiter)
      .flatMap((folder) => SYSTEM_NAMES.map((name) => join(folder, name))),
    MAC_CHROME,
  ].find((path) => existsSync(path) && starts(path))

/** Playwright's own Chromium, downloaded if need be and possible. */
async function playwrights() {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  if (!existsSync(path)) {
    console.log('Downloading Chromium (playwright install chromium) …')
    const cli = join(root, 'node_modules', 'playwright', 'cli.js')
    const { status } = spawnSync(process.execPath, [cli, 'install', 'chromium'], {
      cwd: root,
      stdio: 'ignore',
      timeout: DOWNLOAD_MILLISECONDS,
    })
    if (status !== 0) console.log("The download did not work; looking for the system's browser.")
  }
  return existsSync(path) && starts(path) ? path : undefined
}

/** Debian's package, and those of its descendants. */
function distributions() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return
  console.log('Installing Chromium (apt-get install chromium) …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...words) => spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env })
  apt('update')
  apt('install', '--yes', '--no-install-recommends', 'chromium')
  return onPath()
}

/** Path of a Chromium that starts: TUMBLE_CHROMIUM, Playwright's, the system's, the distribution's; or undefined. */
export async function findChromium() {
  const { TUMBLE_CHROMIUM } = process.env
  if (TUMBLE_CHROMIUM) {
    if (starts(TUMBLE_CHROMIUM)) return TUMBLE_CHROMIUM
    console.error(`TUMBLE_CHROMIUM is ${TUMBLE_CHROMIUM}, which does not start; looking for another browser.`)
  }
  return (await playwrights()) ?? onPath() ?? distributions()
}
