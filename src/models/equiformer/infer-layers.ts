/** Irreps inside the blocks and at their end, out of shapes. SPEC section 13, steps 6 to 8. */
import { gateInput } from '../../reference/irreps/gate.ts'
import { joinedIrreps } from '../../reference/irreps/heads.ts'
import { linearWeights } from '../../reference/irreps/linear.ts'
import { isScalar } from '../irreps/irrep.ts'
import { concatIrreps, type Irreps, irrepsOf, simplifyIrreps } from '../irreps/irreps.ts'
import { depthwisePaths } from '../irreps/tensor-product-paths.ts'
import { channelsOf, inferIrreps, scaledIrreps } from './infer-irreps.ts'
import type { EquiformerMessages } from './parameters.ts'
import type { StoredTensors } from './stored-tensors.ts'
import type { LinearEquation } from './whole-solutions.ts'

/** `count`x0e */
export const scalarIrreps = (count: number): Irreps =>
  irrepsOf([{ multiplicity: count, degree: 0, parity: 1 }])

/** Scalars for logits in front of some irreps, as linear messages have them. */
export const withLogits = (logits: number, irreps: Irreps): Irreps =>
  simplifyIrreps(concatIrreps(scalarIrreps(logits), irreps))

const equation = (coefficients: readonly number[], sum: number): LinearEquation => ({ coefficients, sum })

const widths = ({ blocks }: Irreps): number[] => blocks.map(({ degree }) => 2 * degree + 1)

const multiplicities = ({ blocks }: Irreps): number[] => blocks.map(({ multiplicity }) => multiplicity)

/** Names of an attention layer's tensors that the irreps of a head can be told from. */
const valueNames: Readonly<Record<EquiformerMessages, string>> = {
  nonlinear: 'sep_value.lin',
  linear: 'sep.lin',
  'dot product': 'key_value.lin',
}

/**
 * Values of one head.
 * @param logits numbers each head's logit is made of (A), which are as many as its scalars; 0 for dot products.
 */
export function inferHead(
  tensors: StoredTensors,
  messages: EquiformerMessages,
  embedding: Irreps,
  harmonics: Irreps,
  heads: number,
  logits: number,
): Irreps {
  const attention = messages === 'dot product' ? 'blocks.0.dpa' : 'blocks.0.ga'
  const lin = `${attention}.${valueNames[messages]}`
  const sizes = {
    values: tensors.size(`${lin}.tp.output_mask`),
    weights: tensors.size(`${lin}.tp.weight`),
    projection: tensors.size(`${attention}.proj.tp.weight`),
    scalars: messages === 'dot product' ? tensors.size(`${attention}.query.bias.0`) : heads * logits,
  }
  /** What the layer's linear map gives, for values V of all heads. */
  const output = (values: Irreps): Irreps => {
    if (messages === 'nonlinear') return values
    return messages === 'linear' ? withLogits(heads * logits, values) : scaledIrreps(values, 2)!
  }
  const product = depthwisePaths(embedding, harmonics, embedding).output
  const copies = messages === 'dot product' ? 2 : 1
  const extra = messages === 'linear' ? heads * logits : 0
  return inferIrreps({
    source: tensors.source,
    name: 'irreps_head',
    pattern: embedding.blocks,
    equations: [
      equation(
        embedding.blocks.map((block) => (isScalar(block) ? heads : 0)),
        sizes.scalars,
      ),
      equation(
        widths(embedding).map((width) => copies * heads * width),
        sizes.values - extra,
      ),
      equation(
        multiplicities(embedding).map((m) => heads * m),
        sizes.projection,
      ),
      equation(
        embedding.blocks.map((block) => copies * heads * channelsOf(product, block)),
        sizes.weights - extra * channelsOf(product, { degree: 0, parity: 1 }),
      ),
    ],
    most: sizes.values,
    fits: (head) => {
      const values = joinedIrreps(head, heads)
      const { output: kept } = depthwisePaths(embedding, harmonics, values)
      return (
        output(values).dimension === sizes.values &&
        linearWeights(kept, output(values)) === sizes.weights &&
        linearWeights(values, embedding) === sizes.projection
      )
    },
    published: scaledIrreps(embedding, 1 / heads),
  })
}

/** Features of the last block. */
export function inferFeature(tensors: StoredTensors, embedding: Irreps, layers: number): Irreps {
  const last = `blocks.${layers - 1}`
  if (!tensors.hasBelow(`${last}.ffn_shortcut.`)) return embedding
  const sizes = {
    scalars: tensors.size('norm.affine_bias'),
    channels: tensors.size('norm.affine_weight'),
    dimension: tensors.size(`${last}.ffn_shortcut.tp.output_mask`),
    weights: tensors.size(`${last}.ffn_shortcut.tp.weight`),
  }
  if (sizes.scalars === sizes.channels) return scalarIrreps(sizes.scalars)
  return inferIrreps({
    source: tensors.source,
    name: 'irreps_feature',
    pattern: embedding.blocks,
    equations: [
      equation(embedding.blocks.map(isScalar).map(Number), sizes.scalars),
      equation(
        embedding.blocks.map(() => 1),
        sizes.channels,
      ),
      equation(widths(embedding), sizes.dimension),
      equation(multiplicities(embedding), sizes.weights),
    ],
    most: sizes.channels,
    fits: (feature) =>
      feature.dimension === sizes.dimension && linearWeights(embedding, feature) === sizes.weights,
    published: scaledIrreps(embedding, sizes.scalars / embedding.blocks[0].multiplicity),
  })
}

/** Features inside the feed-forward networks. */
export function inferMlp(tensors: StoredTensors, embedding: Irreps, feature: Irreps, layers: number): Irreps {
  const ffn = 'blocks.0.ffn'
  // The other blocks are of the same sizes inside, but the last one may end in others.
  const output = layers === 1 ? feature : embedding
  const sizes = {
    gateInput: tensors.size(`${ffn}.fctp_1.tp.output_mask`),
    channels: tensors.size(`${ffn}.fctp_1.bias.0`),
    first: tensors.size(`${ffn}.fctp_1.tp.weight`),
    second: tensors.size(`${ffn}.fctp_2.tp.weight`),
  }
  const scalars = channelsOf(embedding, { degree: 0, parity: 1 })
  return inferIrreps({
    source: tensors.source,
    name: 'irreps_mlp_mid',
    pattern: embedding.blocks,
    equations: [
      equation(
        embedding.blocks.map(() => 1),
        sizes.channels,
      ),
      equation(
        embedding.blocks.map((block) => (isScalar(block) ? 0 : 2 * block.degree + 1)),
        sizes.gateInput - sizes.channels,
      ),
      equation(
        embedding.blocks.map((block) => scalars + (isScalar(block) ? 0 : block.multiplicity)),
        sizes.first,
      ),
      equation(
        embedding.blocks.map((block) => channelsOf(output, block)),
        sizes.second,
      ),
    ],
    most: sizes.channels,
    fits: (mlp) => {
      const input = gateInput(mlp)
      return (
        input.dimension === sizes.gateInput &&
        linearWeights(embedding, input) === sizes.first &&
        linearWeights(mlp, output) === sizes.second
      )
    },
    published: scaledIrreps(embedding, 3),
  })
}
