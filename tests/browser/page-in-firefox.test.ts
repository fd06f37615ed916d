/** The page itself in Firefox: it starts, the molecule moves, and one sees it. What else it can is tested in Chromium. */
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchFirefox } from './lib/firefox.ts'
import { type Site, serveSite } from './lib/site.ts'

/** A software adapter shared with other work can take its time. */
const PATIENCE = 300_000

describe('the page in Firefox', () => {
  let site: Site
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    site = await serveSite()
    browser = await launchFirefox()
    page = await browser.newPage()
    await page.setViewport({ width: 1000, height: 700 })
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(site.url)
  }, PATIENCE)
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  const steps = (): Promise<number> =>
    page.$eval('[data-testid="step-count"]', (counter) =>
      Number((counter.textContent ?? '').replace(/\D/g, '')),
    )

  const waitForSteps = async (count: number): Promise<void> => {
    const goal = (await steps()) + count
    await expect.poll(steps, { timeout: PATIENCE, interval: 200 }).toBeGreaterThanOrEqual(goal)
  }

  /** The middle of the window, where the molecule is: [pixels × RGBA], decoded by a page of its own. */
  async function picture(): Promise<number[]> {
    const clip = { x: 300, y: 105, width: 360, height: 420 }
    const png = await page.screenshot({ clip, encoding: 'base64' })
    const helper = await browser.newPage()
    try {
      return JSON.parse(
        await helper.evaluate(async (png) => {
          const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0))
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
          context.drawImage(bitmap, 0, 0)
          return JSON.stringify(Array.from(context.getImageData(0, 0, bitmap.width, bitmap.height).data))
        }, png),
      )
    } finally {
      await helper.close()
    }
  }

  /** Share of pixels for which something holds. */
  const share = (data: readonly number[], holds: (r: number, g: number, b: number, i: number) => boolean) => {
    let count = 0
    for (let i = 0; i < data.length; i += 4) if (holds(data[i], data[i + 1], data[i + 2], i)) count++
    return (4 * count) / data.length
  }

  test(
    'starts, and the step counter rises',
    async () => {
      await page.waitForSelector('body[data-status="running"]', { timeout: PATIENCE })
      await waitForSteps(20)
    },
    PATIENCE,
  )

  test(
    'draws the molecule, white hydrogens and a red oxygen, and it moves',
    async () => {
      const before = await picture()
      expect(share(before, (r, g, b) => r > 120 && r > 2 * g && r > 2 * b)).toBeGreaterThan(0.005)
      expect(share(before, (r, g, b) => r + g + b > 330)).toBeGreaterThan(0.03)
      await page.bringToFront()
      await waitForSteps(20)
      const after = await picture()
      expect(share(before, (r, _g, _b, i) => Math.abs(r - after[i]) > 40)).toBeGreaterThan(0.002)
    },
    PATIENCE,
  )

  test('has had nothing to complain about', () => {
    expect(complaints).toEqual([])
  })
})
