import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { symbolOf } from '../../../src/chemistry/elements.ts'
import {
  acceptedEndings,
  endingsOf,
  framesOnto,
  gunzip,
  readCheckpoint,
  readStructures,
  readXyz,
  sniff,
  structuresIn,
  whatTumbleOpens,
  writeXyz,
} from '../../../src/formats/index.ts'
import { dcd } from '../../../src/formats/trajectory/dcd.ts'
import { xtc } from '../../../src/formats/trajectory/xtc.ts'
import { dataFile } from './lib/files.ts'
import { all, drain, write } from './trajectory/lib/frames.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const water = readXyz('3\n\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n', 'water.xyz')[0]
const frames = [0, 1, 2].map((step) => ({
  ...{ step, time: step, cell: null },
  positions: water.positions.map((x) => x + step),
}))

const samples: readonly [id: string, text: string][] = [
  [
    'mol',
    '702\n  -OEChem-0101\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\nM  END\n',
  ],
  ['gro', '12\n1\n    1SOL     OW    1   0.126   1.624   1.679\n 0 0 0\n'],
  ['gro', 'MODEL of a cell\n1\n    1SOL     OW    1   0.126   1.624   1.679\n 0 0 0\n'],
  [
    'cif',
    `${'#-----\n# a comment as long as those of the Crystallography Open Database\n'.repeat(12)}\ndata_1\n`,
  ],
  ['mol2', '# comment\n\n@<TRIPOS>MOLECULE\nx\n'],
  ['pdb', 'HETATM    1  C   LIG A   1       0.000   0.000   0.000\n'],
  ['xyz', '1\n\nC 0 0 0\n'],
]

describe('sniffing', () => {
  it.each(samples)('%s, whatever the name', (id, text) => {
    for (const name of ['drop', 'a.pdb', 'a.ckpt']) expect(sniff(bytesOf(text), name)?.id).toBe(id)
  })

  it('leaves to the name what the content does not tell', () => {
    for (const name of ['a.CIF', 'a.mmcif.gz']) expect(sniff(bytesOf('nonsense'), name)?.id).toBe('cif')
    expect(sniff(bytesOf('702\nno counts\n'), 'a.sdf')?.id).toBe('mol')
    expect(sniff(bytesOf('nonsense'), 'notes.txt')).toBeNull()
  })

  it('takes time in proportion to a text of comments', () => {
    expect(sniff(bytesOf('#'.repeat(4000)), 'a')).toBeNull()
  })

  it('knows trajectories by their first bytes', () => {
    expect(sniff(write(dcd, water, frames), 'a.xyz')?.id).toBe('dcd')
    expect(sniff(write(xtc, water, frames), 'a.xyz')?.id).toBe('xtc')
  })
})

