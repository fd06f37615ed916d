import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { thumbnailOf } from '../../../scripts/vite/thumbnails.ts'
import { bondsOf, partnersIn } from '../../../src/chemistry/bonds.ts'
import { elementOf } from '../../../src/chemistry/elements.ts'
import { moleculesOf } from '../../../src/chemistry/molecules.ts'
import { checkStructure } from '../../../src/chemistry/validate.ts'
import { atoms, cube, gallery } from '../chemistry/lib/structures.ts'

interface Entry {
  file: string
  group: string
  title: string
  line: string
  atoms: number
  formula: [string, number][]
}

const folder = new URL('../../../public/structures/', import.meta.url)
const entries: Entry[] = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'))
const structureOf = ({ file }: Entry) => gallery(file.replace(/\.xyz$/, ''))

describe('the gallery', () => {
  test('lists every structure there is, once', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.xyz'))
    expect(entries.map(({ file }) => file).sort()).toEqual(files.sort())
    expect(new Set(entries.map(({ title }) => title)).size).toBe(entries.length)
  })

  test('keeps the entries of a group together', () => {
    const groups = entries.map(({ group }) => group).filter((group, i, all) => group !== all[i - 1])
    expect(groups).toEqual(['Molecules', 'Held by hydrogen bonds', 'Polymers'])
  })

  test.each(entries.map((entry) => [entry.title, entry] as const))('says what %s is', (_, entry) => {
    const structure = structureOf(entry)
    checkStructure(structure)
    expect(entry.line).toMatch(/^[A-Z].{20,}\.$/)
    const counts = new Map<string, number>()
    for (const z of structure.atomicNumbers)
      counts.set(elementOf(z).symbol, (counts.get(elementOf(z).symbol) ?? 0) + 1)
    expect(Object.fromEntries(entry.formula)).toEqual(Object.fromEntries(counts))
    expect(entry.atoms).toBe(structure.atomicNumbers.length)
  })

  test.each(
    entries.filter(({ group }) => group === 'Polymers').map((entry) => [entry.title, entry] as const),
  )('%s is one chain with the valences of chemistry', (_, entry) => {
    const structure = structureOf(entry)
    const partners = partnersIn(bondsOf(structure), entry.atoms)
    expect(moleculesOf(partners, entry.atoms).count).toBe(1)
    const most: Record<string, number> = { H: 1, F: 1, Cl: 1, O: 2, S: 2, N: 3, C: 4, Si: 4 }
    structure.atomicNumbers.forEach((z, atom) => {
      expect(partners(atom).length).toBeLessThanOrEqual(most[elementOf(z).symbol])
    })
  })
})

describe('a picture of the gallery', () => {
  test('has every atom, whole and in the frame, and a stick for every bond', async () => {
    const structure = gallery('caffeine')
    const svg = await thumbnailOf(structure)
    const circles = [...svg.matchAll(/cx="(\S+)" cy="(\S+)" r="(\S+)" fill="url\(#(\w+)\)"/g)]
    expect(circles).toHaveLength(24)
    for (const [, cx, cy, r, symbol] of circles) {
      const [x, y, radius] = [cx, cy, r].map(Number)
      expect(Math.min(x, 120 - x, y, 90 - y)).toBeGreaterThanOrEqual(radius)
      expect(svg).toContain(`<radialGradient id="${symbol}"`)
    }
    expect(svg.match(/<line /g)).toHaveLength(bondsOf(structure).length / 2)
  })

  test('leaves out bonds across the faces of a cell', async () => {
    // One hydrogen beside its oxygen, one beside the oxygen's image.
    const structure = atoms(
      [
        ['O', 0.2, 5, 5],
        ['H', 0.8, 5.7, 5],
        ['H', 9.6, 5.7, 5],
      ],
      cube(10),
    )
    expect(bondsOf(structure)).toHaveLength(4)
    expect((await thumbnailOf(structure)).match(/<line /g)).toHaveLength(1)
  })
})
