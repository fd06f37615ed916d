import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

/** A software adapter draws slowly. */
const SOON = { timeout: 30_000 }

let site: Site
let browser: Browser
let tumble: TumblePage

/** Dispatches of each pass that the page has ended, by the pass's label, since they were asked for last. */
interface Counted extends Window {
  passes: { label: string; dispatches: number }[]
}

/** Runs in the page ahead of its scripts: counts what is dispatched. */
function count(): void {
  const page = window as unknown as Counted
  page.passes = []
  const pass = GPUComputePassEncoder.prototype
  const { dispatchWorkgroups, end } = pass
  const counts = new WeakMap<GPUComputePassEncoder, number>()
  pass.dispatchWorkgroups = function (this: GPUComputePassEncoder, x, y, z) {
    counts.set(this, (counts.get(this) ?? 0) + 1)
    return dispatchWorkgroups.call(this, x, y, z)
  }
  pass.end = function (this: GPUComputePassEncoder) {
    page.passes.push({ label: this.label, dispatches: counts.get(this) ?? 0 })
    return end.call(this)
  }
}

beforeAll(async () => {
  site = await serveSite()
  browser = await launch()
  tumble = await TumblePage.open(browser, site.url, count)
  await tumble.waitFor('running')
  await tumble.waitForSteps(5)
  await tumble.page.keyboard.press(' ')
  await tumble.waitFor('paused')
  await tumble.page.keyboard.press('l')
})

afterAll(async () => {
  await tumble?.close()
  await browser?.close()
  await site?.close()
})

/** Dispatches of one step, and of the update of the picture after it. */
async function ofOneStep(): Promise<{ steps: number; viewer: number }> {
  const { page } = tumble
  const before = await tumble.stepsAtRest()
  await page.evaluate(() => {
    ;(window as unknown as Counted).passes = []
  })
  await page.getByTestId('step').click()
  await expect.poll(() => tumble.steps(), SOON).toBe(before + 1)
  const of = (label: string) =>
    page
      .waitForFunction(
        (label) => (window as unknown as Counted).passes.find((pass) => pass.label === label)?.dispatches,
        label,
      )
      .then((found) => found.jsonValue() as Promise<number>)
  return { steps: await of('steps'), viewer: await of('viewer') }
}

const pixels = async () => (await tumble.picture()).data
const differing = (a: Uint8ClampedArray, b: Uint8ClampedArray) =>
  a.reduce((sum, x, i) => sum + (Math.abs(x - b[i]) > 24 ? 1 : 0), 0) / a.length

const legend = () => tumble.text('attention-legend')
const choose = (name: 'layer' | 'head', value: number) =>
  tumble.page.getByTestId(`attention-${name}`).selectOption({ value: String(value) })

describe('attention between atoms, in Chromium', () => {
  let without: { steps: number; viewer: number }
  let bare: Uint8ClampedArray

  it('is not there before it is asked for', async () => {
    without = await ofOneStep()
    bare = await pixels()
    expect(await tumble.page.getByTestId('attention-legend').count()).toBe(0)
    expect(await tumble.page.getByTestId('attention-head').count()).toBe(0)
  })

  it('is drawn on a resting picture, and the legend says what is opaque', async () => {
    await tumble.page.getByTestId('attention').check()
    await expect.poll(legend, SOON).toMatch(/^Attention, layer 1, head 1 ≤ −[\d.]+≥ [\d.]+$/)
    await expect.poll(async () => differing(bare, await pixels()), SOON).toBeGreaterThan(0.002)
  })

  it('is another picture for another head', async () => {
    const first = await pixels()
    const words = await legend()
    await choose('head', 1)
    await expect.poll(legend, SOON).toMatch(/layer 1, head 2/)
    await expect.poll(async () => (await legend()).split('≥')[1], SOON).not.toBe(words.split('≥')[1])
    await expect.poll(async () => differing(first, await pixels()), SOON).toBeGreaterThan(0.002)
    await choose('layer', 1)
    await expect.poll(legend, SOON).toMatch(/layer 2, head 2/)
    await choose('layer', 0)
  })

  it('is of what is selected, where something is', async () => {
    const { page } = tumble
    const all = await pixels()
    await page.keyboard.press('/')
    await page.getByTestId('selection-words').fill('element O')
    await page.getByTestId('selection-words').press('Enter')
    await expect.poll(legend, SOON).toMatch(/of what is selected/)
    let few = all
    await expect
      .poll(async () => {
        few = await pixels()
        return differing(all, few)
      }, SOON)
      .toBeGreaterThan(0.002)
    await page.getByTestId('selection-words').fill('element H')
    await page.getByTestId('selection-words').press('Enter')
    await expect.poll(async () => differing(few, await pixels()), SOON).toBeGreaterThan(0.002)
    await page.getByRole('button', { name: 'Select nothing' }).click()
    await expect.poll(legend, SOON).not.toMatch(/of what is selected/)
  })

  it('adds two dispatches to an update of the picture and none to a step, and goes as it came', async () => {
    expect(await ofOneStep()).toEqual({ steps: without.steps, viewer: without.viewer + 2 })
    await tumble.page.getByTestId('attention').uncheck()
    await tumble.page.getByTestId('attention-legend').waitFor({ state: 'detached' })
    expect(await ofOneStep()).toEqual(without)
  })

  it('moves with the atoms, for other atoms too', async () => {
    const { page } = tumble
    await page.getByTestId('attention').check()
    await page.getByTestId('play').click()
    await tumble.waitForSteps(20)
    await page.keyboard.press('g')
    await page.getByRole('button', { name: /^Malonaldehyde/ }).click()
    await tumble.waitForStructure('Malonaldehyde')
    await tumble.waitForSteps(10)
    await expect.poll(legend, SOON).toMatch(/^Attention, layer 1, head 2/)
  })

  it('had nothing to complain about', () => {
    expect(tumble.complaints).toEqual([])
  })
})
