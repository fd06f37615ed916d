/** What files leave open about their models, and what users state of it. */
import { InputError } from '../errors.ts'
import { energyUnits } from './energy-unit.ts'

/** What a user states of a file, in the words of the program that wrote it (num_heads, task_mean, …). */
export type Statements = { readonly [name: string]: number | string }

/** Something that a file does not tell of its model, whether or not it has been stated since. */
export interface OpenStatement {
  /** In the words of the program that wrote the file. */
  readonly name: string
  /** In plain words. */
  readonly title: string
  readonly kind: 'number' | 'text' | 'choice'
  /** Of a choice. */
  readonly choices?: readonly string[]
  /** Of a number. */
  readonly unit?: string
  /** What an answer may look like. */
  readonly example?: string
  /** What is stated or assumed now; null for neither. */
  readonly value: number | string | null
  /** One short sentence: why it is asked, or what holds until then. */
  readonly why: string
}

/** A file that cannot be loaded before something is stated of it. */
export class OpenQuestion extends InputError {
  constructor(
    message: string,
    readonly open: readonly OpenStatement[],
  ) {
    super(message)
  }
}

/** `units`, in which a file has its energies. */
export const unitStatement = (value: string, why: string): OpenStatement => ({
  name: 'units',
  title: 'Energy unit',
  kind: 'choice',
  choices: [...new Set(Object.values(energyUnits).map(({ name }) => name))],
  value,
  why,
})

/** A number where it reads as one, otherwise text. */
export function statementOf(text: string): number | string {
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

/**
 * Reads `num_heads=4,irreps_mlp_mid=30x0e+15x1e`.
 * @param where it is written, for messages
 * @throws InputError for what is no such pair
 */
export function parseStatements(text: string, where: string): Statements {
  const entries = text.split(',').filter(Boolean)
  return Object.fromEntries(
    entries.map((entry) => {
      const [, name, value] = /^\s*([\w-]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? []
      if (name === undefined)
        throw new InputError(
          `${where} takes NAME=VALUE pairs with commas between them, and '${entry}' is none.`,
        )
      return [name, statementOf(value)]
    }),
  )
}
