import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compactSelection,
  indicesOf,
  maskOf,
  select,
  selectionExamples,
  subjectOf,
} from '../../../src/chemistry/selection/index.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'
import { atoms, cube, gallery } from './lib/structures.ts'

/** Water, sodium, methane's carbon with one hydrogen. */
const scene = atoms(
  [
    ['O', 0, 0, 0],
    ['H', 0.96, 0, 0],
    ['H', -0.24, 0.93, 0],
    ['Na', 7, 0, 0],
    ['C', 5, 5, 5],
    ['H', 5, 5, 6.09],
  ],
  cube(10),
  {
    labels: {
      atom: ['OW', 'HW1', 'HW2', 'NA', 'CA', 'or'],
      residue: ['SOL', 'SOL', 'SOL', 'NA+', 'ALA', 'ALA'],
      residueNumber: Int32Array.of(1, 1, 1, 2, -3, -3),
      chain: ['a', 'a', 'a', '', 'A', 'A'],
    },
    columns: new Map([
      ['initial_charges', { width: 1, values: Float64Array.of(-0.8, 0.4, 0.4, 1, 0, 0) }],
      ['spin', { width: 1, values: Float64Array.of(0, 0, 0, 0, 0.5, 0) }],
    ]),
  },
)
const subject = subjectOf(scene)
const chosen = (text: string) => [...indicesOf(select(subject, text))].join(' ')

describe('selections', () => {
  it.each([
    ['all', '0 1 2 3 4 5'],
    ['none', ''],
    ['element C o', '0 4'],
    ['element 1', '1 2 5'],
    ['hydrogen', '1 2 5'],
    ['water', '0 1 2'],
    ['index 0 2-3, 5', '0 2 3 5'],
    ['index 1 to 3', '1 2 3'],
    ['index 1:3', '1 2 3'],
    ['serial 1', '0'],
    ['index 99', ''],
    ['resid -3', '4 5'],
    ['resid -3--1', '4 5'],
    ['resid -5 to 1', '0 1 2 4 5'],
    ['name ow hw?', '0 1 2'],
    ['name H*', '1 2'],
    ['name "or"', '5'],
    ['resname NA+', '3'],
    ['residue SOL', '0 1 2'],
    ['chain A', '4 5'],
    ['chain a', '0 1 2'],
    ['chain ""', '3'],
    ['protein', '4 5'],
    ['backbone', '4'],
    ['molecule 0', '0 1 2'],
    ['fragment 1-2', '3 4 5'],
    ['same molecule as index 1', '0 1 2'],
    ['same residue as (name CA)', '4 5'],
    ['same element as index 1', '1 2 5'],
    // Through the cell sodium is 3 Å from the oxygen, 3.96 and √(2.76² + 0.93²) = 2.91 Å from the hydrogens.
    ['within 2.95 of element Na', '2 3'],
    ['within 3 of (element Na)', '0 2 3'],
    ['within 0 of element Na', '3'],
    ['bonded to element O', '1 2'],
    ['x > 4.9 and x<6', '4 5'],
    ['z>=6.09', '5'],
    ['mass > 2 and not element Na', '0 4'],
    ['charge > 0.2', '1 2 3'],
    ['spin = 0.5', '4'],
    ['spin != 0', '4'],
    ['numbonds = 0', '3'],
    ['index 0 or index 1 and index 2', '0'],
    ['(index 0 or index 1) and index 1', '1'],
    ['not index 0 and index 1', '1'],
    ['not (index 0 and index 1)', '0 1 2 3 4 5'],
    ['not not index 3', '3'],
  ])('%s', (text, expected) => {
    expect(chosen(text)).toBe(expected)
  })

  it('takes a structure as it takes a subject, and every example of the help', () => {
    for (const [text] of selectionExamples) expect(select(scene, text)).toEqual(select(subject, text))
    const box = gallery('water-box')
    expect(indicesOf(select(box, 'same molecule as index 4'))).toHaveLength(3)
    expect(indicesOf(select(box, 'water'))).toHaveLength(96)
  })

  it.each([
    ['', 'column 1: expected what to select, such as element C O or index 0-9, found the end.'],
    ['C', 'column 1: a symbol needs a keyword; did you mean "element C".'],
    ['5', 'column 1: a number needs a keyword; did you mean "index 5".'],
    ['elment C', 'column 1: "elment" is no keyword; did you mean "element".'],
    ['element Q', 'column 9: "Q" is no element; use symbols such as C or Cl.'],
    ['element', 'column 8: expected symbols after "element", as in element C O, found the end.'],
    ['name and x > 1', 'column 6: expected names after "name", as in name CA CB, found "and".'],
    ['index a', 'column 7: expected whole numbers after "index", as in index 3 5 10-20, found "a".'],
    ['index 5-3', 'column 7: the range 5-3 is empty; write the smaller number first.'],
    ['name CA chain A', 'column 9: expected and or or before "chain".'],
    ['all AND none', 'column 5: expected and or or before "AND"; did you mean "and".'],
    ['name CA x > 1', 'column 9: expected and or or before "x".'],
    ['(all', 'column 5: expected ) for the ( in column 1, found the end.'],
    ['all)', 'column 4: expected the end, found ")".'],
    ['within of all', 'column 8: expected a distance in Å, as in within 4 of (element O), found "of".'],
    ['within -1 of all', 'column 8: a distance cannot be negative.'],
    ['within 4 all', 'column 10: expected "of", as in within 4 of (element O), found "all".'],
    ['bonded all', 'column 8: expected "to", as in bonded to (element O), found "all".'],
    [
      'same colour as all',
      'column 6: expected molecule, fragment, residue, chain, element, name after "same", found "colour".',
    ],
    ['chrge > 1', 'column 1: these atoms have no value "chrge"; did you mean "charge".'],
    ['x > y', 'column 5: expected a number to compare with, as in x > 0.5, found "y".'],
    ['name "CA', 'column 6: the quotation begun here has no end; close it with ".'],
    ['all ! none', 'column 5: ! has no meaning here.'],
    [`${'('.repeat(3000)}all`, 'column 201: more than 200 levels are nested here.'],
  ])('explain %s', (text, expected) => {
    expect(complaint(() => select(subject, text))).toBe(`Selection, ${expected}`)
  })

  it('say what a structure does not have', () => {
    const bare = atoms([['C', 0, 0, 0]])
    expect(complaint(() => select(bare, 'all and name CA'))).toBe(
      'Selection, column 9: these atoms have no names; load a file that has them, a PDB for instance.',
    )
    expect(complaint(() => select(bare, 'protein'))).toContain('have no residues')
    expect(complaint(() => select(bare, 'charge > 0'))).toBe(
      'Selection, column 1: these atoms have no value "charge"; there are x, y, z, mass, index, serial, molecule, numbonds.',
    )
  })
})

