import { type Browser, chromium } from 'playwright'
import { findChromium } from '../../../scripts/lib/browser.mjs'

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

/** A Chromium that draws; the one `npm test` found, or the one it would find. */
export async function launch(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath)
    throw new Error(
      'No Chromium for the browser tests: run "npx playwright install chromium", install Debian\'s chromium package, or name one in TUMBLE_CHROMIUM.',
    )
  return chromium.launch({ executablePath, args: FLAGS })
}
