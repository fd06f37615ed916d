import { describe, expect, test } from 'vitest'
import { type Command, helpOf, parseArguments } from '../../../src/cli/arguments.ts'
import { InputError } from '../../../src/errors.ts'

const command: Command = {
  name: 'weigh',
  summary: 'Weigh things',
  operands: 'THING',
  options: {
    mass: { type: 'string', value: 'KG', help: 'how heavy', default: '2' },
    kind: { type: 'string', help: 'what' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  run: async () => 0,
}
const parse = (...words: string[]) => parseArguments(command, words)!

describe('arguments', () => {
  test('are read from anywhere on the line', () => {
    const given = parse('--mass', '3', 'stone', '--json')
    expect(given.onlyOperand()).toBe('stone')
    expect(given.number('mass')).toBe(3)
    expect(given.flag('json')).toBe(true)
  })

  test('have defaults', () => {
    expect(parse('stone').number('mass')).toBe(2)
    expect(parse('stone').flag('json')).toBe(false)
    expect(parse('stone').text('kind')).toBeUndefined()
  })

  test('may be negative numbers, with and without an equals sign', () => {
    expect(parse('--mass', '-3').number('mass')).toBe(-3)
    expect(parse('--mass=-.5').number('mass')).toBe(-0.5)
  })

  test.each(['', ' ', 'three', 'NaN', 'Infinity', '1e999', '3kg'])('refuse "%s" as a number', (text) => {
    expect(() => parse(`--mass=${text}`).number('mass')).toThrow(InputError)
  })

  test('keep to their range', () => {
    expect(() => parse('--mass=0').number('mass', { above: 0 })).toThrow('above 0')
    expect(parse('--mass=0').number('mass', { least: 0 })).toBe(0)
    expect(() => parse('--mass=1.5').number('mass', { whole: true })).toThrow('whole number')
  })

  test('refuse what the command does not know, in one sentence', () => {
    expect(() => parse('--price', '3')).toThrow(/^Unknown option '--price'; see tumble weigh --help\.$/)
    expect(() => parse('a', 'b').onlyOperand()).toThrow('takes one THING but 2 were given')
    expect(() => parse('--kind=stone').choice('kind', ['wood', 'iron'])).toThrow('wood or iron, not "stone"')
  })

  test('ask for help', () => {
    expect(parseArguments(command, ['--help'])).toBeNull()
    expect(parseArguments(command, ['-h'])).toBeNull()
    expect(helpOf(command)).toContain('--mass KG  how heavy (default 2)')
  })
})
