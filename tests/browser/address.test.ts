/** Files and settings that a link to the page names, and what is pasted into it. */
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from './lib/browser.ts'
import { type Site, serveSite } from './lib/site.ts'
import { TumblePage } from './lib/tumble-page.ts'

const WATER = `3
water
O  0.000  0.000  0.119
H  0.000  0.763 -0.477
H  0.000 -0.763 -0.477
`

describe('a link to the page', () => {
  let site: Site
  let browser: Browser
  let tumble: TumblePage

  beforeAll(async () => {
    site = await serveSite()
    browser = await launch()
    const query = new URLSearchParams([
      ['load', 'structures/malonaldehyde.xyz'],
      ['load', 'https://closed.example/secret.xyz'],
      ['load', 'https://open.example/files/water.xyz'],
      ['temperature', '450'],
      ['timestep', '9'],
      ['style', 'licorice'],
    ])
    tumble = await TumblePage.open(browser, `${site.url}?${query}`)
    const { page } = tumble
    const serve = (host: string, allowed: string) =>
      page.route(`https://${host}/**`, (route) =>
        route.fulfill({ body: WATER, headers: { 'access-control-allow-origin': allowed } }),
      )
    await serve('closed.example', 'https://closed.example')
    await serve('open.example', '*')
    await tumble.waitFor('running')
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  const abroad = () => tumble.requests.filter((url) => url.startsWith('https:'))

  it('opens files of its own host at once, with the settings it names', async () => {
    expect(await tumble.text('structure-name')).toContain('malonaldehyde.xyz')
    expect(await tumble.page.getByTestId('temperature').inputValue()).toBe('450')
    // In a window of this size the styles are in the look, which is closed.
    const style = tumble.page.locator('button[title^="Licorice"]').first()
    expect(await style.getAttribute('aria-pressed')).toBe('true')
    await tumble.waitForSteps(3)
  })

  it('asks before it asks others, and names them', async () => {
    const question = tumble.page.getByRole('dialog', { name: 'Load from closed.example and open.example?' })
    await question.waitFor()
    expect(await question.getByRole('listitem').allTextContents()).toEqual([
      'secret.xyzclosed.example',
      'water.xyzopen.example',
    ])
    // Focus stays in it.
    for (let presses = 0; presses < 5; presses++) {
      await tumble.page.keyboard.press('Tab')
      expect(await tumble.page.evaluate(() => document.activeElement?.closest('.panel'))).toBeNull()
    }
    expect(abroad()).toEqual([])
  })

  it('nobody else can be asked by the page itself, whatever the answer', async () => {
    const refused = await tumble.page.evaluate(() =>
      fetch('https://open.example/files/water.xyz').then(
        () => 'answered',
        () => 'refused',
      ),
    )
    expect(refused).toBe('refused')
    tumble.complaints.splice(0)
  })

  it('fetches what the user agrees to, and says in words what it cannot have', async () => {
    await tumble.page.getByRole('button', { name: 'Load', exact: true }).click()
    await tumble.waitForStructure('water.xyz')
    expect(new Set(abroad())).toEqual(
      new Set(['https://closed.example/secret.xyz', 'https://open.example/files/water.xyz']),
    )
    const alerts = await tumble.page.getByRole('alert').allTextContents()
    expect(alerts).toEqual([
      expect.stringMatching(/timestep=9.*from 0\.1 to 2 fs/),
      expect.stringMatching(/secret\.xyz.*closed\.example.*CORS/),
    ])
    expect(await tumble.page.locator('iframe').count()).toBe(0)
    for (const _ of alerts) await tumble.page.getByRole('button', { name: 'Dismiss' }).first().click()
    await tumble.page.getByRole('alert').waitFor({ state: 'detached' })
    await tumble.waitForSteps(3)
  })

  const paste = (text: string, selector = 'body') =>
    tumble.page.locator(selector).evaluate((target, text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
    }, text)

  it('takes the text of a structure that is pasted, and says what else was pasted', async () => {
    await paste(WATER, '[data-testid=temperature]')
    await paste('Dear diary, today I learned about force fields.')
    expect(await tumble.takeAlert()).toMatch(/^Pasted text begins as text, "Dear diary.*\.pdb/)
    await paste(WATER.replace('0.763 -0.477\nH', 'here -0.477\nH'))
    expect(await tumble.takeAlert()).toMatch(/Pasted text.*line 4/)
    expect(await tumble.text('structure-name')).toContain('water.xyz')
    await paste(WATER.replace('\nwater', '\n'))
    await tumble.waitForStructure('Pasted text')
    await tumble.waitForSteps(3)
  })

  it('none of this was an error of the page', () => {
    // The browser's own words about the file that was withheld.
    const unexpected = tumble.complaints.filter((text) => !/closed\.example|net::ERR_FAILED/.test(text))
    expect(unexpected).toEqual([])
  })
})
