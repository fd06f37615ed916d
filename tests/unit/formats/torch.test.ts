import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Checkpoint, Tensor } from '../../../src/formats/checkpoint.ts'
import { readSafetensors } from '../../../src/formats/safetensors.ts'
import { readTorchCheckpoint } from '../../../src/formats/torch.ts'
import { complaint, succeedsOrExplains } from './lib/expect-input-error.ts'
import { dataFile } from './lib/files.ts'
import {
  ascii,
  bytes,
  type Code,
  dict,
  global,
  int,
  join,
  list,
  pickle,
  type TensorOptions,
  tensor,
  text,
  u32,
  yes,
} from './lib/pickle-writer.ts'
import { type ZipOptions, zip } from './lib/zip-writer.ts'

const floats = (...values: number[]): Code => new Uint8Array(Float32Array.from(values).buffer)
const six = floats(1, 2, 3, 4, 5, 6)
const wholeOfSix: TensorOptions = { count: 6, shape: [2, 3], stride: [3, 1] }

const archive = (top: Code, storages: Code[], extra: [string, Code][] = [], options?: ZipOptions): Code =>
  zip(
    [
      ['m/data.pkl', pickle(top)],
      ...storages.map((data, i): [string, Code] => [`m/data/${i}`, data]),
      ...extra,
    ],
    options,
  )
const state = (options: TensorOptions): Code => dict([text('state_dict'), dict([text('w'), tensor(options)])])
const read = (file: Code): Checkpoint => readTorchCheckpoint(file, 'm.pt')
const w = (options: TensorOptions, storage: Code): Tensor =>
  read(archive(state(options), [storage])).tensors.get('w')!

describe('tensors of the zip container', () => {
  it('are dense whatever their strides', () => {
    expect(w(wholeOfSix, six)).toEqual({
      dtype: 'float32',
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    })
    const data = (options: TensorOptions) => [...w(options, six).data]
    expect(data({ count: 6, shape: [3, 2], stride: [1, 3] })).toEqual([1, 4, 2, 5, 3, 6])
    expect(data({ count: 6, shape: [3], stride: [2], offset: 1 })).toEqual([2, 4, 6])
    expect(data({ count: 6, shape: [2, 1, 2], stride: [3, 99, 1], offset: 1 })).toEqual([2, 3, 5, 6])
    expect(data({ count: 6, shape: [], stride: [], offset: 5 })).toEqual([6])
    expect(data({ count: 6, shape: [0, 3], stride: [3, 1] })).toEqual([])
    expect(data({ count: 6, shape: [2, 3], stride: [0, 1] })).toEqual([1, 2, 3, 1, 2, 3])
  })

  it.each<[string, string, Code, unknown]>([
    ['DoubleStorage', 'float64', new Uint8Array(Float64Array.of(0.1).buffer), Float64Array.of(0.1)],
    ['HalfStorage', 'float16', bytes(0x00, 0xbe), Float32Array.of(-1.5)],
    ['HalfStorage', 'float16', bytes(0x01, 0x00), Float32Array.of(2 ** -24)],
    ['HalfStorage', 'float16', bytes(0x00, 0x7c), Float32Array.of(Number.POSITIVE_INFINITY)],
    ['HalfStorage', 'float16', bytes(0x01, 0x7e), Float32Array.of(Number.NaN)],
    ['BFloat16Storage', 'bfloat16', bytes(0xc0, 0xbf), Float32Array.of(-1.5)],
    ['LongStorage', 'int64', bytes(0xfe, 255, 255, 255, 255, 255, 255, 255), BigInt64Array.of(-2n)],
    ['IntStorage', 'int32', bytes(0xfe, 255, 255, 255), Int32Array.of(-2)],
    ['ShortStorage', 'int16', bytes(0xfe, 255), Int16Array.of(-2)],
    ['CharStorage', 'int8', bytes(0xfe), Int8Array.of(-2)],
    ['ByteStorage', 'uint8', bytes(0xfe), Uint8Array.of(254)],
    ['BoolStorage', 'bool', bytes(1), Uint8Array.of(1)],
  ])('read %s as %s', (type, dtype, storage, data) => {
    expect(w({ type, count: 1, shape: [1], stride: [1] }, storage)).toEqual({ dtype, shape: [1], data })
  })

  it.each<[string, TensorOptions]>([
    ['too many elements', { count: 6, shape: [7], stride: [1] }],
    ['an expanded view', { count: 6, shape: [1_000_000, 1_000_000], stride: [0, 0] }],
    ['strides beyond', { count: 6, shape: [3], stride: [3] }],
    ['an offset beyond', { count: 6, shape: [1], stride: [1], offset: 6 }],
  ])('refuse %s', (_, options) => {
    expect(complaint(() => w(options, six))).toContain('m.pt, tensor w: its shape')
  })

  it('refuse storages that are short or missing', () => {
    expect(complaint(() => w({ count: 7, shape: [7], stride: [1] }, six))).toContain(
      'has 24 bytes where 28 are declared',
    )
    expect(complaint(() => w({ ...wholeOfSix, key: '9' }, six))).toContain('storage 9 is not in the archive')
  })

  it('refuse to become many times larger than the file', () => {
    const large = new Uint8Array(4 * 5000)
    const names = Array.from({ length: 400 }, (_, i): [Code, Code] => [text(`w${i}`), ascii('h\x00')])
    const first: [Code, Code] = [
      text('w'),
      join(tensor({ count: 5000, shape: [5000], stride: [1] }), ascii('q\x00')),
    ]
    const message = complaint(() => read(archive(dict([text('state_dict'), dict(first, ...names)]), [large])))
    expect(message).toContain('many times larger than the file')
  })
})

