/** Kinds of atoms that selections know by name. */

import type { Molecules } from '../molecules.ts'
import type { Structure } from '../structure.ts'

/** Amino acids, and what AMBER, CHARMM and GROMACS call their protonation states. */
const aminoAcids = new Set(
  [
    'ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL',
    'ASH CYM CYX GLH HID HIE HIP HSD HSE HSP LYN MSE SEC PYL ACE NME NMA',
  ].flatMap((line) => line.split(' ')),
)

export const isProtein = (residue: string): boolean => aminoAcids.has(residue.toUpperCase())

/**
 * Molecules of one oxygen and two hydrogens, told by their bonds: files without residues have water, too.
 * @returns [atoms] 1 where an atom belongs to one
 */
export const waters = ({ atomicNumbers }: Structure, { of, count }: Molecules): Uint8Array => {
  const hydrogens = new Uint32Array(count)
  const oxygens = new Uint32Array(count)
  const others = new Uint32Array(count)
  atomicNumbers.forEach((z, atom) => {
    const counts = z === 1 ? hydrogens : z === 8 ? oxygens : others
    counts[of[atom]]++
  })
  return Uint8Array.from(of, (m) => +(hydrogens[m] === 2 && oxygens[m] === 1 && others[m] === 0))
}
