/** What follows a command on the command line: described once, parsed and explained from the description. */
import { parseArgs } from 'node:util'
import { InputError, messageOf } from '../errors.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  /** What stands for the value in the help, `FILE` say; strings only. */
  readonly value?: string
  readonly help: string
  readonly default?: string
}

export type OptionTable = Readonly<Record<string, Option>>

export interface Command {
  readonly name: string
  readonly summary: string
  /** Positional arguments as the help shows them. */
  readonly operands: string
  readonly options: OptionTable
  /** What else a user should know; a paragraph of the help. */
  readonly details?: string
  /** @returns the exit status */
  run(given: Arguments): Promise<number>
}

/** Which numbers an option takes. */
export interface Range {
  readonly least?: number
  /** Like `least`, the bound itself left out. */
  readonly above?: number
  readonly whole?: boolean
}

export class Arguments {
  constructor(
    private readonly command: Command,
    readonly operands: readonly string[],
    private readonly values: Readonly<Record<string, string | boolean | undefined>>,
  ) {}

  flag(name: string): boolean {
    return this.values[name] === true
  }

  /** Whether it was given, and not left to its default. */
  has(name: string): boolean {
    return this.values[name] !== undefined
  }

  text(name: string): string | undefined {
    const value = this.values[name] ?? this.command.options[name]?.default
    return typeof value === 'string' ? value : undefined
  }

  /** @throws InputError unless the text is one of the choices */
  choice<T extends string>(name: string, choices: readonly T[]): T {
    const text = this.text(name)
    const choice = choices.find((candidate) => candidate === text)
    if (choice === undefined)
      throw new InputError(`--${name} must be ${choices.join(' or ')}, not "${text ?? ''}".`)
    return choice
  }

  /** @throws InputError for text that is no such number, or where the option is missing and has no default */
  number(name: string, { least, above, whole }: Range = {}): number {
    const text = this.text(name)
    if (text === undefined)
      throw new InputError(`tumble ${this.command.name} needs --${name}; see ${helpFor(this.command)}.`)
    const value = text.trim() === '' ? Number.NaN : Number(text)
    const fits =
      Number.isFinite(value) &&
      (least === undefined || value >= least) &&
      (above === undefined || value > above) &&
      (!whole || Number.isSafeInteger(value))
    if (fits) return value
    const bound = above !== undefined ? ` above ${above}` : least !== undefined ? ` of at least ${least}` : ''
    throw new InputError(`--${name} must be a ${whole ? 'whole ' : ''}number${bound}, not "${text}".`)
  }

  /**
   * `1,2,7-9` as numbers counted from 1.
   * @throws InputError for text that is no such list
   */
  list(name: string): number[] {
    const text = this.text(name) ?? ''
    return text.split(',').flatMap((part) => {
      const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? []
      const [from, to] = [Number(first), Number(last)]
      if (!(from >= 1 && to >= from && to < 1e7))
        throw new InputError(`--${name} must be a list counted from 1, such as 1,2,7-9, not "${text}".`)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    })
  }

  /**
   * The operands, exactly one.
   * @throws InputError for none and for several
   */
  onlyOperand(): string {
    const [operand, ...rest] = this.operands
    if (operand !== undefined && rest.length === 0) return operand
    const found = operand === undefined ? 'none was given' : `${this.operands.length} were given`
    throw new InputError(
      `tumble ${this.command.name} takes one ${this.command.operands} but ${found}; see ${helpFor(this.command)}.`,
    )
  }
}

const helpFor = ({ name }: Command): string => `tumble ${name} --help`

/** Understood by every command. */
const HELP: Option = { type: 'boolean', help: 'show this help' }

/**
 * Arguments of a command, or null where its help was asked for.
 * @throws InputError for options it does not have and for values that are missing or out of place
 */
export function parseArguments(command: Command, words: readonly string[]): Arguments | null {
  const options = { ...command.options, help: HELP }
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [
      name,
      { type, ...(name === 'help' && { short: 'h' }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({
      args: joinNegatives(words),
      options: config,
      allowPositionals: true,
    })
    if (values.help === true) return null
    return new Arguments(command, positionals, values as Record<string, string | boolean | undefined>)
  } catch (error) {
    // Node's messages go on with advice in further sentences.
    const [what] = messageOf(error).split(/\.\s/)
    throw new InputError(`${what.replace(/\.$/, '')}; see ${helpFor(command)}.`)
  }
}

/** `--option -1` as `--option=-1`: Node takes a value that begins with a dash for a forgotten one. */
function joinNegatives(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const before = joined.at(-1)
    if (/^-\.?\d/.test(word) && before && /^--[^=]+$/.test(before))
      joined[joined.length - 1] = `${before}=${word}`
    else joined.push(word)
  }
  return joined
}

/** The help page of one command. */
export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP }).map(([name, option]) => {
    const standard = option.default === undefined ? '' : ` (default ${option.default})`
    return [`  --${name}${option.value ? ` ${option.value}` : ''}`, `${option.help}${standard}`] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return [
    `Usage: tumble ${command.name} ${command.operands} [options]`,
    '',
    `${command.summary}.`,
    ...(command.details ? ['', command.details] : []),
    '',
    'Options:',
    ...rows.map(([left, right]) => left.padEnd(width) + right),
    '',
  ].join('\n')
}