describe('where the model is', () => {
  const parameters = dict([text('w'), tensor(wholeOfSix)])

  it.each(['state_dict', 'model_state_dict', 'model'])('finds %s', (key) => {
    const file = archive(dict([text(key), parameters], [text('epoch'), int(3)]), [six])
    const checkpoint = read(file)
    expect([...checkpoint.tensors.keys()]).toEqual(['w'])
    expect({ ...checkpoint.metadata }).toEqual({ epoch: 3 })
    expect(checkpoint.hyperparameters).toBeNull()
    expect(checkpoint.container).toBe('torch-zip')
  })

  it('prefers state_dict, and leaves an optimizer’s storages unread', () => {
    const moments = list(dict([text('exp_avg'), tensor({ ...wholeOfSix, key: 'not there' })]))
    const top = dict(
      [text('state_dict'), parameters],
      [text('model'), dict([text('v'), tensor({ ...wholeOfSix, key: 'not there' })])],
      [text('hyper_parameters'), dict([text('lr'), int(1)], [text('scale'), tensor(wholeOfSix)])],
      [text('optimizer_states'), moments],
    )
    const checkpoint = read(archive(top, [six]))
    expect([...checkpoint.tensors.keys()]).toEqual(['w'])
    expect(checkpoint.hyperparameters).toMatchObject({ lr: 1, scale: { shape: [2, 3] } })
    expect(checkpoint.metadata).toMatchObject({
      optimizer_states: [{ exp_avg: { opaque: 'torch.Tensor' } }],
      model: { v: { opaque: 'torch.Tensor' } },
    })
  })

  it('says what a file without parameters holds', () => {
    const message = complaint(() =>
      read(archive(dict([text('weights'), int(1)], [text('step'), int(2)]), [])),
    )
    expect(message).toContain('m.pt has no state_dict: its entries are weights, step')
    expect(complaint(() => read(archive(int(1), [])))).toContain('no dictionary')
  })

  it('explains archives of other kinds', () => {
    expect(complaint(() => read(zip([['a.txt', ascii('x')]])))).toContain('without data.pkl')
    expect(complaint(() => read(zip([['runs/a.ckpt', ascii('x')]])))).toContain(
      'around checkpoints (runs/a.ckpt',
    )
    expect(
      complaint(() => read(archive(state(wholeOfSix), [six], [['m/constants.pkl', ascii('')]]))),
    ).toContain('TorchScript')
    expect(
      complaint(() => read(archive(state(wholeOfSix), [six], [['m/byteorder', ascii('big')]]))),
    ).toContain('big-endian')
    expect(complaint(() => read(archive(state(wholeOfSix), [six], [], { method: 8 })))).toContain(
      'm/data.pkl is compressed',
    )
    expect(complaint(() => read(ascii('3\n\nH 0 0 0\n')))).toContain('not a PyTorch checkpoint')
  })

  it('refuses code', () => {
    const top = dict([
      text('state_dict'),
      join(global('posix', 'system'), text('true'), bytes(0x85), ascii('R')),
    ])
    expect(complaint(() => read(archive(top, [])))).toContain('constructor posix.system')
  })
})

