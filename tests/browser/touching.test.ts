import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

let site: Site
let browser: Browser
let tumble: TumblePage

beforeAll(async () => {
  site = await serveSite()
  browser = await launch()
  tumble = await TumblePage.open(browser, site.url)
  await tumble.waitFor('running')
  await tumble.waitForSteps(20)
})

afterAll(async () => {
  await tumble?.close()
  await browser?.close()
  await site?.close()
})

const title = () => tumble.text('selection-title')
const words = async (text: string) => {
  const field = tumble.page.getByTestId('selection-words')
  await field.fill(text)
  await field.press('Enter')
}

/** Atoms found by going over the picture with the pointer, by name, and where they were. */
async function found(): Promise<Map<string, { x: number; y: number }>> {
  const { page } = tumble
  const atoms = new Map<string, { x: number; y: number }>()
  for (let y = 180; y < 560; y += 26)
    for (let x = 320; x < 680; x += 26) {
      await page.mouse.move(x, y)
      await page.waitForTimeout(40)
      const tip = page.getByTestId('atom-tip')
      if ((await tip.count()) === 0) continue
      const name = /^[A-Z][a-z]?\d+/.exec(
        (await tip.textContent({ timeout: 500 }).catch(() => '')) ?? '',
      )?.[0]
      if (name && !atoms.has(name)) atoms.set(name, { x, y })
      if (atoms.size === 4) return atoms
    }
  return atoms
}

describe('a hand on the atoms, in Chromium', () => {
  it('names the atom under the pointer, selects by clicks and measures', async () => {
    const { page } = tumble
    await tumble.page.keyboard.press(' ')
    await tumble.waitFor('paused')
    const atoms = [...(await found())]
    expect(atoms.length).toBeGreaterThanOrEqual(2)
    const [[first, a], [second, b]] = atoms
    await page.mouse.click(a.x, a.y)
    await expect.poll(title, { timeout: 10_000 }).toMatch(new RegExp(`^${first}, `))
    await page.keyboard.down('Shift')
    await page.mouse.click(b.x, b.y)
    await page.keyboard.up('Shift')
    await expect.poll(title, { timeout: 10_000 }).toBe('2 atoms')
    const measure = page.getByTestId('measure')
    await measure.waitFor()
    expect(await measure.textContent()).toMatch(new RegExp(`${first}–${second}\\s*\\d\\.\\d{3} Å`))
    await measure.getByRole('button', { name: 'Plot' }).click()
    await page.getByRole('img', { name: `${first}–${second} against time in ps` }).waitFor()
    await page.getByTestId('stage').focus()
    await page.keyboard.press('Escape')
    await page.getByTestId('selection-panel').waitFor({ state: 'detached' })
  })

  it('selects in words, and says what it does not understand', async () => {
    const { page } = tumble
    await page.keyboard.press('/')
    await words('bonded to (element O)')
    await expect.poll(title, { timeout: 10_000 }).toBe('2 atoms')
    await words('elephant O')
    await expect.poll(() => page.locator('#selection-complaint').textContent()).toContain('elephant')
    expect(await title()).toBe('2 atoms')
    await words('element O')
    await expect.poll(title, { timeout: 10_000 }).toBe('O3, oxygen')
  })

  it('pins atoms, and colours and arrows follow what they do', async () => {
    const { page } = tumble
    await page.getByTestId('pin').click()
    await expect.poll(() => page.getByTestId('pin').getAttribute('aria-pressed')).toBe('true')
    await page.getByTestId('look').click()
    await page.getByTestId('coloring').selectOption('speed')
    await page.getByTestId('arrows-velocities').check()
    await page.getByTestId('play').click()
    await tumble.waitForSteps(10)
    await expect.poll(() => tumble.text('legend'), { timeout: 10_000 }).toMatch(/^Speed Å\/ps0\d/)
    await page.getByTestId('pin').click()
    await page.getByTestId('coloring').selectOption('element')
    await page.getByTestId('arrows-velocities').uncheck()
    // The distance has been followed meanwhile.
    const file = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as .csv' }).click()
    const rows = readFileSync(await (await file).path(), 'utf8')
      .trim()
      .split('\n')
    expect(rows[0]).toMatch(
      /^time \(ps\),potential energy \(eV\),.*,conserved energy \(eV\),temperature \(K\),\w+–\w+ \(Å\)$/,
    )
    // What was plotted before the distance was followed has none.
    const measured = rows.slice(1).filter((row) => !row.endsWith(','))
    expect(measured.length).toBeGreaterThan(2)
    for (const row of measured) expect(row).toMatch(/^[\d.]+(,-?\d+(\.\d+)?){5},\d\.\d+$/)
    await page.getByRole('button', { name: 'Remove monitors' }).click()
    await page.getByTestId('look').click()
  })

  it('goes back in time, and on from there', async () => {
    const { page } = tumble
    await tumble.waitForSteps(30)
    const now = await tumble.steps()
    const past = page.getByTestId('timeline')
    await words('serial 3 9')
    await page.getByTestId('measure').waitFor()
    await past.fill('1')
    await tumble.waitFor('paused')
    await expect.poll(() => tumble.steps(), { timeout: 10_000 }).toBeLessThan(now / 2)
    const then = await tumble.steps()
    // What was measured then is shown then.
    const length = () => page.getByTestId('measure').locator('strong').textContent()
    // The measurement follows the picture.
    await page.waitForTimeout(1500)
    const first = await length()
    await past.fill('3')
    await expect.poll(length, { timeout: 10_000 }).not.toBe(first)
    await past.fill('1')
    await expect.poll(length, { timeout: 10_000 }).toBe(first)
    // One step from there is one step.
    await page.getByTestId('step').click()
    await expect.poll(() => tumble.steps(), { timeout: 10_000 }).toBe(then + 1)
    await page.getByTestId('play').click()
    await tumble.waitForSteps(5)
    expect(await tumble.steps()).toBeLessThan(then + now)
    expect(Number(await past.getAttribute('max'))).toBeLessThan(12)
  })

  it('deletes an atom, and brings it back', async () => {
    const { page } = tumble
    const atoms = () => page.getByTestId('structure-name').locator('.fact-detail').textContent()
    await words('serial 9')
    await expect.poll(title, { timeout: 10_000 }).toBe('H9, hydrogen')
    await page.getByTestId('delete').click()
    await expect.poll(atoms, { timeout: 30_000 }).toBe('8 atoms')
    await tumble.waitForSteps(3)
    await page.getByTestId('stage').focus()
    await page.keyboard.press('Control+z')
    await expect.poll(atoms, { timeout: 30_000 }).toBe('9 atoms')
    await tumble.waitForSteps(3)
  })

  it('builds a molecule from its SMILES, and says what is wrong with one', async () => {
    const { page } = tumble
    await page.keyboard.press('g')
    const field = page.getByTestId('smiles')
    await field.fill('CC(=O)OC')
    await field.press('Enter')
    const atoms = () => page.getByTestId('structure-name').locator('.fact-detail').textContent()
    await expect.poll(atoms, { timeout: 30_000 }).toBe('11 atoms')
    await tumble.waitForSteps(3)
    await field.fill('CC(=O')
    await field.press('Enter')
    expect(await tumble.takeAlert()).toContain('SMILES')
    expect(await atoms()).toBe('11 atoms')
  })

  it('had nothing to complain about', () => {
    expect(tumble.complaints).toEqual([])
  })
})
