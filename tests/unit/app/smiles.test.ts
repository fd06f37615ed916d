import { Resources } from 'openchemlib'
import { beforeAll, describe, expect, it } from 'vitest'
import resources from '../../../node_modules/openchemlib/dist/resources.json'
import { convertSmiles } from '../../../src/app/smiles/convert.ts'
import { type Builder, fromWorker } from '../../../src/app/smiles/smiles.ts'
import { bondsOf, partnersOf } from '../../../src/chemistry/bonds.ts'
import { cross, dot } from '../../../src/chemistry/cell.ts'
import { symbolOf } from '../../../src/chemistry/elements.ts'
import { angle, dihedral, distance } from '../../../src/chemistry/measure.ts'
import { moleculesOf } from '../../../src/chemistry/molecules.ts'
import { atomCount, type Structure } from '../../../src/chemistry/structure.ts'
import { complaint } from '../formats/lib/expect-input-error.ts'

beforeAll(() => Resources.register(resources))

/** C2H6O as C2 H6 O1, alphabetical. */
const formula = ({ atomicNumbers }: Structure) => {
  const symbols = Array.from(atomicNumbers, symbolOf)
  return [...new Set(symbols)]
    .sort()
    .map((s) => `${s}${symbols.filter((t) => t === s).length}`)
    .join(' ')
}

describe('molecules from SMILES', () => {
  it.each([
    // Formulas and numbers of bonds are those of the textbook graphs.
    ['ethanol', 'CCO', 'C2 H6 O1', 8],
    ['benzene', 'c1ccccc1', 'C6 H6', 12],
    ['aspirin', 'CC(=O)Oc1ccccc1C(=O)O', 'C9 H8 O4', 21],
    ['caffeine', 'Cn1cnc2c1c(=O)n(C)c(=O)n2C', 'C8 H10 N4 O2', 25],
    ['ammonium', '[NH4+]', 'H4 N1', 4],
    ['hydrogen', '[H][H]', 'H2', 1],
    ['tetrafluoroborate, which MMFF94 does not know', '[B-](F)(F)(F)F', 'B1 F4', 4],
  ])('%s', (_, smiles, expected, bonds) => {
    const structure = convertSmiles(smiles)
    expect(formula(structure)).toBe(expected)
    expect(bondsOf(structure).length / 2).toBe(bonds)
    expect(moleculesOf(partnersOf(structure), atomCount(structure)).count).toBe(1)
    expect(convertSmiles(smiles)).toEqual(structure)
  })

  it('benzene is a flat hexagon', () => {
    const benzene = convertSmiles('c1ccccc1')
    for (let i = 0; i < 6; i++) {
      // 1.39 Å and 120°: CRC Handbook.
      expect(Math.abs(distance(benzene, i, (i + 1) % 6) - 1.39)).toBeLessThan(0.02)
      expect(angle(benzene, i, (i + 1) % 6, (i + 2) % 6)).toBeCloseTo(120, 0)
    }
    expect(Math.abs(dihedral(benzene, 0, 1, 2, 3))).toBeLessThan(1)
  })

  it('fragments lie beside each other, with their charges', () => {
    const salt = convertSmiles('[Na+].[Cl-]')
    expect([...salt.atomicNumbers]).toEqual([11, 17])
    expect(distance(salt, 0, 1)).toBeGreaterThan(3)
    expect([...salt.columns!.get('formal_charges')!.values]).toEqual([1, -1])
    expect(salt.info!.get('charge')).toBe('0')
    expect(convertSmiles('CC(=O)[O-]').info!.get('charge')).toBe('-1')
    expect(convertSmiles('CCO').columns).toBeUndefined()
    const three = convertSmiles('c1ccccc1.O.CCO')
    expect(moleculesOf(partnersOf(three), atomCount(three)).count).toBe(3)
  })

  it.each([
    // Seen from the first neighbour (N) the others turn anticlockwise for @, clockwise for @@ (Daylight theory manual).
    ['N[C@@H](C)C(=O)O', -1],
    ['N[C@H](C)C(=O)O', 1],
    ['N[C@@H](C)C(=O)O.Cl', -1],
  ])('%s keeps its handedness', (smiles, sign) => {
    const alanine = convertSmiles(smiles)
    const from = (atom: number) =>
      [0, 1, 2].map((k) => alanine.positions[3 * atom + k] - alanine.positions[3 + k]) as [
        number,
        number,
        number,
      ]
    // N, CH3, COOH about the carbon; the implicit hydrogen comes first among the three after N.
    expect(Math.sign(dot(from(0), cross(from(2), from(3))))).toBe(sign)
  })

  it.each([
    ['F/C=C/F', 180],
    ['F/C=C\\F', 0],
    ['C/C=C/C', 180],
    ['C/C=C\\C', 0],
  ])('%s keeps its side', (smiles, expected) => {
    expect(Math.abs(Math.abs(dihedral(convertSmiles(smiles), 0, 1, 2, 3)) - expected)).toBeLessThan(5)
  })

  it('isotopes have their masses', () => {
    const heavy = convertSmiles('[2H]O[2H]')
    expect([...heavy.masses!].sort((a, b) => a - b)).toEqual([2.014101778, 2.014101778, 15.999])
    expect(convertSmiles('O').masses).toBeUndefined()
  })

  it.each([
    ['', 'The SMILES is empty'],
    ['CC(', 'SMILES "CC(", position 3: this ( has no partner'],
    ['CC)C', 'position 3: this ) has no partner'],
    ['C[Na', 'position 2: this [ has no partner'],
    ['CCQ', 'position 3'],
    ['C[Xx]', 'position 2'],
    ['C1CC', 'dangling ring closure: 1'],
    ['C>>O', 'position 2'],
    ['C*C', 'position 2: * is no element'],
    ['C(C)(C)(C)(C)C', 'atom 1 (C) has 5 bonds'],
    ['C'.repeat(301), '301 heavy atoms'],
    ['C'.repeat(6000), '6000 characters'],
  ])('explains %s', (smiles, expected) => {
    expect(complaint(() => convertSmiles(smiles))).toContain(expected)
  })
})

describe('the worker', () => {
  const builder = (answer: unknown) => {
    const worker = {
      ended: 0,
      onmessage: null as Builder['onmessage'],
      onerror: null as Builder['onerror'],
      postMessage: () => {
        if (answer !== undefined)
          queueMicrotask(() => worker.onmessage!.call(null as never, { data: answer } as MessageEvent))
      },
      terminate: () => {
        worker.ended++
      },
    }
    return worker
  }
  const ask = (worker: ReturnType<typeof builder>, signal?: AbortSignal, patience = 1000) =>
    fromWorker(() => worker as unknown as Builder, 'CCO', signal, patience)

  it('is ended after its answer, whatever it is', async () => {
    const good = builder({ structure: 'atoms' })
    expect(await ask(good)).toBe('atoms')
    const bad = builder({ message: 'No.', expected: true })
    await expect(ask(bad)).rejects.toMatchObject({ name: 'InputError', message: 'No.' })
    expect([good.ended, bad.ended]).toEqual([1, 1])
  })

  it('is ended when it takes too long or is called off', async () => {
    const slow = builder(undefined)
    await expect(ask(slow, undefined, 20)).rejects.toMatchObject({ name: 'InputError' })
    const off = new AbortController()
    const asked = ask(slow, off.signal)
    off.abort(new Error('called off'))
    await expect(asked).rejects.toThrow('called off')
    expect(slow.ended).toBe(2)
    await expect(ask(slow, off.signal)).rejects.toThrow('called off')
    expect(slow.ended).toBe(2)
  })
})
