/** What files leave open: what cards list, what cannot do without an answer, and what is no answer. */
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Checkpoint } from '../../../src/formats/checkpoint.ts'
import { readCheckpoint } from '../../../src/formats/read-checkpoint.ts'
import type { OpenStatement, Statements } from '../../../src/models/open-statements.ts'
import { OpenQuestion, parseStatements } from '../../../src/models/open-statements.ts'
import { loadForceField } from '../../../src/models/registry.ts'
import { equiformerCases } from '../../golden/cases.ts'

const cases = await equiformerCases()
const golden = (name: string) => cases.find((golden) => golden.name === name)!.loadCheckpoint()

const cardOf = (checkpoint: Checkpoint, stated?: Statements) => loadForceField(checkpoint, { stated }).card
const values = (open: readonly OpenStatement[]) =>
  Object.fromEntries(open.map(({ name, value }) => [name, value]))

function question(checkpoint: Checkpoint, stated?: Statements): OpenQuestion {
  try {
    loadForceField(checkpoint, { stated })
  } catch (error) {
    expect(error).toBeInstanceOf(OpenQuestion)
    return error as OpenQuestion
  }
  throw new Error('nothing was asked')
}

describe('an Equiformer’s card lists', () => {
  test('what its file does not tell, with the unit that will hold', async () => {
    const { open, energyUnit } = cardOf(await golden('md17_l2_small'))
    expect(values(open)).toEqual({ task_std: null, task_mean: null, units: 'kcal/mol' })
    expect(open[0].unit).toBe('kcal/mol')
    expect(open[2].choices).toEqual(['eV', 'meV', 'kJ/mol', 'kcal/mol', 'hartree'])
    expect(energyUnit).toEqual({ name: 'standardised', inEv: 1 })
  })

  test('what has been stated since, to be stated otherwise', async () => {
    const stated = { num_heads: 2, task_std: 1, irreps_head: '8x0e+4x1e+2x2e' }
    const { open, energyUnit, notes } = cardOf(await golden('dp_md17_l2_small'), stated)
    expect(values(open)).toEqual({ ...stated, task_mean: null, units: 'kcal/mol' })
    expect(energyUnit.name).toBe('kcal/mol')
    expect(notes.join()).toContain('energies lack that constant')
    const other = cardOf(await golden('dp_md17_l2_small'), { ...stated, units: 'meV' })
    expect(other.energyUnit.name).toBe('meV')
    expect(other.open.find(({ name }) => name === 'task_std')?.unit).toBe('meV')
  })

  test('the cutoff of a basis that does not tell it', async () => {
    const bessel = await golden('qm9_l2_bessel_newsign_small')
    expect(values(cardOf(bessel).open)).toMatchObject({ max_radius: 5, units: 'eV' })
    expect(values(cardOf(bessel, { max_radius: 6 }).open)).toMatchObject({ max_radius: 6 })
  })

  test('nothing that the file tells', async () => {
    const checkpoint = await golden('dp_md17_l2_small')
    const hyperparameters = { num_heads: 2, task_mean: -3, task_std: 2, units: 'kcal/mol' }
    expect(cardOf({ ...checkpoint, hyperparameters }).open).toEqual([])
  })
})

describe('what there is no force field without', () => {
  test('is asked by name, and what is answered wrongly is asked again', async () => {
    const checkpoint = await golden('dp_md17_l2_small')
    expect(question(checkpoint).open).toEqual([
      expect.objectContaining({ name: 'num_heads', kind: 'number', example: '4', value: null }),
    ])
    expect(question(checkpoint, { num_heads: 3 }).open.map(({ name }) => name)).toEqual(['irreps_head'])
  })

  test('has an example among the irreps that fit', async () => {
    const checkpoint = await golden('qm9_l2_e3_small')
    const [one] = question(checkpoint).open
    expect(one).toMatchObject({ name: 'irreps_mlp_mid', kind: 'text', value: null })
    expect(values(cardOf(checkpoint, { irreps_mlp_mid: one.example! }).open)).toHaveProperty(
      'irreps_mlp_mid',
      one.example,
    )
  })
})

test.each([
  [{ num_heads: 'four' }, "num_heads should be a number, not 'four'."],
  [{ num_heads: 2, task_std: 0 }, '(task_std) should be a positive number, not 0.'],
  [{ num_heads: 2, task_mean: Number.POSITIVE_INFINITY }, '(task_mean) should be a number, not Infinity.'],
  [{ num_heads: 2, irreps_head: 8 }, "irreps_head should be irreps such as 16x0e+8x1e+4x2e, not '8'."],
  [{ num_heads: 2, units: 'bananas' }, 'the energy unit "bananas" is not known'],
])('%j is no answer', async (stated, words) => {
  const checkpoint = await golden('dp_md17_l2_small')
  expect(() => loadForceField(checkpoint, { stated })).toThrow(words)
})

test('TorchMD-NET’s card asks for the unit that nothing tells', async () => {
  const path = new URL('../../../public/models/et-gfn2-small.ckpt', import.meta.url)
  const untold = await readCheckpoint(new Uint8Array(await readFile(path)), 'et.ckpt')
  expect(cardOf({ ...untold, metadata: { units: 'eV' } }).open).toEqual([])
  expect(cardOf({ ...untold, hyperparameters: { ...untold.hyperparameters, units: 'eV' } }).open).toEqual([])
  expect(values(cardOf(untold).open)).toEqual({ units: 'eV' })
  const stated = cardOf(untold, { units: 'hartree' })
  expect(values(stated.open)).toEqual({ units: 'hartree' })
  expect(stated.energyUnit.name).toBe('hartree')
})

test('statements are read from one line', () => {
  expect(parseStatements('num_heads=4, task_mean=-1.5,irreps_head=8x0e+4x1e', '--state')).toEqual({
    num_heads: 4,
    task_mean: -1.5,
    irreps_head: '8x0e+4x1e',
  })
  expect(() => parseStatements('num_heads', '--state')).toThrow(
    "--state takes NAME=VALUE pairs with commas between them, and 'num_heads' is none.",
  )
})
