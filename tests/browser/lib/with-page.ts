import type { Browser } from 'playwright'
import { afterAll, beforeAll } from 'vitest'
import { launch } from './browser.ts'
import { type Site, serveSite } from './site.ts'
import { TumblePage } from './tumble-page.ts'

interface Way {
  /** Runs in the page ahead of its own scripts. */
  readonly before?: () => void
  /** What the system says; dark if left out. */
  readonly colorScheme?: 'dark' | 'light'
}

/**
 * Opens the built page in a Chromium of its own for the tests of a file or a group, and closes all behind them.
 * @param use is given the page when it has been opened, and may bring it to where the tests begin
 */
export function withPage(
  use: (tumble: TumblePage, site: Site) => unknown,
  { before, colorScheme }: Way = {},
): void {
  let site: Site | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    site = await serveSite()
    browser = await launch()
    await use(await TumblePage.open(browser, site.url, before, colorScheme), site)
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })
}
