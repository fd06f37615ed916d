import fc from 'fast-check'
import { expect, it } from 'vitest'
import { symbolOf } from '../../../../src/chemistry/elements.ts'
import { read, refusal, symbols } from './lib/read.ts'

/** Atom lines by the columns of CTfile Formats 2020: xxxxx.xxxxyyyyy.yyyyzzzzz.zzzz aaaddccc. */
const atomLine = (symbol: string, x: number, y: number, z: number, difference = 0, charge = 0) =>
  `${[x, y, z].map((c) => c.toFixed(4).padStart(10)).join('')} ${symbol.padEnd(3)}${String(difference).padStart(2)}${String(charge).padStart(3)}  0  0  0`
const v2000 = (title: string, atoms: readonly string[], properties: readonly string[] = [], code = '3D') =>
  [
    title,
    `  Tumble  0101260000${code}`,
    '',
    `${String(atoms.length).padStart(3)}  0  0  0  0  0  0  0  0  0999 V2000`,
    ...atoms,
    ...properties,
    'M  END',
  ].join('\n')

it('reads the records of an SDF with titles, charges and isotopes', async () => {
  const text = [
    v2000('702', [atomLine('C', -1.25, 0.5, 12), atomLine('H', 0, 0, 1, 1), atomLine('O', 0, 1, 0, 0, 5)]),
    '> <ENERGY>\n-5.3\n',
    '$$$$',
    v2000(
      'ammonium',
      [atomLine('N', 0, 0, 0, 0, 5), atomLine('Cl', 3, 0, 0)],
      ['M  CHG  1   1   1', 'M  ISO  1   2  37'],
    ),
    '$$$$',
  ].join('\n')
  const [first, second] = await read(text)
  expect([first.name, second.name]).toEqual(['702', 'ammonium'])
  expect(symbols(first)).toBe('C H O')
  expect([...first.positions]).toEqual([-1.25, 0.5, 12, 0, 0, 1, 0, 1, 0])
  // Code 5 is -1; hydrogen and one more neutron is deuterium (AME 2020).
  expect([...first.columns!.get('formal_charges')!.values]).toEqual([0, 0, -1])
  expect([...first.masses!]).toEqual([12.011, 2.014101778, 15.999])
  // A line of charges takes the place of the code in the atom's line.
  expect([...second.columns!.get('formal_charges')!.values]).toEqual([1, 0])
  expect(second.masses![1]).toBe(37)
  expect(first.cell).toBeNull()
})

it('reads V3000, lines that go on in the next one included', async () => {
  const text = [
    'salt',
    '  Tumble',
    '',
    '  0  0  0     0  0            999 V3000',
    'M  V30 BEGIN CTAB',
    'M  V30 COUNTS 3 0 0 0 0',
    'M  V30 BEGIN ATOM',
    'M  V30 1 Na 1.5 -2 0.25 0 CHG=1',
    'M  V30 2 Cl 4 0 -',
    'M  V30 0 0 CHG=-1 MASS=35',
    'M  V30 7 H 0 9 0 0 MASS=3',
    'M  V30 END ATOM',
    'M  V30 END CTAB',
    'M  END',
  ].join('\r\n')
  const [{ positions, columns, masses, ...rest }] = await read(text)
  expect(symbols({ ...rest, positions })).toBe('Na Cl H')
  expect([...positions]).toEqual([1.5, -2, 0.25, 4, 0, 0, 0, 9, 0])
  expect([...columns!.get('formal_charges')!.values]).toEqual([1, -1, 0])
  expect([...masses!]).toEqual([22.98976928, 35, 3.016049281])
  expect(await refusal(text.replace('M  V30 END ATOM\r\n', '').replace('M  V30 END CTAB\r\n', ''))).toMatch(
    /line 7: the block of atoms that begins here has no M {2}V30 END ATOM/,
  )
})

it('gives back what was written', async () => {
  const coordinate = fc.integer({ min: -9_999_999, max: 99_999_999 }).map((n) => n / 10_000)
  const atom = fc.tuple(fc.integer({ min: 1, max: 118 }), coordinate, coordinate, coordinate)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(atom, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 4 }),
      async (records) => {
        const text = records
          .map((atoms) =>
            v2000(
              '',
              atoms.map(([z, ...x]) => atomLine(symbolOf(z), ...x)),
            ),
          )
          .join('\n$$$$\n')
        const got = await read(text, 'a.sdf')
        expect(got.map(({ atomicNumbers }) => [...atomicNumbers])).toEqual(
          records.map((atoms) => atoms.map(([z]) => z)),
        )
        expect(got.map(({ positions }) => [...positions])).toEqual(
          records.map((atoms) => atoms.flatMap(([, ...x]) => x)),
        )
      },
    ),
    { numRuns: 60 },
  )
})

it.each([
  [
    'a flat drawing',
    v2000('sketch', [atomLine('C', 0, 0, 0), atomLine('O', 1, 0, 0)], [], '2D'),
    /record 1 \(sketch\) is a flat drawing/,
  ],
  ['an R group', v2000('x', [atomLine('R#', 0, 0, 0)]), /expected an element symbol, found "R#"/],
  [
    'too few atoms',
    v2000('x', [atomLine('C', 0, 0, 0)]).replace('  1  0', '  2  0'),
    /line 6: expected three coordinates and an element for atom 2/,
  ],
  [
    'a charge on no atom',
    v2000('x', [atomLine('C', 0, 0, 0)], ['M  CHG  1   2   1']),
    /line 6: expected pairs of an atom's number, 1 to 1/,
  ],
  ['no atoms', v2000('x', []), /has no atoms/],
])('refuses %s', async (_, text, sentence) => {
  expect(await refusal(text, 'a.mol')).toMatch(sentence)
})
