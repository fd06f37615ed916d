import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parametersOf } from '../../../../src/chemistry/cell-parameters.ts'
import { symbolOf } from '../../../../src/chemistry/elements.ts'
import { orient } from '../../../../src/formats/trajectory/orientation.ts'
import { pdb } from '../../../../src/formats/trajectory/pdb.ts'
import { readPdbModels } from '../../../../src/formats/trajectory/pdb-read.ts'
import { serialOf } from '../../../../src/formats/trajectory/pdb-write.ts'
import { complaint } from '../lib/expect-input-error.ts'
import { all, cells, chunks, drain, expected, fixture, runs, structureOf, write } from './lib/frames.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const models = (text: string, atoms: number | null = null) =>
  drain(readPdbModels(chunks(bytesOf(text), 10), 'a.pdb', atoms))
/** A line of an atom at the origin: name in its four columns, residue, element column. */
const line = (
  name: string,
  { record = 'ATOM', alt = ' ', residue = 'ALA', number = '1', element = '' } = {},
) =>
  `${record.padEnd(6)}    1 ${name}${alt}${residue} A${number.padStart(4)}       0.000   0.000   0.000  1.00  0.00          ${element.padStart(2)}`
const elementOf = async (...given: Parameters<typeof line>) => {
  const { items, complaint: message } = await models(`${line(...given)}\n`)
  return message ?? symbolOf(items[0].atomicNumbers[0])
}

describe('files of other programs', () => {
  for (const name of ['gromacs.pdb', 'mdanalysis.pdb']) {
    it(`reads the models of ${name}`, async () => {
      const got = await all(readPdbModels(chunks(fixture(name), 100), name))
      const { frames: other } = expected('gromacs.pdb')
      expect(got).toHaveLength(3)
      for (const [i, { positions, cell, atomicNumbers, periodic }] of got.entries()) {
        expect(Array.from(positions)).toEqual(other[i].A)
        expect(cell).toEqual([11, 0, 0, 0, 11, 0, 0, 0, 11])
        expect(periodic).toEqual([true, true, true])
        expect([...atomicNumbers]).toEqual([8, 1, 1, 8, 1, 1, 8, 1, 1])
      }
    })
  }

  it('tells step and time from the titles of GROMACS', async () => {
    const got = await all(pdb.read(chunks(fixture('gromacs.pdb')), 'a.pdb', 9))
    expect(got.map(({ step, time }) => [step, time])).toEqual([
      [0, 0],
      [250, 500],
      [500, 1000],
    ])
  })
})

