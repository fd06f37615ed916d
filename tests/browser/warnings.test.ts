import { describe, expect, it } from 'vitest'
import { PATIENCE, type TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

const GOLD = '2\n\nAu 0 0 0\nAu 2.6 0 0\n'
const WATER = '3\n\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n'
/** A water whose first hydrogen sits in its oxygen. A molecule by itself is relaxed in a few steps. */
const OVERLAPPING = '3\n\nO 0 0 0.1173\nH 0 0.2767 -0.0970\nH 0 -0.7572 -0.4692\n'

describe('what the page warns of, and the ways out that it offers', () => {
  let tumble: TumblePage

  withPage(async (opened) => {
    tumble = opened
    await tumble.waitFor('running')
    await tumble.waitForSteps(5)
  })

  const notice = (text: RegExp) => tumble.page.locator('.notice').filter({ hasText: text })
  const gone = (text: RegExp) => notice(text).waitFor({ state: 'detached' })
  const press = (text: RegExp, label: string) =>
    notice(text).getByRole('button', { name: label, exact: true }).click()
  const labels = async (text: RegExp) => {
    await notice(text).waitFor()
    return notice(text).locator('.notice-actions button').allTextContents()
  }
  const set = async (name: string, value: string) => {
    await tumble.page.getByTestId(name).fill(value)
    await tumble.page.getByTestId(name).press('Enter')
  }
  const temperature = async () => Number((await tumble.text('measured-temperature')).replace(/\D/g, ''))

  const unknown = /does not know Au/

  it('an ordinary start is nothing to warn of', async () => {
    await tumble.waitForSteps(60)
    expect(await tumble.page.locator('.notice').count()).toBe(0)
  })

  it('an element that the model does not know: another model', async () => {
    await tumble.drop({ name: 'gold.xyz', content: GOLD })
    expect(await labels(unknown)).toEqual(['Open it to look only', 'Choose another model'])
    const choosing = tumble.page.waitForEvent('filechooser')
    await press(unknown, 'Choose another model')
    // The bundled one does not know it either.
    await (await choosing).setFiles('public/models/et-gfn2-small.safetensors')
    expect(await labels(unknown)).toEqual(['Open it to look only', 'Choose another model'])
    expect(await tumble.text('structure-name')).toContain('Ethanol')
  })

  it('or a look at it', async () => {
    await press(unknown, 'Open it to look only')
    await tumble.waitForStructure('gold.xyz')
    await tumble.page.getByTestId('trajectory').waitFor()
    await gone(unknown)
    // It is there to be seen; forces it still has not.
    await tumble.page.getByRole('button', { name: 'Simulate from here' }).click()
    expect(await labels(unknown)).toEqual(['Choose another model'])
    await tumble.takeAlert()
  })

  const tooLong = /rises by .* meV per atom and ps: 2 fs may be too long a timestep/

  it('a timestep that lets energy in: half of it', async () => {
    // A stiff molecule that a bath knocks at all the time.
    await set('timestep', '2')
    await set('friction', '50')
    await tumble.drop({ name: 'water.xyz', content: WATER })
    await tumble.waitForStructure('water.xyz')
    expect(await labels(tooLong)).toEqual(['Halve the timestep'])
    await press(tooLong, 'Halve the timestep')
    expect(await tumble.page.getByTestId('timestep').inputValue()).toBe('1')
    await gone(tooLong)
    await tumble.waitForSteps(10)
    await set('friction', '5')
    await set('timestep', '0.5')
  })

  const hot = /The atoms have become hot: \d.* K, where 300 K are set\./

  it('atoms that somebody heats: cooled to what is set', async () => {
    const { page } = tumble
    // Nothing takes the heat away again.
    await page.getByTestId('thermostat').uncheck()
    await page.getByTestId('stage').focus()
    await page.keyboard.press('a')
    const heat = page.getByRole('button', { name: 'Heat', exact: true })
    await expect
      .poll(
        async () => {
          await heat.click()
          return temperature()
        },
        { timeout: PATIENCE, interval: 500 },
      )
      .toBeGreaterThan(2500)
    expect(await labels(hot)).toEqual(['Relax the structure', 'Cool to 300 K'])
    // Once is enough.
    await notice(hot).getByRole('button', { name: 'Dismiss' }).click()
    await tumble.waitForSteps(60)
    expect(await notice(hot).count()).toBe(0)
    await heat.click()
    await page.getByTestId('thermostat').check()
    await page.getByTestId('reset').click()
    await tumble.waitForSteps(5)
    await page.getByTestId('thermostat').uncheck()
    for (let press = 0; press < 6; press++) await heat.click()
    await notice(hot).waitFor()
    await press(hot, 'Cool to 300 K')
    await expect.poll(temperature, { timeout: PATIENCE }).toBeLessThan(1200)
    await gone(hot)
    await page.getByTestId('thermostat').check()
  })

  const close = /O1 and H2 are only 0\.35 Å apart/

  it('atoms that collide: relaxed', async () => {
    const { page } = tumble
    // A bond would mend itself.
    await page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await tumble.drop({ name: 'overlapping.xyz', content: OVERLAPPING })
    expect(await labels(close)).toEqual(['Relax the structure'])
    await press(close, 'Relax the structure')
    await notice(/elaxed.*the largest force is/).waitFor()
    await gone(close)
    await page.getByTestId('play').click()
    await tumble.waitFor('running')
    await tumble.waitForSteps(5)
  })

  const stopped = /The simulation stopped at step \d+/
  const ways = ['Back to the last good moment', 'Relax the structure', 'Halve the timestep']

  it('a run that blows up: back, and no further by merely pressing play', async () => {
    const { page } = tumble
    await page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await set('timestep', '2')
    await tumble.drop({ name: 'overlapping.xyz', content: OVERLAPPING })
    await notice(close).waitFor()
    await page.getByTestId('play').click()
    expect(await labels(stopped)).toEqual(ways)
    await tumble.waitFor('paused')
    // One thing is said, not what led there.
    expect(await notice(close).count()).toBe(0)
    const end = await tumble.steps()
    await notice(stopped).getByRole('button', { name: 'Dismiss' }).click()
    await page.getByTestId('play').click()
    expect(await labels(stopped)).toEqual(ways)
    await press(stopped, 'Back to the last good moment')
    await expect.poll(() => tumble.steps(), { timeout: PATIENCE }).toBeLessThan(end)
    await gone(stopped)
    await tumble.waitFor('paused')
    // The same steps lead to the same end.
    await page.getByTestId('play').click()
    await notice(stopped).waitFor()
  })

  it('or on from there with half the timestep', async () => {
    const end = await tumble.steps()
    await press(stopped, 'Halve the timestep')
    await tumble.waitFor('running')
    expect(await tumble.page.getByTestId('timestep').inputValue()).toBe('1')
    await gone(stopped)
    await expect.poll(() => tumble.steps(), { timeout: PATIENCE }).toBeGreaterThan(end)
  })

  it('or relaxed; and what stopped one run does not stop the next', async () => {
    const { page } = tumble
    // The run before has blown up, too, or it has not: this one runs in either case.
    await set('timestep', '0.5')
    await tumble.drop({ name: 'calm.xyz', content: WATER })
    await tumble.waitForStructure('calm')
    await tumble.waitFor('running')
    await page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await set('timestep', '2')
    await tumble.drop({ name: 'overlapping.xyz', content: OVERLAPPING })
    await notice(close).waitFor()
    await page.getByTestId('play').click()
    await notice(stopped).waitFor()
    await set('timestep', '0.5')
    await tumble.drop({ name: 'water.xyz', content: WATER })
    await gone(stopped)
    await tumble.waitFor('running')
    await tumble.waitForSteps(5)
    await page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await set('timestep', '2')
    await tumble.drop({ name: 'overlapping.xyz', content: OVERLAPPING })
    await notice(close).waitFor()
    await page.getByTestId('play').click()
    await notice(stopped).waitFor()
    await set('timestep', '0.5')
    await press(stopped, 'Relax the structure')
    await notice(/elaxed.*the largest force is/).waitFor()
    await gone(stopped)
    await tumble.waitFor('running')
    await tumble.waitForSteps(5)
  })

  it('none of this was an error of the page', () => {
    expect(tumble.complaints).toEqual([])
  })
})
