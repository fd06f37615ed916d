/**
 * Equiformer's networks on the GPU: against upstream's float64, by the rule of all golden cases; then, with kernels that are
 * compiled by now, what those who watch see of the attention, and how energies and forces turn with the atoms.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Cell, Structure } from '../../src/chemistry/structure.ts'
import type { GoldenCase } from '../../src/cli/golden/case.ts'
import { judge } from '../../src/cli/golden/judge.ts'
import { moleculesOf, runGoldenCase, whatShapesLeaveOpen } from '../../src/cli/golden/run.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { evaluate } from '../../src/models/evaluate.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { rotationFromAngles } from '../../src/models/irreps/rotation.ts'
import { loadForceField } from '../../src/models/registry.ts'
import { equiformerCases } from './cases.ts'
import { evaluateCase, largestDifference, loadEquiformer } from './lib/equiformer.ts'
import { expectAttention } from './lib/watch-attention.ts'

const all = await equiformerCases()

/**
 * Networks that software adapters take longest to compile, near a minute together: `tumble verify` and TUMBLE_ALL=1 run
 * them, too.
 */
const LONG = ['md17_l3_published', 'md17_l3_e3_batch_small', 'md17_l3_small']
const cases = process.env.TUMBLE_ALL ? all : all.filter(({ name }) => !LONG.includes(name))
const named = (...names: readonly string[]): GoldenCase[] =>
  names.map((wanted) => cases.find(({ name }) => name === wanted)!)

const fields = new Map<string, Promise<ForceField>>()
/** A case's network, packed once. */
function fieldOf(golden: GoldenCase): Promise<ForceField> {
  const load = async () =>
    loadForceField(await golden.loadCheckpoint(), {
      energyUnit: { name: 'unit of the case', inEv: 1 },
      stated: whatShapesLeaveOpen(golden),
    })
  const field = fields.get(golden.name) ?? load()
  fields.set(golden.name, field)
  return field
}

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})

describe('Equiformer', () => {
  test('all twelve networks are here', () => {
    expect(all).toHaveLength(12)
  })

  test.each(cases)('$name', async (golden) => {
    const verdict = judge(golden, await runGoldenCase(gpu, golden))
    if (process.env.TUMBLE_SHOW_ERRORS) {
      const { energyYardsticks, forceYardsticks } = verdict
      console.log(golden.name, energyYardsticks.toFixed(2), forceYardsticks.toFixed(2), 'yardsticks')
    }
    expect(verdict, `${golden.name}: ${JSON.stringify(verdict)}`).toMatchObject({ passed: true })
  })

  test('kernels that have all blocks of irreps in one dispatch, as GPUs are served, agree', async () => {
    const golden = cases.find(({ name }) => name === 'oc20_pbc_small') as GoldenCase
    gpu.tuned = { blocksApart: false }
    const verdict = judge(golden, await runGoldenCase(gpu, golden))
    gpu.tuned = null
    expect(verdict).toMatchObject({ passed: true })
  })
})

/** Of the largest weight of a layer; 9.4e-7 measured at worst. */
const WEIGHTS_BOUND = 3e-6

describe('attention weights', () => {
  // Nonlinear messages, dot products, and a crystal with several images of an atom.
  test.each(named('md17_l2_small', 'dp_md17_l2_small', 'oc20_pbc_small'))('$name', async (golden) => {
    const field = await fieldOf(golden)
    const parameters = await loadEquiformer(golden)
    const { edges, intermediates } = evaluateCase(parameters, golden)
    const { layers, heads } = parameters.hyper
    const weights = Array.from({ length: layers }, (_, n) => intermediates.get(`attn${n}.alpha`)!)
    const types = moleculesOf(golden).flatMap(({ structure }) => [...field.typesOf(structure)])
    await expectAttention(
      gpu,
      golden,
      field,
      Uint32Array.from(types),
      { edges, heads, weights },
      WEIGHTS_BOUND,
    )
  })
})

/** Row-major; e3nn's angles. */
const ROTATIONS = [rotationFromAngles(0.7, 1.9, -2.3), rotationFromAngles(-2.9, 0.4, 1.1)]
const inverted = (matrix: Float64Array): Float64Array => matrix.map((x) => -x)

const transformed = (matrix: Float64Array, rows: ArrayLike<number>): Float64Array =>
  Float64Array.from(rows, (_, k) =>
    [0, 1, 2].reduce((sum, c) => sum + matrix[3 * (k % 3) + c] * rows[k - (k % 3) + c], 0),
  )

/**
 * What turning the first molecule of a case changes, in yardsticks: what upstream's own float32 strays by.
 * @param matrices of the transformations, row-major
 */
async function strayed(golden: GoldenCase, matrices: readonly Float64Array[]) {
  const field = await fieldOf(golden)
  const [{ structure }] = moleculesOf(golden)
  const run = async (of: Structure) => (await evaluate(gpu, field, [of]))[0]
  const before = await run(structure)
  const errors: { readonly energy: number; readonly forces: number }[] = []
  for (const matrix of matrices) {
    const cell = structure.cell && (Array.from(transformed(matrix, structure.cell)) as unknown as Cell)
    const after = await run({ ...structure, positions: transformed(matrix, structure.positions), cell })
    const { energyMaxAbs, forceMaxAbs } = golden.yardstick
    errors.push({
      energy: Math.abs(after.energy - before.energy) / energyMaxAbs,
      forces:
        largestDifference(after.forces, transformed(matrix, before.forces)) / (forceMaxAbs ?? Number.NaN),
    })
  }
  return errors
}

describe('symmetry', () => {
  test.each(
    // SE(3) and E(3); a crystal whose cell turns with it.
    [
      ...named('md17_l2_small', 'oc20_pbc_small').map((golden) => [golden.name, golden, ROTATIONS] as const),
      ...named('qm9_l2_e3_small').map(
        (golden) => [golden.name, golden, [...ROTATIONS, ...ROTATIONS.map(inverted)]] as const,
      ),
    ],
  )('energy stays and forces turn: %s', async (name, golden, matrices) => {
    for (const { energy, forces } of await strayed(golden, matrices)) {
      if (process.env.TUMBLE_SHOW_ERRORS)
        console.log(name, energy.toFixed(2), forces.toFixed(2), 'yardsticks')
      expect(energy, `${name}: energy`).toBeLessThan(20) // 6.2 measured at worst
      expect(forces, `${name}: forces`).toBeLessThan(3) // 1.0 measured at worst
    }
  })

  test('a network without parity does not know a molecule from its mirror image by symmetry', async () => {
    const [golden] = named('md17_l2_small')
    const [{ energy, forces }] = await strayed(golden, [inverted(ROTATIONS[0])])
    expect(energy).toBeGreaterThan(1000)
    expect(forces).toBeGreaterThan(1000)
  })
})
