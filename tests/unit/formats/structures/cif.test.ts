import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inverse, toFractional } from '../../../../src/chemistry/cell.ts'
import type { Structure } from '../../../../src/chemistry/structure.ts'
import { columnOf, parseCif } from '../../../../src/formats/structures/cif-text.ts'
import { parseOperation } from '../../../../src/formats/structures/symmetry.ts'
import { complaint } from '../lib/expect-input-error.ts'
import { read, refusal, symbols } from './lib/read.ts'

describe('the grammar', () => {
  it('knows quotes, texts between semicolons, comments, loops and blocks', () => {
    const text = `#\\#CIF_1.1
data_first # a comment
_a.B 'it''s Bob's'
_c "x # no comment"
_d
;several
 lines; of text
;
_e ?
_quoted '?'
LOOP_
_row.x _row.y
1 . # two
'a b' -2.5(3)
data_SECOND
_a 1
`
    const [first, second] = parseCif(text, 'a.cif')
    expect([first.name, second.name]).toEqual(['first', 'SECOND'])
    expect([...first.items]).toEqual([
      ['_a_b', "it''s Bob's"],
      ['_c', 'x # no comment'],
      ['_d', 'several\n lines; of text'],
      ['_e', null],
      ['_quoted', '?'],
    ])
    expect(columnOf(first, '_row_x')).toEqual(['1', 'a b'])
    expect(columnOf(first, '_row_y')).toEqual([null, '-2.5(3)'])
    expect(columnOf(second, '_a')).toEqual(['1'])
    expect(columnOf(second, '_c')).toBeNull()
  })

  it.each([
    ["data_a\n_b 'open\n", /line 2: a quote never closes/],
    ['data_a\n_b\n;open\n', /line 3: the text that begins here with a semicolon never ends/],
    ['data_a\nloop_\n_b\n_c\n1 2 3\n', /3 values for 2 columns/],
    ['data_a\n_b\n_c 1\n', /_b has no value/],
    ['data_a\n_b 1 2\n', /line 2: the value "2" belongs to no item/],
  ])('refuses %j', (text, sentence) => {
    expect(complaint(() => parseCif(text, 'a.cif'))).toMatch(sentence)
  })
})

describe('symmetry operations', () => {
  it.each([
    ['x,y,z', [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]],
    [' -X+1/2 , Y , 1/2-Z', [-1, 0, 0, 0, 1, 0, 0, 0, -1], [0.5, 0, 0.5]],
    ['-y, x-y, z+0.333', [0, -1, 0, 1, -1, 0, 0, 0, 1], [0, 0, 1 / 3]],
    ['y+.75,-x+5/4,-1/4+z', [0, 1, 0, -1, 0, 0, 0, 0, 1], [0.75, 1.25, -0.25]],
  ])('%s', (text, rotation, translation) => {
    expect(parseOperation(text, 'a')).toEqual({ rotation, translation })
  })

  it.each(['x,y', 'x,y,y', 'x,y,z;1', 'xy,z,x', 'x,y,1/2', 'x,y,z+1/0', '', 'x,y,constructor'])(
    'not %j',
    (text) => {
      expect(complaint(() => parseOperation(text, 'a.cif'))).toMatch(/^a\.cif: expected a symmetry operation/)
    },
  )
})

const crystal = (sites: string, { operations = '', columns = '', cell = 'cubic 4', rest = '' } = {}) => {
  const [, edge] = cell.split(' ')
  return `data_x
_cell_length_a ${edge}(1)\n_cell_length_b ${edge}\n_cell_length_c ${edge}
_cell_angle_alpha 90\n_cell_angle_beta 90.00(2)\n_cell_angle_gamma 90
${rest}
${operations === '' ? '' : `loop_\n_symmetry_equiv_pos_as_xyz\n${operations}`}
loop_
_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z
${columns}
${sites}
`
}

const fractional = ({ positions, cell }: Structure) => {
  const inv = inverse(cell!)
  return Array.from({ length: positions.length / 3 }, (_, i) =>
    toFractional(inv, positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]).map((x) =>
      Number(x.toFixed(6)),
    ),
  )
}

