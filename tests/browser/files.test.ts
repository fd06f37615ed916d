import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

const checkpoint = (): Promise<Uint8Array> =>
  readFile(new URL('../../public/models/et-gfn2-small.ckpt', import.meta.url))

const WATER = `3
water
O  0.000  0.000  0.119
H  0.000  0.763 -0.477
H  0.000 -0.763 -0.477
`

describe('files dropped on the page', () => {
  let tumble: TumblePage

  withPage(async (opened) => {
    tumble = opened
    await tumble.waitFor('running')
  })
  // Whatever was dropped, the page goes on simulating.
  afterEach(async () => {
    await tumble.waitFor('running')
    await tumble.waitForSteps(2)
  })

  const refuses = async (
    files: { name: string; content: string | Uint8Array }[],
    ...words: (string | RegExp)[]
  ): Promise<void> => {
    const before = await tumble.text('structure-name')
    const steps = await tumble.steps()
    await tumble.drop(...files)
    const alert = await tumble.takeAlert()
    for (const word of words) expect(alert).toMatch(word)
    expect(await tumble.text('structure-name')).toBe(before)
    // Not even started again.
    expect(await tumble.steps()).toBeGreaterThanOrEqual(steps)
  }

  it('a malformed structure is refused with its line', () =>
    refuses(
      [{ name: 'broken.xyz', content: WATER.replace('0.763 -0.477\nH', 'here -0.477\nH') }],
      /broken\.xyz/,
      /line 4/,
    ))

  it('a truncated structure is refused with the counts', () =>
    refuses([{ name: 'short.xyz', content: WATER.replace('3\n', '7\n') }], /short\.xyz/, /7/))

  it('an element the model does not know is refused by name', () =>
    refuses([{ name: 'gold.xyz', content: '2\ngold dimer\nAu 0 0 0\nAu 0 0 2.5\n' }], /Au/))

  it('two atoms on one spot are refused', () =>
    refuses([{ name: 'same.xyz', content: '2\n\nH 0 0 0\nH 0 0 0\n' }], /atom/i))

  it('a file that is no checkpoint is refused', () =>
    refuses([{ name: 'model.ckpt', content: 'not a checkpoint at all' }], /model\.ckpt/))

  it('a checkpoint cut short is refused', async () => {
    const bytes = await checkpoint()
    await refuses([{ name: 'cut.ckpt', content: bytes.subarray(0, bytes.length >> 1) }], /cut\.ckpt/)
  })

  it('a file of another kind is refused', () =>
    refuses([{ name: 'notes.txt', content: 'Dear diary' }], /notes\.txt/, /\.xyz/))

  it('markup in a file name or a file stays text', async () => {
    await refuses([{ name: '<img src=x onerror=alert(1)>.xyz', content: '<b>bold</b>' }], /<img src=x/)
    expect(await tumble.page.locator('.notices img').count()).toBe(0)
  })

  it('a structure is simulated', async () => {
    await tumble.drop({ name: 'water.xyz', content: WATER })
    await tumble.waitForStructure('water.xyz')
    expect(await tumble.text('structure-name')).toContain('water.xyz')
  })

  it('a checkpoint drives the present structure', async () => {
    await tumble.drop({ name: 'my-own.ckpt', content: await checkpoint() })
    await tumble.page.getByTestId('model-name').filter({ hasText: 'my-own' }).waitFor()
    expect(await tumble.text('structure-name')).toContain('water.xyz')
  })

  it('a structure and a checkpoint come together', async () => {
    await tumble.drop(
      { name: 'both.ckpt', content: await checkpoint() },
      {
        name: 'methane.xyz',
        content: '5\n\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n',
      },
    )
    await tumble.waitForStructure('methane.xyz')
    await tumble.page.getByTestId('model-name').filter({ hasText: 'both' }).waitFor()
  })

  it('files can be picked as well', async () => {
    await tumble.page.getByTestId('file-input').setInputFiles({
      name: 'picked.xyz',
      mimeType: 'chemical/x-xyz',
      buffer: Buffer.from(WATER),
    })
    await tumble.waitForStructure('picked.xyz')
  })

  it('none of this was an error of the page', () => {
    expect(tumble.complaints).toEqual([])
  })
})
