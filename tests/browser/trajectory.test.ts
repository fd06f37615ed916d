import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readXyz, type TrajectoryFrame, trajectoryFormatOf, writeXyz } from '../../src/formats/index.ts'
import { write } from '../unit/formats/trajectory/lib/frames.ts'
import { launch } from './lib/browser.ts'
import { deviceCount, keepDevices, loseDevice } from './lib/lose-device.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

const text = readFileSync(new URL('../../public/structures/ethanol.xyz', import.meta.url), 'utf8')
const [ethanol] = readXyz(text, 'ethanol.xyz')

/** Frame `n` is that of step 10 n and time 5 n fs, and the atoms are n pm further apart. */
const frames: readonly TrajectoryFrame[] = Array.from({ length: 40 }, (_, n) => ({
  ...{ step: 10 * n, time: 5 * n, cell: null, energy: -3 + 0.01 * n },
  positions: ethanol.positions.map((x) => x * (1 + 0.005 * n)),
}))
const fileOf = (name: string) => ({ name, content: write(trajectoryFormatOf(name), ethanol, frames) })

let site: Site
let browser: Browser
let tumble: TumblePage

beforeAll(async () => {
  site = await serveSite()
  browser = await launch()
  tumble = await TumblePage.open(browser, site.url, keepDevices)
  await tumble.waitFor('running')
})

afterAll(async () => {
  await tumble?.close()
  await browser?.close()
  await site?.close()
})

/** The frame that is shown, counted from 1. */
const shown = async () => Number(/(\d+) of/.exec(await tumble.text('frame-count'))![1])
const says = (words: string | RegExp) =>
  tumble.page.getByTestId('status').filter({ hasText: words }).waitFor()
const seek = (frame: number) => tumble.page.getByTestId('frames').fill(String(frame - 1))
const wait = { timeout: 30_000 }
/** Taking a picture of a page that a processor draws is slow. */
const pictures = { timeout: 90_000 }

describe('a file with many frames, in Chromium', () => {
  it('plays, and says so', async () => {
    await tumble.drop(fileOf('run.xyz'))
    await says('Playing run.xyz, 40 frames.')
    expect(await tumble.page.getByTestId('step-count').count()).toBe(0)
    const first = await shown()
    await expect.poll(shown, wait).not.toBe(first)
    // It comes around.
    await seek(39)
    await tumble.page.getByTestId('play').click()
    await expect.poll(shown, wait).toBeLessThan(39)
  })

  it('is looked through frame by frame, with its times and energies', async () => {
    const { page } = tumble
    await seek(12)
    await says('Paused: run.xyz, 40 frames.')
    expect(await tumble.text('time')).toBe('55.0 fs')
    await page.keyboard.press('.')
    await expect.poll(shown, wait).toBe(13)
    await page.keyboard.press(',')
    await page.keyboard.press(',')
    await expect.poll(shown, wait).toBe(11)
    await page.getByTestId('frames').press('ArrowRight')
    await expect.poll(shown, wait).toBe(12)
    const energy = page.getByRole('figure').filter({ hasText: 'Energy' })
    expect(await energy.textContent()).toContain('−2.890 eV')
    await page.getByTestId('reset').click()
    await expect.poll(shown, wait).toBe(1)
    expect(await energy.textContent()).toContain('−3.000 eV')
  })

  it('shows where the atoms are in its frames', async () => {
    await tumble.page.mouse.move(5, 5)
    await seek(1)
    const before = await stillPicture()
    const change = async () => differing(before, await tumble.picture())
    await seek(40)
    await expect.poll(change, pictures).toBeGreaterThan(0.02)
    await seek(1)
    await expect.poll(change, pictures).toBeLessThan(0.002)
  })

  it('stops at the last frame where it is not to begin again, and begins again when it is played', async () => {
    const { page } = tumble
    await page.getByTestId('looping').click()
    await page.getByTestId('rate').selectOption({ label: '×4' })
    await seek(35)
    await page.getByTestId('play').click()
    await says('Paused: run.xyz')
    expect(await shown()).toBe(40)
    await page.getByTestId('rate').selectOption({ label: '×¼' })
    await page.getByTestId('play').click()
    await expect.poll(shown, wait).toBeLessThan(35)
    await page.getByTestId('rate').selectOption({ label: '×1' })
    await page.getByTestId('looping').click()
  })

  it('is measured in every frame at once', async () => {
    const { page } = tumble
    await seek(1)
    await page.keyboard.press('/')
    await page.getByTestId('selection-words').fill('serial 1 2')
    await page.getByTestId('selection-words').press('Enter')
    const length = async () =>
      Number.parseFloat((await page.getByTestId('measure').locator('strong').textContent())!)
    await page.getByTestId('measure').waitFor()
    const first = await length()
    await seek(40)
    await expect.poll(length, wait).toBeCloseTo(first * (1 + 0.005 * 39), 2)
    await page.getByTestId('measure').getByRole('button', { name: 'Plot' }).click()
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as .csv' }).click()
    const rows = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\n')
    expect(rows).toHaveLength(41)
    expect(rows[0]).toMatch(/^time \(ps\),energy \(eV\),C1–\w+ \(Å\)$/)
    const [time, energy, distance] = rows[40].split(',').map(Number)
    expect(time).toBeCloseTo(0.195, 6)
    expect(energy).toBeCloseTo(-3 + 0.01 * 39, 6)
    expect(distance).toBeCloseTo(first * (1 + 0.005 * 39), 2)
    // Nothing can be done to atoms of a file.
    expect(await page.getByTestId('delete').count()).toBe(0)
    expect(await page.getByTestId('pull').count()).toBe(0)
    await page.getByRole('button', { name: 'Remove monitors' }).click()
    await page.getByTestId('stage').focus()
    await page.keyboard.press('Escape')
  })

  it('has the colours that its file has numbers for', async () => {
    const { page } = tumble
    await page.getByTestId('look').click()
    expect(await page.getByTestId('coloring').locator('option').allTextContents()).toEqual([
      ...['Element', 'Molecule', 'Index', 'Way from start'],
    ])
    await page.getByTestId('coloring').selectOption('displacement')
    await seek(40)
    await expect.poll(() => tumble.text('legend'), wait).toMatch(/^Way from start Å0[\d.]*[1-9]/)
    await page.getByTestId('coloring').selectOption('element')
    await page.getByTestId('look').click()
  })

  it('comes back at its frame when the device is lost', async () => {
    await seek(17)
    await loseDevice(tumble)
    await expect.poll(() => deviceCount(tumble), wait).toBe(2)
    await tumble.waitFor('paused')
    await says('Paused: run.xyz, 40 frames.')
    expect(await shown()).toBe(17)
    // What the browser says of a device that is gone is not the page's doing.
    tumble.complaints.length = 0
  })

  it('is simulated from a frame, and led back to', async () => {
    const { page } = tumble
    await seek(2)
    await page.getByTestId('simulate').click()
    await says('Simulating run.xyz, 9 atoms')
    await tumble.waitForSteps(3)
    expect(await page.getByTestId('trajectory').count()).toBe(0)
    await page.getByRole('button', { name: 'Back to the trajectory' }).click()
    await says('run.xyz, 40 frames.')
    expect(await shown()).toBeGreaterThanOrEqual(2)
  })

  it('ends when another molecule is opened', async () => {
    await tumble.drop({ name: 'alone.xyz', content: writeXyz([ethanol]) })
    await says('Simulating alone.xyz')
    expect(await tumble.page.getByTestId('trajectory').count()).toBe(0)
  })
})

