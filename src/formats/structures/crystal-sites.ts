/** The sites of a small-molecule or inorganic CIF that are occupied, disorder resolved. */

import { type Species, speciesOf } from '../../chemistry/elements.ts'
import { InputError } from '../../errors.ts'
import { type CifBlock, type CifValue, cifNumber, columnOf, firstValueOf } from './cif-text.ts'

export interface Site {
  readonly label: string
  readonly species: Species
  /** Fractional, or in Å where `fractional` is false. */
  readonly place: readonly [number, number, number]
}

export interface Sites {
  readonly sites: readonly Site[]
  readonly fractional: boolean
  readonly remarks: readonly string[]
}

/** Occupancies from here on are refinements of 1. */
const FULL = 0.99

/** Symbols of a sum formula: C8 H10 N4 O2. */
const elementsOfFormula = (formula: string | null): ReadonlySet<number> => {
  const symbols = (formula ?? '').match(/[A-Z][a-z]?/g) ?? []
  return new Set(symbols.map((symbol) => speciesOf(symbol)?.atomicNumber ?? 0))
}

/**
 * The element that `Na1+`, `O2-`, `C12A` or `CL1` begins with. Where two letters would do as well as one (HO1), the
 * formula decides, and where that does not say, lower case.
 */
export const speciesOfSite = (text: string, formula: ReadonlySet<number>): Species | null => {
  const letters = /^[A-Za-z]{1,2}/.exec(text)?.[0]
  if (!letters) return null
  const one = speciesOf(letters[0])
  const two = letters.length === 2 ? speciesOf(letters) : null
  if (!one || !two) return two ?? one
  const [short, long] = [one, two].map(({ atomicNumber }) => formula.has(atomicNumber))
  if (short !== long) return long ? two : one
  return /[a-z]/.test(letters[1]) || text.length === 2 ? two : one
}

/** Of each assembly the group that the file names first; those it lies in place of are left out. */
const disorderOf = (groups: readonly CifValue[] | null, assemblies: readonly CifValue[] | null) => {
  const chosen = new Map<string, string>()
  const several = new Set<string>()
  for (const [row, group] of (groups ?? []).entries()) {
    // Group 0 is SHELX's word for no disorder.
    if (group === null || group === '0') continue
    const assembly = assemblies?.[row] ?? ''
    const first = chosen.get(assembly)
    if (first === undefined) chosen.set(assembly, group)
    else if (first !== group) several.add(assembly)
  }
  return {
    leftOut: (row: number): boolean => {
      const group = groups?.[row] ?? null
      return group !== null && group !== '0' && chosen.get(assemblies?.[row] ?? '') !== group
    },
    /** Whether a site stands for alternatives, so that its occupancy below 1 is accounted for. */
    resolved: (row: number): boolean => {
      const group = groups?.[row] ?? null
      return group !== null && !group.startsWith('-') && several.has(assemblies?.[row] ?? '')
    },
  }
}

const TAG = '_atom_site_'

/**
 * The sites of a block, or null if it has none.
 * @param where start of messages.
 * @throws InputError naming the site that has no coordinates, no element, or is occupied in part without a disorder
 * group that says by what else.
 */
export const readSites = (block: CifBlock, where: string): Sites | null => {
  const column = (tag: string) => columnOf(block, TAG + tag)
  const fractional = column('fract_x') !== null
  const places = ['x', 'y', 'z'].map((axis) => column(`${fractional ? 'fract' : 'cartn'}_${axis}`))
  const [xs] = places
  if (!xs) return null
  const labels = column('label')
  const symbols = column('type_symbol')
  const occupancies = column('occupancy')
  const flags = column('calc_flag')
  const disorder = disorderOf(column('disorder_group'), column('disorder_assembly'))
  const formula = elementsOfFormula(firstValueOf(block, '_chemical_formula_sum'))
  const sites: Site[] = []
  let others = 0
  for (let row = 0; row < xs.length; row++) {
    const label = labels?.[row] ?? `${symbols?.[row] ?? 'site'} ${row + 1}`
    const occupancy = cifNumber(occupancies?.[row]) ?? 1
    if (flags?.[row] === 'dum' || occupancy === 0) continue
    if (disorder.leftOut(row)) {
      others++
      continue
    }
    if (occupancy < FULL && !disorder.resolved(row)) {
      throw new InputError(
        `${where}: site ${label} is occupied to ${occupancies![row]} and no disorder group says by what else, so there is no one set of atoms; choose one in a crystal editor and save it with full occupancies.`,
      )
    }
    const [x, y, z] = places.map((values) => cifNumber(values?.[row]))
    if (x === null || y === null || z === null) {
      throw new InputError(`${where}: site ${label} has no coordinates; place it, or remove it.`)
    }
    const species = speciesOfSite(symbols?.[row] ?? label, formula)
    if (!species) {
      throw new InputError(
        `${where}: site ${label} is of type "${symbols?.[row] ?? label}", which is no element; correct its _atom_site_type_symbol.`,
      )
    }
    sites.push({ label, species, place: [x, y, z] })
  }
  const remarks: string[] = []
  if (others > 0)
    remarks.push(
      `${where}: of disordered groups the first was taken; ${others} sites of others were left out.`,
    )
  if (formula.has(1) && !sites.some(({ species }) => species.atomicNumber === 1))
    remarks.push(`${where}: the formula has hydrogen but no site does; add it before you trust a simulation.`)
  return { sites, fractional, remarks }
}
