import { beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors.ts'
import type { Checkpoint, Plain, Tensor } from '../../../src/formats/checkpoint.ts'
import { energyUnitOf, trainedElements } from '../../../src/models/et/hyperparameters.ts'
import { readEtParameters } from '../../../src/models/et/read-parameters.ts'
import { spiceTypeOf, spiceTypes } from '../../../src/models/et/spice-types.ts'
import { equivariantTransformerCases } from '../../golden/cases.ts'

const cases = await equivariantTransformerCases()
const checkpointOf = (start: string) => cases.find(({ name }) => name.startsWith(start))!.loadCheckpoint()

type Changes = { readonly [name: string]: Tensor | null }

/** The checkpoint with hyperparameters set (undefined removes one) and tensors replaced (null removes one). */
function changed(
  checkpoint: Checkpoint,
  values: { [key: string]: Plain | undefined },
  changes: Changes = {},
): Checkpoint {
  const hyperparameters = Object.fromEntries(
    Object.entries({ ...checkpoint.hyperparameters, ...values }).filter(([, value]) => value !== undefined),
  ) as { [key: string]: Plain }
  const tensors = new Map(checkpoint.tensors)
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor) tensors.set(name, tensor)
    else tensors.delete(name)
  }
  return { ...checkpoint, source: 'file', hyperparameters, tensors }
}

const zeros = (...shape: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((product, n) => product * n, 1)),
})

const message = (checkpoint: Checkpoint): string => {
  try {
    readEtParameters(checkpoint)
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    return (error as Error).message
  }
  return 'no error'
}

let small: Checkpoint
beforeAll(async () => {
  small = await checkpointOf('s14')
})

describe('names of all versions', () => {
  test('2021: one prior without index, bare sequences, vector biases', async () => {
    const parameters = readEtParameters(await checkpointOf('s12'))
    expect(parameters.tensors.has('representation_model.attention_layers.0.vec_proj.bias')).toBe(true)
    expect(parameters.tensors.has('output_model.output_network.0.update_net.layers.2.weight')).toBe(true)
    expect(parameters.priors.map(({ kind }) => kind)).toEqual(['Atomref'])
    expect(parameters.notes.join()).toContain('rotated')
  })

  test('only one leading model. is stripped', () => {
    const prefix = (start: string) =>
      new Map([...small.tensors].map(([name, tensor]) => [start + name.replace(/^model\./, ''), tensor]))
    const plain = readEtParameters({ ...small, tensors: prefix('') })
    const once = readEtParameters({ ...small, tensors: prefix('model.') })
    expect([...once.tensors.keys()]).toEqual([...plain.tensors.keys()])
    expect(message({ ...small, tensors: prefix('model.model.') })).toContain('embedding.weight is missing')
  })

  test('the extent head of before April 2024, and with hidden layers', async () => {
    const extent = await checkpointOf('s11')
    const old = new Map(
      [...extent.tensors].map(([name, tensor]) => [
        name.replace('output_network.layers.', 'output_network.'),
        tensor,
      ]),
    )
    const today = readEtParameters(extent)
    expect([...readEtParameters({ ...extent, tensors: old }).tensors.keys()]).toEqual([
      ...today.tensors.keys(),
    ])

    const at = 'output_model.output_network.layers'
    const deeper = changed(
      extent,
      {},
      {
        [`${at}.2.weight`]: zeros(16, 16),
        [`${at}.2.bias`]: zeros(16),
        [`${at}.4.weight`]: zeros(1, 16),
        [`${at}.4.bias`]: zeros(1),
      },
    )
    expect(readEtParameters(deeper).tensors.has(`${at}.4.bias`)).toBe(true)
  })
})

