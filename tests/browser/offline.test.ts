/** The page without a network, after one visit. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveFolderAsSite, serveSite, siteFolder } from './lib/site.ts'
import { PATIENCE, TumblePage } from './lib/tumble-page.ts'

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

/** Whether a worker of the page is in this state. */
const worker = (page: Page, state: 'active' | 'waiting') =>
  page.waitForFunction(
    async (state) => Boolean((await navigator.serviceWorker.getRegistration())?.[state]),
    state,
    { timeout: PATIENCE },
  )

describe('the page, once seen', () => {
  it('opens without a network and without its server, and the molecule moves', async () => {
    const tumble = await TumblePage.open(browser, site.url)
    const { page } = tumble
    await tumble.waitFor('running')
    await worker(page, 'active')
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

const OTHER_DIGEST = '0'.repeat(16)

/** The folder as another build would leave it: the page's script has another name, and so has what the worker knows of it. */
function rebuild(folder: string): { readonly before: string; readonly after: string } {
  const before = readdirSync(join(folder, 'assets')).find((name) => /^index-.*\.js$/.test(name))!
  const after = 'index-AnotherBuild.js'
  cpSync(join(folder, 'assets', before), join(folder, 'assets', after))
  rmSync(join(folder, 'assets', before))
  for (const file of ['index.html', 'service-worker.js']) {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).toContain(before)
    // What has no digest in its name has another one in the worker's list.
    const changed = text
      .replaceAll(before, after)
      .replace(/("index\.html",")[0-9a-f]{16}/, (_, start) => start + OTHER_DIGEST)
    writeFileSync(join(folder, file), changed)
  }
  return { before, after }
}

describe('another build', () => {
  it('is what is seen next, and without a network once the last page of the old one is closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tumble-site-'))
    cpSync(siteFolder, folder, { recursive: true })
    const own = await serveFolderAsSite(folder)
    try {
      const tumble = await TumblePage.open(browser, own.url)
      const { page } = tumble
      const script = () =>
        page.evaluate(() => document.querySelector('script[type=module]')?.getAttribute('src'))
      await tumble.waitFor('running')
      await worker(page, 'active')
      const { before, after } = rebuild(folder)
      expect(await script()).toContain(before)
      await page.reload()
      await tumble.waitFor('running')
      expect(await script()).toContain(after)
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
      await worker(page, 'waiting')
      await page.goto('about:blank')
      await page.context().setOffline(true)
      await page.goto(own.url)
      await tumble.waitFor('running')
      expect(await script()).toContain(after)
      const stored = () =>
        page.evaluate(async () => {
          const cache = await caches.open('tumble')
          return (await cache.keys()).map(({ url }) => url).join()
        })
      await expect.poll(stored, { timeout: PATIENCE }).not.toContain(before)
      expect(await stored()).toContain(after)
      await tumble.close()
    } finally {
      await own.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
