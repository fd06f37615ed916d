import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserNames, type Opened, openIn } from './lib/browsers.ts'
import { byTestId, PATIENCE, Person } from './lib/person.ts'
import { type Site, serveSite } from './lib/site.ts'

describe.each(browserNames)('a hand on the atoms, in %s', { timeout: PATIENCE }, (name) => {
  let site: Site
  let opened: Opened
  let person: Person

  beforeAll(async () => {
    site = await serveSite()
    opened = await openIn(name, site.url)
    person = new Person(opened.page)
  }, PATIENCE)
  afterAll(async () => {
    await opened?.close()
    await site?.close()
  })

  const until = <Answer>(ask: () => Promise<Answer>) => person.until(ask)
  const title = () => person.text(byTestId('selection-title'))
  const words = (text: string) => person.enter(byTestId('selection-words'), text)
  const atoms = () => person.text(`${byTestId('structure-name')} .fact-detail`)
  const measure = byTestId('measure')

  /** Atoms found by going over the picture with the pointer, by name, and where they were. */
  async function found(): Promise<[name: string, x: number, y: number][]> {
    const atoms = new Map<string, [name: string, x: number, y: number]>()
    for (let y = 180; y < 560; y += 26)
      for (let x = 320; x < 680; x += 26) {
        const name = await person.atomAt(x, y)
        if (name && !atoms.has(name)) atoms.set(name, [name, x, y])
        if (atoms.size === 4) return [...atoms.values()]
      }
    return [...atoms.values()]
  }

  it('names the atom under the pointer, selects by clicks and measures', async () => {
    const { mouse, keyboard } = person.page
    await person.waitForStatus('running')
    await person.waitForSteps(20)
    await keyboard.press(' ')
    await person.waitForStatus('paused')
    const atoms = await found()
    expect(atoms.length).toBeGreaterThanOrEqual(2)
    const [[first, ...a], [second, ...b]] = atoms
    await mouse.click(...a)
    await until(title).toMatch(new RegExp(`^${first}, `))
    await keyboard.down('Shift')
    await mouse.click(...b)
    await keyboard.up('Shift')
    await until(title).toBe('2 atoms')
    await until(() => person.text(measure)).toMatch(new RegExp(`${first}–${second}\\s*\\d\\.\\d{3} Å`))
    await person.press(`${measure} .chip`)
    await person.waitFor(`[role="img"][aria-label="${first}–${second} against time in ps"]`)
    await person.focus(byTestId('stage'))
    await keyboard.press('Escape')
    await person.waitFor(byTestId('selection-panel'), false)
  })

  it('selects in words, and says what it does not understand', async () => {
    await person.page.keyboard.press('/')
    await words('bonded to (element O)')
    await until(title).toBe('2 atoms')
    await words('elephant O')
    await until(() => person.text('#selection-complaint')).toContain('elephant')
    expect(await title()).toBe('2 atoms')
    await words('element O')
    await until(title).toBe('O3, oxygen')
  })

  it('pins atoms, and colours and arrows follow what they do', async () => {
    const pin = byTestId('pin')
    await person.press(pin)
    await until(() => person.attribute(pin, 'aria-pressed')).toBe('true')
    await person.press(byTestId('look'))
    await person.fill(byTestId('coloring'), 'speed')
    await person.press(byTestId('arrows-velocities'))
    await person.press(byTestId('play'))
    await person.waitForSteps(10)
    await until(() => person.text(byTestId('legend'))).toMatch(/^Speed Å\/ps0\d/)
    await person.press(pin)
    await person.fill(byTestId('coloring'), 'element')
    await person.press(byTestId('arrows-velocities'))
    // The distance has been followed meanwhile.
    const rows = (await person.saved(byTestId('save-plots'))).trim().split('\n')
    expect(rows[0]).toMatch(
      /^time \(ps\),potential energy \(eV\),.*,conserved energy \(eV\),temperature \(K\),\w+–\w+ \(Å\)$/,
    )
    // What was plotted before the distance was followed has none.
    const measured = rows.slice(1).filter((row) => !row.endsWith(','))
    expect(measured.length).toBeGreaterThan(2)
    for (const row of measured) expect(row).toMatch(/^[\d.]+(,-?\d+(\.\d+)?){5},\d\.\d+$/)
    await person.press(byTestId('remove-monitors'))
    await person.press(byTestId('look'))
  })

  it('keeps atoms pinned while it relaxes, and under another force field', async () => {
    const pin = byTestId('pin')
    const length = () => person.text(`${measure} strong`)
    const isPinned = () => person.attribute(pin, 'aria-pressed')
    await words('serial 1 3')
    await person.press(pin)
    await until(isPinned).toBe('true')
    // What was under way then has been told by now, and what is measured is of later.
    await person.waitForSteps(4)
    const now = await person.steps()
    await until(async () => Number(await person.attribute(measure, 'data-step'))).toBeGreaterThan(now)
    const pinned = await length()
    await person.press(byTestId('relax'))
    await until(() => person.text('.notice-info')).toMatch(
      /the largest force on an atom that is not pinned is/,
    )
    expect(await isPinned()).toBe('true')
    await person.waitForSteps(5)
    expect(await length()).toBe(pinned)

    await person.page.evaluate(async (name) => {
      const content = await (await fetch('./models/et-gfn2-small.ckpt')).blob()
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([content], name))
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    }, 'another.ckpt')
    await until(() => person.text(byTestId('model-name'))).toMatch(/^another/)
    expect(await isPinned()).toBe('true')
    await person.waitForSteps(5)
    expect(await length()).toBe(pinned)
    await person.press(pin)
    await until(isPinned).toBe('false')
    await person.waitForSteps(5)
    await until(length).not.toBe(pinned)
  })

  it('tells the work of the hand that pulls', async () => {
    const { mouse, keyboard } = person.page
    const energies = () => person.text('[aria-label="Plots"] .readings')
    expect(await energies()).not.toContain('hand')
    await person.focus(byTestId('stage'))
    await keyboard.press(' ')
    await person.waitForStatus('paused')
    const [[, ...place]] = await found()
    await keyboard.press('p')
    await mouse.move(...place)
    await mouse.down()
    await mouse.move(place[0] + 60, place[1] + 20)
    await keyboard.press(' ')
    await person.waitForSteps(3)
    await until(energies).toMatch(/work of your hand\+\d+\.\d{3} eV$/)
    await mouse.up()
    await keyboard.press('p')
    const table = await person.saved(byTestId('save-plots'))
    expect(table).toMatch(/^[^\n]*,conserved energy \(eV\),work of the hand \(eV\),temperature \(K\)/)
  })

  it('goes back in time, and on from there', async () => {
    await person.waitForSteps(30)
    const now = await person.steps()
    const past = byTestId('timeline')
    await words('serial 3 9')
    await person.waitFor(measure)
    const length = () => person.text(`${measure} strong`)
    /** Goes to a moment, and waits until the step that is shown is that moment's and the one that was measured at. */
    const goTo = async (moment: string, isThere: (step: number) => boolean) => {
      await person.fill(past, moment)
      await until(async () => isThere(await person.steps())).toBe(true)
      await until(async () => Number(await person.attribute(measure, 'data-step'))).toBe(await person.steps())
      return length()
    }
    const first = await goTo('1', (step) => step < now / 2)
    await person.waitForStatus('paused')
    const then = await person.steps()
    expect(await goTo('3', (step) => step !== then)).not.toBe(first)
    expect(await goTo('1', (step) => step === then)).toBe(first)
    // One step from there is one step.
    await person.press(byTestId('step'))
    await until(() => person.steps()).toBe(then + 1)
    await person.press(byTestId('play'))
    await person.waitForSteps(5)
    expect(await person.steps()).toBeLessThan(then + now)
    expect(Number(await person.attribute(past, 'max'))).toBeLessThan(12)
  })

  it('deletes an atom, and brings it back', async () => {
    const { keyboard } = person.page
    await words('serial 9')
    await until(title).toBe('H9, hydrogen')
    await person.press(byTestId('delete'))
    await until(atoms).toBe('8 atoms')
    await person.waitForSteps(3)
    await person.focus(byTestId('stage'))
    await keyboard.down('Control')
    await keyboard.press('z')
    await keyboard.up('Control')
    await until(atoms).toBe('9 atoms')
    await person.waitForSteps(3)
  })

  it('builds a molecule from its SMILES, and says what is wrong with one', async () => {
    await person.page.keyboard.press('g')
    const field = byTestId('smiles')
    await person.enter(field, 'CC(=O)OC')
    await until(atoms).toBe('11 atoms')
    await person.waitForSteps(3)
    await person.enter(field, 'CC(=O')
    await until(() => person.text('[role="alert"] p')).toContain('SMILES')
    expect(await atoms()).toBe('11 atoms')
  })

  it('had nothing to complain about', () => {
    expect(opened.complaints).toEqual([])
  })
})
