/**
 * How many hydrogens an atom lacks, and how its bonds point, told by its neighbours and the lengths of its bonds. Lengths are
 * compared with the sum of covalent radii (Cordero): 1.0 is a single bond, 0.91 an aromatic or amide bond, 0.87 a double and
 * 0.79 a triple one, for C, N and O alike (CRC Handbook, bond lengths in organic compounds).
 */

/** tetrahedral: sp3, trigonal: sp2, linear: sp. */
export type Shape = 'tetrahedral' | 'trigonal' | 'linear'

export interface Lack {
  readonly hydrogens: number
  readonly shape: Shape
}

/** Shorter than these times the sum of radii. */
const TRIPLE = 0.82
const DOUBLE = 0.885
const AROMATIC = 0.925
const CONJUGATED = 0.95

/**
 * What a neutral atom lacks. Metals, halogens and noble gases lack nothing: alone they are ions or atoms.
 * @param neighbors all, hydrogens among them
 * @param ratios of bond length to sum of radii, for each neighbour that can have a double bond
 */
export const lackOf = (atomicNumber: number, neighbors: number, ratios: readonly number[]): Lack => {
  const shortest = Math.min(2, ...ratios)
  const shape: Shape = shortest < TRIPLE ? 'linear' : shortest < CONJUGATED ? 'trigonal' : 'tetrahedral'
  const lack = (full: number, as: Shape = shape): Lack => ({
    hydrogens: Math.max(0, full - neighbors),
    shape: as,
  })
  switch (atomicNumber) {
    case 5:
      return lack(3, 'trigonal')
    case 6:
      return lack({ tetrahedral: 4, trigonal: 3, linear: 2 }[shape])
    case 7: {
      if (shape === 'linear') return lack(1)
      // Two aromatic bonds are pyridine's; pyrrole's are longer, and amides have one.
      const pyridine = ratios.length === 2 && ratios.every((ratio) => ratio < AROMATIC)
      return lack(shortest < DOUBLE || pyridine ? 2 : 3)
    }
    // Carbonyl and carboxylate; the hydroxyl of an acid has a longer bond.
    case 8:
      return lack(shortest < 0.9 ? 1 : 2, 'tetrahedral')
    case 14:
    case 32:
      return lack(4, 'tetrahedral')
    case 15:
      return lack(3, 'tetrahedral')
    case 16:
    case 34:
      return lack(shortest < CONJUGATED ? 1 : 2, 'tetrahedral')
    default:
      return { hydrogens: 0, shape }
  }
}
