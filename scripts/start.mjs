/**
 * `npm start`: installs and builds what is missing, serves the page, opens a browser.
 * Options by environment: PORT (default 4173), TUMBLE_NO_OPEN=1 to open no browser.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildPage } from './lib/build.mjs'
import { ensureDependencies } from './lib/install.mjs'
import { root } from './lib/root.mjs'
import { serveFolder } from './lib/static-server.mjs'

const port = Number(process.env.PORT ?? 4173)
if (!(Number.isInteger(port) && port >= 0 && port <= 65535)) {
  console.error(`PORT must be a number from 0 to 65535, not "${process.env.PORT}".`)
  process.exit(2)
}
ensureDependencies()
await buildPage()
const server = await serveFolder(join(root, 'dist', 'page'), port)
const url = `http://localhost:${server.address().port}/`
console.log(`Tumble is at ${url} (Ctrl+C ends it).`)
openBrowser(url)

/** Best effort: the address is printed, too. */
function openBrowser(address) {
  const { CI, TUMBLE_NO_OPEN, DISPLAY, WAYLAND_DISPLAY } = process.env
  if (CI || TUMBLE_NO_OPEN) return
  const openers = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }
  const opener = openers[process.platform] ?? (DISPLAY || WAYLAND_DISPLAY ? ['xdg-open'] : null)
  if (!opener) return
  const [program, ...words] = opener
  spawn(program, [...words, address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
