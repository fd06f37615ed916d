/** Finds the browsers of the tests, or gets them. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './root.mjs'

const CHROMIUM = {
  title: 'Chromium',
  variable: 'TUMBLE_CHROMIUM',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  mac: '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  packages: ['chromium'],
}
/** Firefox draws and computes through Vulkan: without a GPU, by Mesa's llvmpipe. */
const FIREFOX = {
  title: 'Firefox',
  variable: 'TUMBLE_FIREFOX',
  names: ['firefox-esr', 'firefox'],
  mac: '/Applications/Firefox.app/Contents/MacOS/firefox',
  packages: ['firefox-esr', 'mesa-vulkan-drivers'],
}
/** A download that takes longer is given up; the system's browser serves as well. */
const DOWNLOAD_MILLISECONDS = 5 * 60_000

/** Whether a browser starts at all: one whose system libraries are missing does not. */
const starts = (path) => spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0

const onPath = ({ names, mac }) =>
  [
    ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
    mac,
  ].find((path) => existsSync(path) && starts(path))

/** What the user has named, if it starts. */
function named({ title, variable }) {
  const path = process.env[variable]
  if (!path || starts(path)) return path || undefined
  console.error(`${variable} is ${path}, which does not start; looking for another ${title}.`)
}

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

/** Installs Debian's packages, and those of its descendants, where we may. */
function install(packages) {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return
  console.log(`Installing ${packages.join(' and ')} (apt-get install) …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...words) => spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env })
  apt('update')
  apt('install', '--yes', '--no-install-recommends', ...packages)
}

function distributions(browser) {
  install(browser.packages)
  return onPath(browser)
}

/** Whether a Vulkan driver is installed; other systems than Linux have their own way to the GPU. */
const hasVulkanDriver = () =>
  process.platform !== 'linux' ||
  ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'].some(
    (folder) => existsSync(folder) && readdirSync(folder).length > 0,
  )

/** Path of a Chromium that starts: TUMBLE_CHROMIUM, Playwright's, the system's, the distribution's; or undefined. */
export const findChromium = async () =>
  named(CHROMIUM) ?? (await playwrights()) ?? onPath(CHROMIUM) ?? distributions(CHROMIUM)

/**
 * Path of a Firefox that starts: TUMBLE_FIREFOX, the system's, the distribution's; or undefined. Playwright's is a
 * patched build that WebDriver does not drive. A Vulkan driver is installed with it where there is none.
 */
export async function findFirefox() {
  const found = named(FIREFOX) ?? onPath(FIREFOX) ?? distributions(FIREFOX)
  if (found && !hasVulkanDriver()) install(['mesa-vulkan-drivers'])
  return found
}

/** What a headless Chromium needs in any case: WebGPU, no sandbox (which root has not got), and quiet. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Flags with which headless Chromium computes and draws by WebGPU in software (SwiftShader). */
export const SOFTWARE_FLAGS = [...CHROMIUM_FLAGS, '--use-vulkan=swiftshader', '--use-angle=swiftshader']

/** Flags with which it uses the machine's GPU. */
export const HARDWARE_FLAGS = [...CHROMIUM_FLAGS, '--use-angle=vulkan', '--ignore-gpu-blocklist']
