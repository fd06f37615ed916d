import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readXyz } from '../../src/formats/index.ts'
import { differing, isBright, isRed, type Pixel, share } from './lib/pixels.ts'
import type { Site } from './lib/site.ts'
import { PATIENCE, type TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

type Picture = Awaited<ReturnType<TumblePage['picture']>>

/** The colour of the line between the hand and an atom. */
const isSpring: Pixel = (r, g, b) => r > 225 && g > 150 && g < 225 && b < 130

/** Where on the page the middle of such pixels is. */
const middleOf = ({ data, width, left, top }: Picture, holds: Pixel): { x: number; y: number } => {
  let [x, y, count] = [0, 0, 0]
  for (let i = 0; i < data.length; i += 4) {
    if (!holds(data[i], data[i + 1], data[i + 2])) continue
    x += (i / 4) % width
    y += Math.floor(i / 4 / width)
    count++
  }
  return { x: left + x / count, y: top + y / count }
}

describe('the page, from opening on', () => {
  let site: Site
  let tumble: TumblePage

  withPage((opened, served) => {
    tumble = opened
    site = served
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
    const picture = await tumble.picture()
    // Redder than the oxygen-free rest of the page could be.
    expect(share(picture, isRed)).toBeGreaterThan(0.005)
    expect(share(picture, isBright)).toBeGreaterThan(0.03)
    expect(share(picture, isBright)).toBeLessThan(0.7)
  })

  it('shows it moving', async () => {
    const before = await tumble.picture()
    await tumble.waitForSteps(12)
    const after = await tumble.picture()
    expect(differing(before, after)).toBeGreaterThan(0.002)
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

  it('runs no faster than it is asked to', async () => {
    const { page } = tumble
    // Steps of half a femtosecond: 20 a second. The reading is a mean over some seconds.
    await page.getByTestId('speed-limit').selectOption('10')
    const shown = async () => Number(/[\d.]+/.exec(await tumble.text('speed'))?.[0])
    await expect.poll(shown, { timeout: 15_000 }).toBeLessThanOrEqual(21)
    await page.getByTestId('speed-limit').selectOption('full')
    await expect.poll(shown, { timeout: PATIENCE }).toBeGreaterThan(21)
  })

  it('switches the thermostat off and on', async () => {
    const thermostat = tumble.page.getByTestId('thermostat')
    await thermostat.uncheck()
    expect(await tumble.page.getByTestId('temperature').isDisabled()).toBe(true)
    await tumble.waitForSteps(3)
    await thermostat.check()
    expect(await tumble.page.getByTestId('temperature').isDisabled()).toBe(false)
  })

  it('pulls the atom under the pointer on a spring, and lets it go', async () => {
    const stage = tumble.page.getByTestId('stage')
    await tumble.page.getByTestId('pull').click()
    // A press beside all atoms turns the picture as ever; on the oxygen it takes hold of it.
    const { x, y } = middleOf(await tumble.picture(), isRed)
    await tumble.page.mouse.move(x, y)
    await tumble.page.mouse.down()
    await tumble.page.waitForTimeout(500)
    await tumble.page.mouse.move(x + 60, y - 80, { steps: 6 })
    await tumble.page.mouse.move(x + 90, y - 120, { steps: 6 })
    await expect.poll(async () => share(await tumble.picture(), isSpring)).toBeGreaterThan(2e-5)
    await tumble.waitForSteps(15)
    await tumble.page.mouse.up()
    await expect.poll(async () => share(await tumble.picture(), isSpring)).toBe(0)
    await tumble.page.getByTestId('pull').click()
    expect(await stage.getAttribute('data-tool')).toBe('turn')
    await tumble.waitForSteps(3)
  })

  it('has three thermostats, and a barostat only where the cell repeats', async () => {
    const { page } = tumble
    const kind = page.getByTestId('thermostat-kind')
    for (const name of ['bussi', 'nose-hoover']) {
      await kind.selectOption(name)
      await tumble.waitForSteps(3)
      expect(await page.getByTestId('relaxation').isVisible()).toBe(true)
    }
    // A chain has no masses at 0 K; the page sees to that.
    await page.getByTestId('temperature').fill('0')
    await page.getByTestId('temperature').press('Enter')
    await tumble.waitForSteps(3)
    await kind.selectOption('langevin')
    expect(await page.getByTestId('barostat').count()).toBe(0)
    await page.getByTestId('temperature').fill('300')
    await page.getByTestId('temperature').press('Enter')
  })

  it('streams a trajectory to a file', async () => {
    const { page } = tumble
    // Headless browsers have no dialog to choose a file in: the page then keeps the file itself and hands it over.
    await page.evaluate(() => {
      Object.defineProperty(window, 'showSaveFilePicker', { value: undefined })
    })
    await page.getByTestId('record').click()
    await tumble.waitForSteps(45)
    const file = page.waitForEvent('download')
    await page.getByTestId('record').click()
    const path = await (await file).path()
    const frames = readXyz(readFileSync(path, 'utf8'), 'recorded')
    expect(frames.length).toBeGreaterThanOrEqual(3)
    expect(frames[0].atomicNumbers).toHaveLength(9)
    const steps = frames.map(({ info }) => Number(info?.get('step')))
    expect(steps.map((step) => step % 10)).toEqual(steps.map(() => 0))
    expect(steps.slice(1).map((step, i) => step - steps[i])).toEqual(steps.slice(1).map(() => 10))
    expect(frames[1].positions).not.toEqual(frames[0].positions)
    await page.getByText(/-trajectory\.xyz: \d+ frames written\.$/).waitFor()
  })

  it('relaxes the structure from where it is', async () => {
    // Not from wherever the tests before have pulled and heated it to: turning groups back takes hundreds of steps.
    await tumble.page.getByTestId('reset').click()
    await tumble.waitForSteps(10)
    await tumble.page.getByTestId('relax').click()
    const told = await tumble.page.getByText(/^Relaxed: the largest force is \d\.\d+ eV\/Å\.$/).textContent()
    // Forces fade slowly near a minimum: what is left is often all that may be, and then reads 0.01000.
    expect(Number(told?.match(/\d\.\d+/)?.[0])).toBeLessThanOrEqual(0.01)
    await tumble.waitForSteps(3)
  })

  it('draws in other styles', async () => {
    const before = await tumble.picture()
    await tumble.page.getByTestId('stage').focus()
    await tumble.page.keyboard.press('2')
    await tumble.waitForSteps(8)
    const after = await tumble.picture()
    expect(share(after, isBright)).toBeGreaterThan(share(before, isBright))
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

  it('changes the cell of a box under pressure', async () => {
    const { page } = tumble
    await page.getByTestId('structure-name').click()
    await page
      .getByTestId('gallery')
      .getByRole('button', { name: /periodic box/ })
      .click()
    await tumble.waitForStructure('periodic box')
    await page.keyboard.press('Escape')
    await page.getByTestId('barostat').check()
    await page.getByText(/^now .* bar$/).waitFor()
    await tumble.waitForSteps(4)
    // Without a thermostat there is no barostat either.
    await page.getByTestId('thermostat').uncheck()
    expect(await page.getByTestId('barostat').isDisabled()).toBe(true)
    await tumble.waitForSteps(2)
    await page.getByTestId('thermostat').check()
    await page.getByTestId('barostat').uncheck()
    await page.getByTestId('structure-name').click()
    await page
      .getByTestId('gallery')
      .getByRole('button', { name: /Malonaldehyde/ })
      .click()
    await tumble.waitForStructure('Malonaldehyde')
    await page.keyboard.press('Escape')
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
