/** What axe-core finds in the page's states; people who use it by keyboard and screen reader find more. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Violations as sentences: which rule, where. */
async function violations({ page }: TumblePage): Promise<string[]> {
  // Through the debugger's console, which the page's policy does not bind.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)')
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  )
}

describe.each(['dark', 'light'] as const)('accessibility, by axe, %s', (scheme) => {
  let site: Site
  let browser: Browser
  let tumble: TumblePage

  beforeAll(async () => {
    site = await serveSite()
    browser = await launch()
    tumble = await TumblePage.open(browser, site.url, undefined, scheme)
    await tumble.waitFor('running')
    await tumble.waitForSteps(20)
  })
  afterAll(async () => {
    await tumble?.close()
    await browser?.close()
    await site?.close()
  })

  it('the running page', async () => {
    expect(await violations(tumble)).toEqual([])
  })

  it('with gallery, card, look and a selection', async () => {
    const { page } = tumble
    await page.keyboard.press('g')
    await page.getByTestId('cell').click()
    expect(await violations(tumble)).toEqual([])
    // It takes the gallery's room.
    await page.keyboard.press('l')
    await page.keyboard.press('a')
    await page.getByTestId('model-name').click()
    await page.getByTestId('coloring').selectOption('force')
    await page.getByTestId('legend').waitFor()
    await page.getByTestId('attention').check()
    await page.getByTestId('attention-legend').waitFor()
    expect(await violations(tumble)).toEqual([])
    for (let key = 0; key < 5; key++) await page.keyboard.press('Escape')
  })

  it('the help', async () => {
    const { page } = tumble
    await page.getByRole('button', { name: 'Help' }).click()
    await page.getByRole('dialog').waitFor()
    expect(await violations(tumble)).toEqual([])
    await page.keyboard.press('Escape')
  })

  it('a complaint, on a phone of 320 pixels', async () => {
    const { page } = tumble
    await page.setViewportSize({ width: 320, height: 640 })
    await tumble.drop({ name: 'nothing.xyz', content: '' })
    await page.getByRole('alert').waitFor()
    expect(await violations(tumble)).toEqual([])
    // Nothing sticks out.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })

  it('a trajectory, there too', async () => {
    const { page } = tumble
    const frame = (x: number) => `2\nenergy=${x}\nAu 0 0 0\nAu ${2.5 + x} 0 0\n`
    await tumble.drop({ name: 'gold.xyz', content: frame(0) + frame(0.1) })
    await page.getByTestId('trajectory').waitFor()
    for (const width of [320, 1000]) {
      await page.setViewportSize({ width, height: 640 })
      expect(await violations(tumble)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
  })

  it('the page without WebGPU', async () => {
    const noGpu = () => {
      Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined })
    }
    const without = await TumblePage.open(browser, site.url, noGpu, scheme)
    await without.waitFor('unsupported')
    expect(await violations(without)).toEqual([])
    await without.close()
  })
})
