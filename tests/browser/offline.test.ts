/** The page without a network, after one visit. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

describe('the page, once seen', () => {
  let site: Site
  let browser: Browser

  beforeAll(async () => {
    site = await serveSite()
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('opens without a network and without its server, and the molecule moves', async () => {
    const tumble = await TumblePage.open(browser, site.url)
    const { page } = tumble
    await tumble.waitFor('running')
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
    await page.waitForFunction(() =>
      navigator.serviceWorker.getRegistration().then((registration) => Boolean(registration?.active)),
    )
    await page.context().setOffline(true)
    // Parameters are no part of the file's name.
    await page.goto(`${site.url}?temperature=350`)
    await tumble.waitFor('running')
    await tumble.waitForSteps(5)
    expect(await page.getByTestId('temperature').inputValue()).toBe('350')
    // The gallery is there, too.
    await page.getByTestId('structure-name').click()
    await page
      .getByTestId('gallery')
      .getByRole('button', { name: /Caffeine/ })
      .click()
    await tumble.waitForStructure('Caffeine')
    await tumble.close()
  })
})
