/**
 * The key=value grammar of an extended-xyz comment line.
 *
 * Follows the libatoms specification (github.com/libAtoms/extxyz) and reads what ASE reads:
 * `key=bare`, `key="quoted \" text"`, `key='text'`, `key=[1, 2, 3]`, `key={1 2 3}`, a lone `key` (true).
 * Values stay text here; whoever knows a key gives it a type.
 */

/** Text of one quoted string that starts at `start`, and where it ends; null if its closing quote is missing. */
const readQuoted = (line: string, start: number): { text: string; end: number } | null => {
  const quote = line[start]
  let text = ''
  for (let i = start + 1; i < line.length; i++) {
    const char = line[i]
    if (char === quote) return { text, end: i + 1 }
    if (char === '\\' && i + 1 < line.length) {
      i++
      text += line[i] === 'n' ? '\n' : line[i]
    } else text += char
  }
  return null
}

/** End of a bracketed value that starts at `start`, or -1 if a bracket stays open. */
const bracketEnd = (line: string, start: number): number => {
  let depth = 0
  for (let i = start; i < line.length; i++) {
    if (line[i] === '[' || line[i] === '{') depth++
    else if (line[i] === ']' || line[i] === '}') {
      depth--
      if (depth === 0) return i + 1
    }
  }
  return -1
}

const skip = (line: string, start: number, while_: RegExp): number => {
  let i = start
  while (i < line.length && while_.test(line[i])) i++
  return i
}

const readValue = (line: string, start: number): { text: string; end: number } | null => {
  const char = line[start]
  if (char === '"' || char === "'") return readQuoted(line, start)
  if (char === '[' || char === '{') {
    const end = bracketEnd(line, start)
    // Brackets stay in the text, so that a nested array keeps its meaning.
    if (end > 0) return { text: line.slice(start, end), end }
  }
  const end = skip(line, start, /\S/)
  return { text: line.slice(start, end), end }
}

/**
 * Entries of a comment line in order, or null where the line is free text: it has no `=`, or a quote in it never
 * closes. Of a repeated key the last value counts, as in ASE.
 */
export const parseComment = (line: string): Map<string, string> | null => {
  if (!line.includes('=')) return null
  const entries = new Map<string, string>()
  let at = skip(line, 0, /\s/)
  while (at < line.length) {
    let key: { text: string; end: number } | null
    if (line[at] === '"') key = readQuoted(line, at)
    else {
      const end = skip(line, at, /[^\s=]/)
      key = { text: line.slice(at, end), end }
    }
    if (!key) return null
    const equals = skip(line, key.end, /\s/)
    if (line[equals] !== '=') {
      entries.set(key.text, 'T')
      at = equals
      continue
    }
    const value = readValue(line, skip(line, equals + 1, /\s/))
    if (!value) return null
    entries.set(key.text, value.text)
    at = skip(line, value.end, /\s/)
  }
  return entries
}

/** Text as one item of the grammar: bare where that is safe, else quoted. Carriage returns become line feeds. */
const quoted = (text: string): string => {
  if (/^[^\s"'\\=,[\]{}]+$/.test(text)) return text
  const escaped = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\\"]/g, (char) => `\\${char}`)
    .replace(/\n/g, '\\n')
  return `"${escaped}"`
}

/** One `key=value` that `parseComment` gives back. */
export const formatEntry = (key: string, value: string): string => `${quoted(key)}=${quoted(value)}`

/** The items of a value that is an array: separated by blanks or commas, in brackets or without. */
export const itemsOf = (value: string): string[] =>
  value
    .replace(/[[\]{},]/g, ' ')
    .trim()
    .split(/\s+/)

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/
const NOT_FINITE = /^([+-]?)(nan|inf|infinity)$/i

/** A number as C, Python or Fortran (1.0D-3) writes it; NaN and infinities by name; null for any other text. */
export const parseNumber = (text: string): number | null => {
  if (NUMBER.test(text)) return Number(text.replace(/[dD]/, 'e'))
  const special = NOT_FINITE.exec(text)
  if (!special) return null
  if (special[2].toLowerCase() === 'nan') return Number.NaN
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

const TRUE = new Set(['t', 'true', '1'])
const FALSE = new Set(['f', 'false', '0'])

/** T, True, 1 … and F, False, 0 …; null for any other text. */
export const parseLogical = (text: string): boolean | null => {
  const lower = text.toLowerCase()
  if (TRUE.has(lower)) return true
  return FALSE.has(lower) ? false : null
}
