/**
 * How things look: pictures of frames of a file, which no device and no clock can change, beside those that were looked at
 * and kept (tests/browser/looks). `TUMBLE_KEEP_PICTURES=1` keeps new ones: look at them before they are committed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { PATIENCE, type Pixels, type TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

let tumble: TumblePage

withPage(
  async (opened) => {
    tumble = opened
    await tumble.waitFor('running')
    await tumble.page.getByTestId('look').click()
    await tumble.page.getByTestId('picture-scale').selectOption('1')
  },
  { before: () => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }) },
)

/** Pixels of the page along the side of one that is compared: what lies between two of them is no matter. */
const COARSE = 4
/** Of 255: by how much a pixel may be off, by how much a share of them may be, and which share that is. */
const [SLIGHT, PLAIN, FEW] = [3, 24, 0.002]

const text = (name: string) =>
  readFileSync(new URL(`../../public/structures/${name}.xyz`, import.meta.url), 'utf8')

/** Two frames are a trajectory, which stands still where it is paused. */
const still = (name: string) => text(name).repeat(2)

/** The same with a force on each atom, by its number. */
const pulled = (name: string) => {
  const [count, line, ...atoms] = text(name).trimEnd().split('\n')
  const forces = (i: number) => [Math.sin(i), Math.cos(2 * i), Math.sin(3 * i)].map((f) => f.toFixed(3))
  const rows = atoms.map((atom, i) => `${atom} ${forces(i).join(' ')}`)
  return `${[count, line.replace('pos:R:3', 'pos:R:3:forces:R:3'), ...rows].join('\n')}\n`.repeat(2)
}

interface Seen {
  readonly structure: string
  readonly file?: (name: string) => string
  readonly style?: string
  readonly choose?: Readonly<Record<string, string>>
  readonly check?: readonly string[]
  readonly uncheck?: readonly string[]
}

const LOOKS: Readonly<Record<string, Seen>> = {
  'ball-and-stick': { structure: 'aspirin' },
  'space-filling': { structure: 'caffeine', style: '2' },
  licorice: { structure: 'polystyrene', style: '3', check: ['outline'] },
  points: { structure: 'water-box', style: '4' },
  tube: { structure: 'nylon-6', style: '5', choose: { coloring: 'index' } },
  helix: { structure: 'alanine-helix', style: '5' },
  forces: { structure: 'ethanol', file: pulled, choose: { coloring: 'force' }, check: ['arrows-forces'] },
  light: { structure: 'malonaldehyde', choose: { theme: 'light' } },
}

/** What every look begins with. */
const FIRST: Seen = {
  structure: '',
  choose: { coloring: 'element', theme: 'dark' },
  check: ['perspective'],
  uncheck: ['outline', 'arrows-forces'],
}

async function set({ style, choose = {}, check = [], uncheck = [] }: Seen): Promise<void> {
  const { page } = tumble
  const there = async (id: string) => (await page.getByTestId(id).count()) > 0
  for (const [id, value] of Object.entries(choose))
    if (await there(id)) await page.getByTestId(id).selectOption(value)
  for (const id of check) if (await there(id)) await page.getByTestId(id).check()
  for (const id of uncheck) if (await there(id)) await page.getByTestId(id).uncheck()
  if (style) await page.getByTestId('look-panel').getByTitle(`(${style})`).click()
}

/** The picture the page saves, without its backdrop. */
async function saved(): Promise<Buffer> {
  const { page } = tumble
  const file = page.waitForEvent('download')
  await page.getByTestId('save-picture').click()
  return readFile(await (await file).path())
}

/** Each pixel the mean of `COARSE`², laid on mid grey. */
function coarse({ width, height, data }: Pixels): Pixels {
  const [w, h] = [width / COARSE, height / COARSE]
  const means = new Float64Array(4 * w * h)
  for (let y = 0; y < h * COARSE; y++)
    for (let x = 0; x < w * COARSE; x++) {
      const [i, to] = [4 * (y * width + x), 4 * (Math.floor(y / COARSE) * w + Math.floor(x / COARSE))]
      const cover = data[i + 3] / 255
      for (let k = 0; k < 3; k++) means[to + k] += (data[i + k] * cover + 128 * (1 - cover)) / COARSE ** 2
      means[to + 3] += 255 / COARSE ** 2
    }
  return { width: w, height: h, data: Uint8ClampedArray.from(means) }
}

async function keep(place: URL, { width, height, data }: Pixels): Promise<void> {
  const base64 = await tumble.page.evaluate(
    ({ width, height, data }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      canvas.getContext('2d')!.putImageData(new ImageData(Uint8ClampedArray.from(data), width, height), 0, 0)
      return canvas.toDataURL('image/png').split(',')[1]
    },
    { width, height, data: [...data] },
  )
  writeFileSync(place, Buffer.from(base64, 'base64'))
}

/** Shares of pixels that are off by more than a little, and plainly; the red, green or blue that is off most counts. */
function apart(a: Pixels, b: Pixels): { readonly mean: number; readonly plain: number } {
  let [sum, plain] = [0, 0]
  for (let i = 0; i < a.data.length; i += 4) {
    const off = Math.max(...[0, 1, 2].map((k) => Math.abs(a.data[i + k] - b.data[i + k])))
    sum += off
    if (off > PLAIN) plain++
  }
  return { mean: (4 * sum) / a.data.length, plain: (4 * plain) / a.data.length }
}

/** A picture that no longer changes: styles grow into each other, ambient occlusion follows. */
async function settled(): Promise<Pixels> {
  let now = await saved()
  await expect
    .poll(
      async () => {
        const before = now
        now = await saved()
        return now.equals(before)
      },
      { timeout: PATIENCE, interval: 200 },
    )
    .toBe(true)
  return coarse(await tumble.decode(now, 'image/png'))
}

describe('the look of', () => {
  it.each(Object.entries(LOOKS))(
    '%s is as it was kept',
    async (name, seen) => {
      const { page } = tumble
      await set(FIRST)
      const file = seen.file ?? still
      await tumble.drop({ name: `${name}.xyz`, content: file(seen.structure) })
      await page.getByTestId('frame-count').waitFor()
      await page
        .getByTestId('status')
        .filter({ hasText: `Playing ${name}.xyz` })
        .waitFor()
      if ((await page.locator('body').getAttribute('data-status')) === 'running')
        await page.getByTestId('play').click()
      await tumble.waitFor('paused')
      await page.getByTestId('frames').fill('0')
      await set({ style: '1', ...seen })
      // Keys mean something else to a list that has just been chosen from.
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await page.keyboard.press('r')
      const now = await settled()
      const place = new URL(`./looks/${name}.png`, import.meta.url)
      if (process.env.TUMBLE_KEEP_PICTURES) await keep(place, now)
      expect(existsSync(place)).toBe(true)
      const kept = await tumble.decode(readFileSync(place), 'image/png')
      expect([now.width, now.height]).toEqual([kept.width, kept.height])
      const { mean, plain } = apart(now, kept)
      expect(mean).toBeLessThan(SLIGHT)
      expect(plain).toBeLessThan(FEW)
    },
    2 * PATIENCE,
  )

  it('one is not that of another', async () => {
    const names = Object.keys(LOOKS)
    const pictures = await Promise.all(
      names.map((name) =>
        tumble.decode(readFileSync(new URL(`./looks/${name}.png`, import.meta.url)), 'image/png'),
      ),
    )
    pictures.forEach((a, i) => {
      for (const b of pictures.slice(i + 1)) expect(apart(a, b).plain).toBeGreaterThan(FEW)
    })
  })
})
