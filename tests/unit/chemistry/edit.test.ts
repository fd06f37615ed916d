import { describe, expect, it } from 'vitest'
import { bondsOf, partnersOf } from '../../../src/chemistry/bonds.ts'
import {
  changeElement,
  deleteAtoms,
  duplicateAtoms,
  mergeStructures,
} from '../../../src/chemistry/edit/atoms.ts'
import { removeCell, setCell, supercell, wrapMolecules } from '../../../src/chemistry/edit/cells.ts'
import { surroundWithWater, WATER_DENSITY } from '../../../src/chemistry/edit/water.ts'
import { distance } from '../../../src/chemistry/measure.ts'
import { minimumImage } from '../../../src/chemistry/minimum-image.ts'
import { moleculesOf } from '../../../src/chemistry/molecules.ts'
import { atomCount, type Structure } from '../../../src/chemistry/structure.ts'
import { checkStructure } from '../../../src/chemistry/validate.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'
import { atoms, cube, gallery } from './lib/structures.ts'

/** Heavy water with everything a structure may carry. */
const full = atoms(
  [
    ['O', 0.1, 0.2, 0.3],
    ['D', 1.06, 0.2, 0.3],
    ['H', -0.14, 1.13, 0.3],
  ],
  cube(5),
  {
    masses: Float64Array.of(15.999, 2.014, 1.008),
    velocities: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
    forces: Float64Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1),
    energy: -10,
    columns: new Map([
      ['charge', { width: 1, values: Float64Array.of(-0.8, 0.4, 0.4) }],
      ['dipole', { width: 2, values: Float64Array.of(1, 2, 3, 4, 5, 6) }],
    ]),
    labels: {
      atom: ['O', 'D1', 'H2'],
      residue: ['HOH', 'HOH', 'HOH'],
      residueNumber: Int32Array.of(7, 7, 7),
      chain: ['A', 'A', 'A'],
    },
    info: new Map([['step', '5']]),
  },
)

/** Every list has one entry per atom. */
const consistent = (structure: Structure) => {
  const n = atomCount(structure)
  expect(structure.positions).toHaveLength(3 * n)
  if (structure.masses) expect(structure.masses).toHaveLength(n)
  if (structure.velocities) expect(structure.velocities).toHaveLength(3 * n)
  if (structure.forces) expect(structure.forces).toHaveLength(3 * n)
  for (const { width, values } of structure.columns?.values() ?? []) expect(values).toHaveLength(width * n)
  for (const list of Object.values(structure.labels ?? {})) expect(list).toHaveLength(n)
  return structure
}

describe('edits of atoms', () => {
  it('delete with all that is said of an atom, and what is said of all together', () => {
    const left = consistent(deleteAtoms(full, [1]))
    expect([...left.atomicNumbers]).toEqual([8, 1])
    expect([...left.positions]).toEqual([0.1, 0.2, 0.3, -0.14, 1.13, 0.3])
    expect([...left.masses!]).toEqual([15.999, 1.008])
    expect([...left.velocities!]).toEqual([1, 2, 3, 7, 8, 9])
    expect([...left.columns!.get('dipole')!.values]).toEqual([1, 2, 5, 6])
    expect(left.labels!.atom).toEqual(['O', 'H2'])
    expect(left).not.toHaveProperty('energy')
    expect(left).not.toHaveProperty('forces')
    expect(left).not.toHaveProperty('info')
    expect(deleteAtoms(full, [])).toBe(full)
    expect(complaint(() => deleteAtoms(full, [0, 1, 2]))).toContain('No atom would be left')
  })

  it('duplicate beside, as a residue of their own', () => {
    const twice = consistent(duplicateAtoms(full, [2, 0]))
    expect([...twice.atomicNumbers]).toEqual([8, 1, 1, 8, 1])
    // Originals span x from −0.14 to 0.1.
    expect(twice.positions[9]).toBeCloseTo(0.1 + 0.24 + 3, 12)
    expect(twice.positions[10]).toBe(0.2)
    expect([...twice.labels!.residueNumber]).toEqual([7, 7, 7, 8, 8])
    expect([...twice.masses!]).toEqual([15.999, 2.014, 1.008, 15.999, 1.008])
    expect(duplicateAtoms(full, [0], [0, 0, 1]).positions[11]).toBe(1.3)
    expect(duplicateAtoms(full, [])).toBe(full)
  })

  it('change elements, their masses and names', () => {
    const sulfide = consistent(changeElement(full, [0, 1], 16))
    expect([...sulfide.atomicNumbers]).toEqual([16, 16, 1])
    expect([...sulfide.masses!]).toEqual([32.06, 32.06, 1.008])
    expect(sulfide.labels!.atom).toEqual(['S', 'S2', 'H2'])
    expect(sulfide).not.toHaveProperty('velocities')
    expect(sulfide).not.toHaveProperty('energy')
    expect(complaint(() => changeElement(full, [0], 119))).toContain('119')
  })

  it('merge, keeping what both know', () => {
    const plain = atoms([['Na', 3, 3, 3]])
    const both = consistent(mergeStructures(full, plain))
    expect([...both.atomicNumbers]).toEqual([8, 1, 1, 11])
    expect([...both.masses!]).toEqual([15.999, 2.014, 1.008, 22.98976928])
    expect(both).not.toHaveProperty('velocities')
    expect(both).not.toHaveProperty('columns')
    expect(both.labels!.residue[3]).toBe('UNK')
    expect([...both.labels!.residueNumber]).toEqual([7, 7, 7, 8])
    expect(both.cell).toBe(full.cell)
    const same = consistent(mergeStructures(full, full))
    expect(same.velocities).toHaveLength(18)
    expect([...same.columns!.keys()]).toEqual(['charge', 'dipole'])
  })
})

