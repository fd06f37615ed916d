/** Selections cut into words. */

import { InputError } from '../../errors.ts'

export interface Token {
  /** quoted: text that is never a keyword; symbol: ( ) or a comparison; end: after the last. */
  readonly kind: 'word' | 'quoted' | 'symbol' | 'end'
  readonly text: string
  /** Counted from 1. */
  readonly column: number
}

/** Longer ones first. Typed as people type them: = and == mean the same. */
const TOKEN = /(\s|,)+|(<=|>=|==|!=|[()<>=])|"([^"]*)"|([^\s,()<>=!"]+)/y

/** @throws InputError for a character no token begins with, and for a quotation without end */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < text.length) {
    const column = pattern.lastIndex + 1
    const match = pattern.exec(text)
    if (!match) {
      const found = text[column - 1]
      throw complaint(
        column,
        found === '"'
          ? 'the quotation begun here has no end; close it with "'
          : `${found} has no meaning here`,
      )
    }
    const [, space, symbol, quoted, word] = match
    if (space !== undefined) continue
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, column })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted, column })
    else tokens.push({ kind: 'word', text: word, column })
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1 })
  return tokens
}

/** A sentence about a place in a selection. */
export const complaint = (column: number, what: string): InputError =>
  new InputError(`Selection, column ${column}: ${what}.`)

/** How a sentence calls a token. */
export const called = ({ kind, text }: Token): string =>
  kind === 'end' ? 'the end' : `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`

/** The known word that was probably meant, or null: at most two letters wrong, and fewer than half. */
export const likely = (text: string, known: Iterable<string>): string | null => {
  let best: string | null = null
  let least = Math.min(3, Math.ceil(text.length / 2))
  if (text.length > 20) return null
  for (const word of known) {
    const edits = distance(text.toLowerCase(), word.toLowerCase())
    if (edits >= least) continue
    best = word
    least = edits
  }
  return best
}

/** Letters to add, leave out or replace (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
  }
  return row[b.length]
}