describe('a trajectory without elements, in Chromium', () => {
  it('plays with its structure, and on the atoms that are there', async () => {
    await tumble.drop({ name: 'ethanol.xyz', content: text }, fileOf('run.dcd'))
    await says('Playing run.dcd, 40 frames.')
    expect(await tumble.text('structure-name')).toContain('ethanol.xyz')
    await tumble.drop(fileOf('run.xtc'))
    await says('Playing run.xtc, 40 frames.')
    await seek(12)
    expect(await tumble.text('time')).toBe('55.0 fs')
  })

  it('of other atoms is refused with both numbers, and what was shown stays', async () => {
    const [water] = readXyz('3\n\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n', 'water.xyz')
    const positions = water.positions
    const dcd = write(trajectoryFormatOf('w.dcd'), water, [{ step: 0, time: 0, positions, cell: null }])
    await tumble.drop({ name: 'w.dcd', content: dcd })
    expect(await tumble.takeAlert()).toMatch(/^w\.dcd has 3 atoms but the structure .* has 9;/)
    await says('run.xtc, 40 frames.')
  })

  it('stays while another force field is opened, which is the one that it would be simulated with', async () => {
    const content = readFileSync(new URL('../../public/models/et-gfn2-small.ckpt', import.meta.url))
    await tumble.drop({ name: 'my-own.ckpt', content })
    await tumble.page.getByTestId('model-name').filter({ hasText: 'my-own' }).waitFor()
    await says('run.xtc, 40 frames.')
    expect(await tumble.page.getByTestId('simulate').getAttribute('title')).toContain('my-own')
  })
})

describe('elements that no force field knows, in Chromium', () => {
  it('play nonetheless; simulating them is refused in words', async () => {
    const frame = (x: number) => `2\n\nAu 0 0 0\nAu ${2.5 + x} 0 0\n`
    await tumble.drop({ name: 'gold.xyz', content: frame(0) + frame(0.1) + frame(0.2) })
    await says('Playing gold.xyz, 3 frames.')
    await tumble.page.getByTestId('simulate').click()
    expect(await tumble.takeAlert()).toMatch(/does not know Au/)
    await says('Playing gold.xyz, 3 frames.')
    expect(await tumble.page.getByTestId('time').count()).toBe(0)
    await tumble.page.keyboard.press('Control+z')
  })

  it('had nothing to complain about', () => {
    expect(tumble.complaints).toEqual([])
  })
})

type Picture = Awaited<ReturnType<TumblePage['picture']>>

/** The picture once it does not change any more: a resting one is drawn a last time, sharply. */
async function stillPicture(): Promise<Picture> {
  let last = await tumble.picture()
  await expect
    .poll(async () => {
      const before = last
      last = await tumble.picture()
      return differing(before, last)
    }, pictures)
    .toBe(0)
  return last
}

/** Share of picture elements that differ visibly. */
function differing(a: Picture, b: Picture): number {
  let count = 0
  for (let i = 0; i < a.data.length; i += 4) if (Math.abs(a.data[i] - b.data[i]) > 24) count++
  return (4 * count) / a.data.length
}
