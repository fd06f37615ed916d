import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

const WEIGHTS = new URL('../golden/equiformer/dp_md17_l2_small/weights.safetensors', import.meta.url)

const WATER = `3
water
O  0.000  0.000  0.119
H  0.000  0.763 -0.477
H  0.000 -0.763 -0.477
`

describe('what a checkpoint does not tell', () => {
  let tumble: TumblePage

  withPage(async (opened) => {
    tumble = opened
    await tumble.waitFor('running')
  })
  // Whatever is asked and answered, the page goes on simulating.
  afterEach(async () => {
    await tumble.waitFor('running')
    await tumble.waitForSteps(2)
  })

  const field = (name: string) => tumble.page.getByTestId(`state-${name}`)
  const press = (name: string) => tumble.page.getByRole('button', { name, exact: true }).click()
  const drop = async () => {
    const content = await readFile(WEIGHTS)
    await tumble.drop({ name: 'dp.safetensors', content }, { name: 'water.xyz', content: WATER })
    await field('num_heads').waitFor()
  }

  it('is asked, and nothing changes before it is answered', async () => {
    await drop()
    expect(await tumble.text('question')).toMatch(
      /^The number of attention heads \(num_heads\) cannot be told/,
    )
    expect(await tumble.text('structure-name')).not.toContain('water.xyz')
    expect(await field('num_heads').evaluate((element) => element === document.activeElement)).toBe(true)
    await press('Not now')
    await field('num_heads').waitFor({ state: 'detached' })
    expect(await tumble.page.getByTestId('model-card').count()).toBe(0)
  })

  it('is asked again for what will not do, with all that was answered', async () => {
    await drop()
    await field('num_heads').fill('four')
    await press('Load')
    expect(await tumble.takeAlert()).toBe("dp.safetensors: num_heads should be a number, not 'four'.")
    await field('num_heads').fill('3')
    await press('Load')
    await field('irreps_head').waitFor()
    expect(await field('num_heads').inputValue()).toBe('3')
  })

  it('is answered, and what was dropped is simulated', async () => {
    await field('num_heads').fill('2')
    await field('num_heads').press('Enter')
    await tumble.waitForStructure('water.xyz')
    await tumble.page.getByTestId('model-name').filter({ hasText: 'dp.safetensors' }).waitFor()
    const card = await tumble.text('model-card')
    expect(card).toContain('16x0e+8x1e+4x2e')
    expect(card).toContain('2 of 8x0e+4x1e+2x2e')
    expect(card).toContain('not in any unit')
    expect(card).toContain('standardised (shown as eV)')
    expect(await field('num_heads').inputValue()).toBe('2')
    // By keyboard one goes on in the card.
    expect(await tumble.page.evaluate(() => document.activeElement?.closest('.card') != null)).toBe(true)
  })

  it('may be stated on the card, in numbers and units', async () => {
    const card = tumble.page.getByTestId('model-card')
    await field('task_std').fill('0.17')
    await field('units').selectOption('eV')
    await field('units').selectOption('kJ/mol')
    await press('Apply')
    await card.filter({ hasText: 'kJ/mol (shown in eV)' }).waitFor()
    const text = (await card.textContent()) ?? ''
    expect(text).not.toContain('not in any unit')
    expect(text).toContain('0, 0.17')
    expect(await tumble.text('structure-name')).toContain('water.xyz')
  })

  it('is refused in one sentence where it cannot be', async () => {
    const steps = await tumble.steps()
    await field('task_std').fill('-1')
    await press('Apply')
    expect(await tumble.takeAlert()).toMatch(
      /^dp\.safetensors: .*\(task_std\) should be a positive number, not -1\.$/,
    )
    // What was typed is there to be mended, and the run has not even begun again.
    expect(await field('task_std').inputValue()).toBe('-1')
    expect(await tumble.steps()).toBeGreaterThanOrEqual(steps)
    expect(await tumble.text('model-card')).toContain('0, 0.17')
  })

  it('is of the card that is shown', async () => {
    await tumble.drop({
      name: 'own.ckpt',
      content: await readFile(new URL('../../public/models/et-gfn2-small.ckpt', import.meta.url)),
    })
    await tumble.page.getByTestId('model-name').filter({ hasText: 'own' }).waitFor()
    expect(await tumble.page.getByTestId('state-task_std').count()).toBe(0)
    expect(tumble.complaints).toEqual([])
  })
})
