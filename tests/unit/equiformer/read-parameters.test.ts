/** Equiformers out of state dicts: sizes by shapes, and one sentence for everything that is wrong. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import { InputError } from '../../../src/errors.ts'
import type { Checkpoint, Plain, Tensor } from '../../../src/formats/checkpoint.ts'
import { equiformerTypeOf } from '../../../src/models/equiformer/atom-types.ts'
import type { EquiformerOptions } from '../../../src/models/equiformer/parameters.ts'
import { readEquiformerParameters } from '../../../src/models/equiformer/read-parameters.ts'
import { formatIrreps } from '../../../src/models/irreps/irreps.ts'
import { equiformerCases } from '../../golden/cases.ts'
import { detailsOf, loadEquiformer } from '../../golden/lib/equiformer.ts'

const cases = await equiformerCases()
const named = (name: string): GoldenCase => cases.find((golden) => golden.name === name)!

/** The checkpoint with tensors replaced (null removes one). */
function changed(checkpoint: Checkpoint, changes: { readonly [name: string]: Tensor | null }): Checkpoint {
  const tensors = new Map(checkpoint.tensors)
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor) tensors.set(name, tensor)
    else tensors.delete(name)
  }
  return { ...checkpoint, source: 'file', tensors }
}

const tensor = (shape: readonly number[], values: ArrayLike<number> | number = 0): Tensor => {
  const data = new Float32Array(shape.reduce((product, n) => product * n, 1))
  if (typeof values === 'number') data.fill(values)
  else data.set(Array.from(values))
  return { dtype: 'float32', shape, data }
}

function message(checkpoint: Checkpoint, options?: EquiformerOptions): string {
  try {
    readEquiformerParameters(checkpoint, options)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return (error as Error).message
  }
  return 'no error'
}

describe.each(cases)('sizes of $name', (golden) => {
  test('are those it was made with', async () => {
    const { hyper, count } = await loadEquiformer(golden)
    const { hyperparameters: made } = golden
    const { convention } = hyper
    expect({
      num_layers: hyper.layers,
      irreps_node_embedding: formatIrreps(hyper.embedding),
      irreps_sh: formatIrreps(hyper.harmonics),
      num_heads: hyper.heads,
      irreps_head: formatIrreps(hyper.head),
      irreps_mlp_mid: formatIrreps(hyper.mlp),
      irreps_feature: formatIrreps(hyper.feature),
      number_of_basis: hyper.radialFunctions,
      fc_neurons: hyper.radialWidths,
      max_radius: hyper.cutoff,
    }).toEqual({
      num_layers: made.num_layers,
      irreps_node_embedding: made.irreps_node_embedding,
      irreps_sh: made.irreps_sh,
      num_heads: made.num_heads,
      irreps_head: made.irreps_head,
      irreps_mlp_mid: made.irreps_mlp_mid,
      irreps_feature: made.irreps_feature,
      number_of_basis: made.number_of_basis,
      fc_neurons: made.fc_neurons,
      max_radius: made.max_radius,
    })
    // OC20's program has no other basis, and says nothing of it.
    expect(hyper.radialBasis).toBe(made.basis_type ?? 'gaussian')
    expect(hyper.messages).toBe(
      golden.name.startsWith('dp_') ? 'dot product' : made.nonlinear_message ? 'nonlinear' : 'linear',
    )
    expect(hyper.dataset).toBe(/^(qm9|oc20)/.exec(golden.name)?.[1].toUpperCase() ?? 'MD17')
    expect(convention).toBe(golden.name.includes('newsign') ? 'e3nn 0.5' : 'e3nn 0.4')
    expect(count).toBe(detailsOf(golden).n_parameters)
  })
})

