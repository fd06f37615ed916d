import { describe, expect, test } from 'vitest'
import { parseBenchArguments, wantsSuite } from '../../../benchmarks/arguments.ts'
import { InputError } from '../../../src/errors.ts'

describe('arguments of npm run bench', () => {
  test('nothing means everything in Node', () => {
    expect(parseBenchArguments([])).toEqual({
      models: ['small', 'md17', 'spice', 'equiformer'],
      atoms: Number.POSITIVE_INFINITY,
      seconds: null,
      json: null,
      docs: false,
      page: false,
      compile: false,
      profile: false,
      serve: false,
      startup: false,
      gpu: false,
      variants: false,
      torch: null,
      from: [],
      onnx: [],
    })
  })

  test('values may stand behind a space or an equals sign; --onnx and --from may be repeated', () => {
    const words = ['--models', 'small,md17', '--atoms=400', '--seconds', '2.5', '--json=a=b.json', '--docs']
    const repeated = ['--onnx', 'a.onnx', '--onnx', 'b.onnx', '--from', 'a.json', '--from', 'b.json']
    expect(parseBenchArguments([...words, ...repeated])).toMatchObject({
      models: ['small', 'md17'],
      atoms: 400,
      seconds: 2.5,
      json: 'a=b.json',
      docs: true,
      onnx: ['a.onnx', 'b.onnx'],
      from: ['a.json', 'b.json'],
    })
  })

  test('a bare number is the largest number of atoms', () => {
    expect(parseBenchArguments(['12000'])).toMatchObject({ atoms: 12_000 })
  })

  test.each(['--help', '-h'])('%s asks for help', (word) => {
    expect(parseBenchArguments(['--docs', word])).toBeNull()
  })

  test.each([
    [['--model', 'small'], 'npm run bench does not know --model; see npm run bench -- --help.'],
    [['--models', 'large'], 'There is no benchmark model "large"; there are small, md17, spice, equiformer.'],
    [['--atoms', 'many'], '--atoms takes a positive number, not "many".'],
    [['--seconds', '0'], '--seconds takes a positive number, not "0".'],
    [['--json', '--docs'], '--json needs a value; see npm run bench -- --help.'],
    [['--onnx'], '--onnx needs a value; see npm run bench -- --help.'],
  ])('%j is refused in one sentence', (words, message) => {
    expect(() => parseBenchArguments(words)).toThrow(new InputError(message))
  })

  test.each([
    [[], true],
    [['--page'], true],
    [['--startup'], false],
    [['--onnx', 'a.onnx'], false],
    [['--onnx', 'a.onnx', '--startup', '--docs'], true],
  ])('%j: the suite runs: %s', (words, expected) => {
    expect(wantsSuite(parseBenchArguments(words)!)).toBe(expected)
  })
})
