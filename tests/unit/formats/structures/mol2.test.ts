import { expect, it } from 'vitest'
import { read, refusal, symbols } from './lib/read.ts'

const molecule = (name: string, atoms: readonly string[], rest = '') =>
  `@<TRIPOS>MOLECULE\n${name}\n ${atoms.length} 0 1\nSMALL\nUSER_CHARGES\n\n@<TRIPOS>ATOM\n${atoms.join('\n')}\n${rest}`

it('reads molecules with types, charges, residues and a cell', async () => {
  const text = `# made by hand\n${molecule('one', [
    '1 N    1.0  2.0 -3.5 N.4   12 LYS12 0.25 BACKBONE',
    '2 CA   0    0    0   C.3   12 LYS12 -0.5',
    '3 CL1  4    4    4   Cl     2 LIG',
  ])}@<TRIPOS>CRYSIN\n10.0 11.0 12.0 90 90 90 1 1\n${molecule('*****', ['1 X1 0 0 0 c3', '2 X2 2 0 0 cl', '3 CA 4 0 0 CT 1 ALA 0.1'])}`
  const [first, second] = await read(text)
  expect([first.name, second.name]).toEqual(['one', 'file'])
  expect(symbols(first)).toBe('N C Cl')
  expect([...first.positions.slice(0, 3)]).toEqual([1, 2, -3.5])
  expect([...first.columns!.get('charge')!.values]).toEqual([0.25, -0.5, 0])
  expect(first.cell).toEqual([10, 0, 0, 0, 11, 0, 0, 0, 12])
  expect(first.labels).toEqual({
    atom: ['N', 'CA', 'CL1'],
    residue: ['LYS', 'LYS', 'LIG'],
    residueNumber: Int32Array.of(12, 12, 2),
    chain: ['', '', ''],
  })
  // antechamber's types, of GAFF and of AMBER.
  expect(symbols(second)).toBe('C Cl C')
  expect(second.cell).toBeNull()
})

it('leaves out the cell of a crystal whose symmetry is not in the file, and says so', async () => {
  const [{ cell, remarks }] = await read(
    `${molecule('x', ['1 C1 0 0 0 C.3'])}@<TRIPOS>CRYSIN\n10 11 12 90 95 90 14 1\n`,
  )
  expect(cell).toBeNull()
  expect(remarks).toEqual([expect.stringMatching(/space group 14/)])
})

it.each([
  ['a dummy atom', molecule('x', ['1 D 0 0 0 Du']), /line 8: the type "Du" of atom "D" is of no element/],
  [
    'a count that is wrong',
    molecule('x', ['1 C 0 0 0 C.3']).replace(' 1 0 1', ' 2 0 1'),
    /line 1: the molecule that begins here has 1 atoms where 2 should be/,
  ],
  ['a line without a type', molecule('x', ['1 C 0 0 0']), /line 8: expected an atom's number/],
  ['no molecule', '@<TRIPOS>ATOM\n1 C 0 0 0 C.3\n', /has no molecule/],
])('refuses %s', async (_, text, sentence) => {
  expect(await refusal(text)).toMatch(sentence)
})
