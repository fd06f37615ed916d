import { describe, expect, it } from 'vitest'
import { bondsOf, partnersIn } from '../../../src/chemistry/bonds.ts'
import { moleculesOf, wholeMolecules } from '../../../src/chemistry/molecules.ts'
import { atoms, cube, gallery } from './lib/structures.ts'

describe('bonds', () => {
  it('are those of the formula', () => {
    // Bonds of the molecular graphs: ethanol 8, benzene-like aspirin C9H8O4 21, caffeine C8H10N4O2 25.
    expect(bondsOf(gallery('ethanol')).length / 2).toBe(8)
    expect(bondsOf(gallery('aspirin')).length / 2).toBe(21)
    expect(bondsOf(gallery('caffeine')).length / 2).toBe(25)
  })

  it('come sorted, the smaller atom first, and meet through the cell', () => {
    const water = atoms(
      [
        ['H', 0.9, 0, 0],
        ['O', 9.9, 0, 0],
        ['H', 9.7, 0.95, 0],
      ],
      cube(10),
    )
    expect([...bondsOf(water)]).toEqual([0, 1, 1, 2])
    expect([...bondsOf({ ...water, periodic: [false, true, true] })]).toEqual([1, 2])
  })

  it('join two hydrogens as H2 only', () => {
    const pair = (d: number) => atoms([['H', 0, 0, 0], ['H', d, 0, 0]]) // biome-ignore format: a pair
    expect(bondsOf(pair(0.74))).toHaveLength(2)
    expect(bondsOf(pair(0.91))).toHaveLength(0)
    // 1.15 × (0.76 + 0.31) Å
    expect(bondsOf(atoms([['C', 0, 0, 0], ['H', 1.23, 0, 0]]))).toHaveLength(2) // biome-ignore format: a pair
    expect(bondsOf(atoms([['C', 0, 0, 0], ['H', 1.24, 0, 0]]))).toHaveLength(0) // biome-ignore format: a pair
  })

  it('of no atoms are none', () => {
    expect(bondsOf(atoms([]))).toHaveLength(0)
  })

  it('of 100,000 atoms take about a second', () => {
    const count = 100_000
    const edge = 100
    let seed = 1
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return seed / 2 ** 32
    }
    const start = performance.now()
    const bonds = bondsOf({
      atomicNumbers: Uint8Array.from({ length: count }, (_, i) => [8, 1, 1][i % 3]),
      positions: Float64Array.from({ length: 3 * count }, () => edge * random()),
      cell: cube(edge),
      periodic: [true, true, true],
    })
    // Random places: pairs × (4/3 π r³) / volume, with r of O–O, O–H and H–H 1.518, 1.1155 and 0.9 Å.
    const [o, h] = [count / 3, (2 * count) / 3]
    const ball = (r: number) => ((4 / 3) * Math.PI * r ** 3) / edge ** 3
    const expected = (o * o * ball(1.518)) / 2 + o * h * ball(1.1155) + (h * h * ball(0.9)) / 2
    expect(Math.abs(bonds.length / 2 / expected - 1)).toBeLessThan(0.02)
    expect(performance.now() - start).toBeLessThan(6000)
  })
})

describe('molecules', () => {
  it('are what bonds hold together, in the order of their first atoms', () => {
    const partners = partnersIn(Uint32Array.of(0, 3, 1, 2, 3, 5), 6)
    expect([...partners(3)]).toEqual([0, 5])
    expect([...partners(4)]).toEqual([])
    const { of, count } = moleculesOf(partners, 6)
    expect([...of]).toEqual([0, 1, 1, 0, 2, 0])
    expect(count).toBe(3)
  })

  it('are 32 in the box of water', () => {
    const box = gallery('water-box')
    expect(moleculesOf(partnersIn(bondsOf(box), 96), 96).count).toBe(32)
  })

  it('come in one piece', () => {
    const water = atoms(
      [
        ['H', 0.9, 0, 0],
        ['O', 9.9, 0, 0],
        ['H', 9.7, 0.95, 0],
      ],
      cube(10),
    )
    const { positions } = wholeMolecules(water, partnersIn(bondsOf(water), 3))
    const expected = [0.9, 0, 0, -0.1, 0, 0, -0.3, 0.95, 0]
    positions.forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i], 12)
    })
    const ethanol = gallery('ethanol')
    expect(wholeMolecules(ethanol, partnersIn(bondsOf(ethanol), 9)).positions).toEqual(ethanol.positions)
  })
})
