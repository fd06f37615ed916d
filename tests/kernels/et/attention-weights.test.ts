/** One head's attention weights of all edges, as those who watch get them. */
import { describe, expect, test } from 'vitest'
import { ACTIVATIONS, type ActivationName } from '../../../src/models/layers/activation.ts'
import { attentionScores, attentionWeights } from '../../../src/reference/et-attention.ts'
import { cosineCutoff } from '../../../src/reference/radial.ts'
import { expectClose, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { type SystemName, systems, testEdges, UPPER } from '../lib/edges.ts'
import { beside, headsToBlocks, pack, shapeOf, split } from '../lib/layout.ts'
import { blank, run, systemOf, WORKGROUP } from '../lib/run.ts'
import { randomTable } from '../lib/table.ts'

const gpu = useGpu()

/** 2.4e-7 measured at worst. */
const BOUND = 1e-6

type Case = readonly [
  system: SystemName,
  channels: number,
  heads: number,
  lower: number,
  activation: ActivationName,
]

const cases: readonly Case[] = [
  ['67 atoms in three molecules', 48, 6, 0, 'silu'],
  ['67 atoms in three molecules', 20, 2, 1, 'mish'],
  ['four atoms in a small cell', 12, 4, 1.3, 'tanh'],
  ['four atoms in a small cell', 14, 2, 0, 'silu'],
  ['five atoms', 7, 1, 0, 'ssp'],
  ['one atom', 16, 1, 0, 'sigmoid'],
]

describe('et attention weights', () => {
  test.each(cases)('%s, %i channels, %i heads, from %f Å, %s', async (system, F, H, lower, activation) => {
    const shape = shapeOf(F, H)
    const { edges, bindings } = testEdges(systems[system], lower, UPPER)
    const { atoms: N, count: E } = edges
    const table = randomTable(`${system} ${F}`, 4, shape.slots, UPPER)
    const [q, k, v] = [floats('q', N * F), floats('k', N * F), floats('v', N * 3 * F)]
    const [dk] = split(E, table.evaluate(edges.distance).values, [F, 3 * F])
    const damping = edges.distance.map((r) => cosineCutoff(r, lower, UPPER))
    const weights = attentionWeights(activation, attentionScores(edges, H, q, k, dk), damping)
    const features = pack(beside(N, q, k, headsToBlocks(v, shape)), shape.slots)

    // What lies behind it for `run` to look at is room, too, for all the kernel knows: no workgroup reaches it.
    const room = WORKGROUP * (Math.ceil(E / WORKGROUP) + 1)
    for (const head of new Set([0, H - 1])) {
      const { links, ends } = await run(
        gpu(),
        'et/attention_weights',
        {
          constants: {
            ...{ ...shape.constants, ...table.constants, CUTOFF_LOWER: lower, CUTOFF_UPPER: UPPER },
            ...{ ATTENTION_ACTIVATION: ACTIVATIONS[activation], HEAD: head },
          },
        },
        { system: systemOf(N), ...bindings, features, filters: table.data },
        { links: blank(4 * room), ends: blank(2 * room) },
        room,
      )
      const column = (array: ArrayLike<number>, width: number, first: number, count = 1) =>
        Array.from(
          { length: count * E },
          (_, n) => array[width * Math.floor(n / count) + first + (n % count)],
        )
      expectClose('weights', column(links, 4, 3), column(weights, H, head), BOUND)
      expectClose('separations', [...column(links, 4, 0, 3), 1], [...edges.vector, 1], BOUND)
      const numbers = new Uint32Array(ends.buffer, ends.byteOffset, ends.length)
      expect(column(numbers, 2, 0)).toEqual(Array.from(edges.receiver))
      expect(column(numbers, 2, 1)).toEqual(Array.from(edges.source))
      expect(links.subarray(4 * E).every((x) => x === 0)).toBe(true)
      expect(numbers.subarray(2 * E).every((x) => x === 0)).toBe(true)
    }
  })
})
