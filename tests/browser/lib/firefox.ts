import { tmpdir } from 'node:os'
import { type Browser, launch } from 'puppeteer-core'
import { findFirefox } from '../../../scripts/lib/browser.mjs'

/** A call may evaluate a large network on a software adapter shared with other work. */
const PROTOCOL_PATIENCE = 300_000

/** A Firefox with WebGPU, driven by WebDriver BiDi; the one `npm test` found, or the one it would find. */
export async function launchFirefox(): Promise<Browser> {
  const executablePath = await findFirefox()
  if (!executablePath)
    throw new Error(
      'No Firefox for the browser tests: install it (on Debian: apt-get install firefox-esr mesa-vulkan-drivers), or name one in TUMBLE_FIREFOX.',
    )
  return launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    protocolTimeout: PROTOCOL_PATIENCE,
    // Mesa wants the folder, and its Vulkan driver is not used without.
    env: { ...process.env, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() },
    extraPrefsFirefox: {
      'dom.webgpu.enabled': true,
      // Software adapters are on the list.
      'gfx.webgpu.ignore-blocklist': true,
      // Dark, as in Chromium's tests.
      'layout.css.prefers-color-scheme.content-override': 0,
    },
  })
}
