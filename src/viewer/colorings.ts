/** What atoms can be coloured by. */
import type { Structure } from '../chemistry/structure.ts'
import { elementColors } from './appearance.ts'
import { type ColorMapName, colorAt, DISTINCT, linear, type Rgb } from './color-maps.ts'

export type ColoringName =
  | 'element'
  | 'molecule'
  | 'index'
  | 'charge'
  | 'speed'
  | 'force'
  | 'energy'
  | 'displacement'

/** Constants of shaders/viewer/quantity.wgsl. */
export const QUANTITY = { own: 0, length: 1, fourth: 2, way: 3, link: 4 } as const

export interface Coloring {
  readonly name: ColoringName
  readonly title: string
  /** Empty where numbers have none, or none are shown. */
  readonly unit: string
  /** The scale of the legend; null where colours are not numbers. */
  readonly map: ColorMapName | null
  /** What the GPU makes the number of, while atoms move; null where colours are each atom's own. */
  readonly live: {
    readonly quantity: number
    readonly source: 'positions' | 'velocities' | 'forces'
    /** Unit of the legend per unit of the GPU (eV, Å, fs). */
    readonly factor: number
    readonly fromZero: boolean
  } | null
}

const live = (quantity: number, source: 'positions' | 'velocities' | 'forces', factor = 1) => ({
  ...{ quantity, source, factor },
  fromZero: quantity !== QUANTITY.fourth,
})

export const colorings: readonly Coloring[] = [
  { name: 'element', title: 'Element', unit: '', map: null, live: null },
  { name: 'molecule', title: 'Molecule', unit: '', map: null, live: null },
  { name: 'index', title: 'Index', unit: '', map: 'sequential', live: null },
  { name: 'charge', title: 'Charge', unit: 'e', map: 'diverging', live: null },
  {
    ...{ name: 'speed', title: 'Speed', unit: 'Å/ps', map: 'sequential' },
    live: live(QUANTITY.length, 'velocities', 1000),
  },
  {
    ...{ name: 'force', title: 'Force', unit: 'eV/Å', map: 'sequential' },
    live: live(QUANTITY.length, 'forces'),
  },
  {
    ...{ name: 'energy', title: 'Atomic energy', unit: 'eV', map: 'sequential' },
    live: live(QUANTITY.fourth, 'forces'),
  },
  {
    ...{ name: 'displacement', title: 'Way from start', unit: 'Å', map: 'sequential' },
    live: live(QUANTITY.way, 'positions'),
  },
]

export const coloringOf = (name: ColoringName): Coloring =>
  colorings.find((coloring) => coloring.name === name)!

/** Charges of the file, where it has them: a column of one number per atom that is named so. */
export function chargesOf({ columns }: Structure): Float64Array | null {
  for (const [name, { width, values }] of columns ?? [])
    if (width === 1 && /^((initial|partial|formal)_)?charges?$|^q$/i.test(name)) return values
  return null
}

/** What numbers a scale of fixed colours spans; null where there is no scale, or it moves with the atoms. */
export function fixedRange(name: ColoringName, structure: Structure): readonly [number, number] | null {
  if (name === 'index') return [0, Math.max(1, structure.atomicNumbers.length - 1)]
  const charges = name === 'charge' && chargesOf(structure)
  if (!charges) return null
  const largest = charges.reduce((most, q) => Math.max(most, Math.abs(q)), 1e-3)
  return [-largest, largest]
}

/**
 * [atoms × 4] linear colours of each atom's own: all that does not move with it.
 * @param molecules [atoms] which molecule an atom belongs to
 */
export function ownColors(
  name: ColoringName,
  structure: Structure,
  molecules: () => Uint32Array,
): Float32Array<ArrayBuffer> {
  const range = fixedRange(name, structure)
  const { map } = coloringOf(name)
  const charges = name === 'charge' ? chargesOf(structure) : null
  if (range && map) {
    const value = (atom: number) => charges?.[atom] ?? atom
    const place = (atom: number) => (value(atom) - range[0]) / (range[1] - range[0])
    return perAtom(structure, (atom) => colorAt(map, place(atom)))
  }
  if (name !== 'molecule') return elementColors(structure)
  const owner = molecules()
  return perAtom(structure, (atom) => DISTINCT[owner[atom] % DISTINCT.length])
}

function perAtom({ atomicNumbers }: Structure, color: (atom: number) => Rgb): Float32Array<ArrayBuffer> {
  const colors = new Float32Array(4 * atomicNumbers.length)
  for (let atom = 0; atom < atomicNumbers.length; atom++) colors.set([...linear(color(atom)), 1], 4 * atom)
  return colors
}
