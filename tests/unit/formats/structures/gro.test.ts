import { describe, expect, it } from 'vitest'
import { symbolOf } from '../../../../src/chemistry/elements.ts'
import { elementOfName, isVirtualSite } from '../../../../src/formats/structures/atom-names.ts'
import { read, refusal, symbols } from './lib/read.ts'

/** The example of GROMACS's manual (reference manual, file formats, gro), its first molecule. */
const MANUAL = `MD of 2 waters, t= 1.5 step= 3
    3
    1WATER  OW1    1   0.126   1.624   1.679  0.1227 -0.0580  0.0434
    1WATER  HW2    2   0.190   1.661   1.747  0.8085  0.3191 -0.7791
    1WATER  HW3    3   0.177   1.568   1.613 -0.9045 -2.6469  1.3180
   1.82060   1.82060   1.82060
`

it("reads the example of GROMACS's manual", async () => {
  const [water] = await read(MANUAL)
  expect(symbols(water)).toBe('O H H')
  const close = (got: Iterable<number>, wanted: number[]) =>
    [...got].forEach((x, i) => void expect(x).toBeCloseTo(wanted[i], 12))
  close(water.positions, [1.26, 16.24, 16.79, 1.9, 16.61, 17.47, 1.77, 15.68, 16.13])
  // 1 nm/ps is 0.01 Å/fs.
  close(water.velocities!.slice(0, 3), [0.001227, -0.00058, 0.000434])
  close(water.cell!, [18.206, 0, 0, 0, 18.206, 0, 0, 0, 18.206])
  expect(water.periodic).toEqual([true, true, true])
  expect(water.labels).toEqual({
    atom: ['OW1', 'HW2', 'HW3'],
    residue: ['WATER', 'WATER', 'WATER'],
    residueNumber: Int32Array.of(1, 1, 1),
    chain: ['', '', ''],
  })
  expect([...water.info!]).toEqual([
    ['step', '3'],
    ['time_fs', '1500'],
  ])
})

it('reads frames, more digits, triclinic boxes, and none', async () => {
  const atom = '    7ARG     CA    1   1.23456  -0.50000   2.00000'
  const box = '   3.00000   2.00000   1.00000   0.00000   0.00000   0.50000   0.00000   0.25000   0.75000'
  const [first, second] = await read(`a\n1\n${atom}\n${box}\n12\n 1\n${atom}\n 0 0 0\n`)
  expect(first.positions[0]).toBeCloseTo(12.3456, 12)
  // v1(x) v2(y) v3(z) v1(y) v1(z) v2(x) v2(z) v3(x) v3(y), in nm.
  expect(first.cell).toEqual([30, 0, 0, 5, 20, 0, 2.5, 7.5, 10])
  expect(first.velocities).toBeUndefined()
  expect(second.cell).toBeNull()
  expect(second.periodic).toEqual([false, false, false])
  const [huge] = await read(`a\n1\n${atom}\n${'40000.00000'.repeat(3)}\n`)
  expect(huge.cell![8]).toBe(400000)
})

it('leaves out what is no atom and says so', async () => {
  const text = MANUAL.replace('    3\n', '    4\n').replace(
    '   1.82060',
    '    1WATER   MW    4   0.140   1.620   1.680  0.0000  0.0000  0.0000\n   1.82060',
  )
  const [water] = await read(text)
  expect(symbols(water)).toBe('O H H')
  expect(water.velocities).toHaveLength(9)
  expect(water.remarks).toEqual(['file: 1 sites named MW are no atoms (virtual sites) and were left out.'])
})

it.each([
  ['a cut file', MANUAL.split('\n').slice(0, 4).join('\n'), /ends after 2 of the 3 atoms/],
  [
    'a wrong count',
    MANUAL.replace('    3\n', '    2\n'),
    /line 5: expected the box .* correct the number of atoms/,
  ],
  [
    'a name without an element',
    MANUAL.replace('OW1', 'JW1'),
    /line 3: the name "JW1" of an atom of residue WATER/,
  ],
  ['a coordinate that is none', MANUAL.replace('1.661', '1.6x1'), /line 4: expected atom 2 of the 3/],
])('refuses %s', async (_, text, sentence) => {
  expect(await refusal(text, 'a.gro')).toMatch(sentence)
})

describe('elements by names', () => {
  it.each([
    ['CA', 'ALA', 'C'],
    ['CA', 'CA', 'Ca'],
    ['CA', 'CA2+', 'Ca'],
    ['NA', 'NA', 'Na'],
    ['NA', 'HEM', 'N'],
    ['SOD', 'SOD', 'Na'],
    ['CLA', 'CLA', 'Cl'],
    ['CL', 'ION', 'Cl'],
    ['CL1', 'LIG', 'Cl'],
    ['1HG1', 'VAL', 'H'],
    ['HG', 'CYS', 'H'],
    ['FE', 'HEM', 'Fe'],
    ['Zn1', 'MOF', 'Zn'],
    ['OW', 'SOL', 'O'],
    ['K', 'K', 'K'],
    ['MG', 'CHL', 'Mg'],
    ['SD', 'MET', 'S'],
    ['F12', 'LIG', 'F'],
  ])('%s of %s is %s', (name, residue, symbol) => {
    expect(symbolOf(elementOfName(name, residue)!.atomicNumber)).toBe(symbol)
    expect(isVirtualSite(name, residue)).toBe(false)
  })

  it.each(['T1', 'DO', 'JW1', '12', ''])('%j is of no element', (name) => {
    expect(elementOfName(name, 'SOL')).toBeNull()
  })

  it.each(['MW', 'LP1', 'LP2', 'EPW', 'IW', 'MNH1', 'MCH32'])('%s is no atom', (name) => {
    expect(isVirtualSite(name, 'SOL')).toBe(true)
  })
})
