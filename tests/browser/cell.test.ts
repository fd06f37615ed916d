/** How a structure that repeats is shown: molecules whole and in the cell, wherever they are; and its images. */
import { describe, expect, it } from 'vitest'
import { Person } from './lib/person.ts'
import { differing, isRed, share } from './lib/pixels.ts'
import { PATIENCE, type TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

let tumble: TumblePage

withPage(async (opened) => {
  tumble = opened
  await tumble.waitFor('running')
  await tumble.page.getByTestId('play').click()
  await tumble.waitFor('paused')
  await tumble.page.getByTestId('look').click()
})

const SIDE = 9
/** A water in a cell, each of its atoms moved by cell vectors. */
const water = (...moves: readonly (readonly number[])[]) => {
  const atoms = [
    ['O', 4.5, 4.5, 4.5],
    ['H', 5.26, 5.09, 4.5],
    ['H', 3.74, 5.09, 4.5],
  ] as const
  const rows = atoms.map(([element, ...at], i) =>
    [element, ...at.map((x, k) => x + SIDE * (moves[i]?.[k] ?? 0))].join(' '),
  )
  const cell = `Lattice="${SIDE} 0 0 0 ${SIDE} 0 0 0 ${SIDE}" pbc="T T T" Properties=species:S:1:pos:R:3`
  return `3\n${cell}\n${rows.join('\n')}\n`
}

/** The picture once it looks as it is said to and no longer changes: at rest it is drawn once more, sharply. */
async function seen(looks: (red: number) => boolean) {
  let picture = await tumble.picture()
  await expect
    .poll(
      async () => {
        const before = picture
        picture = await tumble.picture()
        return looks(share(picture, isRed)) && before.data.every((x, i) => x === picture.data[i])
      },
      { timeout: PATIENCE },
    )
    .toBe(true)
  return picture
}

/** The molecule, drawn sharply: on a slow adapter that comes seconds after the page has come to rest. */
async function sharp() {
  await seen(isSeen)
  await tumble.page.waitForTimeout(4000)
  return seen(isSeen)
}

/** Waits until the picture is this one. */
const expectAlike = (picture: Awaited<ReturnType<typeof seen>>) =>
  expect
    .poll(async () => differing(picture, await tumble.picture()), { timeout: PATIENCE })
    .toBeLessThan(0.0005)

/** Places of the window in the middle of something red, pale or not, well apart. */
function reddish({ data, width, height, left, top }: Awaited<ReturnType<TumblePage['picture']>>) {
  const is = (x: number, y: number) => {
    const [r, g, b] = data.subarray(4 * (y * width + x))
    return r > g + 24 && r > b + 24
  }
  const spots: (readonly [number, number])[] = []
  const margin = 4
  for (let y = margin; y < height - margin; y += 3)
    for (let x = margin; x < width - margin; x += 3) {
      const around = [-margin, 0, margin].every((d) => is(x + d, y) && is(x, y + d))
      const at = [Math.round(left + x), Math.round(top + y)] as const
      if (around && spots.every(([u, v]) => Math.hypot(u - at[0], v - at[1]) > 40)) spots.push(at)
    }
  return spots
}

const isSeen = (red: number) => red > 0.002
const isGone = (red: number) => red === 0

describe('a molecule in a cell', () => {
  it('is not asked about where there is none', async () => {
    const { page } = tumble
    expect(await page.getByTestId('look-panel').count()).toBe(1)
    expect(await page.getByTestId('placement').count()).toBe(0)
    expect(await page.getByTestId('images').count()).toBe(0)
  })

  it('is drawn in the cell, in one piece, wherever its atoms are', async () => {
    await tumble.drop({ name: 'here.xyz', content: water() })
    await tumble.waitForStructure('here')
    const here = await sharp()
    const far = water([3, 0, -2], [2, 1, 0], [3, 0, -2])
    await tumble.drop({ name: 'far.xyz', content: far })
    await tumble.waitForStructure('far')
    await expectAlike(here)
    await tumble.page.getByTestId('placement').selectOption('free')
    await seen(isGone)
    await tumble.page.getByTestId('placement').selectOption('atoms')
    await expectAlike(here)
  })

  it('has images around it where that is wanted, and they have its name', async () => {
    const { page } = tumble
    await page.getByTestId('placement').selectOption('molecules')
    const alone = await seen(isSeen)
    await page.getByTestId('images').check()
    await expect
      .poll(async () => differing(alone, await tumble.picture()), { timeout: PATIENCE })
      .toBeGreaterThan(0.005)
    const spots = reddish(await tumble.picture())
    expect(spots.length).toBeGreaterThan(4)
    const person = new Person(page)
    for (const [x, y] of spots.slice(0, 5)) {
      // An answer that takes its time is asked for again, from beside.
      let turn = 0
      await person.until(() => person.atomAt(x + (turn++ % 2), y)).toBe('O1')
    }
    await page.getByTestId('images').uncheck()
    await expect
      .poll(async () => differing(alone, await tumble.picture()), { timeout: PATIENCE })
      .toBeLessThan(0.001)
  })

  it('is whole in every frame of a trajectory, however the file cuts it', async () => {
    const { page } = tumble
    const name = 'cut.xyz'
    await tumble.drop({ name, content: water() + water([0, 0, 0], [-1, 0, 0], [0, -1, 0]) + water([5]) })
    await page.getByTestId('frames').waitFor()
    await page.getByTestId('play').click()
    await page.getByTestId('frames').fill('0')
    const first = await sharp()
    for (const frame of ['1', '2']) {
      await page.getByTestId('frames').fill(frame)
      await page
        .getByTestId('frame-count')
        .filter({ hasText: `${Number(frame) + 1} of` })
        .waitFor()
      await expectAlike(first)
    }
    // Atom by atom it would be seen to be cut: the file's own positions differ.
    expect(tumble.complaints).toEqual([])
  })
})