describe('crystals', () => {
  it('fills the cell of rock salt: four formula units of the textbook, however often the operations meet a site', async () => {
    // F centring times inversion times mirror planes: 32 operations for sites that 4 images exhaust.
    const centring = ['x,y,z', 'x,y+1/2,z+1/2', 'x+1/2,y,z+1/2', 'x+1/2,y+1/2,z']
    const signs = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [1, 2, 4].map((bit) => (bits & bit ? '-' : '')))
    const operations = centring.flatMap((text) =>
      signs.map((s) => `'${text.replace(/[xyz]/g, (axis) => s['xyz'.indexOf(axis)] + axis)}'`),
    )
    const [salt] = await read(
      crystal('Na1 0 0 0\nCl1 0.5(1) 0.5 .50000(2)', {
        operations: operations.join('\n'),
        cell: 'cubic 5.64',
      }),
    )
    expect(symbols(salt)).toBe('Na Na Na Na Cl Cl Cl Cl')
    expect(salt.cell).toEqual([5.64, 0, 0, 0, 5.64, 0, 0, 0, 5.64])
    expect(salt.periodic).toEqual([true, true, true])
    expect(fractional(salt).slice(0, 4)).toEqual([
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ])
    expect(salt.remarks).toBeUndefined()
  })

  it('merges images that rounded thirds set apart', async () => {
    const operations = "'x,y,z'\n'-y,x-y,z'\n'y-x,-x,z'"
    const text = crystal('Mg1 0.3333 0.6667 0.25', { operations, cell: 'hexagonal 3.2' }).replace(
      'gamma 90',
      'gamma 120',
    )
    expect((await read(text))[0].atomicNumbers).toHaveLength(1)
  })

  it('wraps atoms into the cell', async () => {
    const [got] = await read(crystal('C1 -0.25 1.5 2', { operations: 'x,y,z' }))
    expect(fractional(got)).toEqual([[0.75, 0.5, 0]])
  })

  it('gives every image of a general position of P 21/c, as anybody computes them', async () => {
    const operations = "'x,y,z'\n'-x,y+1/2,-z+1/2'\n'-x,-y,-z'\n'x,-y+1/2,z+1/2'"
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 119 }))),
        async ([i, j, k]) => {
          const [x, y, z] = [i, j, k].map((n) => n / 480)
          const [got] = await read(crystal(`O1 ${x} ${y} ${z}`, { operations, cell: 'cubic 400' }))
          const r = (n: number) => Number((n - Math.floor(n)).toFixed(6))
          const wanted = [
            [x, y, z],
            [-x, y + 0.5, 0.5 - z],
            [-x, -y, -z],
            [x, 0.5 - y, z + 0.5],
          ]
          expect(fractional(got)).toEqual(wanted.map((image) => image.map(r)))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('keeps the first of disordered groups and says so', async () => {
    const columns = '_atom_site_occupancy\n_atom_site_disorder_assembly\n_atom_site_disorder_group'
    const [got] = await read(
      crystal(
        'C1 0 0 0 1 . .\nO1A .2 0 0 0.7(1) A 1\nO1B 0 .2 0 0.3 A 2\nN2A .5 .5 .5 .4 B 1\nN2B .5 .5 .7 .6 B 2',
        {
          columns,
          operations: 'x,y,z',
        },
      ),
    )
    expect(symbols(got)).toBe('C O N')
    expect(got.remarks).toEqual([expect.stringMatching(/2 sites of others were left out/)])
  })

  it('tells elements from types and labels, by the formula where either would do', async () => {
    const rest = "_chemical_formula_sum 'C2 H1 O1'"
    const [named] = await read(crystal('CO1 0 0 0\nHO1 .3 0 0\nC12A .5 .5 .5', { rest, operations: 'x,y,z' }))
    expect(symbols(named)).toBe('C H C')
    const columns = '_atom_site_type_symbol'
    const [typed] = await read(
      crystal('a 0 0 0 Na1+\nb .5 .5 .5 O2-\nc .5 0 0 D', { columns, operations: 'x,y,z' }),
    )
    expect(symbols(typed)).toBe('Na O H')
    expect(typed.masses![2]).toBe(2.014101778)
  })

  it('remarks on hydrogen that only the formula has, and on a file without symmetry', async () => {
    const [got] = await read(crystal('C1 0 0 0', { rest: "_chemical_formula_sum 'C H4'" }))
    expect(got.remarks).toEqual([expect.stringMatching(/hydrogen/), expect.stringMatching(/read as P 1/)])
  })

  it.each([
    [
      'half an atom',
      crystal('Na1 0 0 0 1\nK7 .5 .5 .5 0.5', { columns: '_atom_site_occupancy' }),
      /site K7 is occupied to 0\.5/,
    ],
    [
      'a group without its operations',
      crystal('C1 0 0 0', { rest: "_symmetry_space_group_name_H-M 'P 21/c'" }),
      /the space group is P 21\/c but its symmetry operations are not in the file/,
    ],
    ['a site without a place', crystal('C1 0 0 ?'), /site C1 has no coordinates/],
    ['no element', crystal('Wx 0 0 0 Xx', { columns: '_atom_site_type_symbol' }), /site Wx is of type "Xx"/],
    [
      'no cell',
      crystal('C1 0 0 0').replace(/_cell.*\n/g, ''),
      /the coordinates are fractional but there is no cell/,
    ],
    [
      'half a cell',
      crystal('C1 0 0 0').replace(/_cell_length_b.*\n/, ''),
      /the cell has no number for _cell_length_b/,
    ],
    ['no atoms', 'data_x\n_cell_length_a 3\n', /has no atoms/],
  ])('refuses %s', async (_, text, sentence) => {
    expect(await refusal(text, 'a.cif')).toMatch(sentence)
  })
})