describe('hyperparameters', () => {
  test('defaults and spellings', async () => {
    const { hyper } = readEtParameters(await checkpointOf('s03'))
    expect(hyper).toMatchObject({
      vectorCutoff: false,
      types: 'five-et',
      boxVectors: null,
      meanDivisor: 'one',
    })
    expect(readEtParameters(await checkpointOf('s08')).hyper.attentionActivation).toBe('silu')
  })

  test('what shapes tell need not be said', () => {
    const told = readEtParameters(small).hyper
    const silent = changed(small, {
      ...{ embedding_dimension: undefined, num_layers: undefined, num_rbf: undefined, max_z: undefined },
      ...{
        rbf_type: undefined,
        distance_influence: undefined,
        neighbor_embedding: undefined,
        model: undefined,
      },
    })
    expect(readEtParameters(silent).hyper).toEqual(told)
  })

  test('a box from box_vecs or from the buffer; zeros are none', () => {
    const rows = [
      [9, 0, 0],
      [0, 9, 0],
      [0, 0, 9],
    ]
    const buffer = { ...zeros(3, 3), data: Float32Array.from(rows.flat()) }
    expect(readEtParameters(small).hyper.boxVectors).toBeNull()
    expect(readEtParameters(changed(small, { box_vecs: rows })).hyper.boxVectors).toEqual(rows.flat())
    const stored = changed(small, {}, { 'representation_model.distance.box': buffer })
    expect(readEtParameters(stored).hyper.boxVectors).toEqual(rows.flat())
    expect(message(changed(small, { box_vecs: [1, 2] }))).toContain('box_vecs')
  })

  test('a mean divides by atoms + 1, except in visibly old files', () => {
    expect(readEtParameters(small).hyper.meanDivisor).toBe('atoms + 1')
    expect(readEtParameters(changed(small, { ema_alpha_dy: 1 })).hyper.meanDivisor).toBe('atoms')
  })

  test.each<[string, { [key: string]: Plain | undefined }, string]>([
    ['unknown activation', { activation: 'relu6' }, 'activation is "relu6"; supported are silu, swish, ssp'],
    ['missing heads', { num_heads: undefined }, 'num_heads is missing'],
    ['heads that do not divide', { num_heads: 3 }, 'num_heads 3 does not divide embedding_dimension 16'],
    ['text for a number', { cutoff_upper: 'five' }, 'cutoff_upper should be a number, but is "five"'],
    ['empty range', { cutoff_upper: 0 }, 'do not make a range'],
    ['atom filter', { atom_filter: 1 }, 'atom_filter'],
    ['unknown head', { output_model: 'Charges' }, 'output_model is "Charges"'],
    ['unknown prior', { prior_model: 'LJ' }, 'the prior LJ is not supported'],
  ])('%s', (_, values, expected) => {
    expect(message(changed(small, values))).toContain(expected)
  })

  test.each(['graph-network', 'transformer', 'tensornet', 'tensornet2', 'schnet'])(
    'architecture %s',
    (model) => {
      expect(message(changed(small, { model }))).toBe(
        `file holds a ${model} model, which is not supported; of TorchMD-NET's architectures Tumble runs the equivariant-transformer.`,
      )
    },
  )

  test('none at all', () => {
    expect(message({ ...small, hyperparameters: null })).toContain('no hyper_parameters')
  })
})

describe('tensors', () => {
  const name = 'representation_model.attention_layers.1.o_proj.weight'

  test('missing', () => {
    expect(message(changed(small, {}, { [name]: null }))).toBe(
      `file: the tensor ${name} is missing; by the file's hyperparameters it has shape [48, 16].`,
    )
  })

  test('mis-shaped', () => {
    expect(message(changed(small, {}, { [name]: zeros(16, 48) }))).toBe(
      `file: the tensor ${name} has shape [16, 48], but by the file's hyperparameters it should have [48, 16].`,
    )
  })

  test('not finite', () => {
    const broken = zeros(48, 16)
    broken.data[5] = Number.NaN
    expect(message(changed(small, {}, { [name]: broken }))).toContain('not finite')
  })

  test('unexpected inside the network', () => {
    expect(message(changed(small, {}, { 'output_model.extra.weight': zeros(1) }))).toContain('has no place')
  })

  test('unexpected outside it: a note', () => {
    const { notes } = readEtParameters(changed(small, {}, { 'loss.weight': zeros(1) }))
    expect(notes.join()).toContain('loss.weight')
  })
})

