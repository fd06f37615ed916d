import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveSite } from './lib/site.ts'
import { PATIENCE, TumblePage } from './lib/tumble-page.ts'

/** Share of pixels that are redder than the oxygen-free rest of the page could be. */
const redShare = (data: Uint8ClampedArray): number => {
  let red = 0
  for (let i = 0; i < data.length; i += 4)
    if (data[i] > 120 && data[i] > 2 * data[i + 1] && data[i] > 2 * data[i + 2]) red++
  return (4 * red) / data.length
}

/** Share of pixels much lighter than the backdrop. */
const brightShare = (data: Uint8ClampedArray): number => {
  let bright = 0
  for (let i = 0; i < data.length; i += 4) if (data[i] + data[i + 1] + data[i + 2] > 330) bright++
  return (4 * bright) / data.length
}

const differing = (a: Uint8ClampedArray, b: Uint8ClampedArray): number => {
  let count = 0
  for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) > 40) count++
  return (4 * count) / a.length
}

describe('the page, from opening on', () => {
  let site: Site
  let browser: Browser
  let tumble: TumblePage

  beforeAll(async () => {
    site = await serveSite()
    browser = await launch()
    tumble = await TumblePage.open(browser, site.url)
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('simulates ethanol under the bundled model at once', async () => {
    await tumble.waitFor('running')
    expect(await tumble.text('structure-name')).toContain('Ethanol')
    expect(await tumble.text('model-name')).toContain('et-gfn2-small')
    await tumble.waitForSteps(5)
  })

  it('says which GPU it runs on, and that it is a software adapter where it is one', async () => {
    const gpu = await tumble.text('gpu-name')
    expect(gpu.length).toBeGreaterThan(3)
    if (/swiftshader|llvmpipe/i.test(gpu)) expect(gpu).toContain('software adapter')
  })

  it('draws the molecule: white hydrogens, grey carbons, a red oxygen', async () => {
    const { data } = await tumble.picture()
    expect(redShare(data)).toBeGreaterThan(0.005)
    expect(brightShare(data)).toBeGreaterThan(0.03)
    expect(brightShare(data)).toBeLessThan(0.7)
  })

  it('shows it moving', async () => {
    const before = await tumble.picture()
    await tumble.waitForSteps(12)
    const after = await tumble.picture()
    expect(differing(before.data, after.data)).toBeGreaterThan(0.002)
  })

  it('pauses, takes single steps, and plays on', async () => {
    await tumble.page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await tumble.page.waitForTimeout(600)
    const rest = await tumble.steps()
    await tumble.page.waitForTimeout(600)
    expect(await tumble.steps()).toBe(rest)

    await tumble.page.getByTestId('step').click()
    await expect.poll(() => tumble.steps(), { timeout: PATIENCE }).toBe(rest + 1)

    await tumble.page.keyboard.press('Escape')
    await tumble.page.getByTestId('stage').focus()
    await tumble.page.keyboard.press('Space')
    await tumble.waitFor('running')
    await tumble.waitForSteps(2)
  })

  it('takes a new temperature and timestep while running', async () => {
    await tumble.page.getByTestId('temperature').fill('900')
    await tumble.page.getByTestId('temperature').press('Enter')
    await tumble.page.getByTestId('timestep').fill('0.25')
    await tumble.page.getByTestId('timestep').press('Enter')
    const slider = tumble.page.getByTestId('temperature-slider')
    expect(await slider.inputValue()).toBe('900')
    await tumble.waitForSteps(5)
    // What is out of range is brought into it.
    await tumble.page.getByTestId('timestep').fill('50')
    await tumble.page.getByTestId('timestep').press('Enter')
    expect(await tumble.page.getByTestId('timestep').inputValue()).toBe('2')
    await tumble.page.getByTestId('timestep').fill('0.5')
    await tumble.page.getByTestId('timestep').press('Enter')
  })

  it('switches the thermostat off and on', async () => {
    const thermostat = tumble.page.getByTestId('thermostat')
    await thermostat.uncheck()
    expect(await tumble.page.getByTestId('temperature').isDisabled()).toBe(true)
    await tumble.waitForSteps(3)
    await thermostat.check()
    expect(await tumble.page.getByTestId('temperature').isDisabled()).toBe(false)
  })

  it('draws in other styles', async () => {
    const before = await tumble.picture()
    await tumble.page.getByTestId('stage').focus()
    await tumble.page.keyboard.press('2')
    await tumble.waitForSteps(8)
    const after = await tumble.picture()
    expect(brightShare(after.data)).toBeGreaterThan(brightShare(before.data))
    await tumble.page.keyboard.press('1')
  })

  it('opens a molecule of the gallery', async () => {
    await tumble.page.getByTestId('structure-name').click()
    const gallery = tumble.page.getByTestId('gallery')
    await gallery.getByRole('button', { name: /PTFE/ }).waitFor()
    expect(await gallery.getByRole('listitem').count()).toBeGreaterThanOrEqual(12)
    await gallery.getByRole('button', { name: /Malonaldehyde/ }).click()
    await tumble.waitForStructure('Malonaldehyde')
    await tumble.waitForSteps(3)
    await tumble.page.keyboard.press('Escape')
    await gallery.waitFor({ state: 'detached' })
  })

  it('goes back to the start', async () => {
    // Paused, so that the counter can be caught at its start.
    await tumble.page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await tumble.page.getByTestId('reset').click()
    await expect.poll(() => tumble.steps(), { timeout: PATIENCE }).toBe(0)
    await tumble.page.getByTestId('play').click()
    await tumble.waitFor('running')
    await tumble.waitForSteps(3)
  })

  it('shows the card of the force field', async () => {
    await tumble.page.getByTestId('model-name').click()
    const card = await tumble.text('model-card')
    for (const word of ['Equivariant Transformer', 'Parameters', 'Cutoff', '5 Å', 'Elements'])
      expect(card).toContain(word)
    await tumble.page.keyboard.press('Escape')
  })

  it('explains itself', async () => {
    await tumble.page.keyboard.press('?')
    await tumble.page.getByRole('dialog').getByText('Play or pause').waitFor()
    await tumble.page.keyboard.press('Escape')
    await tumble.page.locator('dialog').waitFor({ state: 'hidden' })
  })

  it('has had nothing to complain about, and has asked nobody else for anything', () => {
    expect(tumble.complaints).toEqual([])
    const abroad = tumble.requests.filter((url) => !url.startsWith(site.url) && !/^(data|blob):/.test(url))
    expect(abroad).toEqual([])
  })
})
