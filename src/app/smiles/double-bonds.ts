/**
 * E and Z of double bonds. openchemlib's conformer generator (9.25.0) gets them wrong where nothing in a molecule rotates:
 * F/C=C\F comes out as its E isomer.
 */

import { Molecule } from 'openchemlib'
import { dot, type Vector } from '../../chemistry/cell.ts'

/**
 * Turns one end of every double bond whose parity is not as wanted by half a turn. Rings stay as they are.
 * @param wanted parity by bond, before hydrogens were added: bonds between heavy atoms keep their numbers
 */
export const correctDoubleBonds = (molecule: Molecule, wanted: ReadonlyMap<number, number>): void => {
  // From where the atoms are now.
  molecule.setParitiesValid(Molecule.cHelperNone)
  molecule.invalidateHelperArrays(Molecule.cHelperParities)
  molecule.ensureHelperArrays(Molecule.cHelperParities)
  const wrong = [...wanted].filter(
    ([bond, parity]) =>
      (parity === Molecule.cBondParityEor1 || parity === Molecule.cBondParityZor2) &&
      molecule.getBondParity(bond) !== parity &&
      !molecule.isRingBond(bond),
  )
  for (const [bond] of wrong) turn(molecule, molecule.getBondAtom(0, bond), molecule.getBondAtom(1, bond))
}

/** Half a turn about the axis from one atom to the other, of all that hangs on the other. */
const turn = (molecule: Molecule, from: number, to: number): void => {
  const place = (atom: number): Vector => [
    molecule.getAtomX(atom),
    molecule.getAtomY(atom),
    molecule.getAtomZ(atom),
  ]
  const [a, b] = [place(from), place(to)]
  const axis: Vector = [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
  const square = dot(axis, axis)
  const side = new Set([to])
  for (const atom of side)
    for (let i = 0; i < molecule.getAllConnAtoms(atom); i++) {
      const next = molecule.getConnAtom(atom, i)
      if (next !== from) side.add(next)
    }
  for (const atom of side) {
    const p = place(atom)
    const r: Vector = [p[0] - b[0], p[1] - b[1], p[2] - b[2]]
    const along = (2 * dot(r, axis)) / square
    molecule.setAtomX(atom, b[0] + along * axis[0] - r[0])
    molecule.setAtomY(atom, b[1] + along * axis[1] - r[1])
    molecule.setAtomZ(atom, b[2] + along * axis[2] - r[2])
  }
}
