import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backbonesOf } from '../../../src/chemistry/backbone.ts'
import { partnersOf } from '../../../src/chemistry/bonds.ts'
import { symbolOf } from '../../../src/chemistry/elements.ts'
import { ringsIn } from '../../../src/chemistry/rings.ts'
import { readXyz } from '../../../src/formats/index.ts'

const folder = new URL('../../../public/structures/', import.meta.url)
const gallery = (name: string) => readXyz(readFileSync(new URL(`${name}.xyz`, folder), 'utf8'), name)[0]

const backbones = (name: string) => {
  const structure = gallery(name)
  return backbonesOf(structure, partnersOf(structure)).map(({ atoms, peptide }) => ({
    peptide,
    elements: [...atoms].map((atom) => symbolOf(structure.atomicNumbers[atom])).join(''),
  }))
}

describe('backbones of polymers', () => {
  it.each([
    ['polyethylene', 'CCCCCC'],
    // Hydroxyl and amine at the ends are substituents, too.
    ['peo', 'CCOCCOCC'],
    ['nylon-6', 'CCCCCCNCCCCCCNCCCCCC'],
    ['pdms', 'CSiOSiOSiOSiC'],
    // Phenyl hangs from it, terephthalate is on its way.
    ['polystyrene', 'CCCCCC'],
    ['pet', 'CCCCCCOCCOCCCCCCOCCOCCCCCCOCC'],
    ['ptfe', 'CCCCCC'],
    ['pvc', 'CCCCCC'],
  ])('%s', (name, elements) => {
    const found = backbones(name)
    expect(found).toHaveLength(1)
    const reversed = elements
      .match(/[A-Z][a-z]?/g)!
      .reverse()
      .join('')
    expect([elements, reversed]).toContain(found[0].elements)
    expect(found[0].peptide).toBe(false)
  })

  it('follow bonds', () => {
    const structure = gallery('pet')
    const partners = partnersOf(structure)
    for (const { atoms } of backbonesOf(structure, partners))
      for (let i = 1; i < atoms.length; i++) expect([...partners(atoms[i - 1])]).toContain(atoms[i])
  })

  it.each(['ethanol', 'cyclohexane', 'caffeine', 'aspirin', 'urea', 'water-box', 'acetic-acid-pair'])(
    'are none in %s',
    (name) => expect(backbones(name)).toEqual([]),
  )
})

describe('backbones of peptides', () => {
  /** Glycines in a row, without hydrogens: N Cα C O each, in a straight line but for the oxygens. */
  const glycines = (count: number) => {
    const rows = Array.from({ length: count }, (_, i) =>
      [
        ['N', 4.4 * i, 0],
        ['C', 4.4 * i + 1.45, 0],
        ['C', 4.4 * i + 2.97, 0],
        ['O', 4.4 * i + 2.97, 1.23],
      ].map(([element, x, y]) => `${element} ${x} ${y} 0`),
    ).flat()
    return readXyz(`${rows.length}\n\n${rows.join('\n')}\n`, 'glycines')[0]
  }

  it('go by alpha carbons from the first nitrogen to the last carbonyl', () => {
    const structure = glycines(4)
    expect(backbonesOf(structure, partnersOf(structure))).toEqual([
      { atoms: Uint32Array.of(0, 1, 5, 9, 13, 14), peptide: true },
    ])
  })

  it('lead through a helix', () => {
    expect(backbones('alanine-helix')).toEqual([{ elements: 'NCCCCCCCCCCC', peptide: true }])
  })

  it('are like those of other molecules where residues are few', () => {
    expect(backbones('alanine-dipeptide')).toEqual([{ elements: 'CNCCNCC', peptide: false }])
  })
})

describe('rings', () => {
  const rings = (bonds: readonly (readonly [number, number])[], atoms: number) => [
    ...ringsIn((atom) => bonds.flatMap(([a, b]) => (a === atom ? [b] : b === atom ? [a] : [])), atoms),
  ]

  it('are told from chains, and those that share atoms are one system', () => {
    // Two triangles that share an edge; a tail; a square; a lone atom.
    const bonds = [
      [0, 1],
      [1, 2],
      [2, 0],
      [1, 3],
      [3, 2],
      [3, 4],
      [4, 5],
      [5, 6],
      [6, 7],
      [7, 8],
      [8, 5],
    ] as const
    const found = rings(bonds, 10)
    expect(new Set(found.slice(0, 4)).size).toBe(1)
    expect(new Set(found.slice(5, 9)).size).toBe(1)
    expect(found[0]).not.toBe(found[5])
    expect([found[4], found[9]]).toEqual([0, 0])
    expect(
      found
        .slice(0, 4)
        .concat(found.slice(5, 9))
        .every((ring) => ring > 0),
    ).toBe(true)
  })
})
