import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { closestContact } from '../../../src/chemistry/contacts.ts'
import { atoms, cube, gallery } from './lib/structures.ts'

describe('the closest contact', () => {
  it('is the pair nearest for its size, not the shortest', () => {
    // 0.9 of 1.52 Å for the carbons, 1.2 of 0.62 Å for the hydrogens.
    const pairs = atoms([
      ['H', 0, 0, 0],
      ['H', 0.74, 0, 0],
      ['C', 9, 0, 0],
      ['C', 9, 1.37, 0],
    ])
    const contact = closestContact(pairs, 2)!
    expect(contact.atoms).toEqual([2, 3])
    expect(contact.distance).toBeCloseTo(1.37)
    expect(contact.share).toBeCloseTo(0.9, 2)
  })

  it('is none where all are far enough apart', () => {
    const pair = (distance: number) =>
      atoms([
        ['C', 0, 0, 0],
        ['C', distance, 0, 0],
      ])
    expect(closestContact(pair(1.1), 0.7)).toBeNull()
    expect(closestContact(pair(1), 0.7)?.atoms).toEqual([0, 1])
    expect(closestContact(atoms([['C', 0, 0, 0]]), 0.7)).toBeNull()
    expect(closestContact(atoms([]), 0.7)).toBeNull()
  })

  it('is found through the cell', () => {
    const pair = atoms(
      [
        ['O', 0.1, 5, 5],
        ['O', 9.7, 5, 5],
      ],
      cube(10),
    )
    expect(closestContact(pair, 0.7)?.distance).toBeCloseTo(0.4)
    expect(closestContact({ ...pair, periodic: [false, true, true] }, 0.7)).toBeNull()
  })

  it('is a bond or more in everything of the gallery', () => {
    const folder = new URL('../../../public/structures/', import.meta.url)
    const names = readdirSync(folder).filter((name) => name.endsWith('.xyz'))
    expect(names.length).toBeGreaterThan(40)
    for (const name of names) expect(closestContact(gallery(name.slice(0, -4)), 0.75), name).toBeNull()
  })
})