describe('priors', () => {
  const atomref = (enable?: boolean): Changes => ({
    'prior_model.0.atomref.weight': {
      ...zeros(100, 1),
      data: new Float32Array(100).fill(enable === false ? 2 : 1),
    },
  })

  test.each<[string, Plain]>([
    ['a name', 'Atomref'],
    ['a list', ['Atomref']],
    ['a dictionary', { Atomref: {} }],
    ['a list of dictionaries', [{ Atomref: { max_z: 100 } }]],
  ])('%s', (_, prior_model) => {
    const { priors } = readEtParameters(changed(small, { prior_model }, atomref()))
    expect(priors).toMatchObject([{ kind: 'Atomref', enabled: true }])
  })

  test('prior_args replace the arguments inside prior_model', () => {
    const values = { prior_model: [{ Atomref: { enable: true } }], prior_args: [{ enable: false }] }
    const { priors, notes } = readEtParameters(changed(small, values, atomref(false)))
    expect(priors).toMatchObject([{ enabled: false }])
    expect(notes.join()).toContain('switched off')
    expect(message(changed(small, { ...values, prior_args: [{}, {}] }, atomref()))).toContain('one for each')
  })

  test('all four of a file written by upstream', async () => {
    const { priors } = readEtParameters(await checkpointOf('s08'))
    expect(priors.map(({ kind }) => kind)).toEqual(['ZBL', 'D2', 'Coulomb', 'Atomref'])
  })

  test('a missing argument', () => {
    const table = { 'prior_model.0.atomic_number': zeros(100) }
    expect(message(changed(small, { prior_model: { ZBL: { cutoff_distance: 4 } } }, table))).toContain(
      'the ZBL prior lacks a number for distance_scale',
    )
  })
})

describe('what the model was trained on', () => {
  test('energy unit', async () => {
    const unit = (dataset: string, metadata: Checkpoint['metadata'] = {}) =>
      energyUnitOf({ ...changed(small, { dataset }), metadata })?.name
    expect(unit('ANI1')).toBe('eV')
    expect(unit('rMD17')).toBe('kcal/mol')
    expect(unit('Custom')).toBeUndefined()
    expect(unit('Custom', { units: 'kcal/mol' })).toBe('kcal/mol')
    expect(unit('Custom', { units: '{"energy": "kJ/mol", "length": "angstrom"}' })).toBe('kJ/mol')
    expect(() => unit('Custom', { units: 'furlong' })).toThrow('"furlong" is not known')
    expect(energyUnitOf(await checkpointOf('s03'))?.inEv).toBeCloseTo(0.010364269656, 11)
  })

  test('elements', async () => {
    const elements = (metadata: Checkpoint['metadata']) =>
      trainedElements({ ...small, metadata }, readEtParameters(small))
    expect(elements({})).toBeNull()
    expect(elements({ elements: '["O", "H"]' })).toEqual([1, 8])
    expect(elements({ elements: [6, 1] })).toEqual([1, 6])
    expect(() => elements({ elements: 'H Xy' })).toThrow('"Xy"')
    const spice = await checkpointOf('s03')
    expect(trainedElements(spice, readEtParameters(spice))).toContain(53)
    const referenced = await checkpointOf('s02')
    expect(trainedElements(referenced, readEtParameters(referenced))?.length).toBeGreaterThan(0)
  })

  test('SPICE types', () => {
    expect(spiceTypes).toHaveLength(28)
    expect(spiceTypeOf(6, 0)).toBe(3)
    expect(spiceTypeOf(16, 1)).toBe(27)
    expect(spiceTypeOf(6, 2)).toBeNull()
  })
})
