/** Attention layers out of a checkpoint: those of the blocks, and those that are heads. SPEC sections 12 and 13. */
import { gateInput } from '../../reference/irreps/gate.ts'
import { joinedIrreps } from '../../reference/irreps/heads.ts'
import { linearWeights } from '../../reference/irreps/linear.ts'
import type { Irreps } from '../irreps/irreps.ts'
import { channelsOf } from './infer-irreps.ts'
import { scalarIrreps, withLogits } from './infer-layers.ts'
import type { AttentionParameters, EquiformerHyperparameters, MessageParameters } from './parameters.ts'
import {
  checkGate,
  productWithHarmonics,
  readLinear,
  readRadialProduct,
  readSharedProduct,
} from './read-layers.ts'
import type { StoredTensors } from './stored-tensors.ts'

/** Of one attention layer: what it is given, what its messages begin as (`irreps_pre_attn`), what it returns. */
export interface AttentionIrreps {
  readonly input: Irreps
  readonly merged: Irreps
  readonly output: Irreps
}

/** @throws InputError for tensors that are missing or of other shapes. */
export function readAttention(
  tensors: StoredTensors,
  name: string,
  hyper: EquiformerHyperparameters,
  { input, merged, output }: AttentionIrreps,
): AttentionParameters {
  const { heads, head } = hyper
  return {
    heads,
    head,
    source: readLinear(tensors, `${name}.merge_src`, input, merged, { bias: true }),
    receiver: readLinear(tensors, `${name}.merge_dst`, input, merged, { bias: false }),
    message: messageReaders[hyper.messages](tensors, name, hyper, { input, merged, output }),
    project: readLinear(tensors, `${name}.proj`, joinedIrreps(head, heads), output, { bias: true }),
  }
}

/**
 * An attention layer on the last features. Upstream has its messages begin as features of the last block unless
 * `irreps_pre_attn` is set, and then mostly to the embedding's irreps; shapes tell which.
 */
export function readAttentionHead(
  tensors: StoredTensors,
  name: string,
  hyper: EquiformerHyperparameters,
  output: Irreps,
): AttentionParameters {
  const { feature, embedding } = hyper
  const dimension = tensors.size(`${name}.merge_src.tp.output_mask`)
  const weights = tensors.size(`${name}.merge_src.tp.weight`)
  const merged =
    [feature, embedding].find(
      (irreps) => irreps.dimension === dimension && linearWeights(feature, irreps) === weights,
    ) ?? feature
  return readAttention(tensors, name, hyper, { input: feature, merged, output })
}

type MessageReader = (
  tensors: StoredTensors,
  name: string,
  hyper: EquiformerHyperparameters,
  irreps: AttentionIrreps,
) => MessageParameters

/** A, which upstream makes as many as a head has scalars. */
const logitsOf = ({ head }: EquiformerHyperparameters): number => channelsOf(head, { degree: 0, parity: 1 })

const readAlphaDot = (tensors: StoredTensors, name: string, hyper: EquiformerHyperparameters): Float64Array =>
  tensors.take(`${name}.alpha_dot`, [1, hyper.heads, logitsOf(hyper)])

const messageReaders: Readonly<Record<EquiformerHyperparameters['messages'], MessageReader>> = {
  nonlinear(tensors, name, hyper, { merged }) {
    const values = joinedIrreps(hyper.head, hyper.heads)
    const [act, value] = [`${name}.sep_act`, `${name}.sep_value`]
    const layer = productWithHarmonics(hyper, merged, merged)
    const product = readRadialProduct(
      tensors,
      { product: `${act}.dtp`, radial: `${act}.dtp_rad` },
      hyper,
      layer,
    )
    const { output } = layer.product
    checkGate(tensors, `${act}.gate`, merged)
    const valueProduct = productWithHarmonics(hyper, merged, values)
    const logits = scalarIrreps(hyper.heads * logitsOf(hyper))
    return {
      kind: 'nonlinear',
      product,
      alpha: readLinear(tensors, `${name}.sep_alpha`, output, logits, { bias: true }),
      linear: readLinear(tensors, `${act}.lin`, output, gateInput(merged), { bias: true }),
      gated: merged,
      valueProduct,
      valueWeights: readSharedProduct(tensors, `${value}.dtp`, valueProduct),
      value: readLinear(tensors, `${value}.lin`, valueProduct.product.output, values, { bias: true }),
      alphaDot: readAlphaDot(tensors, name, hyper),
    }
  },

  linear(tensors, name, hyper, { merged }) {
    const output = withLogits(hyper.heads * logitsOf(hyper), joinedIrreps(hyper.head, hyper.heads))
    const layer = productWithHarmonics(hyper, merged, output)
    const names = { product: `${name}.sep.dtp`, radial: `${name}.sep.dtp_rad` }
    return {
      kind: 'linear',
      product: readRadialProduct(tensors, names, hyper, layer),
      linear: readLinear(tensors, `${name}.sep.lin`, layer.product.output, output, { bias: true }),
      alphaDot: readAlphaDot(tensors, name, hyper),
    }
  },

  'dot product'(tensors, name, hyper, { input, merged }) {
    const values = joinedIrreps(hyper.head, hyper.heads)
    const keysAndValues = joinedIrreps(hyper.head, 2 * hyper.heads)
    const layer = productWithHarmonics(hyper, merged, keysAndValues)
    const names = { product: `${name}.key_value.dtp`, radial: `${name}.key_value.dtp_rad` }
    return {
      kind: 'dot product',
      query: readLinear(tensors, `${name}.query`, input, values, { bias: true }),
      product: readRadialProduct(tensors, names, hyper, layer),
      keyValue: readLinear(tensors, `${name}.key_value.lin`, layer.product.output, keysAndValues, {
        bias: true,
      }),
    }
  },
}
