/** Somebody gives a molecule a cell, changes it, repeats it and takes it away again. */
import { expect, it } from 'vitest'
import { byTestId, Person } from './lib/person.ts'
import type { TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

let tumble: TumblePage
let person: Person

withPage(async (opened) => {
  tumble = opened
  person = new Person(tumble.page)
  await tumble.waitFor('running')
})

const field = (name: string) => byTestId(`cell-${name}`)
const values = (names: string) =>
  Promise.all([...names].map((name) => tumble.page.locator(field(name)).inputValue()))
const atoms = () => person.text(`${byTestId('structure-name')} .fact-detail`)
const count = (id: string) => tumble.page.getByTestId(id).count()
/** Waits until the last edit is the one that these words would take back. */
const isLast = (words: string) =>
  person.until(() => person.attribute(byTestId('undo'), 'aria-label')).toBe(words)
const distance = async (serials: string) => {
  await person.enter(byTestId('selection-words'), `serial ${serials}`)
  await person.waitFor(byTestId('measure'))
  return Number.parseFloat((await person.text(`${byTestId('measure')} strong`))!)
}

it('suggests a cell for an open molecule, and gives it that', async () => {
  await tumble.page.keyboard.press('g')
  await person.press(byTestId('cell'))
  // Ethanol reaches over a few Å, and shall not feel its images.
  for (const length of await values('abc')) expect(Number(length)).toBeGreaterThan(11)
  expect(await values('αβγ')).toEqual(['90', '90', '90'])
  expect([await count('scale-atoms'), await count('remove-cell'), await count('repeat-cell')]).toEqual([
    0, 0, 0,
  ])
  await person.fill(field('b'), '13')
  await person.press(byTestId('set-cell'))
  await isLast('Undo set the cell')
  await person.waitForSteps(3)
  expect((await values('b'))[0]).toBe('13')
  // What repeats along all axes can have a pressure.
  expect(await count('barostat')).toBe(1)
})

it('says what is no cell, and changes nothing', async () => {
  await person.fill(field('α'), '20')
  await person.fill(field('β'), '70')
  await person.press(byTestId('set-cell'))
  expect(await tumble.takeAlert()).toBe(
    'Angles of 20°, 70°, 90° close to no cell: each must be less than the other two together, and all three less than 360°.',
  )
  await person.fill(field('α'), '80')
  await person.fill(field('a'), '')
  await person.press(byTestId('set-cell'))
  expect(await tumble.takeAlert()).toBe('The length a of a cell must be a number of Å above 0.')
  expect(await values('aα')).toEqual(['', '80'])
  await tumble.waitForSteps(2)
})

it('sets angles and axes', async () => {
  await person.fill(field('a'), '14')
  await person.press(byTestId('periodic-c'))
  await person.press(byTestId('set-cell'))
  await person.until(() => count('barostat')).toBe(0)
  expect(await values('abαβγ')).toEqual(['14', '13', '80', '70', '90'])
  expect(await person.attribute(byTestId('periodic-c'), 'aria-pressed')).toBe('false')
  await person.waitForSteps(2)
})

it('repeats the cell, though not along open axes', async () => {
  await person.fill(byTestId('repeat-b'), '1')
  await person.press(byTestId('repeat-cell'))
  expect(await tumble.takeAlert()).toBe(
    'Ethanol is open along c; make that axis periodic, or repeat it once.',
  )
  await person.fill(byTestId('repeat-c'), '1')
  await person.press(byTestId('repeat-cell'))
  await person.until(atoms).toBe('18 atoms')
  expect(await values('abα')).toEqual(['28', '13', '80'])
  await person.waitForSteps(2)
})

it('takes all of it back, and does it again', async () => {
  await isLast('Undo repeat the cell 2 × 1 × 1')
  // Three times in a row, faster than the page can follow.
  for (let time = 0; time < 3; time++) {
    await tumble.page.getByTestId('stage').focus()
    await tumble.page.keyboard.press('Control+z')
  }
  await isLast('Nothing to undo')
  await person.until(() => count('remove-cell')).toBe(0)
  expect(await atoms()).toBe('9 atoms')
  expect(await values('αβγ')).toEqual(['90', '90', '90'])
  await person.press(byTestId('redo'))
  await isLast('Undo set the cell')
  expect(await values('bα')).toEqual(['13', '90'])
})

it('scales atoms along where that is asked for, and makes molecules whole that a cell had cut', async () => {
  const { page } = tumble
  await person.press(byTestId('play'))
  await tumble.waitFor('paused')
  const cell = 'Lattice="9 0 0 0 9 0 0 0 9" pbc="T T T" Properties=species:S:1:pos:R:3'
  await tumble.drop({ name: 'cut.xyz', content: `3\n${cell}\nO 8.8 4 4\nH 0.56 4.59 4\nH 8.04 4.59 4\n` })
  await tumble.waitForStructure('cut')
  await page.keyboard.press('/')
  const bond = await distance('1 2')
  expect(bond).toBeCloseTo(Math.hypot(0.76, 0.59), 3)

  await page.getByTestId('scale-atoms').check()
  for (const name of 'abc') await person.fill(field(name), '9.9')
  await person.press(byTestId('set-cell'))
  await isLast('Undo set the cell')
  expect((await distance('1 2')) / bond).toBeCloseTo(1.1, 3)
  await person.press(byTestId('undo'))
  await isLast('Nothing to undo')

  await page.getByTestId('scale-atoms').uncheck()
  for (const name of 'abc') await person.fill(field(name), '12')
  await person.press(byTestId('set-cell'))
  await isLast('Undo set the cell')
  expect(await distance('1 2')).toBeCloseTo(bond, 3)

  await person.press(byTestId('remove-cell'))
  await isLast('Undo remove the cell')
  expect(await count('remove-cell')).toBe(0)
  expect(await distance('1 2')).toBeCloseTo(bond, 3)
  expect(tumble.complaints).toEqual([])
})
