/** Attention weights of whole Equivariant Transformers, as those who watch get them. Equiformer's: equiformer.test.ts. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { GoldenCase } from '../../src/cli/golden/case.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { readEtParameters } from '../../src/models/et/read-parameters.ts'
import { loadForceField } from '../../src/models/registry.ts'
import { represent } from '../../src/reference/et-representation.ts'
import { etWeights } from '../../src/reference/et-weights.ts'
import { buildEdges } from '../../src/reference/graph.ts'
import { equivariantTransformerCases } from './cases.ts'
import { type ExpectedAttention, expectAttention } from './lib/watch-attention.ts'

/** Defaults, five-et, Gaussians and keys alone, values alone, neither, a periodic box, biases of 2021. */
const CHOSEN = /^s0[136789]|^s12/
const cases = (await equivariantTransformerCases()).filter(({ name }) => CHOSEN.test(name))

/** Of the largest weight in a layer; 1.1e-6 measured at worst. */
const BOUND = 4e-6

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})

/** What float64 has for every layer. */
async function expected(golden: GoldenCase): Promise<ExpectedAttention> {
  const parameters = readEtParameters(await golden.loadCheckpoint())
  const { hyper } = parameters
  const { positions, types, cells } = golden
  const system = {
    positions,
    cells,
    batch: golden.batch,
    periodic: [true, true, true] as const,
  }
  const edges = buildEdges(system, hyper.cutoffLower, hyper.cutoffUpper)
  const { layers, radial } = represent(etWeights(parameters), hyper, edges, types)
  const weights = layers.map(({ weights }) =>
    hyper.vectorCutoff ? weights.map((w, k) => w * radial.cutoff[Math.floor(k / hyper.heads)]) : weights,
  )
  return { edges, weights, heads: hyper.heads }
}

describe('attention weights', () => {
  test('all seven cases are here', () => {
    expect(cases).toHaveLength(7)
  })

  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const field = loadForceField(await golden.loadCheckpoint(), { energyUnit: { name: 'eV', inEv: 1 } })
    await expectAttention(gpu, golden, field, golden.types, await expected(golden), BOUND)
  })
})
