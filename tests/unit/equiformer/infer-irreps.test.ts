/** Every published network is told by its shapes. SPEC section 14. */
import { describe, expect, test } from 'vitest'
import type { Tensor } from '../../../src/formats/checkpoint.ts'
import { harmonicsUpTo, inferEmbedding, scaledIrreps } from '../../../src/models/equiformer/infer-irreps.ts'
import {
  inferFeature,
  inferHead,
  inferMlp,
  scalarIrreps,
  withLogits,
} from '../../../src/models/equiformer/infer-layers.ts'
import type { EquiformerMessages } from '../../../src/models/equiformer/parameters.ts'
import { StoredTensors } from '../../../src/models/equiformer/stored-tensors.ts'
import { isScalar } from '../../../src/models/irreps/irrep.ts'
import { filterIrreps, formatIrreps, type Irreps } from '../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { depthwisePaths } from '../../../src/models/irreps/tensor-product-paths.ts'
import { gateInput } from '../../../src/reference/irreps/gate.ts'
import { joinedIrreps } from '../../../src/reference/irreps/heads.ts'
import { linearWeights } from '../../../src/reference/irreps/linear.ts'

interface Configuration {
  readonly messages: EquiformerMessages
  readonly embedding: string
  readonly heads: number
  readonly feature: string
  readonly layers: number
}

const l2 = '128x0e+64x1e+32x2e'

/** Heads are the embedding divided by their number, and features inside the feed-forward networks thrice as many. */
const published: readonly (readonly [name: string, configuration: Configuration])[] = [
  ['MD17 and QM9, L = 2', { messages: 'nonlinear', embedding: l2, heads: 4, feature: '512x0e', layers: 6 }],
  [
    'MD17, L = 3',
    {
      ...{ messages: 'nonlinear', embedding: '128x0e+64x1e+64x2e+32x3e' },
      ...{ heads: 4, feature: '512x0e', layers: 6 },
    },
  ],
  ['QM9, linear messages', { messages: 'linear', embedding: l2, heads: 4, feature: '512x0e', layers: 6 }],
  ['QM9, dot products', { messages: 'dot product', embedding: l2, heads: 4, feature: '512x0e', layers: 6 }],
  [
    'QM9, parity',
    {
      ...{ messages: 'nonlinear', embedding: '128x0e+32x0o+32x1e+32x1o+16x2e+16x2o' },
      ...{ heads: 4, feature: '512x0e', layers: 6 },
    },
  ],
  [
    'MD17, parity',
    {
      ...{ messages: 'nonlinear', embedding: '128x0e+64x0o+32x1e+32x1o+32x2e+32x2o+16x3e+16x3o' },
      ...{ heads: 4, feature: '512x0e', layers: 6 },
    },
  ],
  [
    'OC20',
    { messages: 'nonlinear', embedding: '256x0e+128x1e', heads: 8, feature: '512x0e+256x1e', layers: 18 },
  ],
  ['DeNS', { messages: 'nonlinear', embedding: l2, heads: 4, feature: '512x0e+256x1e+128x2e', layers: 6 }],
  ['one block', { messages: 'nonlinear', embedding: l2, heads: 4, feature: '512x0e', layers: 1 }],
]

const scalarsOf = (irreps: Irreps): number => filterIrreps(irreps, isScalar).channels

/** A state dict of no more than what sizes are told by, all zero. */
function stateDict({ messages, heads, layers, ...texts }: Configuration): StoredTensors {
  const [embedding, feature] = [texts.embedding, texts.feature].map(parseIrreps)
  const head = scaledIrreps(embedding, 1 / heads)!
  const mlp = scaledIrreps(embedding, 3)!
  const top = Math.max(...embedding.blocks.map(({ degree }) => degree))
  const harmonics = harmonicsUpTo(top, texts.embedding.includes('o'))
  const product = depthwisePaths(embedding, harmonics, embedding)
  const values = joinedIrreps(head, heads)
  const logits = heads * scalarsOf(head)
  const attention = messages === 'dot product' ? 'blocks.0.dpa' : 'blocks.0.ga'
  const sizes = new Map<string, number>()
  const linear = (name: string, input: Irreps, output: Irreps) => {
    sizes.set(`${name}.tp.weight`, linearWeights(input, output))
    sizes.set(`${name}.tp.output_mask`, output.dimension)
    sizes.set(`${name}.bias.0`, scalarsOf(output))
  }
  const norm = (name: string, irreps: Irreps) => {
    sizes.set(`${name}.affine_weight`, irreps.channels)
    sizes.set(`${name}.affine_bias`, scalarsOf(irreps))
  }
  linear('atom_embed.atom_type_lin', scalarIrreps(64), embedding)
  sizes.set(`edge_deg_embed.dw.tp._compiled_main_left_right._w3j_${top}_${top}_${top}`, (2 * top + 1) ** 3)
  sizes.set('edge_deg_embed.dw.tp.output_mask', product.output.dimension)
  sizes.set('edge_deg_embed.rad.offset', product.weights)
  linear('edge_deg_embed.proj', product.output, embedding)
  norm('blocks.0.norm_1', embedding)
  linear(`${attention}.merge_src`, embedding, embedding)
  linear(`${attention}.proj`, values, embedding)
  if (messages === 'nonlinear') {
    linear(`${attention}.sep_alpha`, product.output, scalarIrreps(logits))
    linear(`${attention}.sep_value.lin`, product.output, values)
  }
  if (messages === 'linear') linear(`${attention}.sep.lin`, product.output, withLogits(logits, values))
  if (messages === 'dot product') {
    linear(`${attention}.query`, embedding, values)
    linear(`${attention}.key_value.lin`, product.output, joinedIrreps(head, 2 * heads))
  }
  linear('blocks.0.ffn.fctp_1', embedding, gateInput(mlp))
  linear('blocks.0.ffn.fctp_2', mlp, layers === 1 ? feature : embedding)
  linear(`blocks.${layers - 1}.ffn_shortcut`, embedding, feature)
  norm('norm', feature)
  const zeros = (length: number): Tensor => ({
    ...{ dtype: 'float32', shape: [length], data: new Float32Array(length) },
  })
  return new StoredTensors({
    ...{ source: 'file', container: 'torch-zip', hyperparameters: null, metadata: {} },
    tensors: new Map([...sizes].map(([name, length]) => [name, zeros(length)])),
  })
}

describe.each(published)('%s', (_, configuration) => {
  test('irreps are told by shapes', () => {
    const tensors = stateDict(configuration)
    const { messages, heads, layers } = configuration
    const { embedding, harmonics } = inferEmbedding(tensors)
    expect(formatIrreps(embedding)).toBe(configuration.embedding)
    const feature = inferFeature(tensors, embedding, layers)
    expect(formatIrreps(feature)).toBe(configuration.feature)
    const logits = messages === 'dot product' ? 0 : scalarsOf(embedding) / heads
    const head = inferHead(tensors, messages, embedding, harmonics, heads, logits)
    expect(head).toEqual(scaledIrreps(embedding, 1 / heads))
    expect(inferMlp(tensors, embedding, feature, layers)).toEqual(scaledIrreps(embedding, 3))
  })
})
