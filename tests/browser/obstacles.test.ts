import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { deviceCount, keepDevices, loseDevice } from './lib/lose-device.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

describe('where things are missing', () => {
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

  it('a browser without WebGPU is told which ones have it', async () => {
    const tumble = await TumblePage.open(browser, site.url, () => {
      Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined })
    })
    await tumble.waitFor('unsupported')
    const text = await tumble.text('unsupported')
    for (const word of ['WebGPU', 'Chrome', 'Edge', 'Safari', 'Firefox']) expect(text).toContain(word)
    // What it cannot compute it shows, and says so.
    expect(await tumble.text('recorded')).toContain('Recorded, not live')
    const canvas = tumble.page.getByTestId('recorded').locator('canvas')
    const frame = async () => Number(await canvas.getAttribute('data-frame'))
    await expect.poll(frame).toBeGreaterThan(3)
    await tumble.page.getByRole('button', { name: 'Pause' }).click()
    // The frame that was on its way is drawn before it rests.
    await tumble.page.getByRole('button', { name: 'Play' }).waitFor()
    await tumble.page.waitForTimeout(300)
    const [rest, picture] = [await frame(), await canvas.screenshot()]
    await canvas.press('ArrowLeft')
    expect((await canvas.screenshot()).equals(picture)).toBe(false)
    expect(await frame()).toBe(rest)
    expect(tumble.complaints).toEqual([])
    await tumble.close()
  })

  it('a browser with WebGPU but no adapter is told so', async () => {
    const tumble = await TumblePage.open(browser, site.url, () => {
      GPU.prototype.requestAdapter = async () => null
    })
    await tumble.waitFor('unsupported')
    expect(await tumble.text('unsupported')).toContain('no graphics adapter')
    await tumble.close()
  })

  it('a lost device is opened again and the run goes on from where it was saved, until it is lost too often', async () => {
    const tumble = await TumblePage.open(browser, site.url, keepDevices)
    await tumble.waitFor('running')
    await tumble.waitForSteps(20)
    // A page that is hidden saves its run.
    await tumble.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await tumble.waitForSteps(40)
    const lose = () => loseDevice(tumble)
    const device = () => deviceCount(tumble)
    await lose()
    // Nobody has to press anything.
    await tumble.page.waitForFunction(
      () =>
        (globalThis as unknown as { devices: number }).devices === 2 &&
        document.body.dataset.status === 'running',
    )
    expect(await tumble.steps()).toBeGreaterThanOrEqual(20)
    await tumble.waitForSteps(2)
    expect(await tumble.page.getByTestId('interruption').count()).toBe(0)
    // A device that does not last is not asked for for ever.
    for (let lives = 2; lives <= 4; lives++) {
      await tumble.page.waitForFunction(
        (lives) =>
          (globalThis as unknown as { devices: number }).devices === lives &&
          document.body.dataset.status === 'running',
        lives,
      )
      await lose()
    }
    expect(await tumble.text('interruption')).toContain('the test took it')
    expect(await device()).toBe(4)
    // It keeps the keyboard, and does not go away unanswered.
    await tumble.page.keyboard.press('Escape')
    for (let press = 0; press < 3; press++) {
      await tumble.page.keyboard.press('Tab')
      expect(
        await tumble.page.evaluate(
          () => document.activeElement?.closest('[data-testid=interruption], body')?.tagName,
        ),
      ).toMatch(/^(DIALOG|BODY)$/)
    }
    await tumble.page.getByTestId('interruption').getByRole('button', { name: 'Go on' }).click()
    await tumble.waitFor('running')
    expect(await tumble.steps()).toBeGreaterThanOrEqual(20)
    await tumble.waitForSteps(2)
    await tumble.close()
  })
})