describe('edits of cells', () => {
  it('set one, with the atoms where they are or with their fractions', () => {
    const wide = consistent(setCell(full, cube(10)))
    expect(wide.cell).toEqual(cube(10))
    expect([...wide.positions]).toEqual([...full.positions])
    expect(wide).not.toHaveProperty('energy')
    const scaled = setCell(full, cube(10), [true, true, true], true)
    scaled.positions.forEach((x, i) => {
      expect(x).toBeCloseTo(2 * full.positions[i], 12)
    })
    expect(complaint(() => setCell(full, [1, 0, 0, 2, 0, 0, 0, 0, 1]))).toContain('no volume')
  })

  it('take it away and leave molecules whole', () => {
    const cut = { ...full, positions: full.positions.map((x, i) => (i === 3 ? x - 5 : x)) }
    const free = consistent(removeCell(cut))
    expect(free.cell).toBeNull()
    expect(free.periodic).toEqual([false, false, false])
    expect(distance(free, 0, 1)).toBeCloseTo(0.96, 12)
  })

  it('repeat it, with energy and forces of as many', () => {
    const many = consistent(supercell(full, [2, 1, 3]))
    expect(atomCount(many)).toBe(18)
    expect(many.cell).toEqual([10, 0, 0, 0, 5, 0, 0, 0, 15])
    expect(many.energy).toBe(-60)
    expect([...many.forces!.slice(9, 12)]).toEqual([9, 8, 7])
    // Copies are to draw velocities of their own; one is the cell itself.
    expect(many.velocities).toBeUndefined()
    expect(supercell(full, [1, 1, 1]).velocities).toEqual(full.velocities)
    // The second copy lies along c, the fourth along a.
    expect([...many.positions.slice(9, 12)]).toEqual([0.1, 0.2, 5.3])
    expect([...many.positions.slice(27, 30)]).toEqual([5.1, 0.2, 0.3])
    expect(new Set(many.labels!.residueNumber).size).toBe(6)
    expect(bondsOf(many).length / 2).toBe(12)
    checkStructure(many)
  })

  it('refuse what makes no supercell', () => {
    expect(complaint(() => supercell(atoms([['O', 0, 0, 0]]), [2, 1, 1]))).toContain('no cell')
    expect(complaint(() => supercell(full, [2, 0, 1]))).toContain('0 along b')
    expect(complaint(() => supercell({ ...full, periodic: [true, true, false] }, [1, 1, 2]))).toContain(
      'open along c',
    )
    expect(complaint(() => supercell(full, [1000, 1000, 1]))).toContain('1,000,000 atoms')
  })

  it('wrap molecules as wholes, along periodic axes', () => {
    const away = {
      ...full,
      positions: full.positions.map((x, i) => x + [-10, 25, 0][i % 3] + (i === 3 ? 15 : 0)),
    }
    const back = consistent(wrapMolecules(away))
    back.positions.forEach((x, i) => {
      expect(x).toBeCloseTo(full.positions[i], 9)
    })
    expect(back.forces).toBe(full.forces)
    const open = wrapMolecules({ ...away, periodic: [true, false, true] })
    expect(open.positions[1]).toBeCloseTo(25.2, 9)
    expect(complaint(() => wrapMolecules(atoms([['O', 0, 0, 0]])))).toContain('no cell')
  })
})

