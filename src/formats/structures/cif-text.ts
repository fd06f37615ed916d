/**
 * The grammar of CIF 1.1 (Hall, Allen & Brown 1991; iucr.org/resources/cif/spec), which mmCIF shares: data blocks of
 * items and loops, quotes, text between semicolons, comments. Save frames, which only dictionaries have, are passed over.
 */

import { InputError } from '../../errors.ts'

/** A value; null where the file says unknown (?) or inapplicable (.). */
export type CifValue = string | null

export interface CifLoop {
  readonly tags: readonly string[]
  /** Row by row, as many in each as there are tags. */
  readonly values: readonly CifValue[]
}

/** Tags are in lower case, with _ for the dots of mmCIF. */
export interface CifBlock {
  readonly name: string
  readonly items: ReadonlyMap<string, CifValue>
  readonly loops: readonly CifLoop[]
}

/** Values of a tag, from an item or a column of a loop; null if the block has no such tag. */
export const columnOf = (block: CifBlock, tag: string): readonly CifValue[] | null => {
  const item = block.items.get(tag)
  if (item !== undefined) return [item]
  for (const { tags, values } of block.loops) {
    const at = tags.indexOf(tag)
    if (at < 0) continue
    return Array.from({ length: values.length / tags.length }, (_, row) => values[row * tags.length + at])
  }
  return null
}

/** The first value that is known of those that several tags have. */
export const firstValueOf = (block: CifBlock, ...tags: readonly string[]): string | null => {
  for (const tag of tags) {
    const value = columnOf(block, tag)?.[0]
    if (value !== undefined && value !== null) return value
  }
  return null
}

/** A number without its standard uncertainty: 0.1234(5); null for anything else. */
export const cifNumber = (value: CifValue | undefined): number | null => {
  if (value === null || value === undefined) return null
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\(\d+\))?$/.exec(value)
  return match && Number.isFinite(Number(match[1])) ? Number(match[1]) : null
}

/** What a token is: the end, a word without quotes (tag, keyword or value), or a value in quotes. */
type Kind = 'end' | 'bare' | 'quoted'

/** Reads one token after another. */
class Tokens {
  kind: Kind = 'end'
  text = ''
  private at = 0

  constructor(
    private readonly source: string,
    private readonly name: string,
  ) {}

  /** Line of the place that has been reached, from 1; counted anew, so for messages only. */
  get line(): number {
    return this.lineAt(this.at)
  }

  next(): void {
    const { source } = this
    let at = this.at
    for (;;) {
      const code = source.charCodeAt(at)
      if (Number.isNaN(code)) {
        this.at = at
        this.kind = 'end'
        return
      }
      if (code <= 32) at++
      else if (code === 35) at = this.endOfLine(at)
      else break
    }
    const first = source[at]
    if (first === ';' && this.beginsLine(at)) this.semicolons(at)
    else if (first === "'" || first === '"') this.quotes(at, first)
    else {
      let end = at + 1
      while (source.charCodeAt(end) > 32) end++
      this.kind = 'bare'
      this.text = source.slice(at, end)
      this.at = end
    }
  }

  private lineAt(at: number): number {
    return this.source.slice(0, at).split(/\r\n|\r|\n/).length
  }

  private beginsLine(at: number): boolean {
    return at === 0 || this.source[at - 1] === '\n' || this.source[at - 1] === '\r'
  }

  private endOfLine(at: number): number {
    let end = at
    while (end < this.source.length && this.source[end] !== '\n' && this.source[end] !== '\r') end++
    return end
  }

  private semicolons(at: number): void {
    let end = at
    do end = this.source.indexOf(';', end + 1)
    while (end >= 0 && !this.beginsLine(end))
    if (end < 0) {
      throw new InputError(
        `${this.name}, line ${this.lineAt(at)}: the text that begins here with a semicolon never ends; the file is cut short.`,
      )
    }
    this.kind = 'quoted'
    this.text = this.source.slice(at + 1, end).trim()
    this.at = end + 1
  }

  /** A quotation mark closes only before a blank: 'Bob's' is one value. */
  private quotes(at: number, mark: string): void {
    const stop = this.endOfLine(at)
    let end = at
    do end = this.source.indexOf(mark, end + 1)
    while (end >= 0 && end + 1 < stop && this.source.charCodeAt(end + 1) > 32)
    if (end < 0 || end >= stop) {
      throw new InputError(
        `${this.name}, line ${this.lineAt(at)}: a quote never closes; add the missing quotation mark.`,
      )
    }
    this.kind = 'quoted'
    this.text = this.source.slice(at + 1, end)
    this.at = end + 1
  }
}

/** Tags as they are looked up. */
const tagOf = (text: string): string => text.toLowerCase().replace('.', '_')

const KEYWORD = /^(?:data_|loop_$|save_|global_$|stop_$)/i

const isTag = (tokens: Tokens): boolean => tokens.kind === 'bare' && tokens.text[0] === '_'

const isValue = ({ kind, text }: Tokens): boolean =>
  kind === 'quoted' || (kind === 'bare' && text[0] !== '_' && !KEYWORD.test(text))

const valueHere = ({ kind, text }: Tokens): CifValue =>
  kind === 'bare' && (text === '?' || text === '.') ? null : text

const readLoop = (tokens: Tokens, name: string): CifLoop => {
  const tags: string[] = []
  while (isTag(tokens)) {
    tags.push(tagOf(tokens.text))
    tokens.next()
  }
  const values: CifValue[] = []
  while (isValue(tokens)) {
    values.push(valueHere(tokens))
    tokens.next()
  }
  if (tags.length > 0 && values.length % tags.length === 0) return { tags, values }
  throw new InputError(
    `${name}, line ${tokens.line}: the loop that ends here has ${values.length} values for ${tags.length} columns (${tags[0] ?? 'none'}, …), which make no whole rows; the file is damaged or cut short.`,
  )
}

/**
 * The data blocks of a file.
 * @throws InputError naming the line.
 */
export const parseCif = (text: string, name: string): CifBlock[] => {
  const tokens = new Tokens(text, name)
  const blocks: CifBlock[] = []
  let items = new Map<string, CifValue>()
  let loops: CifLoop[] = []
  const begin = (called: string): void => {
    items = new Map()
    loops = []
    blocks.push({ name: called, items, loops })
  }
  tokens.next()
  // Some programs leave the first heading out.
  if (isTag(tokens) || tokens.text.toLowerCase() === 'loop_') begin('')
  while (tokens.kind !== 'end') {
    const { kind, text: word } = tokens
    const keyword = kind === 'bare' ? KEYWORD.exec(word)?.[0].toLowerCase() : undefined
    if (keyword === 'data_') {
      begin(word.slice(5))
      tokens.next()
    } else if (keyword === 'loop_') {
      tokens.next()
      loops.push(readLoop(tokens, name))
    } else if (isTag(tokens)) {
      tokens.next()
      if (!isValue(tokens))
        throw new InputError(`${name}, line ${tokens.line}: ${word} has no value; write ? for none.`)
      items.set(tagOf(word), valueHere(tokens))
      tokens.next()
    } else if (keyword !== undefined) {
      tokens.next()
    } else {
      throw new InputError(
        `${name}, line ${tokens.line}: the value "${word.slice(0, 40)}" belongs to no item; quote values that have blanks.`,
      )
    }
  }
  return blocks
}