describe('the algebra of selections', () => {
  const leaf = fc.constantFrom(
    ...[
      'all',
      'none',
      'element H',
      'index 0-2',
      'x < 3',
      'water',
      'within 1 of index 0',
      'bonded to index 0',
    ],
  )
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      tie('tree').map((a) => `not (${a})`),
      fc
        .tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree'))
        .map(([a, o, b]) => `(${a}) ${o} (${b})`),
    ),
  }))
  const same = (a: string, b: string) => expect(chosen(a)).toBe(chosen(b))

  it('keeps De Morgan, double negation, and its precedence', () => {
    fc.assert(
      fc.property(tree, tree, leaf, (a, b, c) => {
        same(`not ((${a}) and (${b}))`, `not (${a}) or not (${b})`)
        same(`not ((${a}) or (${b}))`, `not (${a}) and not (${b})`)
        same(`not not (${a})`, a)
        same(`(${a}) or (${b}) and ${c}`, `(${a}) or ((${b}) and ${c})`)
        same(`not ${c} and (${a})`, `(not ${c}) and (${a})`)
      }),
      { numRuns: 200 },
    )
  })

  it('prints atoms as a selection of them', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (bits) => {
        const mask = Uint8Array.from(bits, Number)
        expect(select(subject, compactSelection(mask))).toEqual(mask)
        expect(maskOf(indicesOf(mask), 6)).toEqual(mask)
      }),
    )
    expect(compactSelection(maskOf([0, 1, 2, 3, 7], 9))).toBe('index 0-3 7')
    expect(compactSelection(maskOf([4, 5], 9))).toBe('index 4 5')
  })
})
