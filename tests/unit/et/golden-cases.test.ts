/** The reading and judging of golden cases. */
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { type GoldenCase, loadGoldenCases } from '../../../src/cli/golden/case.ts'
import { judge } from '../../../src/cli/golden/judge.ts'
import { fnv1a, generatedTensors, uniform } from '../../../src/cli/golden/weights-generator.ts'
import { equivariantTransformerCases } from '../../golden/cases.ts'

describe('weights by formula', () => {
  test('give the documented values', () => {
    const name = 'representation_model.embedding.weight'
    const h = fnv1a(`s01_small_water/${name}`)
    expect(h).toBe(676462760)
    expect([0, 1, 2, 3].map((k) => uniform(h, k))).toEqual([
      -0.4146454334259033, -0.419824481010437, 0.986740231513977, -0.11085450649261475,
    ])
    const recipe = {
      seed: 's01_small_water',
      tensors: { [name]: { shape: [2], offset: 1, scale: 0.3 } },
      explicit: '',
    }
    expect(Array.from(generatedTensors(recipe).get(name)!.data as Float32Array)).toEqual([
      0.8756063580513, 0.8740526437759399,
    ])
  })

  test('are those of the stored checkpoint, bit for bit', async () => {
    const golden = (await equivariantTransformerCases()).find(({ name }) => name.startsWith('s14'))!
    const stored = await golden.loadCheckpoint()
    const recipe = JSON.parse(await readFile(`${golden.path}/weights_gen.json`, 'utf8'))
    const generated = generatedTensors(recipe)
    expect(generated.size).toBeGreaterThan(40)
    for (const [name, tensor] of generated) expect(stored.tensors.get(name)?.data, name).toEqual(tensor.data)
  })
})

describe('loading', () => {
  test('reads what a case holds', async () => {
    const cases = await equivariantTransformerCases()
    const water = cases.find(({ name }) => name === 's09_pbc_water96')!
    expect(water.cells).toEqual([[9.860000610351562, 0, 0, 0, 9.860000610351562, 0, 0, 0, 9.860000610351562]])
    expect(water.atomicNumbers).toHaveLength(96)
    const spice = cases.find(({ name }) => name.startsWith('s03'))!
    expect(spice.types).not.toEqual(Uint32Array.from(spice.atomicNumbers))
    expect(cases.find(({ name }) => name.startsWith('s08'))!.partialCharges).toHaveLength(30)
    expect(cases.find(({ name }) => name.startsWith('s13'))!.expectedForces).toBeNull()
  })

  test('a folder that is not there', async () => {
    await expect(loadGoldenCases(['/no/such/folder'])).rejects.toThrow('There is no folder /no/such/folder')
  })
})

describe('the verdict', () => {
  const golden = {
    batch: Uint32Array.of(0, 0),
    moleculeCount: 1,
    expectedOutput: [[-4000]],
    expectedForces: Float64Array.of(1, 0, 0, -1, 0, 0),
    forceRms: 0.5,
    yardstick: { energyMaxAbs: 1e-8, forceMaxAbs: 1e-6 },
  } as unknown as GoldenCase
  const result = (energyError: number, forceError: number) => ({
    output: [[-4000 + energyError]],
    forces: golden.expectedForces!.map((f, k) => (k === 4 ? f + forceError : f)),
  })

  test('allows 4 yardsticks or the floor, whichever is more', () => {
    // Floors: 2e-5 × 0.5 for forces; 2e-6 × 2 atoms × min(2000, 0.5) for the energy.
    expect(judge(golden, result(1.9e-6, 9e-6)).passed).toBe(true)
    expect(judge(golden, result(2.1e-6, 0)).passed).toBe(false)
    expect(judge(golden, result(0, 1.1e-5)).passed).toBe(false)
    const lenient = { ...golden, yardstick: { energyMaxAbs: 1e-5, forceMaxAbs: 1e-5 } }
    expect(judge(lenient, result(3.9e-5, 3.9e-5)).passed).toBe(true)
    expect(judge(lenient, result(4.1e-5, 0)).passed).toBe(false)
  })

  test('does not overlook what is not a number, or missing', () => {
    expect(judge(golden, result(Number.NaN, 0)).passed).toBe(false)
    expect(judge(golden, result(0, Number.NaN)).passed).toBe(false)
    expect(judge(golden, { ...result(0, 0), forces: null }).passed).toBe(false)
    expect(judge(golden, { ...result(0, 0), output: [] }).passed).toBe(false)
  })

  test('a network without forces may have none', () => {
    const blind = {
      ...golden,
      expectedForces: new Float64Array(6),
      forceRms: 0,
      yardstick: { energyMaxAbs: 1e-3, forceMaxAbs: 0 },
    }
    expect(judge(blind, { output: [[-4000]], forces: new Float64Array(6) }).passed).toBe(true)
    expect(judge(blind, { output: [[-4000]], forces: new Float64Array(6).fill(1e-9) }).passed).toBe(false)
  })
})