describe('what shapes leave open', () => {
  test('the heads of dot products', async () => {
    const checkpoint = await named('dp_md17_l2_small').loadCheckpoint()
    expect(message(checkpoint)).toContain('the number of attention heads (num_heads) cannot be told')
    expect(message(checkpoint, { heads: 1.5 })).toContain('positive whole number, not 1.5')
    expect(message(checkpoint, { heads: 3 })).toContain('no irreps_head has the shapes')
    const four = readEquiformerParameters(checkpoint, { heads: 4 })
    expect(formatIrreps(four.hyper.head)).toBe('4x0e+2x1e+1x2e')
  })

  test.each(['qm9_l2_e3_small', 'md17_l3_e3_batch_small'])('both parities inside %s', async (name) => {
    const checkpoint = await named(name).loadCheckpoint()
    expect(message(checkpoint)).toMatch(
      /several irreps_mlp_mid have the shapes of its tensors.*; state the one/,
    )
    expect(message(checkpoint, { irrepsMlpMid: '24x0e+6x1e' })).toContain('ffn.fctp_1')
  })

  test('irreps that are stated but do not fit are refused by the first tensor', async () => {
    const checkpoint = await named('md17_l2_small').loadCheckpoint()
    const stated = { irrepsNodeEmbedding: '16x0e+8x1e+4x2e', irrepsHead: '8x0e+4x1e+2x2e' }
    expect(message(checkpoint, stated)).toBe('no error')
    expect(message(checkpoint, { irrepsHead: '8x0e+5x1e+2x2e' })).toMatch(
      /the tensor blocks\.0\.ga\.\S+ has shape \[\d+\], but beside the network's other tensors it should have \[\d+\]/,
    )
    expect(message(checkpoint, { irrepsFeature: '32x0e' })).toContain('blocks.2.')
    expect(message(checkpoint, { irrepsMlpMid: '8x' })).toContain('"8x" is no block')
  })

  test('cutoffs', async () => {
    const told = await named('md17_l2_small').loadCheckpoint()
    expect(readEquiformerParameters(told, { cutoff: 5 }).hyper.cutoff).toBe(5)
    expect(message(told, { cutoff: 6 })).toContain('stated as 6 Å, but rbf.means says 5 Å')
    const untold = await named('qm9_l2_bessel_newsign_small').loadCheckpoint()
    const assumed = readEquiformerParameters(untold)
    expect(assumed.hyper.cutoff).toBe(5)
    expect(assumed.notes.join()).toContain('does not tell its cutoff; 5 Å is assumed')
    const stated = readEquiformerParameters(untold, { cutoff: 6 })
    expect(stated.basis.cutoff).toBe(6)
    expect(stated.notes.join()).not.toContain('assumed')
    expect(message(untold, { cutoff: -1 })).toContain('positive number of Å, not -1')
  })
})

describe('what a file may say of itself', () => {
  const config = (values: { readonly [key: string]: Plain }) => ({ config: { model_attributes: values } })

  test('is taken, in OC20’s config or in metadata', async () => {
    const checkpoint = await named('oc20_pbc_small').loadCheckpoint()
    const stated = {
      ...checkpoint,
      metadata: config({ max_radius: 6, num_heads: 2, irreps_head: '8x0e+4x1e' }),
    }
    expect(readEquiformerParameters(stated).hyper.cutoff).toBe(6)
    expect(readEquiformerParameters(stated, { cutoff: 5.5 }).hyper.cutoff).toBe(5.5)
    expect(readEquiformerParameters(stated, { cutoff: undefined }).hyper.cutoff).toBe(6)
    const dotProducts = await named('dp_md17_l2_small').loadCheckpoint()
    expect(message({ ...dotProducts, hyperparameters: { num_heads: 2 } })).toBe('no error')
  })

  test('is refused where the tensors say something else', async () => {
    const checkpoint = await named('oc20_pbc_small').loadCheckpoint()
    const wrong = { ...checkpoint, metadata: config({ irreps_head: '8x0e+5x1e' }) }
    expect(message(wrong)).toContain('blocks.0.ga.')
  })

  test('is passed over where it is no number or text', async () => {
    const checkpoint = await named('oc20_pbc_small').loadCheckpoint()
    const odd = { ...checkpoint, metadata: config({ max_radius: 'far', irreps_head: null }) }
    expect(readEquiformerParameters(odd).hyper.cutoff).toBe(5)
    expect(message({ ...checkpoint, metadata: { config: 'none' } })).toBe('no error')
  })
})