describe('files of upstream programs', () => {
  it.each([
    ['tmdnet_dipole_f64.ckpt', 'tmdnet_dipole_f64.safetensors', 56],
    ['gatr_baseline.pt', 'gatr_baseline.safetensors', 31],
  ])('%s has the tensors of %s', (file, twin, count) => {
    const checkpoint = readTorchCheckpoint(dataFile(file), file)
    const expected = readSafetensors(dataFile(twin), twin).tensors
    expect(checkpoint.tensors.size).toBe(count)
    for (const [name, { data }] of checkpoint.tensors) {
      expect(Array.from(data as Float64Array), name).toEqual(
        Array.from(expected.get(name.replace(/^model\./, ''))!.data as Float64Array),
      )
    }
  })

  it('gives a Lightning checkpoint’s hyperparameters', () => {
    const { hyperparameters, metadata } = readTorchCheckpoint(dataFile('tmdnet_dipole_f64.ckpt'), 'm.ckpt')
    expect(hyperparameters).toMatchObject({ model: 'equivariant-transformer', output_model: 'DipoleMoment' })
    expect(metadata['pytorch-lightning_version']).toMatch(/^\d/)
  })
})

describe('the older stream', () => {
  const magic = bytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e)
  const stream = (little: Code = yes): Code =>
    join(
      magic,
      pickle(bytes(0x4d, 0xe9, 0x03)),
      pickle(dict([text('protocol_version'), int(1001)], [text('little_endian'), little])),
      pickle(
        dict([
          text('state_dict'),
          dict(
            [text('w'), tensor({ ...wholeOfSix, key: '94', stream: true })],
            [
              text('n'),
              tensor({ type: 'LongStorage', key: '95', count: 1, shape: [], stride: [], stream: true }),
            ],
          ),
        ]),
      ),
      pickle(list(text('94'), text('95'))),
      u32(6),
      u32(0),
      six,
      u32(1),
      u32(0),
      bytes(7, 0, 0, 0, 0, 0, 0, 0),
    )

  it('is read', () => {
    const checkpoint = read(stream())
    expect(checkpoint.container).toBe('torch-legacy')
    expect(checkpoint.tensors.get('w')).toEqual({
      dtype: 'float32',
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    })
    expect(checkpoint.tensors.get('n')).toEqual({ dtype: 'int64', shape: [], data: BigInt64Array.of(7n) })
  })

  it('explains every way of being cut short', () => {
    const whole = stream()
    for (let length = 0; length < whole.length; length++) {
      expect(complaint(() => read(whole.subarray(0, length)))).toMatch(/cut short|not a PyTorch checkpoint/)
    }
    expect(complaint(() => read(stream(bytes(0x89))))).toContain('big-endian')
  })

  it('survives any damaged byte', () => {
    const whole = stream()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = whole.slice()
        damaged[at] = byte
        succeedsOrExplains(() => read(damaged))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('damage to a real file', () => {
  const whole = dataFile('gatr_baseline.pt')
  const pickled = dataFile('legacy2021.pkl')

  it('of its length', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(complaint(() => read(whole.subarray(0, length)))).toMatch(/cut short|not a PyTorch checkpoint/)
      }),
      { numRuns: 200 },
    )
  })

  it('of its bytes', () => {
    // Pickle and directory are where a byte has consequences: the pickle is the first entry, the directory the end.
    const places = fc.oneof(fc.nat(9000), fc.integer({ min: whole.length - 6000, max: whole.length - 1 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = whole.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        succeedsOrExplains(() => read(damaged))
      }),
      { numRuns: 500 },
    )
  })

  it('of a pickle of many kinds of objects', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(pickled.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = pickled.slice()
          for (const [at, byte] of changes) damaged[at] = byte
          succeedsOrExplains(() => read(zip([['m/data.pkl', damaged]])))
        },
      ),
      { numRuns: 500 },
    )
  })
})
