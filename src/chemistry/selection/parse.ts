/** Selections as trees. The grammar is told in index.ts. */

import { speciesOf, symbolOf } from '../elements.ts'
import {
  classes,
  comparisons,
  type Expression,
  groupings,
  type NumberKey,
  type NumberRange,
  numberKeys,
  reserved,
  type TextKey,
  textKeys,
} from './expression.ts'
import { called, complaint, likely, type Token, tokensOf } from './tokens.ts'

/** Deeper than anybody writes; saves the stack. */
const DEEPEST = 200

/** @throws InputError for text that is no selection; the sentence names the column and what was expected there. */
export const parseSelection = (text: string): Expression => {
  const tokens = tokensOf(text)
  let at = 0
  let depth = 0
  const next = () => tokens[at]
  const take = (): Token => tokens[at++]
  const isWord = (word: string) => next().kind === 'word' && next().text === word
  const isSymbol = (symbol: string) => next().kind === 'symbol' && next().text === symbol
  const skip = (word: string, example: string) => {
    if (!isWord(word))
      throw complaint(next().column, `expected "${word}", as in ${example}, found ${called(next())}`)
    at++
  }

  const disjunction = (): Expression => {
    let left = conjunction()
    while (isWord('or')) {
      at++
      left = { op: 'or', left, right: conjunction() }
    }
    return left
  }

  const conjunction = (): Expression => {
    let left = factor()
    while (isWord('and')) {
      at++
      left = { op: 'and', left, right: factor() }
    }
    return left
  }

  const factor = (): Expression => {
    if (++depth > DEEPEST) throw complaint(next().column, `more than ${DEEPEST} levels are nested here`)
    const expression = prefixed() ?? parenthesis() ?? test()
    depth--
    return expression
  }

  const prefixed = (): Expression | null => {
    if (isWord('not')) {
      at++
      return { op: 'not', of: factor() }
    }
    if (isWord('within')) {
      at++
      const distance = numberHere('a distance in Å, as in within 4 of (element O)')
      if (!(distance >= 0)) throw complaint(tokens[at - 1].column, 'a distance cannot be negative')
      skip('of', 'within 4 of (element O)')
      return { op: 'within', distance, of: factor() }
    }
    if (isWord('bonded')) {
      at++
      skip('to', 'bonded to (element O)')
      return { op: 'bonded', of: factor() }
    }
    if (isWord('same')) {
      at++
      const { column, text: word } = take()
      const key = groupings.get(word)
      if (!key)
        throw complaint(
          column,
          `expected ${[...groupings.keys()].join(', ')} after "same", found ${called(tokens[at - 1])}`,
        )
      skip('as', 'same molecule as (index 0)')
      return { op: 'same', key, of: factor(), column }
    }
    return null
  }

  const parenthesis = (): Expression | null => {
    if (!isSymbol('(')) return null
    const { column } = take()
    const inner = disjunction()
    if (!isSymbol(')')) throw stray(`expected ) for the ( in column ${column}`)
    at++
    return inner
  }

  const test = (): Expression => {
    const token = next()
    const { text: word, column } = token
    if (token.kind !== 'word')
      throw complaint(column, `expected what to select, ${EXAMPLE}, found ${called(token)}`)
    const after = tokens[at + 1]
    if (after.kind === 'symbol' && comparisons.has(after.text)) {
      at += 2
      return {
        op: 'compare',
        value: word,
        by: comparisons.get(after.text)!,
        to: numberHere(`a number to compare with, as in ${word} ${after.text} 0.5`),
        column,
      }
    }
    const [ofClass, textKey, numberKey] = [classes.get(word), textKeys.get(word), numberKeys.get(word)]
    if (!ofClass && !textKey && !numberKey) throw unknown(token)
    at++
    if (ofClass) return { op: 'class', of: ofClass, column }
    if (textKey) return { op: 'text', key: textKey, words: wordsOf(textKey, word), column }
    return { op: 'number', key: numberKey!, ranges: rangesOf(numberKey!, word), column }
  }

  /** What follows a keyword, up to the next one. */
  const listed = (): Token[] => {
    const list: Token[] = []
    while (next().kind === 'quoted' || (next().kind === 'word' && !reserved.has(next().text))) {
      const after = tokens[at + 1]
      // A value to compare, not a name: and is missing before it.
      if (next().kind === 'word' && after.kind === 'symbol' && comparisons.has(after.text)) break
      list.push(take())
    }
    return list
  }

  const wordsOf = (key: TextKey, keyword: string): string[] => {
    const list = listed()
    if (list.length === 0)
      throw complaint(
        next().column,
        `expected ${key === 'element' ? 'symbols' : 'names'} after "${keyword}", as in ${keyword} ${SAMPLES[key]}, found ${called(next())}`,
      )
    if (key !== 'element') return list.map(({ text: name }) => name)
    return list.map((token) => {
      const species = speciesOf(token.text)
      if (!species)
        throw complaint(token.column, `${called(token)} is no element; use symbols such as C or Cl`)
      return symbolOf(species.atomicNumber)
    })
  }

  const rangesOf = (key: NumberKey, keyword: string): NumberRange[] => {
    const list = listed()
    const ranges: NumberRange[] = []
    for (let i = 0; i < list.length; i++) {
      // "3 to 8" is VMD's way, "3:8" MDAnalysis'.
      const joined =
        list[i + 1]?.text === 'to' && list[i + 2] ? `${list[i].text}-${list[i + 2].text}` : list[i].text
      const match = /^(-?\d{1,10})(?:[-:](-?\d{1,10}))?$/.exec(joined)
      if (!match)
        throw complaint(
          list[i].column,
          `expected whole numbers after "${keyword}", as in ${keyword} 3 5 10-20, found ${called(list[i])}`,
        )
      const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])]
      if (to < from)
        throw complaint(list[i].column, `the range ${joined} is empty; write the smaller number first`)
      ranges.push([from, to])
      if (joined !== list[i].text) i += 2
    }
    if (ranges.length === 0)
      throw complaint(
        next().column,
        `expected numbers after "${keyword}", as in ${keyword} ${SAMPLES[key]}, found ${called(next())}`,
      )
    return ranges
  }

  const numberHere = (what: string): number => {
    const token = take()
    const value = token.kind === 'word' ? Number(token.text) : Number.NaN
    if (Number.isFinite(value)) return value
    throw complaint(token.column, `expected ${what}, found ${called(token)}`)
  }

  /** Something where the selection, or a parenthesis, should have ended. */
  const stray = (expected: string) => {
    const token = next()
    const looksWhole = token.kind === 'word' || token.text === '('
    return complaint(
      token.column,
      looksWhole
        ? `expected and or or before ${called(token)}${meaning(token)}`
        : `${expected}, found ${called(token)}`,
    )
  }

  const whole = disjunction()
  if (next().kind !== 'end') throw stray('expected the end')
  return whole
}

const EXAMPLE = 'such as element C O or index 0-9'

const SAMPLES: Readonly<Record<TextKey | NumberKey, string>> = {
  element: 'C O',
  name: 'CA CB',
  resname: 'ALA',
  chain: 'A',
  index: '0-9',
  serial: '1-10',
  resid: '3-8',
  molecule: '0',
}

/** A hint where a word is a keyword in another case, or misspelt. */
const meaning = ({ text }: Token): string => {
  const guess = reserved.has(text) ? null : likely(text, reserved)
  return guess ? `; did you mean "${guess}"` : ''
}

const unknown = (token: Token) => {
  const { text, column } = token
  // C could be an element, CA an element, too, or a name: only one of them said aloud is safe.
  const species = speciesOf(text)
  if (/^\d/.test(text)) return complaint(column, `a number needs a keyword; did you mean "index ${text}"`)
  if (species && /^[A-Z]/.test(text))
    return complaint(column, `a symbol needs a keyword; did you mean "element ${text}"`)
  const guess = likely(text, reserved)
  return complaint(
    column,
    guess
      ? `${called(token)} is no keyword; did you mean "${guess}"`
      : `${called(token)} is no keyword; expected what to select, ${EXAMPLE}`,
  )
}