describe('water around a molecule', () => {
  const solute = gallery('ethanol')
  const nine = atomCount(solute)
  const box = consistent(surroundWithWater(solute, { shape: 'box', thickness: 8, seed: 3 }))

  it('is a periodic box at the density of water', () => {
    const [a, , , , b, , , , c] = box.cell!
    expect(box.periodic).toEqual([true, true, true])
    const spans = [0, 1, 2].map((k) => {
      const line = [...solute.positions].filter((_, i) => i % 3 === k)
      return Math.max(...line) - Math.min(...line)
    })
    for (const [k, edge] of [a, b, c].entries()) {
      expect(edge).toBeGreaterThanOrEqual(spans[k] + 16)
      expect(edge).toBeLessThan(spans[k] + 16 + 5)
    }
    const waters = (atomCount(box) - nine) / 3
    // Ethanol takes the place of about 0.789 g/cm³ and 46.07 u: 97 Å³; its contact zone somewhat more.
    const room = waters / WATER_DENSITY
    expect(a * b * c - room).toBeGreaterThan(60)
    expect(a * b * c - room).toBeLessThan(350)
    checkStructure(box)
  })

  it('keeps its distance and leaves the molecule as it was', () => {
    const nearest = minimumImage(box.cell, box.periodic)
    let [oxygen, hydrogen] = [9, 9]
    for (let i = nine; i < atomCount(box); i++)
      for (let j = 0; j < i; j++) {
        const [x, y, z] = [0, 1, 2].map((k) => box.positions[3 * i + k] - box.positions[3 * j + k])
        if (j >= nine && Math.floor((i - nine) / 3) === Math.floor((j - nine) / 3)) continue
        const d = nearest(x, y, z, [0, 0, 0])
        if (j < nine && box.atomicNumbers[i] === 8) oxygen = Math.min(oxygen, d)
        else hydrogen = Math.min(hydrogen, d)
      }
    expect(oxygen).toBeGreaterThan(2.4)
    expect(hydrogen).toBeGreaterThan(1.5)
    expect(distance(box, 0, 5)).toBeCloseTo(distance(solute, 0, 5), 9)
    // Every water molecule is one, and so is ethanol.
    expect(moleculesOf(partnersOf(box), atomCount(box)).count).toBe(1 + (atomCount(box) - nine) / 3)
    expect(distance(box, nine, nine + 1)).toBeCloseTo(0.9572, 9)
    expect(box.labels!.residue[nine]).toBe('HOH')
  })

  it('depends on nothing but its seed', () => {
    expect(surroundWithWater(solute, { shape: 'box', thickness: 8, seed: 3 })).toEqual(box)
    expect(surroundWithWater(solute, { shape: 'box', thickness: 8, seed: 4 }).positions).not.toEqual(
      box.positions,
    )
  })

  it('is a droplet if that is wanted', () => {
    const drop = consistent(surroundWithWater(solute, { shape: 'shell', thickness: 5 }))
    expect(drop.cell).toBeNull()
    expect(atomCount(drop)).toBeLessThan(atomCount(box))
    for (let i = nine; i < atomCount(drop); i += 3) {
      const nearest = Math.min(...Array.from({ length: nine }, (_, j) => distance(drop, i, j)))
      expect(nearest).toBeLessThanOrEqual(5)
      expect(nearest).toBeGreaterThan(2.4)
    }
  })

  it('refuses what it cannot do', () => {
    expect(complaint(() => surroundWithWater(box, { shape: 'box', thickness: 5 }))).toContain(
      'periodic already',
    )
    expect(complaint(() => surroundWithWater(solute, { shape: 'box', thickness: 0 }))).toContain('above 0')
    expect(complaint(() => surroundWithWater(solute, { shape: 'box', thickness: 500 }))).toContain('thinner')
  })
})
