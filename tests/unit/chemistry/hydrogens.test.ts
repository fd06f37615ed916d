import { describe, expect, it } from 'vitest'
import { bondsOf, partnersOf } from '../../../src/chemistry/bonds.ts'
import { deleteAtoms } from '../../../src/chemistry/edit/atoms.ts'
import { addHydrogens } from '../../../src/chemistry/edit/hydrogens.ts'
import { angle, dihedral, distance } from '../../../src/chemistry/measure.ts'
import { atomCount, type Structure } from '../../../src/chemistry/structure.ts'
import { checkStructure } from '../../../src/chemistry/validate.ts'
import { atoms, cube, gallery } from './lib/structures.ts'

/** Hydrogens of each heavy atom, in the order of the file. */
const hydrogensOf = (structure: Structure): number[] => {
  const partners = partnersOf(structure)
  return [...structure.atomicNumbers].flatMap((z, atom) =>
    z === 1 ? [] : [[...partners(atom)].filter((other) => structure.atomicNumbers[other] === 1).length],
  )
}

const stripped = (structure: Structure): Structure =>
  deleteAtoms(
    structure,
    [...structure.atomicNumbers.keys()].filter((i) => structure.atomicNumbers[i] === 1),
  )

const benzene = (bond: number) =>
  atoms(
    Array.from({ length: 6 }, (_, i) => {
      const turn = (i * Math.PI) / 3
      return ['C', bond * Math.cos(turn), bond * Math.sin(turn), 0] as const
    }),
  )

describe('hydrogens', () => {
  it.each([
    // Bond lengths in Å from the CRC Handbook.
    ['methane', atoms([['C', 0, 0, 0]]), [4]],
    ['ammonia', atoms([['N', 0, 0, 0]]), [3]],
    ['water', atoms([['O', 0, 0, 0]]), [2]],
    ['ethanol', stripped(gallery('ethanol')), null],
    [
      'ethane',
      atoms([
        ['C', 0, 0, 0],
        ['C', 1.535, 0, 0],
      ]),
      [3, 3],
    ],
    [
      'ethene',
      atoms([
        ['C', 0, 0, 0],
        ['C', 1.339, 0, 0],
      ]),
      [2, 2],
    ],
    [
      'ethyne',
      atoms([
        ['C', 0, 0, 0],
        ['C', 1.203, 0, 0],
      ]),
      [1, 1],
    ],
    [
      'formaldehyde',
      atoms([
        ['C', 0, 0, 0],
        ['O', 1.208, 0, 0],
      ]),
      [2, 0],
    ],
    [
      'methanol',
      atoms([
        ['C', 0, 0, 0],
        ['O', 1.425, 0, 0],
      ]),
      [3, 1],
    ],
    [
      'acetonitrile',
      atoms([
        ['C', 0, 0, 0],
        ['C', 1.468, 0, 0],
        ['N', 2.627, 0, 0],
      ]),
      [3, 0, 0],
    ],
    ['benzene', benzene(1.399), [1, 1, 1, 1, 1, 1]],
    [
      'salt',
      atoms([
        ['Na', 0, 0, 0],
        ['Cl', 5, 0, 0],
      ]),
      [0, 0],
    ],
  ] as const)('of %s', (_, skeleton, expected) => {
    const whole = addHydrogens(skeleton)
    expect(hydrogensOf(whole)).toEqual(expected ?? hydrogensOf(gallery('ethanol')))
    checkStructure(whole)
    // Each has one bond, and the skeleton is where it was.
    const partners = partnersOf(whole)
    for (let i = atomCount(skeleton); i < atomCount(whole); i++) expect(partners(i)).toHaveLength(1)
    expect(whole.positions.subarray(0, skeleton.positions.length)).toEqual(skeleton.positions)
    expect(addHydrogens(whole)).toBe(whole)
  })

  it.each(['alanine-dipeptide', 'caffeine', 'aspirin', 'polystyrene', 'plla', 'malonaldehyde', 'water-box'])(
    'come back to %s',
    (name) => {
      const original = gallery(name)
      const whole = addHydrogens(stripped(original))
      expect(hydrogensOf(whole)).toEqual(hydrogensOf(original))
      expect(bondsOf(whole)).toHaveLength(bondsOf(original).length)
    },
  )

  it('point where they belong', () => {
    const methane = addHydrogens(atoms([['C', 0, 0, 0]]))
    for (let i = 1; i < 5; i++) {
      expect(distance(methane, 0, i)).toBeCloseTo(1.09, 9)
      for (let j = 1; j < i; j++) expect(angle(methane, i, 0, j)).toBeCloseTo(109.4712, 3)
    }
    const ethane = addHydrogens(atoms([['C', 0, 0, 0], ['C', 1.535, 0, 0]])) // biome-ignore format: a pair
    expect(Math.abs(dihedral(ethane, 2, 0, 1, 5))).toBeCloseTo(180, 6)
    const ethene = addHydrogens(atoms([['C', 0, 0, 0], ['C', 1.339, 0, 0]])) // biome-ignore format: a pair
    expect(Math.abs(Math.sin((dihedral(ethene, 2, 0, 1, 4) * Math.PI) / 180))).toBeLessThan(1e-6)
    const ring = addHydrogens(benzene(1.399))
    for (let i = 6; i < 12; i++) expect(ring.positions[3 * i + 2]).toBeCloseTo(0, 9)
    expect(distance(ring, 0, 6)).toBeCloseTo(1.09, 9)
    expect(angle(ring, 1, 0, 6)).toBeCloseTo(120, 6)
  })

  it('come through the cell, with names and the residue of their parents, where they are asked for', () => {
    const ethane = atoms(
      [
        ['C', 0.5, 5, 5],
        ['C', 8.965, 5, 5],
      ],
      cube(10),
      {
        labels: {
          atom: ['C1', 'H'],
          residue: ['ETH', 'ETH'],
          residueNumber: Int32Array.of(4, 4),
          chain: ['B', 'B'],
        },
      },
    )
    const whole = addHydrogens(ethane)
    expect(hydrogensOf(whole)).toEqual([3, 3])
    expect(whole.labels!.atom.slice(2)).toEqual(['H2', 'H3', 'H4', 'H5', 'H6', 'H7'])
    expect([...whole.labels!.residueNumber]).toEqual(Array(8).fill(4))
    expect(whole.cell).toBe(ethane.cell)
    expect(hydrogensOf(addHydrogens(ethane, [1]))).toEqual([0, 3])
  })
})
