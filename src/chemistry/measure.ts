/** Distances, angles and dihedrals of atoms, each step from atom to atom by the nearest periodic image. */

import { InputError } from '../errors.ts'
import { cross, dot, type Vector } from './cell.ts'
import { minimumImage } from './minimum-image.ts'
import type { Structure } from './structure.ts'

/** Where atoms are. */
export type Places = Pick<Structure, 'positions' | 'cell' | 'periodic'>

const DEGREES = 180 / Math.PI

/** Vectors in Å from each atom to the next. */
const steps = ({ positions, cell, periodic }: Places, atoms: readonly number[]): Vector[] => {
  const nearest = minimumImage(cell, periodic)
  return atoms.slice(1).map((atom, i) => {
    const [a, b] = [3 * atom, 3 * atoms[i]]
    const step: [number, number, number] = [0, 0, 0]
    nearest(
      positions[a] - positions[b],
      positions[a + 1] - positions[b + 1],
      positions[a + 2] - positions[b + 2],
      step,
    )
    return step
  })
}

/** Distance in Å. */
export const distance = (places: Places, a: number, b: number): number =>
  Math.hypot(...steps(places, [a, b])[0])

/** Angle a–b–c in degrees, 0 … 180; NaN where two of them lie on one spot. */
export const angle = (places: Places, a: number, b: number, c: number): number => {
  const [u, v] = steps(places, [a, b, c])
  if (!(dot(u, u) > 0 && dot(v, v) > 0)) return Number.NaN
  // From sine and cosine: the arc cosine alone loses half of the digits near 0 and 180 degrees.
  return Math.atan2(Math.hypot(...cross(u, v)), -dot(u, v)) * DEGREES
}

/**
 * Dihedral angle a–b–c–d in degrees, −180 … 180: positive if, seen along b → c, the bond in front must turn clockwise to
 * cover the one behind (IUPAC Basic Terminology of Stereochemistry, 1996: torsion angle). NaN where three neighbours lie
 * on one line.
 */
export const dihedral = (places: Places, a: number, b: number, c: number, d: number): number => {
  const [u, v, w] = steps(places, [a, b, c, d])
  const [m, n] = [cross(u, v), cross(v, w)]
  if (!(dot(m, m) > 0 && dot(n, n) > 0)) return Number.NaN
  return Math.atan2(Math.hypot(...v) * dot(u, n), dot(m, n)) * DEGREES
}

export interface Measurement {
  readonly kind: 'distance' | 'angle' | 'dihedral'
  readonly value: number
  readonly unit: 'Å' | '°'
}

/**
 * What atoms measure: two a distance, three the angle at the middle one, four the dihedral about the middle two.
 * @throws InputError for another number of atoms, and for an atom given twice
 */
export const measure = (places: Places, atoms: readonly number[]): Measurement => {
  const twice = atoms.find((atom, i) => atoms.indexOf(atom) !== i)
  if (twice !== undefined) throw new InputError(`Atom ${twice + 1} is there twice; choose different atoms.`)
  const [a, b, c, d] = atoms
  if (atoms.length === 2) return { kind: 'distance', value: distance(places, a, b), unit: 'Å' }
  if (atoms.length === 3) return { kind: 'angle', value: angle(places, a, b, c), unit: '°' }
  if (atoms.length === 4) return { kind: 'dihedral', value: dihedral(places, a, b, c, d), unit: '°' }
  throw new InputError(
    `${atoms.length} atoms measure nothing; choose two for a distance, three for an angle, four for a dihedral.`,
  )
}
