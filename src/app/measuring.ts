import { symbolOf } from '../chemistry/elements.ts'
import { measure } from '../chemistry/measure.ts'
import type { Cell, Periodicity, Structure } from '../chemistry/structure.ts'

/** C1, O3: counted from 1, as chemists do. */
export const nameOfAtom = ({ atomicNumbers }: Structure, atom: number): string =>
  `${symbolOf(atomicNumbers[atom])}${atom + 1}`

/** C1–O3–H9 */
export const nameOfMeasure = (structure: Structure, atoms: readonly number[]): string =>
  atoms.map((atom) => nameOfAtom(structure, atom)).join('–')

export const unitOf = (atoms: number): 'Å' | '°' => (atoms === 2 ? 'Å' : '°')

/**
 * Distance in Å, angle or dihedral in degrees of two to four atoms.
 * @param positions [atoms × 3] Å
 */
export const measured = (positions: Float64Array, cell: Cell | null, periodic: Periodicity): number =>
  measure({ positions, cell, periodic }, [...Array(positions.length / 3).keys()]).value
