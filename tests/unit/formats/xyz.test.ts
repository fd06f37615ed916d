import { describe, expect, it } from 'vitest'
import { readXyz } from '../../../src/formats/xyz.ts'
import { complaint } from './lib/expect-input-error.ts'
import { dataFile } from './lib/files.ts'

const one = (text: string) => readXyz(text, 'a.xyz')[0]
const refuses = (text: string) => complaint(() => readXyz(text, 'a.xyz'))
/** One hydrogen at the origin under a comment line. */
const under = (comment: string, line = 'H 0 0 0') => one(`1\n${comment}\n${line}\n`)

describe('plain xyz', () => {
  it('reads a file from a quantum-chemistry program', () => {
    const caffeine = one(new TextDecoder().decode(dataFile('caffeine.xyz')))
    expect(caffeine.atomicNumbers).toHaveLength(24)
    expect([...caffeine.positions.slice(0, 3)]).toEqual([1.221673, 0.376981, -2.34441])
    expect(caffeine.cell).toBeNull()
    expect(caffeine.periodic).toEqual([false, false, false])
    expect(caffeine.info?.get('comment')).toBe('caffeine, GFN2-xTB optimised')
  })

  it('forgives what programs and editors do to files', () => {
    const text =
      '\uFEFF\r\n\r\n 3 \r\n\r\nCL\t1.0D-3 -.5 +2.\textra 7 # fields\r\n  6   0 1e0 1E+1\r\nd 0 0 1\r\n\r\n2\r\nx=1\r\nH 0 0 0\r\nT 0 0 1\r\n\r\n \r\n'
    const frames = readXyz(text, 'a.xyz')
    expect(frames.map(({ atomicNumbers }) => [...atomicNumbers])).toEqual([
      [17, 6, 1],
      [1, 1],
    ])
    expect([...frames[0].positions]).toEqual([0.001, -0.5, 2, 0, 1, 10, 0, 0, 1])
    expect([...frames[0].masses!]).toEqual([35.45, 12.011, 2.014101778])
    expect(frames[1].masses![1]).toBe(3.016049281)
    expect(one('1\r\rHe 0 0 0').atomicNumbers[0]).toBe(2)
  })

  it('takes a comment with an apostrophe as it stands', () => {
    expect(under("Bob's water, run = 'three").info?.get('comment')).toBe("Bob's water, run = 'three")
  })
})

describe('extended xyz', () => {
  it('reads a box of water', () => {
    const box = one(new TextDecoder().decode(dataFile('water32_box.xyz')))
    expect(box.atomicNumbers).toHaveLength(96)
    expect(box.cell).toEqual([9.86, 0, 0, 0, 9.86, 0, 0, 0, 9.86])
    expect(box.periodic).toEqual([true, true, true])
  })

  it('knows the columns by their names in any order and of any writer', () => {
    const frame = one(
      '2\nProperties=id:I:1:species:S:1:force:R:3:charge:R:1:pos:R:3:tag:S:1:fixed:L:1:velo:R:3:mass:R:1 energy=-1.5e1\n' +
        '1 O 1 2 3 -0.8 4 5 6 wat T 7 8 9 18\n2 H 0 0 0 0.4 1 1 1 wat F 0 0 0 1\n',
    )
    expect([...frame.atomicNumbers]).toEqual([8, 1])
    expect([...frame.positions]).toEqual([4, 5, 6, 1, 1, 1])
    expect([...frame.forces!.slice(0, 3)]).toEqual([1, 2, 3])
    expect([...frame.velocities!.slice(0, 3)]).toEqual([7, 8, 9])
    expect([...frame.masses!]).toEqual([18, 1])
    expect(frame.energy).toBe(-15)
    expect([...frame.columns!.keys()]).toEqual(['id', 'charge', 'fixed'])
    expect([...frame.columns!.get('charge')!.values]).toEqual([-0.8, 0.4])
    expect([...frame.columns!.get('fixed')!.values]).toEqual([1, 0])
  })

  it('turns ASE momenta into velocities in Å/fs', () => {
    // ASE: Atoms('H', momenta=[[1, 0, 0]]).get_velocities() * units.fs with units.fs = 0.0982269 Å √(u/eV).
    const frame = under('Properties=species:S:1:pos:R:3:momenta:R:3', 'H 0 0 0 1 0 0')
    expect(frame.velocities![0]).toBeCloseTo(0.09822694788464063 / 1.008, 15)
    expect(frame.columns).toBeUndefined()
  })

  it('accepts Z instead of symbols', () => {
    expect(under('Properties=Z:I:1:pos:R:3', '26 0 0 0').atomicNumbers[0]).toBe(26)
  })

  it.each([
    ['pbc="T F T"', [true, false, true]],
    ['pbc=[T, F, T]', [true, false, true]],
    ["pbc='1 0 1'", [true, false, true]],
    ['pbc={true false True}', [true, false, true]],
    ['pbc=T', [true, true, true]],
    ['', [true, true, true]],
  ])('reads periodicity %s', (text, periodic) => {
    expect(under(`Lattice="9 0 0 0 9 0 0 0 9" ${text}`).periodic).toEqual(periodic)
  })

  it('reads cells', () => {
    expect(under('Lattice=[[4, 0, 0], [1, 5, 0], [0, 0, 6]]').cell).toEqual([4, 0, 0, 1, 5, 0, 0, 0, 6])
    expect(under('Lattice="4 5 6"').cell).toEqual([4, 0, 0, 0, 5, 0, 0, 0, 6])
    expect(under('Lattice="4 0 0 0 5 0 0 0 0" pbc="T T F"').cell).toEqual([4, 0, 0, 0, 5, 0, 0, 0, 1])
    expect(under('Lattice="0 0 0 0 0 0 0 0 0" pbc="F F F"').cell).toBeNull()
  })

  it('keeps other entries as text', () => {
    const { info, energy } = under(
      'a=1 b = "x \\"y\\" z" c=[1, 2] flag d=\'q r\' e={3 4} "f g"=7 free_energy=-2 h=',
    )
    expect(energy).toBe(-2)
    expect([...info!]).toEqual([
      ['a', '1'],
      ['b', 'x "y" z'],
      ['c', '[1, 2]'],
      ['flag', 'T'],
      ['d', 'q r'],
      ['e', '{3 4}'],
      ['f g', '7'],
      ['h', ''],
    ])
  })

  it('keeps an energy that is no number as text', () => {
    const frame = under('energy="-3 Ha"')
    expect(frame.energy).toBeUndefined()
    expect(frame.info?.get('energy')).toBe('-3 Ha')
  })
})

