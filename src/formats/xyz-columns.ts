/** The columns of an extended-xyz frame: what `Properties=name:type:width:…` declares and what Tumble makes of it. */

import { InputError } from '../errors.ts'

/** What a column means to Tumble; `other` is kept by name, `text` is left out (Structure has numbers only). */
export type Role =
  | 'species'
  | 'numbers'
  | 'positions'
  | 'velocities'
  | 'momenta'
  | 'forces'
  | 'masses'
  | 'other'
  | 'text'

export interface Column {
  readonly name: string
  readonly role: Role
  /** S text, R real, I integer, L logical. */
  readonly type: 'S' | 'R' | 'I' | 'L'
  readonly width: number
  /** First field of this column in an atom line. */
  readonly start: number
}

/** Names that ASE, QUIP, GPUMD and others use for the same thing, lower case. */
const roles: ReadonlyMap<string, { role: Role; width: number }> = new Map(
  (
    [
      ['species', 1, ['species', 'symbols', 'symbol', 'element', 'elements']],
      ['numbers', 1, ['z', 'numbers', 'atomic_numbers']],
      ['positions', 3, ['pos', 'positions']],
      ['velocities', 3, ['velocities', 'velocity', 'velo', 'vel']],
      ['momenta', 3, ['momenta']],
      ['forces', 3, ['forces', 'force']],
      ['masses', 1, ['masses', 'mass']],
    ] as [Role, number, string[]][]
  ).flatMap(([role, width, names]) => names.map((name) => [name, { role, width }] as const)),
)

/** Columns of a frame that declares none: element and position; further fields have no name and are ignored. */
export const plainColumns: readonly Column[] = [
  { name: 'species', role: 'species', type: 'S', width: 1, start: 0 },
  { name: 'pos', role: 'positions', type: 'R', width: 3, start: 1 },
]

/**
 * Columns of a Properties value such as `species:S:1:pos:R:3`.
 * @param where start of the message: file name and line.
 * @throws InputError for a malformed list, and for one without element or position columns.
 */
export const parseProperties = (text: string, where: string): Column[] => {
  const fields = text.trim().split(':')
  if (fields.length % 3 !== 0) {
    throw new InputError(
      `${where}: expected Properties as name:type:width triplets, found "${text.slice(0, 60)}".`,
    )
  }
  const columns: Column[] = []
  let start = 0
  for (let i = 0; i < fields.length; i += 3) {
    const [name, type, widthText] = fields.slice(i, i + 3)
    const width = /^\d{1,4}$/.test(widthText) ? Number(widthText) : 0
    const letter = type.toUpperCase()
    if (name === '' || width < 1 || (letter !== 'S' && letter !== 'R' && letter !== 'I' && letter !== 'L')) {
      throw new InputError(
        `${where}: Properties has "${name}:${type}:${widthText}"; expected a name, one of S, R, I, L, and a width.`,
      )
    }
    columns.push({ name, type: letter, width, start, role: roleOf(name, letter, width, columns) })
    start += width
  }
  const has = (role: Role) => columns.some((column) => column.role === role)
  if (!has('species') && !has('numbers')) {
    throw new InputError(`${where}: Properties declares no elements; add species:S:1 (or Z:I:1).`)
  }
  if (!has('positions')) throw new InputError(`${where}: Properties declares no positions; add pos:R:3.`)
  return columns
}

/** The first column of a meaning has it; a second one, or one of another width, is an ordinary column. */
const roleOf = (name: string, type: string, width: number, before: readonly Column[]): Role => {
  const known = roles.get(name.toLowerCase())
  const fits = known && known.width === width && (type !== 'S' || known.role === 'species')
  if (fits && !before.some((column) => column.role === known.role)) return known.role
  return type === 'S' ? 'text' : 'other'
}
