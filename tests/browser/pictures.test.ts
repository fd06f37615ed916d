/** What is on screen leaves the page: as a picture, as a film; and what changes what is on screen. */
import { readFile } from 'node:fs/promises'
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { describe, expect, it } from 'vitest'
import { differing, isBright, isRed, share } from './lib/pixels.ts'
import { PATIENCE, type Pixels, type TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

let tumble: TumblePage

withPage(
  async (opened) => {
    tumble = opened
    await tumble.waitFor('running')
    await tumble.waitForSteps(5)
    await tumble.page.getByTestId('play').click()
    await tumble.waitFor('paused')
    await tumble.page.getByTestId('look').click()
  },
  // Headless browsers have no dialog to choose a file in: the page then keeps the file itself and hands it over.
  { before: () => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }) },
)

/** The file that pressing a button leads to. */
async function saved(button: string): Promise<{ name: string; content: Uint8Array }> {
  const file = tumble.page.waitForEvent('download')
  await tumble.page.getByTestId(button).click()
  const download = await file
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) }
}

async function savedPicture(): Promise<Pixels> {
  const { name, content } = await saved('save-picture')
  expect(name).toBe('Ethanol.png')
  return tumble.decode(content, 'image/png')
}

const alphaAt = ({ data }: Pixels, pixel: number) => data[4 * pixel + 3]

/** The molecule is to be seen, and not everywhere. */
const expectMolecule = (picture: Pixels) => {
  expect(share(picture, isRed)).toBeGreaterThan(0.001)
  expect(share(picture, isBright)).toBeGreaterThan(0.01)
  expect(share(picture, isBright)).toBeLessThan(0.5)
}

describe('pictures', () => {
  it('are twice the size of the window, without its backdrop', async () => {
    const picture = await savedPicture()
    expect([picture.width, picture.height]).toEqual([2000, 1400])
    for (const corner of [0, 1999, 2000 * 1399, 2000 * 1400 - 1]) expect(alphaAt(picture, corner)).toBe(0)
    expectMolecule(picture)
  })

  it('are of another size, with the backdrop, where that is wanted', async () => {
    const { page } = tumble
    await page.getByTestId('picture-scale').selectOption('1')
    await page.getByTestId('picture-transparent').uncheck()
    const picture = await savedPicture()
    expect([picture.width, picture.height]).toEqual([1000, 700])
    for (let pixel = 0; pixel < 700_000; pixel += 997) expect(alphaAt(picture, pixel)).toBe(255)
    expectMolecule(picture)
    // As the page itself is lit: lighter behind the molecule than in a corner, dark in both.
    const light = (x: number, y: number) => picture.data[4 * (y * 1000 + x)]
    expect(light(500, 60)).toBeGreaterThan(light(2, 697))
    expect(light(500, 60)).toBeLessThan(60)
  })

  it('larger than the adapter draws are refused in a sentence', async () => {
    const { page } = tumble
    await page.setViewportSize({ width: 2100, height: 700 })
    await page.getByTestId('picture-scale').selectOption('4')
    const most = await page.evaluate(
      async () => (await navigator.gpu.requestAdapter())!.limits.maxTextureDimension2D,
    )
    // A device that is asked for no more has what is guaranteed.
    expect(most).toBeGreaterThanOrEqual(8192)
    await page.getByTestId('save-picture').click()
    expect(await tumble.takeAlert()).toMatch(/8400 × 2800 .* 8192 on a side/)
    await page.getByTestId('picture-scale').selectOption('1')
    await page.setViewportSize({ width: 1000, height: 700 })
  })
})

describe('the look of a resting molecule', () => {
  /** How much of the picture a change of the look changes. */
  async function changed(change: () => Promise<void>): Promise<number> {
    const before = await savedPicture()
    await change()
    let share = 0
    await expect
      .poll(
        async () => {
          share = differing(before, await savedPicture())
          return share
        },
        { timeout: PATIENCE },
      )
      .toBeGreaterThan(0.002)
    return share
  }

  it.each(['outline', 'perspective', 'turntable'])('changes with the switch for the %s', async (name) => {
    const control = tumble.page.getByTestId(name)
    const on = await control.isChecked()
    expect(await changed(() => control.setChecked(!on))).toBeLessThan(0.5)
    await control.setChecked(on)
  })
})

/** What a film is, by its own account. */
async function measured(content: Uint8Array) {
  const input = new Input({ source: new BufferSource(content), formats: ALL_FORMATS })
  const track = (await input.getPrimaryVideoTrack())!
  const { packetCount } = await track.computePacketStats()
  const type = (await input.getMimeType()).split(';')[0]
  return {
    type,
    frames: packetCount,
    size: [track.displayWidth, track.displayHeight],
    duration: await input.computeDuration(),
  }
}

describe('films', () => {
  it('show what was on screen while they were made', async () => {
    const { page } = tumble
    await page.getByTestId('play').click()
    await tumble.waitFor('running')
    await page.getByTestId('film').click()
    await page.getByTestId('filming').getByText('0:02').waitFor()
    const { name, content } = await saved('film-finish')
    expect(name).toMatch(/^Ethanol\.(mp4|webm)$/)
    const film = await measured(content)
    expect(film.size).toEqual([1000, 700])
    expect(film.frames).toBeGreaterThan(5)
    expect(film.duration).toBeGreaterThan(1.9)
    expectMolecule(await tumble.decode(content, film.type))
    await page.getByText(`${name}: ${film.frames} frames filmed.`).waitFor()
    expect(await page.getByTestId('filming').count()).toBe(0)
  })

  it('of a turn have all their frames, whatever that takes', async () => {
    const { page } = tumble
    // Small, for the sake of the processor that draws it.
    await page.setViewportSize({ width: 400, height: 500 })
    await page.getByTestId('play').click()
    await tumble.waitFor('paused')
    if ((await page.getByTestId('look-panel').count()) === 0) await page.getByTestId('look').click()
    const { name, content } = await saved('film-turn')
    expect(name).toMatch(/^Ethanol-turntable\.(mp4|webm)$/)
    const film = await measured(content)
    expect(film.size).toEqual([400, 500])
    expect(film.frames).toBe(240)
    expect(film.duration).toBeCloseTo(8, 1)
    expectMolecule(await tumble.decode(content, film.type))
  })

  it('that are given up leave no file', async () => {
    const { page } = tumble
    const files: string[] = []
    page.on('download', (file) => files.push(file.suggestedFilename()))
    await page.getByTestId('film-turn').click()
    await page.getByTestId('filming').getByText(/\d+ %/).waitFor()
    await page.getByTestId('film-cancel').click()
    await page.getByTestId('film').waitFor()
    // The page goes on as before.
    await page.getByTestId('play').click()
    await tumble.waitForSteps(5)
    expect(files).toEqual([])
  })

  it('cannot be made without an encoder, which is said', async () => {
    const { page } = tumble
    await page.evaluate(() => Reflect.deleteProperty(globalThis, 'VideoEncoder'))
    await page.getByTestId('film').click()
    expect(await tumble.takeAlert()).toContain('encodes no video')
  })

  it('none of this was an error of the page', () => {
    expect(tumble.complaints).toEqual([])
  })
})