describe('complaints name file and line', () => {
  it.each([
    ['', 'a.xyz is empty'],
    ['hello\n', 'a.xyz, line 1: expected the number of atoms, a whole number from 1, found "hello"'],
    ['0\n\n', 'a.xyz, line 1: expected the number of atoms'],
    ['1.5\n\nH 0 0 0', 'a.xyz, line 1'],
    ['3\n\nH 0 0 0\nH 0 0 1\n', 'a.xyz ends after 2 of the 3 atoms that line 1 announces'],
    ['3\n', 'a.xyz ends after 0 of the 3 atoms'],
    [
      '1\n\nH 0 0 0\nH 0 0 1\n',
      'a.xyz, line 4: expected the number of atoms of the next frame (is the count',
    ],
    [
      '2\n\nH 0 0 0\n1\n\nH 0 0 0',
      'a.xyz, line 4: expected an element and three coordinates for atom 2 of the 2',
    ],
    ['1\n\nXx 0 0 0', 'a.xyz, line 3: expected an element symbol, found "Xx"'],
    ['1\n\nH 0 0', 'a.xyz, line 3: expected an element and three coordinates'],
    ['1\n\nH 0 zero 0', 'a.xyz, line 3: expected a number in column pos, found "zero"'],
    ['1\n\nH 0 0x10 0', 'a.xyz, line 3: expected a number'],
    ['1\n\nH 0 nan 0', 'a.xyz, line 3: coordinate y is nan'],
    ['1\n\nH 0 1e999 0', 'a.xyz, line 3: coordinate y is 1e999'],
    ['1\nLattice="1 2 3 4"\nH 0 0 0', 'a.xyz, line 2: expected Lattice as nine numbers'],
    ['1\nLattice="1 0 0 0 1 0 0 0 x"\nH 0 0 0', 'a.xyz, line 2: expected Lattice'],
    ['1\nLattice="0 1 0 1 0 0 0 0 1"\nH 0 0 0', 'a.xyz, line 2: the cell is left-handed'],
    ['1\nLattice="1 0 0 0 1 0\nH 0 0 0', 'a.xyz, line 2: a quote'],
    ['1\npbc="T T T"\nH 0 0 0', 'a.xyz, line 2: pbc asks for periodic axes but there is no Lattice'],
    ['1\nLattice="4 4 4" pbc="T T"\nH 0 0 0', 'a.xyz, line 2: expected pbc'],
    ['1\nProperties=species:S:1:pos\nH 0 0 0', 'a.xyz, line 2: expected Properties as name:type:width'],
    ['1\nProperties=species:S:1:pos:Q:3\nH 0 0 0', 'a.xyz, line 2: Properties has "pos:Q:3"'],
    ['1\nProperties=pos:R:3\n0 0 0', 'a.xyz, line 2: Properties declares no elements'],
    ['1\nProperties=species:S:1\nH', 'a.xyz, line 2: Properties declares no positions'],
    ['1\nProperties=species:S:1:pos:R:3:forces:R:3\nH 0 0 0 1', 'a.xyz, line 3: expected 7 fields'],
    ['1\nProperties=species:S:1:pos:R:3:mass:R:1\nH 0 0 0 -1', 'a.xyz, line 3: the mass is -1'],
  ])('%j', (text, message) => {
    expect(refuses(text)).toContain(message)
  })
})