describe('gzipped files', () => {
  it.each(samples.filter(([id]) => id !== 'cif' && id !== 'mol2'))('%s', async (_, text) => {
    const [plain] = await readStructures(bytesOf(text), 'a')
    expect(await readStructures(gzipSync(text), 'a')).toEqual([plain])
  })

  it('of checkpoints are told from those of structures', async () => {
    const packed = gzipSync(dataFile('tmdnet_dipole_f64.ckpt'))
    expect((await readCheckpoint(packed, 'a')).tensors.size).toBeGreaterThan(0)
    const { complaint } = await drain(structuresIn(packed, 'a.xyz.gz'))
    expect(complaint).toMatch(
      /a\.xyz\.gz is a checkpoint \(PyTorch checkpoint\); expected a structure \(\.xyz, /,
    )
  })

  it('are not unpacked without end, nor twice', async () => {
    await expect(gunzip(gzipSync(new Uint8Array(1e6)), 'bomb.gz', 1000)).rejects.toThrow(
      /more than 1000 bytes/,
    )
    const { complaint } = await drain(structuresIn(gzipSync(gzipSync(writeXyz([water]))), 'a'))
    expect(complaint).toMatch(/is a gzip file within a gzip file/)
  })
})

describe('framesOnto', () => {
  const positionsOf = async (bytes: Uint8Array, name: string) =>
    (await all(framesOnto(water, bytes, name))).map(({ positions }) =>
      [...positions].map((x) => Number(x.toFixed(2))),
    )
  const wanted = frames.map(({ positions }) => [...positions].map((x) => Number(x.toFixed(2))))

  it.each([
    ['a.dcd', write(dcd, water, frames)],
    ['a.xtc', write(xtc, water, frames)],
    ['a.xtc.gz', gzipSync(write(xtc, water, frames))],
    ['a.xyz', bytesOf(writeXyz(frames.map(({ positions }) => ({ ...water, positions }))))],
  ])('reads %s', async (name, bytes) => {
    expect(await positionsOf(bytes, name)).toEqual(wanted)
  })

  it('takes the frames of structure files', async () => {
    const gro = (x: string) =>
      `t= 2.0\n3\n    1SOL     OW    1   ${x}   0.000   0.000\n    1SOL    HW1    2   0.076   0.059   0.000\n    1SOL    HW2    3  -0.076   0.059   0.000\n 0 0 0\n`
    const got = await all(framesOnto(water, bytesOf(gro('0.000') + gro('0.100')), 'a.gro'))
    expect(got.map(({ positions, time }) => [positions[0], time])).toEqual([
      [0, 2000],
      [1, 2000],
    ])
  })

  it.each([
    [
      'of another number of atoms',
      write(dcd, water, frames),
      'H O',
      /has 3 atoms but the structure it is read onto has 2; open the structure/,
    ],
    [
      'of other elements',
      bytesOf(
        'data_a\n_cell_length_a 9\n_cell_length_b 9\n_cell_length_c 9\nloop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z O1 0 0 0 N1 .5 .5 .5\n',
      ),
      'O H',
      /another molecule: atom 2/,
    ],
    ['of nothing', bytesOf('notes'), 'O', /begins as text, "notes"/],
  ])('refuses frames %s', async (_, bytes, elements, sentence) => {
    const symbols = elements.split(' ')
    const [structure] = readXyz(
      `${symbols.length}\n\n${symbols.map((s, i) => `${s} ${i} 0 0`).join('\n')}`,
      's',
    )
    expect((await drain(framesOnto(structure, bytes, 'a'))).complaint).toMatch(sentence)
  })

  it('is what a trajectory without elements waits for', async () => {
    const { complaint } = await drain(structuresIn(write(dcd, water, frames), 'a.dcd'))
    expect(complaint).toMatch(/a\.dcd holds positions but no elements; open the structure of its atoms first/)
  })
})

it('says in one table what it opens', () => {
  expect(endingsOf('structure')).toEqual(
    expect.arrayContaining(['.xyz', '.pdb', '.cif', '.sdf', '.mol', '.mol2', '.gro']),
  )
  expect(whatTumbleOpens).toMatch(
    /structures \(\.xyz, .*\.gro\), trajectories \(\.dcd, \.xtc\) and checkpoints \(\.ckpt, /,
  )
  for (const ending of acceptedEndings) expect(ending).toMatch(/^\.\w+$/)
  expect(acceptedEndings).toEqual(expect.arrayContaining(['.gz', '.tar', '.ent', '.xtc', '.safetensors']))
})

it('labels the atoms of a .pdb file', async () => {
  const [structure] = await readStructures(
    bytesOf(
      'ATOM      1  CA  ALA B  12       1.000   0.000   0.000  1.00  0.00           C\nHETATM    2 ZN    ZN C-301       5.000   0.000   0.000\n',
    ),
    'a.pdb',
  )
  expect([...structure.atomicNumbers].map(symbolOf)).toEqual(['C', 'Zn'])
  expect(structure.labels).toEqual({
    atom: ['CA', 'ZN'],
    residue: ['ALA', 'ZN'],
    residueNumber: Int32Array.of(12, -301),
    chain: ['B', 'C'],
  })
})
