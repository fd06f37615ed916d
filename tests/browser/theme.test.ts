import { describe, expect, it } from 'vitest'
import type { Site } from './lib/site.ts'
import type { TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

let site: Site
let tumble: TumblePage

withPage(async (page, where) => {
  ;[tumble, site] = [page, where]
  await tumble.waitFor('running')
})

/** 0 … 255: how bright the ink of the page, its ground and the axes of its charts are. */
const brightness = () =>
  tumble.page.evaluate(() => {
    const sum = (color: string) =>
      (color.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((total, x) => total + Number(x) / 3, 0)
    const { color, backgroundColor } = getComputedStyle(document.documentElement)
    const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas')!
    const copy = new OffscreenCanvas(canvas.width, canvas.height)
    const context = copy.getContext('2d', { willReadFrequently: true })!
    context.drawImage(canvas, 0, 0)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let [ink, most] = [0, 0]
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] > most) [ink, most] = [(data[at] + data[at + 1] + data[at + 2]) / 3, data[at + 3]]
    return { ink: sum(color), ground: sum(backgroundColor), chart: ink }
  })

describe('light and dark', () => {
  it('follow the system, and change with it', async () => {
    const dark = await brightness()
    expect(dark.ink).toBeGreaterThan(200)
    expect(dark.ground).toBeLessThan(50)
    expect(dark.chart).toBeGreaterThan(120)
    await tumble.page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(async () => (await brightness()).chart).toBeLessThan(110)
    const light = await brightness()
    expect(light.ink).toBeLessThan(60)
    expect(light.ground).toBeGreaterThan(180)
  })

  it('are chosen, and remembered', async () => {
    const { page } = tumble
    await page.keyboard.press('l')
    await page.getByTestId('theme').selectOption('dark')
    await expect.poll(async () => (await brightness()).ground).toBeLessThan(50)
    // What canvases draw with changes, too.
    await expect.poll(async () => (await brightness()).chart).toBeGreaterThan(120)
    await page.reload()
    await tumble.waitFor('running')
    expect((await brightness()).ground).toBeLessThan(50)
    await page.keyboard.press('l')
    await page.getByTestId('theme').selectOption('system')
    await expect.poll(async () => (await brightness()).ground).toBeGreaterThan(180)
  })

  it('may be asked for in the address, for this visit', async () => {
    const { page } = tumble
    await page.goto(`${site.url}?theme=dark`)
    await tumble.waitFor('running')
    expect((await brightness()).ground).toBeLessThan(50)
    await page.goto(site.url)
    await tumble.waitFor('running')
    expect((await brightness()).ground).toBeGreaterThan(180)
    expect(tumble.complaints).toEqual([])
  })
})
