/** Atoms deleted, duplicated, and made other elements. What an edit makes wrong (energy, forces) it leaves out. */

import { InputError } from '../../errors.ts'
import { massesOf, translated } from '../center.ts'
import { elementOf, symbolOf } from '../elements.ts'
import { indicesOf, maskOf } from '../selection/compact.ts'
import { type AtomLabels, atomCount, type Structure } from '../structure.ts'
import { mergeStructures, takeAtoms } from './per-atom.ts'

export { mergeStructures } from './per-atom.ts'

/** Å between atoms and their copies, outermost places compared. */
const BESIDE = 3

/**
 * A structure without some atoms.
 * @param atoms counted from 0
 * @throws InputError where no atom would be left
 */
export const deleteAtoms = (structure: Structure, atoms: Iterable<number>): Structure => {
  const mask = maskOf(atoms, atomCount(structure))
  if (!mask.includes(0))
    throw new InputError('No atom would be left; keep at least one, or open another structure.')
  if (!mask.includes(1)) return structure
  return takeAtoms(structure, indicesOf(mask.map((bit) => 1 - bit)))
}

/**
 * Copies of some atoms, after all others, moved along x beside the originals.
 * @param atoms counted from 0
 * @param shift of the copies in Å; by default just past the originals
 */
export const duplicateAtoms = (
  structure: Structure,
  atoms: Iterable<number>,
  shift?: readonly [number, number, number],
): Structure => {
  const chosen = indicesOf(maskOf(atoms, atomCount(structure)))
  if (chosen.length === 0) return structure
  const copies = takeAtoms(structure, chosen)
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < copies.positions.length; i += 3) {
    least = Math.min(least, copies.positions[i])
    most = Math.max(most, copies.positions[i])
  }
  return mergeStructures(structure, translated(copies, shift ?? [most - least + BESIDE, 0, 0]))
}

/**
 * Some atoms made another element, with its standard mass and a name after it. Velocities go: those of other masses would be
 * another temperature.
 * @param atoms counted from 0
 * @throws InputError for an atomic number that is no element's
 */
export const changeElement = (
  structure: Structure,
  atoms: Iterable<number>,
  atomicNumber: number,
): Structure => {
  const { mass } = elementOf(atomicNumber)
  const { velocities: _, energy: __, forces: ___, info: ____, ...rest } = structure
  const mask = maskOf(atoms, atomCount(structure))
  const put = <T extends Uint8Array | Float64Array>(values: T, value: number): T =>
    values.map((old, atom) => (mask[atom] ? value : old)) as T
  return {
    ...rest,
    atomicNumbers: put(structure.atomicNumbers, atomicNumber),
    ...(structure.masses && { masses: put(massesOf(structure), mass) }),
    ...(structure.labels && { labels: renamed(structure.labels, mask, symbolOf(atomicNumber)) }),
  }
}

/** Names that begin with the symbol and are free in the atom's residue: C, C2, C3. */
const renamed = (labels: AtomLabels, mask: Uint8Array, symbol: string): AtomLabels => {
  const residueOf = (atom: number) => `${labels.chain[atom]}\0${labels.residueNumber[atom]}`
  const taken = new Set(labels.atom.flatMap((name, i) => (mask[i] ? [] : [`${residueOf(i)}\0${name}`])))
  const atom = labels.atom.map((name, i) => {
    if (!mask[i]) return name
    const stem = symbol.toUpperCase()
    let free = stem
    for (let n = 2; taken.has(`${residueOf(i)}\0${free}`); n++) free = `${stem}${n}`
    taken.add(`${residueOf(i)}\0${free}`)
    return free
  })
  return { ...labels, atom }
}
