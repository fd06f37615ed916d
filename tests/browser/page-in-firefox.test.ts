/** The page itself in Firefox: it starts, the molecule moves, and one sees it. What else it can is tested in Chromium. */
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Driven, SIZE, watchComplaints } from './lib/browsers.ts'
import { launchFirefox } from './lib/firefox.ts'
import { PATIENCE, Person } from './lib/person.ts'
import { differing, isBright, isRed, share } from './lib/pixels.ts'
import { type Site, serveSite } from './lib/site.ts'

describe('the page in Firefox', { timeout: PATIENCE }, () => {
  let site: Site
  let browser: Browser
  let page: Page
  let person: Person
  let complaints: readonly string[]

  beforeAll(async () => {
    site = await serveSite()
    browser = await launchFirefox()
    page = await browser.newPage()
    await page.setViewport(SIZE)
    complaints = watchComplaints(page)
    person = new Person(page as unknown as Driven)
    await page.goto(site.url)
  }, PATIENCE)
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  /** The middle of the window, where the molecule is: [pixels × RGBA], decoded by a page of its own. */
  async function picture(): Promise<{ data: Uint8ClampedArray }> {
    const clip = { x: 300, y: 105, width: 360, height: 420 }
    const png = await page.screenshot({ clip, encoding: 'base64' })
    const helper = await browser.newPage()
    try {
      const data = JSON.parse(
        await helper.evaluate(async (png) => {
          const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0))
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
          context.drawImage(bitmap, 0, 0)
          return JSON.stringify(Array.from(context.getImageData(0, 0, bitmap.width, bitmap.height).data))
        }, png),
      )
      return { data: Uint8ClampedArray.from(data) }
    } finally {
      await helper.close()
    }
  }

  test('starts, and the step counter rises', async () => {
    await person.waitForStatus('running')
    await person.waitForSteps(20)
  })

  test('draws the molecule, white hydrogens and a red oxygen, and it moves', async () => {
    const before = await picture()
    expect(share(before, isRed)).toBeGreaterThan(0.005)
    expect(share(before, isBright)).toBeGreaterThan(0.03)
    await page.bringToFront()
    await person.waitForSteps(20)
    expect(differing(before, await picture())).toBeGreaterThan(0.002)
  })

  test('has had nothing to complain about', () => {
    expect(complaints).toEqual([])
  })
})