describe('round trips', () => {
  it('give back thousandths of an Å, elements, step, time and cell', async () => {
    await fc.assert(
      fc.asyncProperty(runs(fc.option(cells)), async ({ structure, frames }) => {
        const bytes = write(pdb, structure, frames)
        for (const text of new TextDecoder().decode(bytes).split('\n')) {
          expect(text.length).toBeLessThanOrEqual(80)
        }
        const got = await all(readPdbModels(chunks(bytes, 50), 'a.pdb'))
        const steps = await all(pdb.read(chunks(bytes, 50), 'a.pdb', structure.atomicNumbers.length))
        expect(got).toHaveLength(frames.length)
        for (const [i, { atomicNumbers, positions, cell }] of got.entries()) {
          const turned = orient(frames[i].positions, frames[i].cell)
          for (const [k, x] of positions.entries()) {
            expect(Math.abs(x - turned.positions[k])).toBeLessThan(0.0005 + 1e-9)
          }
          expect(atomicNumbers).toEqual(structure.atomicNumbers)
          expect(steps[i].step).toBe(frames[i].step)
          expect(steps[i].time).toBeCloseTo(frames[i].time!, 6)
          if (!turned.cell) expect(cell).toBeNull()
          else {
            const [ours, theirs] = [parametersOf(turned.cell), parametersOf(cell!)]
            for (const k of [0, 1, 2]) {
              expect(Math.abs(ours.lengths[k] - theirs.lengths[k])).toBeLessThan(0.0005 + 1e-9)
              expect(Math.abs(ours.angles[k] - theirs.angles[k])).toBeLessThan(0.005 + 1e-9)
            }
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('write what the format says, column by column', () => {
    const structure = { ...structureOf(5), name: 'wäter' }
    const positions = Float64Array.from({ length: 15 }, (_, i) => i - 7.12345)
    const cell = [0, 10, 0, -11, 0, 0, 0, 0, 12] as const
    const text = new TextDecoder().decode(write(pdb, structure, [{ step: 3, time: 1.5, positions, cell }]))
    // The cell is turned by 90° about z, and the atoms with it: x' = y, y' = −x.
    expect(text).toBe(
      [
        'TITLE     w?ter t= 0.0015 step= 3',
        'CRYST1   10.000   11.000   12.000  90.00  90.00  90.00 P 1           1',
        'MODEL        1',
        'HETATM    1  O1  UNL A   1      -6.123   7.123  -5.123  1.00  0.00           O',
        'HETATM    2  H1  UNL A   1      -3.123   4.123  -2.123  1.00  0.00           H',
        'HETATM    3  H2  UNL A   1      -0.123   1.123   0.877  1.00  0.00           H',
        'HETATM    4 CL1  UNL A   1       2.877  -1.877   3.877  1.00  0.00          CL',
        'HETATM    5  C1  UNL A   1       5.877  -4.877   6.877  1.00  0.00           C',
        'ENDMDL',
        'END',
        '',
      ].join('\n'),
    )
  })

  it('count atoms beyond 99999 in hybrid-36', () => {
    // cci.lbl.gov/hybrid_36
    expect([1, 99_999, 100_000, 100_001, 43_770_015, 43_770_016, 87_440_031].map(serialOf)).toEqual([
      '    1',
      '99999',
      'A0000',
      'A0001',
      'ZZZZZ',
      'a0000',
      'zzzzz',
    ])
  })

  it('hold for more than 99999 atoms', async () => {
    const structure = structureOf(100_002)
    const positions = Float64Array.from({ length: 300_006 }, (_, i) => (i % 9000) / 8)
    const bytes = write(pdb, structure, [{ step: 0, time: 0, positions, cell: null }])
    const [model] = await all(readPdbModels(chunks(bytes, 1 << 16), 'a.pdb'))
    expect(model.positions).toEqual(positions)
    expect(model.atomicNumbers).toEqual(structure.atomicNumbers)
  })
})

describe('elements', () => {
  it('come from their column first', async () => {
    expect(await elementOf(' CA ', { element: 'Ca' })).toBe('Ca')
    expect(await elementOf('CA  ', { element: 'C' })).toBe('C')
    const { items } = await models(line(' D1 ', { element: 'D' }))
    expect(items[0].masses![0]).toBeCloseTo(2.014, 3)
  })

  it('and else from the name', async () => {
    expect(await elementOf(' CA ')).toBe('C')
    expect(await elementOf('CA  ')).toBe('C')
    expect(await elementOf('CA  ', { record: 'HETATM', residue: ' CA' })).toBe('Ca')
    expect(await elementOf('NA  ', { residue: ' NA' })).toBe('Na')
    expect(await elementOf('CL1 ', { record: 'HETATM', residue: 'LIG' })).toBe('Cl')
    expect(await elementOf('FE  ', { residue: 'HEM' })).toBe('Fe')
    expect(await elementOf('HG11')).toBe('H')
    expect(await elementOf('1HB ')).toBe('H')
    expect(await elementOf('CAB ', { record: 'HETATM', residue: 'LIG' })).toBe('C')
    expect(await elementOf("HO5'")).toBe('H')
    expect(await elementOf(' MG ', { residue: ' MG' })).toBe('Mg')
    expect(await elementOf(' X1 ')).toBe(
      'a.pdb, line 1: no element in columns 77 and 78 of atom "X1", and its name does not say; add the element.',
    )
  })
})

describe('records', () => {
  it('of alternate locations count once, by residue', async () => {
    const text = [
      line(' N  '),
      line(' CA ', { alt: 'B' }),
      line(' CA ', { alt: 'A' }),
      line(' O  ', { alt: 'A' }),
      line(' O  ', { alt: 'B' }),
      line(' N  ', { alt: 'A', number: '2' }),
      line(' C  ', { alt: 'B', number: '2' }),
    ].join('\n')
    const { items } = await models(text)
    expect([...items[0].atomicNumbers].map(symbolOf)).toEqual(['N', 'C', 'O', 'N'])
  })

  it('that end frames are ENDMDL, END and the end of the file', async () => {
    const atom = line(' C  ')
    for (const text of [
      `${atom}\nEND\n${atom}\nEND\n`,
      `MODEL        1\r\n${atom}\r\nENDMDL\r\nMODEL        2\r\n${atom}\r\nENDMDL\r\nEND\r\n`,
      `${atom}\nEND\n${atom}`,
    ]) {
      const { items, complaint: message } = await models(text)
      expect(message).toBeNull()
      expect(items.map(({ atomicNumbers }) => atomicNumbers.length)).toEqual([1, 1])
    }
  })

  it('of a cell of 1 Å, or of nothing, are no cell', async () => {
    for (const edge of ['    1.000', '    0.000']) {
      const { items } = await models(
        `CRYST1${edge}${edge}${edge}  90.00  90.00  90.00 P 1           1\n${line(' C  ')}\n`,
      )
      expect(items[0].cell).toBeNull()
      expect(items[0].periodic).toEqual([false, false, false])
    }
  })
})

describe('what is wrong is said', () => {
  const atom = line(' C  ')
  it('with its line', async () => {
    expect((await models(`\n${atom.replace('   0.000  1.00', '********  1.00')}\n`)).complaint).toBe(
      'a.pdb, line 2: expected coordinate z in columns 47 to 54, found "********".',
    )
    expect((await models(`${atom.slice(0, 40)}`)).complaint).toContain('line 1: expected coordinate y')
    expect((await models(atom.replace('   0.000', '     nan'))).complaint).toContain('found "nan"')
    expect(
      (await models(`CRYST1   10.000   10.000   10.0x0  90.00  90.00  90.00\n${atom}`)).complaint,
    ).toContain('line 1: expected CRYST1')
    expect(
      (await models(`CRYST1   10.000   10.000   10.000  20.00  90.00 170.00\n${atom}`)).complaint,
    ).toContain('line 1: cell vector c holds NaN')
    expect((await models('HEADER\n')).complaint).toContain('has no atoms')
    expect((await models('')).complaint).toContain('has no atoms')
  })

  it('after the models before it', async () => {
    const whole = `MODEL        1\n${atom}\n${atom}\nENDMDL\n`
    const cut = await models(`${whole}MODEL        2\n${atom}\n`)
    expect(cut.items).toHaveLength(1)
    expect(cut.complaint).toBe(
      'a.pdb ends within model 2, which begins at line 5: it has 1 atoms and no ENDMDL; the file is cut short.',
    )
    const other = await models(`${whole}MODEL        2\n${atom}\nENDMDL\n`, 2)
    expect(other.items).toHaveLength(1)
    expect(other.complaint).toBe(
      'a.pdb, line 7: model 2 has 1 atoms but the structure it is read onto has 2; open the structure this trajectory was made with.',
    )
  })

  it('when a coordinate has no room', () => {
    const writer = pdb.createWriter(structureOf(1))
    const at = (x: number) =>
      complaint(() => writer.frame({ step: 9, time: 0, positions: Float64Array.of(0, x, 0), cell: null }))
    expect(at(-1000)).toBe(
      'Step 9: atom 1 is at -1000.000 Å, for which .pdb has no room (-999.999 to 9999.999); write .xtc, .dcd or .xyz.',
    )
    expect(at(9999.9996)).toContain('10000.000')
    expect(at(Number.NaN)).toContain('coordinate y of atom 1 is NaN')
  })
})