it('reads a file whose first heading is missing', async () => {
  const text = crystal('C1 .5 0 0', { operations: 'x,y,z' }).replace('data_x\n', '')
  expect(symbols((await read(text, 'a.cif'))[0])).toBe('C')
})

describe('mmCIF', () => {
  const mmcif = (rows: string, cell = '1 1 1') => {
    const [a, b, c] = cell.split(' ')
    return `data_1ABC
_cell.length_a ${a}\n_cell.length_b ${b}\n_cell.length_c ${c}\n_cell.angle_alpha 90\n_cell.angle_beta 90\n_cell.angle_gamma 90
_symmetry.space_group_name_H-M 'P 21 21 21'
loop_
_atom_site.group_PDB _atom_site.type_symbol _atom_site.label_atom_id _atom_site.label_alt_id _atom_site.label_comp_id
_atom_site.auth_asym_id _atom_site.auth_seq_id _atom_site.pdbx_PDB_ins_code
_atom_site.Cartn_x _atom_site.Cartn_y _atom_site.Cartn_z _atom_site.pdbx_PDB_model_num
${rows}
`
  }

  it('reads models, the first alternate location of each residue, labels', async () => {
    const [first, second] = await read(
      mmcif(`ATOM   N N   . GLY A 1 ? 1.5 -2 3 1
ATOM   C CA  A GLY A 1 ? 0 0 1 1
ATOM   C CA  B GLY A 1 ? 0 0 2 1
HETATM O "O5'" B ATP B -7 A 9 9 9 1
HETATM MG MG . MG C 301 ? 5 5 5 2`),
    )
    expect(symbols(first)).toBe('N C O')
    expect([...first.positions]).toEqual([1.5, -2, 3, 0, 0, 1, 9, 9, 9])
    expect(first.cell).toBeNull()
    expect(first.labels).toEqual({
      atom: ['N', 'CA', "O5'"],
      residue: ['GLY', 'GLY', 'ATP'],
      residueNumber: Int32Array.of(1, 1, -7),
      chain: ['A', 'A', 'B'],
    })
    expect(symbols(second)).toBe('Mg')
  })

  it('keeps the cell of a real crystal, with a word on its symmetry', async () => {
    const [got] = await read(mmcif('ATOM N N . GLY A 1 ? 1 2 3 1', '10 20 30.5'))
    expect(got.cell).toEqual([10, 0, 0, 0, 20, 0, 0, 0, 30.5])
    expect(got.remarks).toEqual([expect.stringMatching(/space group P 21 21 21; only the atoms in the file/)])
  })

  it.each([
    ['no element', 'ATOM Q N . GLY A 1 ? 1 2 3 1', /atom 1: "Q" is no element/],
    ['no place', 'ATOM N N . GLY A 1 ? 1 ? 3 1', /atom 1 \(N of GLY 1\): expected three numbers/],
  ])('refuses %s', async (_, rows, sentence) => {
    expect(await refusal(mmcif(rows))).toMatch(sentence)
  })
})

it('reads chemical components: ideal coordinates, or those of an experiment where one is missing', async () => {
  const component = (ideal: string) => `data_OH
loop_
_chem_comp_atom.comp_id _chem_comp_atom.atom_id _chem_comp_atom.type_symbol _chem_comp_atom.charge
_chem_comp_atom.model_Cartn_x _chem_comp_atom.model_Cartn_y _chem_comp_atom.model_Cartn_z
_chem_comp_atom.pdbx_model_Cartn_x_ideal _chem_comp_atom.pdbx_model_Cartn_y_ideal
_chem_comp_atom.pdbx_model_Cartn_z_ideal
OH O O -1 5 6 7 ${ideal} 0 0
OH HO H 0 5 6 8 0.96 0 0
`
  const [got] = await read(component('0'))
  expect(symbols(got)).toBe('O H')
  expect([...got.positions]).toEqual([0, 0, 0, 0.96, 0, 0])
  expect([...got.columns!.get('formal_charges')!.values]).toEqual([-1, 0])
  expect(got.labels!.atom).toEqual(['O', 'HO'])
  expect([...(await read(component('?')))[0].positions]).toEqual([5, 6, 7, 5, 6, 8])
})
