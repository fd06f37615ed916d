/** What a selection says, as a tree, and the words it is said in. */

export type TextKey = 'element' | 'name' | 'resname' | 'chain'
export type NumberKey = 'index' | 'serial' | 'resid' | 'molecule'
export type Class = 'all' | 'none' | 'hydrogen' | 'water' | 'protein' | 'backbone'
export type Grouping = 'molecule' | 'residue' | 'chain' | 'element' | 'name'
export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!='

/** Both ends belong to it. */
export type NumberRange = readonly [from: number, to: number]

export type Expression =
  | { readonly op: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'not' | 'bonded'; readonly of: Expression }
  /** distance in Å */
  | { readonly op: 'within'; readonly distance: number; readonly of: Expression }
  | { readonly op: 'same'; readonly key: Grouping; readonly of: Expression; readonly column: number }
  | { readonly op: 'class'; readonly of: Class; readonly column: number }
  /** * and ? stand for other letters. */
  | { readonly op: 'text'; readonly key: TextKey; readonly words: readonly string[]; readonly column: number }
  | {
      readonly op: 'number'
      readonly key: NumberKey
      readonly ranges: readonly NumberRange[]
      readonly column: number
    }
  | {
      readonly op: 'compare'
      readonly value: string
      readonly by: Comparison
      readonly to: number
      readonly column: number
    }

/** Words as VMD, MDAnalysis and PyMOL users know them. */
export const textKeys: ReadonlyMap<string, TextKey> = new Map([
  ['element', 'element'],
  ['name', 'name'],
  ['resname', 'resname'],
  ['residue', 'resname'],
  ['chain', 'chain'],
])

export const numberKeys: ReadonlyMap<string, NumberKey> = new Map([
  ['index', 'index'],
  ['serial', 'serial'],
  ['resid', 'resid'],
  ['molecule', 'molecule'],
  ['fragment', 'molecule'],
])

export const classes: ReadonlyMap<string, Class> = new Map([
  ['all', 'all'],
  ['none', 'none'],
  ['hydrogen', 'hydrogen'],
  ['water', 'water'],
  ['protein', 'protein'],
  ['backbone', 'backbone'],
])

export const groupings: ReadonlyMap<string, Grouping> = new Map([
  ['molecule', 'molecule'],
  ['fragment', 'molecule'],
  ['residue', 'residue'],
  ['chain', 'chain'],
  ['element', 'element'],
  ['name', 'name'],
])

export const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
])

/** They end a list of names; in quotation marks they are names. */
export const reserved: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'within', 'bonded', 'same'],
  ...textKeys.keys(),
  ...numberKeys.keys(),
  ...classes.keys(),
])
