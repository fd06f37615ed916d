/** Attention weights of whole networks, as those who watch get them, against float64; and what watching leaves alone. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { GoldenCase } from '../../src/cli/golden/case.ts'
import { moleculesOf } from '../../src/cli/golden/run.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { readEtParameters } from '../../src/models/et/read-parameters.ts'
import { loadForceField } from '../../src/models/registry.ts'
import { AtomBuffers } from '../../src/neighbors/atom-buffers.ts'
import { NeighborList } from '../../src/neighbors/neighbor-list.ts'
import { represent } from '../../src/reference/et-representation.ts'
import { etWeights } from '../../src/reference/et-weights.ts'
import { buildEdges } from '../../src/reference/graph.ts'
import { expectClose } from '../kernels/lib/compare.ts'
import { equivariantTransformerCases } from './cases.ts'

/** Defaults, five-et, Gaussians and keys alone, values alone, neither, a periodic box, biases of 2021. */
const CHOSEN = /^s0[136789]|^s12/
const cases = (await equivariantTransformerCases()).filter(({ name }) => CHOSEN.test(name))

/** Of the largest weight in a layer; 1.1e-6 measured at worst. */
const BOUND = 4e-6

let gpu: Gpu
beforeAll(async () => {
  gpu = await requestNodeGpu()
})

/** What float64 has for every layer: [edges × heads], and the edges. */
async function expected(golden: GoldenCase) {
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
  return { edges, weights, hyper }
}

describe('attention weights', () => {
  test('all seven cases are here', () => {
    expect(cases).toHaveLength(7)
  })

  test.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { edges, weights, hyper } = await expected(golden)
    const field = loadForceField(await golden.loadCheckpoint(), { energyUnit: { name: 'eV', inEv: 1 } })
    expect(field.card.attention).toEqual({ layers: hyper.layers, heads: hyper.heads })
    const atoms = new AtomBuffers(
      gpu,
      moleculesOf(golden).map(({ structure }) => structure),
      golden.types,
    )
    const neighbors = await NeighborList.create(gpu, atoms, field.range)
    const program = await field.compile(gpu, atoms, neighbors)
    const attention = program.attention!
    expect(attention.capacity).toBeGreaterThanOrEqual(edges.count)
    gpu.submit('evaluate', [...neighbors.dispatches, ...program.dispatches])
    const before = await gpu.readAll([atoms.outputs, atoms.virial])

    const links = gpu.buffer('links', 16 * attention.capacity)
    const ends = gpu.buffer('ends', 8 * attention.capacity)
    const place = new Map(
      Array.from(edges.receiver, (i, e) => [i * golden.types.length + edges.source[e], e] as const),
    )
    for (let layer = 0; layer < hyper.layers; layer++) {
      const seen = new Float64Array(edges.count * hyper.heads).fill(Number.NaN)
      for (let head = 0; head < hyper.heads; head++) {
        gpu.submit('watch', [await attention.weigh({ layer, head }, { links, ends })])
        const contents = await gpu.readAll([links, ends])
        const [link, end] = [new Float32Array(contents[0]), new Uint32Array(contents[1])]
        const ways = new Float64Array(edges.vector.length).fill(Number.NaN)
        for (let n = 0; n < edges.count; n++) {
          const e = place.get(end[2 * n] * golden.types.length + end[2 * n + 1])!
          ways.set(link.subarray(4 * n, 4 * n + 3), 3 * e)
          seen[e * hyper.heads + head] = link[4 * n + 3]
        }
        expect(link.subarray(4 * edges.count).every((x) => x === 0)).toBe(true)
        expectClose(`ways, ${golden.name}`, ways, edges.vector, 1e-6)
      }
      expectClose(`layer ${layer}, ${golden.name}`, seen, weights[layer], BOUND)
    }

    // Whoever watches changes nothing, and what has been kept is kept: the same bits when all is done again.
    const after = await gpu.readAll([atoms.outputs, atoms.virial])
    expect(after).toEqual(before)
    gpu.submit('evaluate', [...neighbors.dispatches, ...program.dispatches])
    expect(await gpu.readAll([atoms.outputs, atoms.virial])).toEqual(before)
    for (const thing of [links, ends, program, neighbors, atoms]) thing.destroy()
  })
})
