/** Equiformer's published network for MD17 (L = 2), with weights made by formula, named and laid out as upstream saves them. */
import { fnv1a, uniform } from '../src/cli/golden/weights-generator.ts'
import type { Checkpoint, Tensor } from '../src/formats/checkpoint.ts'
import { isScalar } from '../src/models/irreps/irrep.ts'
import { filterIrreps, type Irreps, irrepsOf } from '../src/models/irreps/irreps.ts'
import { parseIrreps } from '../src/models/irreps/parse-irreps.ts'
import { depthwisePaths } from '../src/models/irreps/tensor-product-paths.ts'
import { wigner3j } from '../src/models/irreps/wigner-3j.ts'
import { gateInput } from '../src/reference/irreps/gate.ts'
import { joinedIrreps } from '../src/reference/irreps/heads.ts'
import { linearWeights } from '../src/reference/irreps/linear.ts'

/** graph_attention_transformer_nonlinear_exp_l2_md17; Equiformer SPEC section 14. */
const EMBEDDING = parseIrreps('128x0e+64x1e+32x2e')
const HEAD = parseIrreps('32x0e+16x1e+8x2e')
const MLP = parseIrreps('384x0e+192x1e+96x2e')
const FEATURE = parseIrreps('512x0e')
const HARMONICS = parseIrreps('1x0e+1x1e+1x2e')
const [HEADS, LAYERS, TYPES, BASIS, RADIAL, CUTOFF] = [4, 6, 64, 32, 64, 5]

const scalars = (multiplicity: number): Irreps => irrepsOf([{ multiplicity, degree: 0, parity: 1 }])
const scalarsOf = (irreps: Irreps): number => filterIrreps(irreps, isScalar).channels

/** What the file of such a network would hold. */
export function equiformerCheckpoint(): Checkpoint {
  const source = 'benchmark-equiformer'
  const tensors = new Map<string, Tensor>()
  const put = (name: string, shape: readonly number[], value: (n: number) => number) => {
    const length = shape.reduce((product, n) => product * n, 1)
    tensors.set(name, { dtype: 'float32', shape, data: Float32Array.from({ length }, (_, n) => value(n)) })
  }
  const random = (name: string, shape: readonly number[], scale: number) => {
    const hash = fnv1a(`equiformer/${name}`)
    put(name, shape, (n) => scale * uniform(hash, n))
  }
  const mask = (name: string, length: number) => put(`${name}.output_mask`, [length], () => 1)

  const linear = (name: string, input: Irreps, output: Irreps, bias = true) => {
    random(`${name}.tp.weight`, [linearWeights(input, output)], Math.sqrt(3 / input.channels))
    mask(`${name}.tp`, output.dimension)
    if (bias && scalarsOf(output) > 0) put(`${name}.bias.0`, [scalarsOf(output)], () => 0)
  }
  const norm = (name: string, irreps: Irreps) => {
    put(`${name}.affine_weight`, [irreps.channels], () => 1)
    put(`${name}.affine_bias`, [scalarsOf(irreps)], () => 0)
  }
  const product = (name: string, input: Irreps, keep: Irreps, ownWeights: boolean) => {
    const { paths, output, weights } = depthwisePaths(input, HARMONICS, keep)
    mask(`${name}.tp`, output.dimension)
    random(`${name}.tp.weight`, [ownWeights ? weights : 0], 1)
    for (const { degrees } of paths.filter((path) => !path.degrees.includes(0))) {
      const { i, j, k, value } = wigner3j(degrees, 'e3nn 0.4')
      const [, middle, last] = degrees.map((l) => 2 * l + 1)
      const dense = new Map(Array.from(value, (c, n) => [(i[n] * middle + j[n]) * last + k[n], c]))
      const symbol = `${name}.tp._compiled_main_left_right._w3j_${degrees.join('_')}`
      put(
        symbol,
        degrees.map((l) => 2 * l + 1),
        (n) => dense.get(n) ?? 0,
      )
    }
    return { output, weights }
  }
  const radial = (name: string, outputs: number) => {
    const widths = [BASIS, RADIAL, RADIAL]
    for (const n of [0, 1]) {
      random(`${name}.net.${3 * n}.weight`, [widths[n + 1], widths[n]], Math.sqrt(3 / widths[n]))
      put(`${name}.net.${3 * n}.bias`, [widths[n + 1]], () => 0)
      put(`${name}.net.${3 * n + 1}.weight`, [widths[n + 1]], () => 1)
      put(`${name}.net.${3 * n + 1}.bias`, [widths[n + 1]], () => 0)
    }
    random(`${name}.net.6.weight`, [outputs, RADIAL], Math.sqrt(3 / RADIAL))
    random(`${name}.offset`, [outputs], 1)
  }
  const gate = (name: string, output: Irreps) => {
    const { dimension } = filterIrreps(output, (block) => !isScalar(block))
    put(`${name}.mul.weight`, [0], () => 0)
    mask(`${name}.mul`, dimension)
  }

  const first = Math.exp(-CUTOFF)
  put('rbf.means', [BASIS], (k) => first + ((1 - first) * k) / (BASIS - 1))
  put('rbf.betas', [BASIS], () => ((2 / BASIS) * (1 - first)) ** -2)
  linear('atom_embed.atom_type_lin', scalars(TYPES), EMBEDDING)
  linear('edge_deg_embed.exp', scalars(1), EMBEDDING)
  const degree = product('edge_deg_embed.dw', EMBEDDING, EMBEDDING, false)
  radial('edge_deg_embed.rad', degree.weights)
  linear('edge_deg_embed.proj', degree.output, EMBEDDING)
  const values = joinedIrreps(HEAD, HEADS)
  for (let b = 0; b < LAYERS; b++) {
    const [block, attention] = [`blocks.${b}`, `blocks.${b}.ga`]
    const output = b < LAYERS - 1 ? EMBEDDING : FEATURE
    norm(`${block}.norm_1`, EMBEDDING)
    linear(`${attention}.merge_src`, EMBEDDING, EMBEDDING)
    linear(`${attention}.merge_dst`, EMBEDDING, EMBEDDING, false)
    const act = product(`${attention}.sep_act.dtp`, EMBEDDING, EMBEDDING, false)
    radial(`${attention}.sep_act.dtp_rad`, act.weights)
    linear(`${attention}.sep_act.lin`, act.output, gateInput(EMBEDDING))
    gate(`${attention}.sep_act.gate`, EMBEDDING)
    linear(`${attention}.sep_alpha`, act.output, scalars(HEADS * scalarsOf(HEAD)))
    random(`${attention}.alpha_dot`, [1, HEADS, scalarsOf(HEAD)], Math.sqrt(3 / scalarsOf(HEAD)))
    const value = product(`${attention}.sep_value.dtp`, EMBEDDING, values, true)
    linear(`${attention}.sep_value.lin`, value.output, values)
    linear(`${attention}.proj`, values, EMBEDDING)
    norm(`${block}.norm_2`, EMBEDDING)
    linear(`${block}.ffn.fctp_1`, EMBEDDING, gateInput(MLP))
    gate(`${block}.ffn.fctp_1.gate`, MLP)
    linear(`${block}.ffn.fctp_2`, MLP, output)
    if (output === FEATURE) linear(`${block}.ffn_shortcut`, EMBEDDING, FEATURE)
  }
  norm('norm', FEATURE)
  linear('head.0', FEATURE, FEATURE)
  linear('head.2', FEATURE, scalars(1))
  const metadata = { units: 'eV' }
  return { source, container: 'torch-zip', tensors, hyperparameters: null, metadata }
}
