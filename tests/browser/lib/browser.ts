import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright'

/**
 * Flags with which headless Chromium draws WebGPU in software (SwiftShader). With a GPU at hand they are harmless for
 * what is tested here: it is the page's behaviour, not its speed.
 */
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

/** $TUMBLE_CHROMIUM, else Playwright's own download, else the system's Chromium or Chrome. */
function findChromium(): string {
  const own = process.env.TUMBLE_CHROMIUM
  if (own) return own
  const downloaded = chromium.executablePath()
  if (existsSync(downloaded)) return downloaded
  const system = NAMES.map(onPath).find(Boolean)
  if (system) return system
  throw new Error(
    'No Chromium for the browser tests: run "npx playwright install chromium", install Debian\'s chromium package, or name one in TUMBLE_CHROMIUM.',
  )
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: FLAGS })