describe('files that are not whole, or of something else', () => {
  let small: Checkpoint
  beforeAll(async () => {
    small = await named('md17_l2_small').loadCheckpoint()
  })

  test.each(['module.', 'module.module.'])('names from training on several GPUs, %s', (start) => {
    const tensors = new Map([...small.tensors].map(([name, value]) => [start + name, value]))
    expect(readEquiformerParameters({ ...small, tensors }).hyper.layers).toBe(3)
  })

  test.each([
    ['blocks.1.ga.proj.tp.weight', 'the tensor blocks.1.ga.proj.tp.weight of shape [336] is missing'],
    ['norm.affine_weight', 'the tensor norm.affine_weight is missing'],
    ['rbf.betas', 'the tensor rbf.betas of shape [16] is missing'],
    ['rbf.means', 'the radial functions are missing'],
    ['blocks.0.ga.alpha_dot', 'the tensor blocks.0.ga.alpha_dot is missing'],
    ['blocks.2.norm_2.affine_bias', 'the tensor blocks.2.norm_2.affine_bias of shape [16] is missing'],
    ['head.2.bias.0', 'the tensor head.2.bias.0 of shape [1] is missing'],
    [
      'blocks.0.ga.sep_act.dtp.tp._compiled_main_left_right._w3j_1_2_2',
      '_w3j_1_2_2 of shape [3, 5, 5] is missing',
    ],
  ])('without %s', (name, expected) => {
    expect(message(changed(small, { [name]: null }))).toContain(expected)
  })

  test('every tensor is needed, or the network is another one', () => {
    for (const name of small.tensors.keys()) {
      expect(message(changed(small, { [name]: null })), name).not.toBe('no error')
    }
  })

  test('without all that tells something', () => {
    const without = (start: string) =>
      message({
        ...small,
        tensors: new Map([...small.tensors].filter(([name]) => !name.startsWith(start))),
      })
    expect(without('blocks.')).toContain('the first block, blocks.0.…, are missing')
    expect(without('blocks.0.ga.')).toContain('has no attention of Equiformer')
    expect(without('edge_deg_embed.dw.')).toContain('degrees cannot be told')
  })

  test('tensors that fit no layer', () => {
    expect(message(changed(small, { 'blocks.0.extra.weight': tensor([3]) }))).toBe(
      'file: the tensor blocks.0.extra.weight fits no layer of an Equiformer with 3 blocks of 16x0e+8x1e+4x2e and nonlinear messages.',
    )
    expect(message(changed(small, { 'blocks.5.norm_1.affine_bias': tensor([16]) }))).toContain(
      'blocks.5.norm_1.affine_bias fits no layer',
    )
    expect(message(changed(small, { 'blocks.0.norm_1.mean_shift': tensor([1]) }))).toContain(
      'normalises over whole molecules',
    )
  })

  test('tensors of other shapes', () => {
    expect(message(changed(small, { 'norm.affine_bias': tensor([64, 1]) }))).toBe(
      "file: the tensor norm.affine_bias has shape [64, 1], but beside the network's other tensors it should have [64].",
    )
    expect(message(changed(small, { 'blocks.0.ga.alpha_dot': tensor([2, 8]) }))).toContain(
      'has shape [2, 8]; expected [1, heads, channels]',
    )
    expect(message(changed(small, { 'blocks.0.norm_1.affine_weight': tensor([27]) }))).toContain(
      'no irreps_node_embedding has the shapes of its tensors',
    )
    expect(message(changed(small, { 'atom_embed.atom_type_lin.tp.weight': tensor([160]) }))).toContain(
      'embeds 10 types of atoms; known are 5 (QM9), 64 (MD17), 84 (OC20)',
    )
  })

  test('numbers that are none', () => {
    expect(message(changed(small, { 'head.2.bias.0': tensor([1], Number.NaN) }))).toContain(
      'head.2.bias.0 contains numbers that are not finite',
    )
    expect(message(changed(small, { 'rbf.means': tensor([16], 2) }))).toContain('should be exp(−cutoff)')
  })

  test('signs of the Wigner 3j symbols', () => {
    const symbol = (layer: string, degrees: string) => `${layer}.tp._compiled_main_left_right._w3j_${degrees}`
    const one = symbol('blocks.1.ga.sep_value.dtp', '2_1_2')
    const stored = small.tensors.get(one)!
    const flipped = tensor(
      stored.shape,
      Float32Array.from(stored.data as Float32Array, (x) => -x),
    )
    expect(message(changed(small, { [one]: flipped }))).toMatch(
      /has the signs of e3nn 0\.4 but blocks\.1\.ga\.sep_value\.dtp\S+_w3j_2_1_2 those of later versions/,
    )
    const other = symbol('blocks.1.ga.sep_value.dtp', '1_1_1')
    expect(message(changed(small, { [other]: tensor([3, 3, 3], 0.1) }))).toContain(
      '_w3j_1_1_1 is no Wigner 3j symbol',
    )
    expect(message(changed(small, { [symbol('x', '1_1_3')]: tensor([3, 3, 7]) }))).toContain(
      '_w3j_1_1_3 is for degrees that are not supported',
    )
  })
})

test('rows of the atom embedding', () => {
  expect([1, 6, 7, 8, 9, 16].map((z) => equiformerTypeOf('QM9', 5, z))).toEqual([0, 1, 2, 3, 4, null])
  expect([1, 63, 64].map((z) => equiformerTypeOf('MD17', 64, z))).toEqual([1, 63, null])
})
