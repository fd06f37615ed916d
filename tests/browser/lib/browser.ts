import { type Browser, chromium } from 'playwright'
import { findChromium, SOFTWARE_FLAGS } from '../../../scripts/lib/browser.mjs'

/**
 * A Chromium that draws, in software, as what is tested is the page's behaviour and not its speed: the one `npm test`
 * found, or the one it would find.
 */
export async function launch(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath)
    throw new Error(
      'No Chromium for the browser tests: run "npx playwright install chromium", install Debian\'s chromium package, or name one in TUMBLE_CHROMIUM.',
    )
  return chromium.launch({ executablePath, args: SOFTWARE_FLAGS })
}
