import { thermostats } from '../dynamics/conditions.ts'
import type { AttentionHead } from '../models/attention.ts'
import { parseStatements, type Statements } from '../models/open-statements.ts'
import { colorings } from '../viewer/colorings.ts'
import { placements } from '../viewer/placement.ts'
import { styles } from '../viewer/styles.ts'
import { type SettingName, settings, speeds, themes } from './settings.ts'

/** What the page's address asks for, understood and checked. Nothing has been fetched or set yet. */
export interface Address {
  /** Files of this page's own host. */
  readonly own: readonly URL[]
  /** Files of other hosts, about which the user is asked. */
  readonly abroad: readonly URL[]
  readonly numbers: ReadonlyMap<SettingName, number>
  readonly words: ReadonlyMap<ChoiceName, string>
  /** Whose weights are drawn; null where the address says nothing of it. */
  readonly attention: AttentionHead | null
  /** What checkpoints among the files do not tell. */
  readonly stated: Statements
  /** One sentence for each part that means nothing. */
  readonly complaints: readonly string[]
}

/** Settings that are one of several words. */
export const choices = {
  style: styles.map(({ name }) => name),
  coloring: colorings.map(({ name }) => name),
  arrows: ['none', 'forces', 'velocities', 'both'],
  projection: ['perspective', 'orthographic'],
  outline: ['on', 'off'],
  turntable: ['on', 'off'],
  placement: placements.map(({ name }) => name),
  images: ['on', 'off'],
  thermostat: [...thermostats.map(({ kind }) => kind), 'off'],
  barostat: ['on', 'off'],
  theme: themes,
  speed: speeds,
} as const satisfies Record<string, readonly string[]>

export type ChoiceName = keyof typeof choices

const isIn = <Table extends object>(name: string, table: Table): name is keyof Table & string =>
  Object.hasOwn(table, name)

/**
 * Reads `?load=URL&model=URL&temperature=500&style=licorice&state=num_heads=4…`; each of `load` and `model` may
 * come several times.
 * @param address the page's own
 */
export function readAddress(address: URL): Address {
  const own: URL[] = []
  const abroad: URL[] = []
  const numbers = new Map<SettingName, number>()
  const words = new Map<ChoiceName, string>()
  const complaints: string[] = []
  let attention: AttentionHead | null = null
  let stated: Statements = {}
  for (const [name, value] of address.searchParams) {
    const complain = (what: string) =>
      complaints.push(`The address says ${name}=${shortened(value)}, but ${what}; it was ignored.`)
    if (name === 'load' || name === 'model') {
      const url = parsed(value, address)
      if (!value || !url) complain('that is no address of a file')
      else if (url.origin === address.origin) own.push(url)
      else if (url.protocol !== 'https:') complain('files of other hosts are fetched by https alone')
      else abroad.push(url)
    } else if (isIn(name, settings)) {
      const { label, min, max, unit } = settings[name]
      const number = value.trim() === '' ? Number.NaN : Number(value)
      if (number >= min && number <= max) numbers.set(name, number)
      else complain(`${label.toLowerCase()} is a number from ${min} to ${max} ${unit}`)
    } else if (isIn(name, choices)) {
      if ((choices[name] as readonly string[]).includes(value)) words.set(name, value)
      else complain(`${name} is one of ${choices[name].join(', ')}`)
    } else if (name === 'attention') {
      attention = headOf(value)
      if (!attention) complain('attention is a layer and a head, counted from 1, as in 2.1')
    } else if (name === 'state') {
      try {
        // Addresses spell a blank +, which joins irreps.
        stated = { ...stated, ...parseStatements(value.replaceAll(' ', '+'), 'state') }
      } catch {
        complain('state is name=value pairs with commas between them')
      }
    } else complain('there is no such setting')
  }
  return { own, abroad, numbers, words, attention, stated, complaints }
}

/** People count layers and heads from 1. */
const headOf = (value: string): AttentionHead | null => {
  const [, layer, head] = /^([1-9]\d{0,3})\.([1-9]\d{0,3})$/.exec(value) ?? []
  return layer === undefined ? null : { layer: Number(layer) - 1, head: Number(head) - 1 }
}

const parsed = (value: string, base: URL): URL | null =>
  URL.canParse(value, base.href) ? new URL(value, base) : null

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
