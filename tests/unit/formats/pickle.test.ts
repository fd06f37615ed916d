import { describe, expect, it } from 'vitest'
import type { Plain } from '../../../src/formats/checkpoint.ts'
import { unpickle } from '../../../src/formats/pickle.ts'
import { Opaque, StorageRef, TensorRef, toPlain, Work } from '../../../src/formats/python-values.ts'
import { complaint } from './lib/expect-input-error.ts'
import { dataFile } from './lib/files.ts'
import {
  ascii,
  bytes,
  type Code,
  call,
  dict,
  global,
  int,
  join,
  list,
  none,
  pickle,
  text,
  tuple,
  u32,
} from './lib/pickle-writer.ts'

const source = 'model.ckpt'
const load = (code: Code): Plain =>
  toPlain(unpickle(code, { source }).value, new Work(source), () => new Opaque('torch.Tensor'))
const value = (code: Code): Plain => load(pickle(code))
const refuses = (code: Code): string => complaint(() => load(code))

describe('plain data', () => {
  it.each<[string, Code, Plain]>([
    ['None', none, null],
    ['True', bytes(0x88), true],
    ['True of protocol 0', ascii('I01\n'), true],
    ['False of protocol 0', ascii('I00\n'), false],
    ['INT', ascii('I-12\n'), -12],
    ['LONG', ascii('L123456789012345678901L\n'), 123456789012345678901n],
    ['FLOAT', ascii('F1.5e3\n'), 1500],
    ['FLOAT -inf', ascii('F-inf\n'), Number.NEGATIVE_INFINITY],
    ['BININT', join(ascii('J'), bytes(0xfe, 0xff, 0xff, 0xff)), -2],
    ['BININT1', bytes(0x4b, 200), 200],
    ['BININT2', bytes(0x4d, 1, 2), 513],
    ['LONG1', bytes(0x8a, 2, 0x00, 0xff), -256],
    ['LONG1 of nothing', bytes(0x8a, 0), 0],
    ['LONG4', bytes(0x8b, 1, 0, 0, 0, 7), 7],
    ['BINFLOAT', bytes(0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), 1.5],
    ['STRING', ascii("S'a\\n\\x41\\''\n"), "a\nA'"],
    ['UNICODE', ascii('Vx\\u00e9\\U0001F600\n'), 'xé😀'],
    ['BINUNICODE', text('\uFEFFÅ'), '\uFEFFÅ'],
    ['SHORT_BINUNICODE', bytes(0x8c, 1, 0x41), 'A'],
    ['BINBYTES', bytes(0x42, 2, 0, 0, 0, 1, 2), Uint8Array.of(1, 2)],
    ['TUPLE2', join(int(1), int(2), bytes(0x86)), [1, 2]],
    ['LIST', join(ascii('('), int(1), ascii('l')), [1]],
    ['APPEND', join(ascii(']'), int(1), ascii('a')), [1]],
    ['DICT', join(ascii('('), text('a'), int(1), ascii('d')), { a: 1 }],
    ['EMPTY_SET', join(bytes(0x8f), ascii('('), int(1), bytes(0x90)), [1]],
    ['DUP and POP', join(int(1), ascii('2'), ascii('0')), 1],
    ['memo', join(ascii(']q\x05'), ascii('0'), ascii('h\x05')), []],
  ])('%s', (_, code, expected) => {
    expect(value(code)).toEqual(expected)
  })

  it('gives dictionaries Maps where a key is not text', () => {
    expect(value(dict([int(1), text('a')]))).toEqual(new Map([[1, 'a']]))
  })

  it('lets no key touch a prototype', () => {
    const record = value(
      dict([text('__proto__'), dict([text('polluted'), int(1)])], [text('constructor'), int(2)]),
    )
    expect(Object.getPrototypeOf(record)).toBeNull()
    expect(Object.keys(record as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('knows the harmless constructors', () => {
    expect(value(call(global('collections', 'OrderedDict'), list(tuple(text('a'), int(1)))))).toEqual({
      a: 1,
    })
    expect(value(call(global('collections', 'defaultdict'), global('builtins', 'list')))).toEqual({})
    expect(value(call(global('pathlib', 'PosixPath'), text('runs'), text('a.ckpt')))).toBe('runs/a.ckpt')
    expect(value(call(global('torch', 'Size'), tuple(int(2), int(3))))).toEqual([2, 3])
    expect(value(global('torch', 'float32'))).toEqual({ opaque: 'torch.float32' })
    expect(value(call(global('torch', 'device'), text('cuda')))).toEqual({ opaque: 'torch.device' })
    expect(value(call(global('_codecs', 'encode'), text('ÿ\x01'), text('latin1')))).toEqual(
      Uint8Array.of(255, 1),
    )
    expect(value(call(global('builtins', 'set'), list(int(1))))).toEqual([1])
  })

  it('reads namespaces and attribute dictionaries', () => {
    const made = (type: Code) => join(type, tuple(), bytes(0x81))
    const state = dict([text('lr'), int(1)])
    expect(value(join(made(global('argparse', 'Namespace')), state, ascii('b')))).toEqual({ lr: 1 })
    const attributes = join(
      made(global('torchmdexp.utils.parsing', 'AttributeDict')),
      ascii('('),
      text('lr'),
      int(2),
      ascii('u'),
    )
    expect(value(join(attributes, state, ascii('b')))).toEqual({ lr: 2 })
  })

  it('reads numpy scalars and arrays', () => {
    const dtype = (code: string, order = '<') =>
      join(
        call(global('numpy', 'dtype'), text(code), int(0), int(1)),
        tuple(int(3), text(order), none, none, none, int(-1), int(-1), int(0)),
        ascii('b'),
      )
    const raw = (...values: number[]) => join(ascii('B'), u32(values.length), bytes(...values))
    const scalar = (code: string, ...values: number[]) =>
      value(call(global('numpy.core.multiarray', 'scalar'), dtype(code), raw(...values)))
    expect(scalar('f8', 0, 0, 0, 0, 0, 0, 0xf8, 0x3f)).toBe(1.5)
    expect(scalar('i8', 7, 0, 0, 0, 0, 0, 0, 0)).toBe(7)
    expect(scalar('b1', 1)).toBe(true)
    const array = (order: string, fortran: Code, code = 'u1') =>
      value(
        join(
          call(
            global('numpy._core.multiarray', '_reconstruct'),
            global('numpy', 'ndarray'),
            tuple(int(0)),
            text('b'),
          ),
          tuple(int(1), tuple(int(2), int(3)), dtype(code, order), fortran, raw(1, 2, 3, 4, 5, 6)),
          ascii('b'),
        ),
      )
    expect(array('|', bytes(0x89))).toEqual({
      dtype: 'uint8',
      shape: [2, 3],
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    })
    expect(array('|', bytes(0x88))).toEqual({
      dtype: 'uint8',
      shape: [2, 3],
      data: Uint8Array.of(1, 3, 5, 2, 4, 6),
    })
    expect(array('>', bytes(0x89), 'f8')).toEqual({ opaque: 'numpy.ndarray' })
    expect(() => array('<', bytes(0x89), 'f8')).toThrow('length its shape asks for')
  })
})

describe('files of training programs', () => {
  const persistent = () => new StorageRef('float32', '0', 0, 2 ** 31)
  const top = (file: string) =>
    unpickle(dataFile(file), { source, persistent }).value as Map<string, Map<string, unknown>>

  it.each([
    ['graph_network_2021.pkl', 61],
    ['graph_network_attributedict.pkl', 35],
    ['legacy2021.pkl', 78],
  ])('%s has %i tensors', (file, count) => {
    const state = top(file).get('state_dict')!
    expect(state.size).toBe(count)
    for (const tensor of state.values()) expect(tensor).toBeInstanceOf(TensorRef)
    expect(top(file).get('hyper_parameters')!.size).toBeGreaterThan(50)
  })

  it('keeps callbacks keyed by their class inert', () => {
    const keys = [
      ...(
        toPlain(top('legacy2021.pkl').get('callbacks') as never, new Work(source), () => null) as Map<
          Plain,
          Plain
        >
      ).keys(),
    ]
    expect(keys).toEqual([
      { opaque: 'pytorch_lightning.callbacks.early_stopping.EarlyStopping' },
      { opaque: 'pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint' },
    ])
  })

  it('reads a numpy array inside a training state', () => {
    const reference = toPlain(top('train_state.pkl').get('ref') as never, new Work(source), () => null)
    expect(reference).toMatchObject({ dtype: 'float64' })
  })
})

describe('malice', () => {
  it.each([
    ['posix', 'system'],
    ['os', 'system'],
    ['nt', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'exec'],
    ['builtins', 'getattr'],
    ['subprocess', 'Popen'],
    ['torch.hub', 'load'],
    ['torch.nn.modules.linear', 'Linear'],
    ['numpy', 'load'],
    ['lightning', 'os.system('],
    ['__main__', 'Model'],
  ])('refuses %s.%s', (module, name) => {
    const message = refuses(pickle(call(global(module, name), text('rm -rf ~'))))
    expect(message).toContain(
      `model.ckpt asks for the constructor ${module}.${name}, beyond tensors and plain data`,
    )
    expect(message).toContain('nothing was executed')
    expect(refuses(pickle(join(text(module), text(name), bytes(0x93))))).toContain(`${module}.${name}`)
    expect(refuses(pickle(join(ascii(`(i${module}\n${name}\n`))))).toContain(`${module}.${name}`)
  })

  it('refuses references outside the file', () => {
    expect(refuses(pickle(join(text('x'), ascii('Q'))))).toContain('outside themselves')
    expect(refuses(pickle(ascii('Px\n')))).toContain('unknown opcode 0x50')
    expect(refuses(pickle(bytes(0x82, 1)))).toContain('unknown opcode 0x82')
  })

  it.each([
    ['an empty stack', ascii('.')],
    ['a missing mark', ascii('t.')],
    ['a missing memo', ascii('h\x01.')],
    ['appending to a number', join(int(1), int(2), ascii('a.'))],
    ['setting items of a list', join(ascii(']'), int(1), int(2), ascii('s.'))],
    ['calling text', join(text('a'), tuple(), ascii('R.'))],
    ['half a pair', ascii('}(Nu.')],
    ['a state for a number', join(int(1), int(2), ascii('b.'))],
    ['a malformed number', ascii('Iabc\n.')],
    ['a string without quotes', ascii('Sabc\n.')],
    ['a future protocol', bytes(0x80, 9)],
    ['a tensor of nothing', join(call(global('torch._utils', '_rebuild_tensor_v2'), int(1)), ascii('.'))],
    ['an odd dictionary', join(call(global('collections', 'OrderedDict'), list(int(1))), ascii('.'))],
  ])('explains %s', (_, code) => {
    expect(refuses(code)).toContain('damaged')
  })

  it('is not drowned by a few bytes', () => {
    const cycle = ascii('](h\x00e.')
    expect(refuses(join(ascii(']q\x000'), ascii('h\x00h\x00a.')))).toContain('contain themselves')
    expect(refuses(cycle)).toContain('not there')
    expect(
      refuses(
        join(
          ...Array.from({ length: 1000 }, () => ascii(']')),
          ...Array.from({ length: 999 }, () => ascii('a')),
          ascii('.'),
        ),
      ),
    ).toContain('nested deeper')
    // Ten lists of ten lists of …: small in memory, gigantic written out.
    const doubling = Array.from({ length: 40 }, () =>
      join(bytes(0x85), ascii('q\x000h\x00h\x00'), bytes(0x86)),
    )
    expect(refuses(join(none, ...doubling, ascii('.')))).toContain('gigantic')
    expect(refuses(bytes(0x8e, 255, 255, 255, 255, 255, 255, 255, 127))).toContain('cut short')
    expect(refuses(bytes(0x8b, 255, 255, 255, 255))).toContain('malformed number')
    // One long list, copied into a dictionary again and again.
    const pairs = join(list(...Array.from({ length: 1000 }, () => tuple(int(1), int(2)))), ascii('q\x000'))
    const copies = Array.from({ length: 30_000 }, () =>
      join(call(global('collections', 'OrderedDict'), ascii('h\x00')), ascii('0')),
    )
    expect(refuses(join(pairs, ...copies, none, ascii('.')))).toContain('more work')
  })
})
